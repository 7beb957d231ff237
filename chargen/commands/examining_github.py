"""The checks of `chargen doctor` on GitHub's side: the token, the settings, the workflows, the schedule. Reads only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from chargen.commands.examining import Examined
from chargen.core import checkup_remote
from chargen.core.checkup_remote import ACTIONS_USED, TICK
from chargen.core.cron import longest_pause
from chargen.core.scaffold import WORKFLOWS
from chargen.edges.github_settings import GitHubSettings, TokenRights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from chargen.core.checkup import Finding
    from chargen.edges.github_settings import WorkflowState

_CRON: Final = re.compile(r"""^\s*-\s*cron:\s*["']?([^"'#\n]+)""", re.MULTILINE)
_USES: Final = re.compile(r"""^\s*(?:-\s*)?uses:\s*["']?([\w.-]+/[^\s"'#]+)""", re.MULTILINE)


def github(examined: Examined) -> Iterator[Finding]:
    """Every finding about GitHub; one, where there is no token. ForgeTrouble where it is not even accepted."""
    if not examined.session.environment.github_token:
        yield checkup_remote.no_token()
        return
    with examined.session.forge() as forge:
        rights = forge.settings.token_rights()
        examined.repository_id = rights.repository_id
        examined.told_the_time("GitHub", forge.settings.server_time())
        yield checkup_remote.about_token(
            rights.repository, rights.login, may_push=rights.may_push, scopes=rights.scopes
        )
        hub = _Hub(examined, forge.settings, rights)
        checks: tuple[tuple[str, Callable[[], Finding | Iterator[Finding]]], ...] = (
            ("pull requests", hub.opening_pulls),
            ("workflows", hub.workflows),
            ("schedule", hub.schedule),
            ("secret", hub.secret),
            ("actions", hub.actions),
        )
        for name, check in checks:
            yield from examined.guard(name, check)


@dataclass
class _Hub:
    """A repository on GitHub whose token was accepted."""

    examined: Examined
    settings: GitHubSettings
    rights: TokenRights

    @property
    def page(self) -> str:
        return f"{self.examined.session.environment.github_server_url}/{self.rights.repository}"

    @cached_property
    def states(self) -> Mapping[str, WorkflowState | None]:
        return {name: self.settings.workflow_state(name) for name in WORKFLOWS}

    def opening_pulls(self) -> Finding:
        allowed = self.settings.actions_may_open_pulls()
        return checkup_remote.about_opening_pulls(
            allowed=allowed, page=self.page, repository=self.rights.repository
        )

    def workflows(self) -> Finding:
        states = {name: found.state if found else "" for name, found in self.states.items()}
        return checkup_remote.about_workflows(states, self.rights.default_branch)

    def schedule(self) -> Iterator[Finding]:
        tick = self.states[TICK]
        if tick is None:  # said of the workflows
            return
        now = self.settings.server_time() or self.examined.session.clock.now()
        line = _CRON.search(self.examined.workflow(TICK))
        pause = longest_pause(line[1]) if line else None
        ago = now - tick.last_scheduled_run if tick.last_scheduled_run else None
        yield checkup_remote.about_schedule(tick.state, ago, pause)

    def secret(self) -> Iterator[Finding]:
        if not self.examined.has_workflows:  # nobody reads it
            return
        self.examined.secret = self.settings.has_secret(checkup_remote.KEY)
        yield checkup_remote.about_secret(there=self.examined.secret)

    def actions(self) -> Finding:
        used = {name for workflow in WORKFLOWS for name in _USES.findall(self.examined.workflow(workflow))}
        every = [*ACTIONS_USED, *sorted(used)]
        return checkup_remote.about_actions(self.settings.actions_policy(), every, self.page)
