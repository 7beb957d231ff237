"""
decide: what people did with the pull requests -> decisions on the books. Pure.

Closed by a person who may write: what it showed is rejected, each picture by its sha256. Closed by anybody else:
nothing is decided. Reopened: what its closing rejected is open again. Each happening takes effect once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chargen.core.books import Books, Decision, Decisions, Proposals
from chargen.core.proposal import Happening, Proposal, Standing
from chargen.core.pull import Pull

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chargen.core.books_files import Thing


@dataclass(frozen=True, slots=True)
class Seen:
    """A proposal as it is booked, its pull request as the forge has it, and whether who closed it may write here."""

    proposal: Proposal
    pull: Pull
    closer_may_write: bool = False

    @property
    def happening(self) -> Happening | None:
        """What has happened since it was booked."""
        if self.pull.merged:
            return None if self.proposal.standing is Standing.MERGED else Happening.MERGE
        if self.pull.open:
            return Happening.REOPEN if self.proposal.standing is Standing.CLOSED else None
        return Happening.CLOSE if self.proposal.open else None


def decide(books: Books, seen: Iterable[Seen]) -> Sequence[Thing]:
    """The files of the books that change, as they were read; none when nothing has happened."""
    proposals: dict[str, dict[int, Proposal]] = defaultdict(dict)
    decisions: dict[str, Decision] = {}
    for item in seen:
        booked = _booked(books, item.proposal)
        now = replace(booked, number=item.pull.number, url=item.pull.url)
        what = replace(item, proposal=booked).happening
        if what is not None:
            now = now.after(what)
            for decision in _consequences(books, item, what):
                decisions[decision.address] = decision
        if now != booked:
            proposals[booked.entity][booked.n] = now
    changed = [with_proposals(books, entity, every.values()) for entity, every in proposals.items()]
    return [*changed, *_with_decisions(books, decisions)]


def _booked(books: Books, proposal: Proposal) -> Proposal:
    every = books.proposals.get(proposal.entity, ())
    return next((item for item in every if item.n == proposal.n), proposal)


def _consequences(books: Books, seen: Seen, what: Happening) -> Iterator[Decision]:
    for address, sha256 in seen.proposal.shots.items():
        now = books.decisions.get(address, Decision(address))
        if what is Happening.CLOSE and seen.closer_may_write and not (now.locked or now.picked == sha256):
            yield replace(now, rejected=tuple(dict.fromkeys((*now.rejected, sha256))))
        elif what is Happening.REOPEN and sha256 in now.rejected:
            yield replace(now, rejected=tuple(item for item in now.rejected if item != sha256))


def with_proposals(books: Books, entity: str, changed: Iterable[Proposal]) -> Proposals:
    """An entity's proposals with some changed or new."""
    every = {item.n: item for item in books.proposals.get(entity, ())} | {item.n: item for item in changed}
    return Proposals(entity, tuple(every[n] for n in sorted(every)))


def _with_decisions(books: Books, changed: dict[str, Decision]) -> list[Decisions]:
    every = {
        address: item
        for address, item in (dict(books.decisions) | changed).items()
        if item != Decision(address)
    }
    entities = {"/".join(address.split("/")[:2]) for address in changed}
    return [
        Decisions(entity, {name: item for name, item in every.items() if name.startswith(f"{entity}/")})
        for entity in sorted(entities)
    ]
