"""What people do on GitHub's pages, for tests and demos: they merge, close, comment, review, tick boxes, change settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.emulator.forge import pull_life
from chargen.emulator.forge.accounts import ROLES
from chargen.emulator.forge.records import Comment, Review, Run
from chargen.errors import UsageError

if TYPE_CHECKING:
    from chargen.emulator.forge.records import Pull, Repository
    from chargen.emulator.forge.state import State

SOMEBODY: Final = "mira"


class People:
    """Each act is done at once, with no token and no fault in its way; `repository` names another than the first."""

    state: State

    def pull(self, number: int, repository: str = "") -> Pull:
        """A pull request as it stands, with what has been pushed until now. UsageError when there is none."""
        self.state.settle()
        home = self.repository(repository)
        if number not in home.pulls:
            raise UsageError(f"{home.full_name} has no pull request {number}")
        return home.pulls[number]

    def pulls(self, repository: str = "") -> list[Pull]:
        """Every pull request, oldest first."""
        self.state.settle()
        return list(self.repository(repository).pulls.values())

    def comments(self, number: int, repository: str = "") -> list[Comment]:
        """The comments on a pull request, oldest first."""
        return [one for one in self.repository(repository).comments.values() if one.number == number]

    def merge(self, number: int, *, by: str = SOMEBODY, method: str = "merge", repository: str = "") -> str:
        """Merge; the commit that the base is at. Refusal where GitHub would not."""
        with self.state.lock:
            pull = self.pull(number, repository)
            self._join(by)
            return pull_life.merge(self.repository(repository), pull, self._now, by, method=method)

    def close(self, number: int, *, by: str = SOMEBODY, repository: str = "") -> None:
        """Close without merging."""
        with self.state.lock:
            self._join(by)
            pull_life.close(self.pull(number, repository), self._now, by)

    def reopen(self, number: int, *, by: str = SOMEBODY, repository: str = "") -> None:
        """Open again. Refusal where GitHub would not."""
        with self.state.lock:
            self._join(by)
            pull_life.reopen(self.repository(repository), self.pull(number, repository), self._now)

    def edit(
        self, number: int, *, body: str | None = None, title: str | None = None, repository: str = ""
    ) -> None:
        """Write another body or title, as ticking a box does."""
        with self.state.lock:
            pull = self.pull(number, repository)
            pull.body = pull.body if body is None else body
            pull.title = title or pull.title
            pull.updated_at = self._now

    def comment(self, number: int, body: str, *, by: str = SOMEBODY, repository: str = "") -> Comment:
        """Write a comment."""
        with self.state.lock:
            self._join(by)
            pull = self.pull(number, repository)
            made = Comment(self.state.new_id(), pull.number, by, body, self._now, self._now)
            self.repository(repository).comments[made.id] = made
            return made

    def edit_comment(self, number: int, body: str, *, repository: str = "") -> None:
        """Change the comment of this id after it was written."""
        with self.state.lock:
            comment = self.repository(repository).comments[number]
            comment.body, comment.updated_at = body, self._now

    def delete_comment(self, number: int, *, repository: str = "") -> None:
        """Delete the comment of this id."""
        with self.state.lock:
            del self.repository(repository).comments[number]

    def review(
        self,
        number: int,
        body: str = "",
        *,
        by: str = SOMEBODY,
        state: str = "COMMENTED",
        repository: str = "",
    ) -> Review:
        """Review, as APPROVED, CHANGES_REQUESTED or COMMENTED."""
        with self.state.lock:
            self._join(by)
            pull = self.pull(number, repository)
            made = Review(self.state.new_id(), by, body, state, pull.head_sha, self._now)
            pull.reviews.append(made)
            return made

    def set_permission(self, login: str, role: str, repository: str = "") -> None:
        """Give somebody a role (none, read, triage, write, maintain, admin). UsageError for another word."""
        if role not in ROLES:
            raise UsageError(f"no role is called '{role}'", hint=f"one of {', '.join(ROLES)}")
        with self.state.lock:
            self._join(login)
            self.repository(repository).roles[login] = role

    def settings(
        self,
        *,
        actions_may_open_pulls: bool | None = None,
        workflow_permissions: str = "",
        private: bool | None = None,
        repository: str = "",
    ) -> None:
        """Change the settings of a repository; what is left out stays."""
        with self.state.lock:
            home = self.repository(repository)
            if actions_may_open_pulls is not None:
                home.actions_may_open_pulls = actions_may_open_pulls
            home.workflow_permissions = workflow_permissions or home.workflow_permissions
            home.private = home.private if private is None else private

    def allow_actions(
        self, allowed: str, *patterns: str, github_owned: bool = True, repository: str = ""
    ) -> None:
        """Say which actions may run: none, all, local_only, or those selected."""
        with self.state.lock:
            home = self.repository(repository)
            home.actions, home.github_owned_actions, home.action_patterns = allowed, github_owned, patterns

    def set_secret(self, name: str, repository: str = "") -> None:
        """Have a secret that workflows may read; what it says is nobody's to ask."""
        with self.state.lock:
            self.repository(repository).secrets[name.upper()] = self._now

    def ran(
        self, workflow: str, *, event: str = "schedule", conclusion: str = "success", repository: str = ""
    ) -> Run:
        """Have a workflow run now on the default branch; `workflow` is its file's name."""
        with self.state.lock:
            home = self.repository(repository)
            branch = home.bare.default_branch()
            sha = home.bare.branches().get(branch, "")
            number = sum(run.workflow == workflow for run in home.runs) + 1
            made = Run(self.state.new_id(), number, workflow, event, branch, sha, conclusion, self._now)
            home.runs.append(made)
            return made

    def set_workflow_state(self, workflow: str, state: str, repository: str = "") -> None:
        """Switch a workflow off or on: active, disabled_manually, disabled_inactivity."""
        self.repository(repository).workflow_states[workflow] = state

    def delete_repository(self, full_name: str) -> None:
        """Delete a fork; the pull requests from it stay, closed."""
        with self.state.lock:
            self.repository(full_name).gone = True
            del self.state.repositories[full_name.lower()]

    def repository(self, full_name: str = "") -> Repository:
        """A repository by name, or the first. UsageError when there is none."""
        first = next(iter(self.state.repositories), "")
        found = self.state.repository(full_name or first)
        if found is None:
            raise UsageError(f"no repository is called '{full_name}'")
        return found

    @property
    def _now(self) -> float:
        return self.state.clock.now()

    def _join(self, login: str) -> None:
        self.state.account(login)
