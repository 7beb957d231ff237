"""The words of `chargen doctor` about what lies elsewhere: git's remote, Gemini, GitHub and its settings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from chargen.core.checkup import Finding, Level, some, span
from chargen.core.counted import counted
from chargen.core.model_table import MODELS
from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.pull import SETTING
from chargen.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import timedelta

KEY: Final = "GEMINI_API_KEY"
KEY_PAGE: Final = "https://aistudio.google.com/apikey"
TICK: Final = "chargen-tick.yml"
ACTIONS_USED: Final = ("actions/checkout@*", "actions/create-github-app-token@*")  # of the reusable workflows
_UNREAD: Final = "this token may not read that setting"


def no_key(*, workflows: bool, secret: bool | None) -> Finding:
    """Nothing can be made without one; where chargen's workflows make the pictures, this machine may do without."""
    here = f"get one at {KEY_PAGE}, then: export {KEY}=..."
    if workflows and secret is not False:
        said = f"{KEY} is not set here: that of the workflows cannot be tried"
        return Finding("key", Level.UNKNOWN, said, f"to try it, and to pay from here: {here}")
    do = f"{here}\nfor the workflows: gh secret set {KEY}"
    return Finding("key", Level.ERROR, f"{KEY} is not set", do, code=ExitCode.CONFIGURATION)


def about_secret(*, there: bool | None) -> Finding:
    """Whether the workflows are given a key, as far as the repository's own secrets tell."""
    if there:
        return Finding("secret", Level.OK, f"the workflows have {KEY}")
    do = f"gh secret set {KEY}"
    if there is None:
        return Finding("secret", Level.UNKNOWN, "this token may not ask for secrets", f"gh secret list; {do}")
    said = f"the repository has no secret {KEY}; one that its organization shares is not seen"
    return Finding("secret", Level.WARNING, said, do)


def about_key(trouble: ProviderTrouble | None, url: str) -> Finding:
    """Whether Gemini (at `url`) takes the key; a model that is not there says that it does."""
    if trouble is None or trouble.status == "NOT_FOUND":
        return Finding("key", Level.OK, f"accepted by {url}")
    match trouble.trouble:
        case Trouble.DENIED:
            do = f"make another at {KEY_PAGE}, then: export GEMINI_API_KEY=...\nfor the workflows: gh secret set GEMINI_API_KEY"
            return Finding("key", Level.ERROR, f"refused: {trouble.message}", do)
        case Trouble.THROTTLED | Trouble.DAILY_QUOTA:
            return Finding(
                "key", Level.WARNING, f"its quota is used up: {trouble.message}", "try again later"
            )
        case Trouble.REFUSED:
            do = "Gemini says itself what it misses; it is not served in every country"
            return Finding("key", Level.ERROR, f"refused: {trouble.message}", do)
        case Trouble.UNAVAILABLE | Trouble.TRANSPORT:
            do = f"check the network, and whether GOOGLE_GEMINI_BASE_URL is meant to be {url}"
            return Finding("key", Level.ERROR, f"Gemini cannot be asked: {trouble.message}", do)


def about_models(seen: Mapping[str, ProviderTrouble | None]) -> Finding:
    """Whether Gemini has the models the world asks for."""
    gone = [model for model, trouble in seen.items() if trouble and trouble.status == "NOT_FOUND"]
    if gone:
        do = f"name another in chargen.yaml, `provider: {{model: ...}}`: {', '.join(MODELS)}"
        return Finding("model", Level.ERROR, f"Gemini has no {some(gone)}", do)
    unknown = [model for model, trouble in seen.items() if trouble]
    if unknown:
        return Finding("model", Level.UNKNOWN, f"{some(unknown)}: Gemini did not say")
    return Finding("model", Level.OK, some(list(seen)))


def about_remote(
    *, repository: str, url: str, branch: str, commit: str, others: Sequence[str] = ()
) -> Finding:
    """Where the world's repository comes from; `others` are the branches it has where its default one has no commit."""
    if not repository:
        do = "for pull requests: git init, and a repository on GitHub as its `origin`"
        return Finding("repository", Level.WARNING, "the world lies in no git repository", do)
    if not url:
        do = "git remote add origin ADDRESS; until then the books are kept on this machine alone"
        return Finding("repository", Level.WARNING, f"{repository} has no remote `origin`", do)
    if not commit and others:
        default = f"default branch{f' {branch}' if branch else ''}"  # most servers do not tell one that is not there
        said = f"the {default} of {url} does not exist; it has {some(others)}"
        do = "set it in the repository's settings, or on its server: git symbolic-ref HEAD refs/heads/BRANCH"
        return Finding("repository", Level.ERROR, said, do)
    if not commit:
        return Finding("repository", Level.WARNING, f"{url} is empty", "git push -u origin HEAD")
    return Finding("repository", Level.OK, f"{url}, {branch} at {commit[:12]}")


def about_push(refused: str, hint: str) -> Finding:
    """Whether branches of ours may be pushed; what a dry run cannot see are the repository's rules."""
    if refused:
        return Finding(
            "push", Level.ERROR, refused, hint or "sign in to the remote: gh auth setup-git, or an ssh key"
        )
    return Finding(
        "push", Level.OK, "allowed, by a dry run; what rules say of branches chargen/* it does not ask"
    )


def no_token() -> Finding:
    """GitHub is not asked without one."""
    do = "set GITHUB_TOKEN to have its settings looked at: GITHUB_TOKEN=$(gh auth token) chargen doctor"
    return Finding("github", Level.UNKNOWN, "not asked: GITHUB_TOKEN is not set", do)


