"""What can be learnt of a GitHub repository and a token before anything is asked of them; for `doctor`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from chargen.core.checkup_remote import ActionsPolicy
from chargen.errors import ForgeTrouble

if TYPE_CHECKING:
    from chargen.edges.github_connection import GitHubConnection

ACTIONS_BOT: Final = "github-actions[bot]"
_MAY_NOT: Final = frozenset({403, 404})


@dataclass(frozen=True, slots=True)
class TokenRights:
    """
    Whose token it is and what it may do, as far as GitHub tells.

    `login` is github-actions[bot] for any token of an app, which cannot ask for its name. `may_push` is None where
    GitHub does not say. `scopes` is None for all but classic tokens.
    """

    login: str
    may_push: bool | None
    scopes: tuple[str, ...] | None = None
    repository_id: int = 0
    default_branch: str = ""
    repository: str = ""  # owner/name, as it is spelled there


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """A workflow's state (active, disabled_inactivity, disabled_manually ...) and when its schedule last ran it."""

    state: str
    last_scheduled_run: datetime | None


class GitHubSettings:
    """Questions about one repository; nothing is changed."""

    def __init__(self, connection: GitHubConnection) -> None:
        self._connection = connection

    def token_rights(self) -> TokenRights:
        """What the token may do. ForgeTrouble where it cannot even read the repository."""
        headers, said = self._connection.get("{repository}", doing="read the repository")
        scopes = headers.get("x-oauth-scopes")
        push = (said.get("permissions") or {}).get("push")
        return TokenRights(
            login=self._connection.login or ACTIONS_BOT,
            may_push=push if isinstance(push, bool) else None,
            scopes=None
            if scopes is None
            else tuple(filter(None, (one.strip() for one in scopes.split(",")))),
            repository_id=int(said.get("id") or 0),
            default_branch=str(said.get("default_branch") or ""),
            repository=str(said.get("full_name") or self._connection.name),
        )

    def actions_may_open_pulls(self) -> bool | None:
        """Whether workflows may open pull requests; None where the token may not ask. ForgeTrouble."""
        said = self._maybe("{repository}/actions/permissions/workflow", "read the settings of Actions")
        answer = said.get("can_approve_pull_request_reviews") if said else None
        return answer if isinstance(answer, bool) else None

    def actions_policy(self) -> ActionsPolicy | None:
        """Which actions may run; None where the token may not ask. ForgeTrouble."""
        place, doing = "{repository}/actions/permissions", "read which actions may run"
        said = self._maybe(place, doing)
        if said is None:
            return None
        policy = ActionsPolicy(bool(said.get("enabled")), str(said.get("allowed_actions") or "all"))
        if policy.allowed != "selected":
            return policy
        chosen = self._maybe(f"{place}/selected-actions", doing)
        if chosen is None:
            return None
        patterns = tuple(map(str, chosen.get("patterns_allowed") or ()))
        return replace(policy, github_owned=bool(chosen.get("github_owned_allowed")), patterns=patterns)

    def workflow_state(self, file_name: str) -> WorkflowState | None:
        """A workflow on the default branch; None where there is none, or the token may not ask. ForgeTrouble."""
        place = f"{{repository}}/actions/workflows/{quote(file_name, safe='')}"
        said = self._maybe(place, f"read the workflow {file_name}")
        if said is None:
            return None
        runs = self._maybe(f"{place}/runs?event=schedule&per_page=1", f"read the runs of {file_name}") or {}
        newest: dict[str, Any] = next(iter(runs.get("workflow_runs") or ()), {})
        return WorkflowState(str(said.get("state") or ""), _time(newest.get("created_at")))

    def has_secret(self, name: str) -> bool | None:
        """Whether the repository has a secret of its own by this name; None where the token may not ask. ForgeTrouble."""
        place = f"{{repository}}/actions/secrets/{quote(name, safe='')}"
        try:
            self._connection.get(place, doing=f"ask for the secret {name}")
        except ForgeTrouble as trouble:
            if _may_not(trouble):
                return False if trouble.status == 404 else None
            raise
        return True

    def server_time(self) -> datetime | None:
        """GitHub's clock; None where its answer bears no date. ForgeTrouble."""
        headers, _ = self._connection.get("/rate_limit", doing="read GitHub's clock")
        try:
            return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
        except (TypeError, ValueError):
            return None

    def _maybe(self, path: str, doing: str) -> dict[str, Any] | None:
        try:
            return self._connection.get(path, doing=doing)[1]
        except ForgeTrouble as trouble:
            if _may_not(trouble):
                return None
            raise


def _may_not(trouble: ForgeTrouble) -> bool:
    """Whether the token may not ask, or there is no such thing."""
    return trouble.status in _MAY_NOT and "rate limit" not in trouble.hint


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
