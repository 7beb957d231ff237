"""
Refresh: every picture that is due onto the review branch of its entity, and a pull request for each branch.

A function of the base tip, the books and what people did. What is pushed is booked before; what a person committed to
a branch is only added to; one entity's trouble leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chargen.commands.proposing import describe
from chargen.commands.telling import say
from chargen.commands.wiring import Session
from chargen.core.address import Address
from chargen.core.books import Books
from chargen.core.compiled import CompiledShot
from chargen.core.counted import counted
from chargen.core.digest import canonical_json, sha256
from chargen.core.due import due_by_entity
from chargen.core.proposal import Allotment, Happening, Proposal, allot
from chargen.core.pull_body import pull_body, pull_title
from chargen.core.submission import Deliver
from chargen.core.world import World
from chargen.edges.base_tip import ReviewBranches
from chargen.errors import ChargenError, LostRace
from chargen.pipeline.booking import Desk
from chargen.pipeline.decide import with_proposals
from chargen.ports import Forge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.books_files import Thing
    from chargen.pipeline.apply import Applied


@dataclass
class Refreshed:
    """What a refresh came to."""

    opened: list[Proposal] = field(default_factory=list)
    updated: list[Proposal] = field(default_factory=list)
    withdrawn: list[Proposal] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # addresses that wait for room
    problems: list[ChargenError] = field(default_factory=list)


@dataclass
class Refresh:
    """One refresh under way; `session` stands on the base tip."""

    session: Session
    desk: Desk
    forge: Forge
    branches: ReviewBranches
    world: World
    shots: Mapping[Address, CompiledShot]
    books: Books = field(default_factory=Books)  # as they stand, with what is booked here
    done: Refreshed = field(default_factory=Refreshed)

    def run(self) -> Refreshed:
        """Bring every entity's proposals to what they should be."""
        books = self.books = self.desk.read()
        due = due_by_entity(self.world, self.shots, books)
        may_open = self.world.config.review.max_open - len(books.open_proposals())
        for entity in sorted({*due, *(item.entity for item in books.open_proposals())}):
            try:
                allotment = self._allot(books, entity, due.get(entity, {}), may_open)
            except ChargenError as error:
                self.done.problems.append(error)
                continue
            before = {item.n for item in books.proposals.get(entity, ())}
            may_open -= sum(item.n not in before for item in allotment.proposals)
            self.done.left += allotment.left
            for wanted in allotment.proposals:
                self._bring_or_tell(books, wanted)
        return self.done

    def _allot(self, books: Books, entity: str, due: Mapping[str, str], may_open: int) -> Allotment:
        proposals = books.proposals.get(entity, ())
        standing = [item for item in proposals if item.open]
        further = set(due) - {name for item in standing for name in item.shots}
        spoken = {
            item.n for item in standing if further and item.number and self.forge.people_spoke(item.number)
        }
        most = self.world.config.review.max_pictures
        return allot(entity, due, proposals, closed_to=spoken, most=most, may_open=may_open)

    def _bring_or_tell(self, books: Books, wanted: Proposal) -> None:
        booked = next((item for item in books.proposals.get(wanted.entity, ()) if item.n == wanted.n), None)
        try:
            self._bring(booked, wanted)
        except LostRace as race:  # another run, or a person, was there first: the next run looks again
            say(f"  {race}")
        except ChargenError as error:
            self.done.problems.append(error)

    def _bring(self, booked: Proposal | None, wanted: Proposal) -> None:
        head = self.branches.head(wanted.branch)
        wanted = replace(wanted, shared=bool(head) and (wanted.shared or head not in wanted.pushed))
        if not wanted.shots and not wanted.shared:
            self._withdraw(wanted)
            return
        if wanted.shared:
            say(f"  {wanted.branch} has commits of a person: they are only added to")
        applied, pushed = self._push(booked, wanted, head)
        self.done.problems += applied.problems
        if pushed.pushed:
            self._pull(booked, pushed, applied)

    def _push(self, booked: Proposal | None, wanted: Proposal, head: str) -> tuple[Applied, Proposal]:
        """The branch as it should be; what was applied, and the proposal as booked."""
        parent = head if wanted.shared else self.branches.base
        applied, files = self._apply(wanted, parent, at_tip=not wanted.shared)
        shown = {str(item.shot.address): item.candidate.outcome.sha256 for item in applied.changes}
        if not wanted.shared:
            wanted = replace(wanted, shots={name: sha for name, sha in wanted.shots.items() if name in shown})
        content = sha256(canonical_json({path: sha256(data) for path, data in files.items()}))
        known = booked is not None and booked.content == content and (head,) == booked.pushed[-1:]
        if not files or known:
            return applied, self._booked(wanted) if wanted != booked and booked else wanted
        built = self.branches.build(parent, files, pull_title(wanted))
        if head != built.commit:
            wanted = replace(wanted, content=content, pushed=_with(wanted.pushed, built.commit))
            self._booked(wanted)
            self.branches.push(built, wanted.branch, lease=head)
            say(f"  pushed {wanted.branch}: {counted(len(applied.changes), 'picture')}")
        return applied, wanted

    def _apply(self, wanted: Proposal, parent: str, *, at_tip: bool) -> tuple[Applied, dict[str, bytes]]:
        """What bringing a proposal's pictures to a commit changes: files by their path from the repository's top."""
        from chargen.core.address import parse_address
        from chargen.pipeline.apply import apply

        session = self.session if at_tip else self.session.at(parent)
        world, shots = (self.world, self.shots) if at_tip else session.world()
        files = session.commit_files()
        applied = apply(
            world,
            shots,
            self.books,
            [parse_address(name) for name in wanted.shots],
            files=files,
            pictures=session.pictures,
            fetch=session.fetch,
            deliver=Deliver.REVIEW,
        )
        return applied, {self.branches.path(path): data for path, data in files.written.items()}

    def _pull(self, booked: Proposal | None, wanted: Proposal, applied: Applied) -> None:
        """Its pull request: opened where there is none, told anew where it shows other pictures."""
        same_pictures = booked is not None and booked.number and dict(booked.shots) == dict(wanted.shots)
        if same_pictures or not applied.changes:
            return
        body = pull_body(wanted, describe(self.session, self.world, self.shots, self.books, applied))
        title = pull_title(wanted)
        if wanted.number:
            self.forge.edit_pull(wanted.number, title=title, body=body)
            wanted = self._booked(replace(wanted, body=sha256(body.encode())))
            self.done.updated.append(wanted)
            return
        pull = self.forge.open_pull(wanted.branch, self.branches.branch, title, body)
        wanted = replace(wanted, number=pull.number, url=pull.url, body=sha256(body.encode()))
        self.done.opened.append(self._booked(wanted))

    def _withdraw(self, wanted: Proposal) -> None:
        """Nothing is left to propose: booked first, so that closing it is not taken for a person's word."""
        self._booked(wanted.after(Happening.WITHDRAW))
        if wanted.number:
            self.forge.close_pull(wanted.number)
        self.done.withdrawn.append(wanted)

    def _booked(self, proposal: Proposal) -> Proposal:
        """Write a proposal as it is now."""

        def decide(books: Books) -> Sequence[Thing]:
            every = books.proposals.get(proposal.entity, ())
            now = next((item for item in every if item.n == proposal.n), None)
            if now is not None and not now.open:
                raise LostRace(f"{now.name} was decided while it was refreshed")
            return [] if now == proposal else [with_proposals(books, proposal.entity, [proposal])]

        message = f"Propose {proposal.branch}: {counted(len(proposal.shots), 'shot')}"
        self.books = self.desk.book(decide, message)
        return proposal


def _with(pushed: tuple[str, ...], commit: str) -> tuple[str, ...]:
    return (*(item for item in pushed if item != commit), commit)
