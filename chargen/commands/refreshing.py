"""
Refresh: every picture that is due onto the review branch of its entity, and a pull request for each branch.

A function of the base tip, the books and what people did. What is pushed is booked before; what a person committed to
a branch is only added to; what cannot be judged or applied now is left as it is; one entity's trouble leaves the
others alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chargen.commands.branching import Brought, bring
from chargen.commands.observing import book_end, ours
from chargen.commands.proposing import describe
from chargen.commands.rewording import Rewording
from chargen.commands.telling import say
from chargen.commands.wiring import Session
from chargen.core.address import Address, parse_address
from chargen.core.books import Books
from chargen.core.compiled import CompiledShot
from chargen.core.counted import counted
from chargen.core.digest import canonical_json, sha256
from chargen.core.due import due_by_entity
from chargen.core.proposal import Allotment, Happening, Proposal, allot
from chargen.core.pull_body import pull_body, pull_title
from chargen.core.unmade import unmade
from chargen.core.world import World
from chargen.edges.base_tip import ReviewBranches
from chargen.errors import ChargenError, LostRace
from chargen.pipeline.booking import Desk
from chargen.pipeline.decide import with_proposals
from chargen.ports import Forge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.books_files import Thing


@dataclass
class Refreshed:
    """What a refresh came to."""

    opened: list[Proposal] = field(default_factory=list)
    updated: list[Proposal] = field(default_factory=list)
    withdrawn: list[Proposal] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # addresses that wait for room
    stopped: list[str] = field(default_factory=list)  # what a person has to settle
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
    _read: dict[tuple[str, int], Proposal] = field(default_factory=dict)  # as this refresh knows them

    def run(self) -> Refreshed:
        """Bring every entity's proposals to what they should be."""
        books = self.books = self.desk.read()
        self._read = {(item.entity, item.n): item for every in books.proposals.values() for item in every}
        due = due_by_entity(self.world, self.shots, books)
        standing = books.open_proposals()
        may_open = self.world.config.review.max_open - sum(bool(item.shots) for item in standing)
        for entity in sorted({*due, *(item.entity for item in standing)}):
            if self._cannot_be_judged(entity):
                say(f"  the pull requests of {entity} are left as they are: its files cannot be read whole")
                continue
            try:
                allotment = self._allot(entity, due.get(entity, {}), may_open)
            except ChargenError as error:
                self.done.problems.append(error)
                continue
            may_open -= sum((entity, item.n) not in self._read for item in allotment.proposals)
            self.done.left += allotment.left
            for wanted in allotment.proposals:
                self._bring_or_tell(wanted)
        return self.done

    def _proposals(self, entity: str) -> list[Proposal]:
        """Of an entity, as this refresh knows them: what is due was reckoned of these, not of what others booked since."""
        return [item for item in self._read.values() if item.entity == entity]

    def _cannot_be_judged(self, entity: str) -> bool:
        """Whether open proposals of an entity may be wanted still, though nothing of it seems due: a file is bad."""
        standing = [item for item in self._proposals(entity) if item.open]
        if entity in self.world.left_out:
            return bool(standing)
        if entity not in self.world.entities:
            return bool(standing) and (bool(self.world.errors()) or not self.world.entities)
        named = (self.shots.get(parse_address(name)) for item in standing for name in item.shots)
        return any(shot is not None and shot.obstacle is not None for shot in named)

    def _allot(self, entity: str, due: Mapping[str, str], may_open: int) -> Allotment:
        proposals = self._proposals(entity)
        standing = [item for item in proposals if item.open]
        further = set(due) - {name for item in standing for name in item.shots}
        spoken = {
            item.n for item in standing if further and item.number and self.forge.people_spoke(item.number)
        }
        review = self.world.config.review
        taken = self.branches.taken(entity)
        return allot(
            entity,
            due,
            proposals,
            closed_to=spoken,
            most=review.max_pictures,
            may_open=may_open,
            taken=taken,
        )

    def _bring_or_tell(self, wanted: Proposal) -> None:
        try:
            self._bring(wanted)
        except LostRace as race:  # another run, or a person, was there first: the next run looks again
            say(f"  {race}")
        except ChargenError as error:
            self.done.problems.append(error)

    def _bring(self, wanted: Proposal) -> None:
        head = self.branches.head(wanted.branch)
        wanted = replace(wanted, shared=bool(head) and (wanted.shared or head not in wanted.pushed))
        if not wanted.shots and not wanted.shared:
            self._withdraw(wanted)
            return
        brought = bring(self, wanted, head)
        if brought.problems:  # nothing of it is touched: it is what it was, and the next run tries again
            self.done.problems += brought.problems
            return
        if brought.missing:
            self._say_stopped(wanted, brought.missing)
        proposal = self._push(wanted, brought, head)
        if proposal.pushed and proposal.shots:
            self._pull(proposal, brought)

    def _say_stopped(self, wanted: Proposal, missing: Sequence[str]) -> None:
        base = self.branches.branch
        said = (
            f"{wanted.name} has commits of a person, and its words are older than those of {base}: "
            f"{', '.join(missing)} cannot come there; merge {base} into {wanted.branch}, or close it"
        )
        say(f"  {said}")
        self.done.stopped.append(said)

    def _push(self, wanted: Proposal, brought: Brought, head: str) -> Proposal:
        """The branch as it should be, booked before it is pushed; the proposal as booked."""
        before = self._read.get((wanted.entity, wanted.n))
        known = before is not None and (before.content, (head,)) == (brought.content, before.pushed[-1:])
        if not brought.files or known:
            now = replace(wanted, shots=brought.shots)
            return self._booked(now) if before is not None else now
        built = self.branches.build(brought.parent, brought.files, pull_title(wanted))
        if head == built.commit:
            return self._booked(replace(wanted, shots=brought.shots, content=brought.content))
        if wanted.number and not self.forge.pull(wanted.number).open:
            raise LostRace(f"{wanted.name} was decided while it was refreshed")
        booked = self._booked(wanted.pushing(built.commit, brought.shots, brought.content))
        self.branches.push(built, wanted.branch, lease=head)
        say(f"  pushed {wanted.branch}: {counted(len(brought.changes), 'picture')}")
        return booked

    def _pull(self, proposal: Proposal, brought: Brought) -> None:
        """Its pull request: opened where there is none, told anew where it shows other pictures."""
        told = sha256(canonical_json(dict(proposal.shots)))
        if proposal.number and proposal.told == told:
            return
        rewording = Rewording(self.session, self.branches, self.books)
        shown = describe(
            self.session, self.world, self.shots, self.books, proposal, brought.changes, rewording
        )
        beside = unmade(self.world, self.shots, self.books, proposal.entity)
        title, body = pull_title(proposal), pull_body(proposal, shown, unmade=beside)
        if proposal.number:
            self.forge.edit_pull(proposal.number, title=title, body=body)
            self.done.updated.append(self._booked(replace(proposal, told=told)))
            return
        self._refuse_decided(proposal)
        pull = self.forge.open_pull(proposal.branch, self.branches.branch, title, body)
        opened = replace(proposal, number=pull.number, url=pull.url, told=told)
        self.done.opened.append(self._booked(opened))

    def _refuse_decided(self, proposal: Proposal) -> None:
        """LostRace when a person ended a pull request of this branch that no book has: the next run hears of it."""
        if any(not item.open for item in ours(self.forge.pulls(proposal.branch), proposal)):
            raise LostRace(f"{proposal.name} was decided while it was refreshed")

    def _withdraw(self, wanted: Proposal) -> None:
        """Nothing is left to propose: booked first, so that closing it is not taken for a person's word; it may be one."""
        if wanted.number:
            shown = self._read[wanted.entity, wanted.n].shots  # until it is known who closed it
            withdrawing = self._booked(replace(wanted.after(Happening.WITHDRAW), shots=shown))
            self.forge.close_pull(wanted.number)
            self.books = book_end(self.desk, self.forge, withdrawing)
        else:
            self._booked(wanted.after(Happening.END))
        self.done.withdrawn.append(wanted)

    def _booked(self, proposal: Proposal) -> Proposal:
        """Write a proposal as it is now. LostRace when the books say of it what this refresh has not read."""
        key = (proposal.entity, proposal.n)

        def decide(books: Books) -> Sequence[Thing]:
            every = books.proposals.get(proposal.entity, ())
            now = next((item for item in every if item.n == proposal.n), None)
            if now == proposal:
                return []
            if now != self._read.get(key):
                raise LostRace(f"{proposal.name} was written by another run meanwhile")
            return [with_proposals(books, proposal.entity, [proposal])]

        doing = "Propose" if proposal.open else "Withdraw"
        message = f"{doing} {proposal.branch}: {counted(len(proposal.shots), 'shot')}"
        self.books = self.desk.book(decide, message)
        self._read[key] = proposal
        return proposal