def about_token(
    repository: str, login: str, *, may_push: bool | None, scopes: Sequence[str] | None
) -> Finding:
    """Whose token it is, and whether it may write."""
    said = f"{login} in {repository}" + (
        f", scopes {' '.join(scopes) or 'none'}" if scopes is not None else ""
    )
    if may_push is False:
        do = (
            f"a fine-grained token for {repository} with Contents and Pull requests: read and write,"
            "\nor in a workflow: permissions: {contents: write, pull-requests: write}"
        )
        return Finding("github", Level.ERROR, f"{said}: may read, may not write", do)
    return Finding(
        "github",
        Level.OK,
        f"{said}: {'may write' if may_push else 'GitHub does not say whether it may write'}",
    )


def about_opening_pulls(*, allowed: bool | None, page: str, repository: str) -> Finding:
    """Whether workflows may open pull requests: else pictures are paid for and not seen."""
    where = f"{page}/settings/actions, Workflow permissions: tick '{SETTING}'"
    if allowed is None:
        return Finding("pull requests", Level.UNKNOWN, _UNREAD, where)
    if allowed:
        return Finding("pull requests", Level.OK, "workflows may open them")
    call = f"gh api -X PUT repos/{repository}/actions/permissions/workflow -F can_approve_pull_request_reviews=true"
    do = f"{where}\nor: {call}\nnot needed where a GitHub App opens them (CHARGEN_APP_CLIENT_ID)"
    return Finding(
        "pull requests",
        Level.ERROR,
        "workflows may not open them: pictures would be paid for and not seen",
        do,
    )


def about_workflows(states: Mapping[str, str], branch: str) -> Finding:
    """Each workflow by its file's name: its state on the default branch, empty where there is none."""
    missing = [name for name, state in states.items() if not state]
    off = {name: state for name, state in states.items() if state not in {"", "active"}}
    if len(missing) == len(states):
        said = f"none of chargen's on {branch}, or this token may not see them (Actions: read)"
        return Finding("workflows", Level.WARNING, said, f"chargen init, commit, push to {branch}")
    working = f"{counted(len(states) - len(missing) - len(off), 'workflow')} at work on {branch}"
    troubles = [f"{some(missing)} not there"] if missing else []
    steps = [f"chargen init writes what is missing; then commit, and push to {branch}"] if missing else []
    for name, state in off.items():
        troubles.append(f"{name} is {state}")
        steps.append(f"gh workflow enable {name}")
    level = Level.WARNING if troubles else Level.OK
    return Finding("workflows", level, ", ".join([working, *troubles]), "\n".join(steps))


def about_schedule(state: str, ago: timedelta | None, pause: timedelta | None) -> Finding:
    """Whether the tick, which is in this state, still comes: `ago` since it last did, `pause` the longest it may be due in."""
    by_hand = f"now, by hand: gh workflow run {TICK}"
    if state == "disabled_inactivity":
        said = "GitHub switched it off: a public repository without a push in 60 days"
        return Finding("schedule", Level.ERROR, said, f"gh workflow enable {TICK}\n{by_hand}")
    if state != "active":
        return Finding(
            "schedule",
            Level.ERROR,
            f"{TICK} is {state}: finished pictures wait",
            f"gh workflow enable {TICK}",
        )
    if ago is None:
        said = "it has never run by its schedule; a new one begins within an hour or so"
        return Finding("schedule", Level.WARNING, said, by_hand)
    said = f"last ran {span(ago.total_seconds())} ago"
    if pause is not None and ago > 2 * pause:
        said += f", though due every {span(pause.total_seconds())}: runs were dropped"
        return Finding(
            "schedule",
            Level.WARNING,
            said,
            f"{by_hand}\nGitHub drops runs when it is busy: a minute far from the full hour in its cron line helps",
        )
    return Finding("schedule", Level.OK, said)


@dataclass(frozen=True, slots=True)
class ActionsPolicy:
    """Which actions a repository lets run; `allowed` is all, local_only or selected."""

    enabled: bool
    allowed: str = "all"
    github_owned: bool = True
    patterns: tuple[str, ...] = ()

    def lets(self, uses: str) -> bool:
        """Whether an action or a reusable workflow may be used."""
        if self.allowed == "selected":
            ours = self.github_owned and uses.split("/", maxsplit=1)[0] in {"actions", "github"}
            return ours or any(fnmatchcase(uses, pattern) for pattern in self.patterns)
        return self.allowed == "all"


def about_actions(policy: ActionsPolicy | None, used: Iterable[str], page: str) -> Finding:
    """Whether what the workflows use may run; `used` as `uses:` names it."""
    where = f"{page}/settings/actions, Actions permissions"
    if policy is None:
        return Finding("actions", Level.UNKNOWN, _UNREAD, where)
    if not policy.enabled:
        return Finding("actions", Level.ERROR, "GitHub Actions are switched off here", f"{where}: allow them")
    refused = [name for name in used if not policy.lets(name)]
    if not refused:
        return Finding("actions", Level.OK, "what the workflows use may run")
    names = sorted({_pattern(name) for name in refused})
    do = f"{where}: allow select actions, and add\n{', '.join(names)}"
    return Finding("actions", Level.ERROR, f"the repository does not let {some(names)} run", do)


def _pattern(uses: str) -> str:
    """What to allow for it: an action in all its versions, or all the reusable workflows of its repository."""
    path, _, _ = uses.partition("@")
    owner, name, *inside = path.split("/")
    return f"{owner}/{name}/.github/workflows/*@*" if inside[:1] == [".github"] else f"{path}@*"
