"""What was paid for and serves nothing: each request's cost is waste of one kind, or none. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chargen.core.books import Books
from chargen.core.digest import match
from chargen.core.submission import Came

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chargen.core.compiled import CompiledShot
    from chargen.core.submission import Outcome, Request, Submission


class Waste(enum.StrEnum):
    """Why what was paid serves nothing."""

    STALE = "stale"  # no shot asks for it any more, and it was never accepted; kept, and back with its words
    REJECTED = "rejected"  # by a person
    BLOCKED = "blocked"  # by the safety filter
    FAILED = "failed"  # answered, and no picture came of it
    DUPLICATE = "duplicate"  # the same request had brought a picture, and nobody ordered another; or a second batch of one create
    LOST = (
        "lost"  # in flight when a live run was killed, or without a line in a batch's result: at most so much
    )


@dataclass(frozen=True)
class Served:
    """Which requests on the books answer what some shot asks for today, and which pictures were accepted."""

    books: Books
    _fitting: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    _accepted: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def by(cls, books: Books, shots: Iterable[CompiledShot], regenerate_on: Iterable[str] = ()) -> Served:
        """What the shots of a world are served by."""
        fields, every = tuple(regenerate_on), list(shots)
        fitting = {
            (submission.id, request.request_hash)
            for shot in every
            for _, submission, request in books.about(shot.address, shot.wishes(), shot.formerly)
            if match(shot.ask(), request.ask, fields)
        }
        rows = (row.sha256 for shot in every for row in shot.shot.rows)
        merged = (item for items in books.proposals.values() for item in items if item.standing == "merged")
        shown = (digest for item in merged for digest in item.shots.values())
        return cls(books, frozenset(fitting), frozenset((*rows, *shown)))

    def is_stale(self, submission: Submission, request: Request) -> bool:
        """Whether a picture came that no shot asks for any more, and that was never accepted."""
        outcome = request.outcome
        if outcome is None or outcome.came is not Came.IMAGE:
            return False
        accepted = not self._accepted.isdisjoint(_digests(outcome))
        return not accepted and (submission.id, request.request_hash) not in self._fitting


def wasted(served: Served) -> Iterator[tuple[Submission, Request, Waste]]:
    """Every request that was paid for and serves nothing, oldest first, with the reason; what was lost in flight is not among them."""
    books, brought = served.books, set()
    rejected = frozenset(digest for item in books.decisions.values() for digest in item.rejected)
    for submission, request in books.requests():
        outcome = request.outcome
        if outcome is None:
            continue
        again = request.request_hash in brought and not request.orders
        if outcome.came is Came.IMAGE:
            brought.add(request.request_hash)
        kind = _kind(outcome, again=again, rejected=rejected, stale=served.is_stale(submission, request))
        if kind is not None:
            yield submission, request, kind


def _digests(outcome: Outcome) -> set[str]:
    return {item for item in (outcome.sha256, outcome.stored_sha256) if item}


def _kind(outcome: Outcome, *, again: bool, rejected: frozenset[str], stale: bool) -> Waste | None:
    if outcome.came is Came.BLOCKED:
        return Waste.BLOCKED
    if outcome.came is not Came.IMAGE:
        kind = Waste.LOST if outcome.came is Came.MISSING else Waste.FAILED
        return kind if outcome.cost_usd else None
    if again:
        return Waste.DUPLICATE
    if not rejected.isdisjoint(_digests(outcome)):
        return Waste.REJECTED
    return Waste.STALE if stale else None
