"""What books that were rebuilt cannot know, in plain lines: with numbers and amounts as far as something tells of them. Pure."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chargen.core.counted import counted
from chargen.core.submission import State
from chargen.core.unread import under_way_usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chargen.core.books import Books
    from chargen.core.provider_reply import Batch
    from chargen.core.submission import Submission

_ALWAYS: Final = (
    "wishes that were not ordered yet, and which wish a picture answered",
    "what was picked, rejected or locked, but for what a closed pull request shows",
    "what the safety filter blocked and the provider refused where no picture is kept beside it: it is sent again",
    "how often a request was tried: its attempts are counted anew",
    "what live runs lost that were killed before they kept a picture: the month's sum is too low by that",
    "what was paid for pictures that are neither kept nor named by a row: the month's sum is too low by that, too",
    "what was in quarantine: should such a batch be listed one day, the next submit stops for it",
)


def unknowable(books: Books, told: Sequence[Submission], listed: Mapping[str, Batch]) -> list[str]:
    """A line each, of what was told by other things than a copy; `listed`: the provider's batches by name."""
    return [
        *_in_flight(told),
        *_ended(told, listed),
        *_under_way(books, told, listed),
        *_without_cost(told),
        *_ALWAYS,
    ]


def _in_flight(told: Sequence[Submission]) -> Iterator[str]:
    """What live runs that kept pictures had not answered: some of it may have been sent."""
    open_requests = [
        request
        for item in told
        if item.mode == "live"
        for request in item.requests
        if request.outcome is None
    ]
    if open_requests:
        usd = sum((request.reserved_usd for request in open_requests), Decimal(0))
        count = counted(len(open_requests), "request")
        yield (
            f"whether {count} of live runs that kept other pictures had been sent when those ended: "
            f"{usd:.4f} USD at most, which no sum has, and which may be paid again"
        )


def _ended(told: Sequence[Submission], listed: Mapping[str, Batch]) -> Iterator[str]:
    ended = [item for item in told if not item.holds and not item.requests and item.batch in listed]
    if ended:
        states = Counter(item.state for item in ended)
        said = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        sent = sum(listed[item.batch].counts.get("requests", 0) for item in ended)
        of = f" ({counted(sent, 'request')})" if sent else ""
        yield f"what {counted(len(ended), 'batch', 'batches')} asked for that brought no results{of}: {said}"


def _under_way(books: Books, told: Sequence[Submission], listed: Mapping[str, Batch]) -> Iterator[str]:
    pairs = [
        (item, listed[item.batch])
        for item in told
        if item.state is State.SUBMITTED and not item.requests and item.batch in listed
    ]
    if pairs:
        usd = under_way_usd(books, pairs)
        most = f"{usd:.4f} USD at most" if usd is not None else "nobody can say how much"
        count = counted(len(pairs), "batch", "batches")
        yield f"what {count} cost that nobody has collected yet: {most}, which no sum has until then"


def _without_cost(told: Sequence[Submission]) -> Iterator[str]:
    """Pictures of rows whose cost somebody has taken out."""
    free = [
        request
        for item in told
        for request in item.requests
        if request.outcome and request.outcome.came.answers and not request.outcome.cost_usd
    ]
    if free:
        yield f"what {counted(len(free), 'picture')} cost of which neither row nor record says it: they count as nothing"
