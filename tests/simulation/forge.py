"""The forge in memory: pull requests and review branches, what chargen does with them, and what people do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chargen.core.pull import Pull
from chargen.edges.review_branch import Built
from chargen.errors import ForgeTrouble, LostRace
from tests.simulation.machine import Process
from tests.simulation.tree import Commit, Repository

WRITER: Final = "ada"
OUTSIDER: Final = "mallory"
BOT: Final = "chargen[bot]"
OTHER_BOT: Final = "tidy[bot]"


@dataclass
class Request:
    """A pull request."""

    number: int
    branch: str
    title: str
    body: str
    author: str
    head: str  # where the branch stood when it was last open
    open: bool = True
    merged: bool = False
    closed_by: str = ""
    refused: bool = False  # by a writer, at some time
    closings: int = 0
    reopenings: int = 0
    spoke: bool = False
    theirs: int | None = None  # after so many turns a person opened it again that was withdrawn
    in_vain: bool = False  # and a command that began later closed it
    status: str = ""


@dataclass
class Forge:
    """Every pull request, and who did what."""

    repository: Repository
    pulls: dict[int, Request] = field(default_factory=dict)
    writes: int = 0
    edits: int = 0
    pushed: Callable[[Commit | None, Commit], None] = lambda _before, _after: None

    def head(self, pull: Request) -> str:
        """Where it stands."""
        if pull.open and pull.branch in self.repository.heads:
            pull.head = self.repository.heads[pull.branch].id
        return pull.head

    def told(self, pull: Request) -> Pull:
        """As the API tells of it."""
        return Pull(
            number=pull.number,
            url=f"https://forge.example/pull/{pull.number}",
            title=pull.title,
            body=pull.body,
            branch=pull.branch,
            head_sha=self.head(pull),
            base="main",
            author=pull.author,
            author_is_bot=pull.author == BOT,
            same_repository=True,
            open=pull.open,
            merged=pull.merged,
            closed_by=pull.closed_by,
        )

    # ---- what people do

    def merge(self, pull: Request) -> bool:
        """Merge it into the default branch; False where it conflicts."""
        ours, theirs = self.repository.base, self.repository.commits[self.head(pull)]
        files = self.repository.merged(ours, theirs)
        if files is None:
            return False
        self.repository.base = self.repository.commit((ours, theirs), files, human=True)
        pull.open, pull.merged, pull.closed_by = False, True, WRITER
        return True

    def close(self, pull: Request, who: str) -> None:
        """Close it."""
        self.head(pull)
        pull.open, pull.closed_by = False, who
        pull.refused, pull.closings = pull.refused or who == WRITER, pull.closings + 1

    def reopen(self, pull: Request) -> None:
        """Open it again."""
        if pull.branch in self.repository.heads:
            pull.open, pull.closed_by, pull.reopenings = True, "", pull.reopenings + 1


@dataclass
class ForgePort:
    """The forge as one process reaches it (ports.Forge)."""

    forge: Forge
    process: Process

    def _call(self, port: str) -> None:
        if self.process.before(port) is not None:
            raise ForgeTrouble("the forge cannot be reached", status=503)

    def _done(self, port: str) -> None:
        if self.process.after(port) is not None:
            raise ForgeTrouble("the forge gave no answer", status=0)

    def pulls(self, branch: str) -> Sequence[Pull]:
        """From a branch, newest first."""
        self._call("forge.pulls")
        every = [item for item in self.forge.pulls.values() if item.branch == branch]
        return [self.forge.told(item) for item in reversed(every)]

    def open_pulls(self) -> Sequence[Pull]:
        """Every open one."""
        self._call("forge.open_pulls")
        return [self.forge.told(item) for item in self.forge.pulls.values() if item.open]

    def pull(self, number: int) -> Pull:
        """One."""
        self._call("forge.pull")
        return self.forge.told(self.forge.pulls[number])

    def open_pull(self, branch: str, base: str, title: str, body: str) -> Pull:
        """Find or create."""
        self._call("forge.open_pull")
        every = self.forge.pulls.values()
        found = next((item for item in every if item.branch == branch and item.open), None)
        if found is None:
            if branch not in self.forge.repository.heads:
                raise ForgeTrouble("no such branch", status=422)
            head = self.forge.repository.heads[branch].id
            found = Request(len(self.forge.pulls) + 1, branch, title, body, BOT, head)
            self.forge.pulls[found.number] = found
            self.forge.writes += 1
        self._done("forge.open_pull")
        return self.forge.told(found)

    def edit_pull(self, number: int, *, title: str, body: str) -> None:
        """Another title and body."""
        self._call("forge.edit_pull")
        pull = self.forge.pulls[number]
        if (pull.title, pull.body) != (title, body):
            pull.title, pull.body = title, body
            self.forge.writes += 1
            self.forge.edits += 1
        self._done("forge.edit_pull")

    def close_pull(self, number: int) -> None:
        """Close it."""
        self._call("forge.close_pull")
        pull = self.forge.pulls[number]
        if pull.open:
            pull.in_vain = pull.theirs is not None and self.process.began > pull.theirs
            self.forge.close(pull, BOT)
            self.forge.writes += 1
        self._done("forge.close_pull")

    def comment(self, number: int, marker: str, body: str, *, only_edit: bool = False) -> None:
        """The status comment, the only one of ours."""
        self._call("forge.comment")
        pull = self.forge.pulls[number]
        if pull.status != body and (pull.status or not only_edit):
            pull.status = body
            self.forge.writes += 1
        self._done("forge.comment")

    def people_spoke(self, number: int) -> bool:
        """Whether a person spoke."""
        self._call("forge.people_spoke")
        return self.forge.pulls[number].spoke

    def may_write(self, login: str) -> bool:
        """Whether somebody may write."""
        self._call("forge.may_write")
        return login == WRITER


@dataclass
class Branches:
    """The review branches as they stood when this was made (chargen.edges.base_tip.ReviewBranches)."""

    forge: Forge
    process: Process
    base: str
    branch: str = "main"
    heads: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, forge: Forge, process: Process, base: str) -> Branches:
        """Ask the remote."""
        process.before("branches")
        heads = {name: commit.id for name, commit in forge.repository.heads.items()}
        return cls(forge, process, base, heads=heads)

    def path(self, path: str) -> str:
        """The world is the repository's top."""
        return path

    def bring(self, commit: str, number: int) -> None:
        """Every commit is here."""

    def head(self, branch: str) -> str:
        """Where one stood."""
        return self.heads.get(branch, "")

    def taken(self, entity: str) -> list[int]:
        """The numbers that are there."""
        numbers = (name.removeprefix(f"chargen/{entity}.") for name in self.heads)
        return [int(number) for number in numbers if re.fullmatch(r"[0-9]{1,9}", number)]

    def build(self, parent: str, files: Mapping[str, bytes], message: str) -> Built:
        """The commit."""
        repository = self.forge.repository
        on = repository.commits[parent]
        return Built(repository.commit((on,), {**on.files, **files}, human=False).id)

    def push(self, built: Built, branch: str, *, lease: str) -> None:
        """Move the branch if it still stands at `lease`. LostRace."""
        if self.process.before("push") is not None:
            raise LostRace(f"{branch} was pushed to by somebody else meanwhile")
        heads = self.forge.repository.heads
        before = heads.get(branch)
        there = before.id if before else ""
        if there == built.commit:
            return
        if there != lease:
            self.process.machine.tally["lost race of a branch"] += 1
            raise LostRace(f"{branch} was pushed to by somebody else meanwhile")
        heads[branch] = self.forge.repository.commits[built.commit]
        self.forge.pushed(before, heads[branch])
        self.forge.writes += 1
        if self.process.after("push") is not None:
            raise LostRace(f"the push of {branch} had no answer")
