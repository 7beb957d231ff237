"""
decide: what people did with the pull requests -> decisions on the books. Pure.

Closed by a person who may write: what it showed is rejected, each picture by its sha256. Closed by anybody else:
nothing is decided. Reopened: what its closing rejected is open again; our own closing rejected nothing. Each happening
takes effect once. A closing that crossed with our own withdrawal is a closing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chargen.core.books import Books, Decision, Decisions, Proposals
from chargen.core.proposal import Happening, Proposal, Standing
from chargen.core.pull import Pull

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
            shut = self.proposal.standing in (Standing.CLOSED, Standing.WITHDRAWN)
            return Happening.REOPEN if shut else None
        if self.proposal.standing is Standing.REOPENED:
            return Happening.END
        if self.proposal.standing is Standing.WITHDRAWING:
            return Happening.CLOSE if self._was_first else Happening.END
        return Happening.CLOSE if self.proposal.open else None

    @property
    def _was_first(self) -> bool:
        """Whether a person closed what we meant to close; who opened it is who closes for us."""
        return self.closer_may_write and self.pull.closed_by != self.pull.author


def decide(books: Books, seen: Iterable[Seen]) -> Sequence[Thing]:
    """The files of the books that change, as they were read; none when nothing has happened."""
    proposals: dict[str, dict[int, Proposal]] = defaultdict(dict)
    decisions: dict[str, Decision] = {}
    closings_first = sorted(seen, key=lambda item: item.pull.open)  # a reopening has the last word
    for item in closings_first:
        booked = _booked(books, item.proposal)
        now = replace(booked, number=item.pull.number, url=item.pull.url)
        what = _happened(booked, item)
        if what is not None:
            now = replace(now.after(what), shots={} if what is Happening.END else now.shots)
            for decision in _consequences({**books.decisions, **decisions}, item, what):
                decisions[decision.address] = decision
        if now != booked:
            proposals[booked.entity][booked.n] = now
    changed = [with_proposals(books, entity, every.values()) for entity, every in proposals.items()]
    return [*changed, *_with_decisions(books, decisions)]


def accepted_by_hand(
    books: Books, merged: Iterable[Seen], rejected: Mapping[str, tuple[str, ...]]
) -> Sequence[Thing]:
    """Proposals that were merged after all, and decisions that reject nothing of what was accepted."""
    things = list(decide(books, merged))
    known = {
        name: item
        for thing in things
        if isinstance(thing, Decisions)
        for name, item in thing.by_address.items()
    }
    changed = {}
    for name, digests in rejected.items():
        now = known.get(name, books.decisions.get(name, Decision(name)))
        left = tuple(digest for digest in now.rejected if digest in digests)
        if left != now.rejected:
            changed[name] = replace(now, rejected=left)
    others = [thing for thing in things if not isinstance(thing, Decisions)]
    return [*others, *_with_decisions(books, known | changed)]


def _booked(books: Books, proposal: Proposal) -> Proposal:
    every = books.proposals.get(proposal.entity, ())
    return next((item for item in every if item.n == proposal.n), proposal)


def _happened(booked: Proposal, seen: Seen) -> Happening | None:
    """What happened since it was booked; one that was seen open before its end was booked was not reopened."""
    what = replace(seen, proposal=booked).happening
    stale = what is Happening.REOPEN and booked.standing is not seen.proposal.standing
    return None if stale else what


def _consequences(decisions: Mapping[str, Decision], seen: Seen, what: Happening) -> Iterator[Decision]:
    """What follows for the pictures that lay on the branch when it happened; those pushed since were never judged."""
    undoes = what is Happening.MERGE or (
        what is Happening.REOPEN and seen.proposal.standing is Standing.CLOSED
    )
    for address, sha256 in seen.proposal.at(seen.pull.head_sha).items():
        now = decisions.get(address, Decision(address))
        if what is Happening.CLOSE and seen.closer_may_write and not (now.locked or now.picked == sha256):
            yield replace(now, rejected=tuple(dict.fromkeys((*now.rejected, sha256))))
        elif undoes and sha256 in now.rejected:
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
