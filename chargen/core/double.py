"""Of the batches that one create made, one answers for its submission; each other is its double, and waste. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chargen.core.submission import TRANSITIONS, Move, State, Submission, move
from chargen.core.unread import asked_usd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chargen.core.books import Books
    from chargen.core.provider_reply import Batch
    from chargen.core.submission import Request


def first_of(batches: Iterable[Batch], booked: str = "") -> Batch:
    """Of the batches of one create: the first that brought results, else the oldest that runs, else the one that is booked."""

    def rank(batch: Batch) -> tuple[int, str, str, str]:
        if batch.state.has_results:
            return 0, batch.ended_at, batch.created_at, batch.name
        if not batch.state.ended:
            return 1, "", batch.created_at, batch.name
        return 2, "" if batch.name == booked else "other", batch.created_at, batch.name

    return min(batches, key=rank)


def judged(books: Books, submission: Submission, batches: Sequence[Batch]) -> Submission:
    """The submission with the batch that answers for it, and each other of these counted; what has ended keeps its batch."""
    if submission.state is State.SUBMITTED and any(batch.name == submission.batch for batch in batches):
        answers = first_of(batches, submission.batch)
        submission = answered_by(submission, answers, _most_usd(books, submission, answers))
    for batch in batches:
        if batch.name != submission.batch:
            submission = with_double(submission, batch, _most_usd(books, submission, batch))
    return submission


def turned_up(books: Books, submission: Submission, batches: Sequence[Batch]) -> Submission:
    """
    A submission that nobody had a batch of, and of which these are listed after all.

    One that brought something, or may yet, answers for it where nothing else holds its requests; else it is counted.
    """
    useful = [batch for batch in batches if batch.state.has_results or not batch.state.ended]
    adoptable = (submission.state, Move.ADOPT) in TRANSITIONS and not is_taken(books, submission)
    if useful and adoptable:
        batch = first_of(useful)
        submission = move(submission, Move.ADOPT, batch=batch.name, ended_at="", error=_LATE)
    for batch in useful:
        if batch.name != submission.batch:
            submission = with_double(submission, batch, _most_usd(books, submission, batch))
    return submission


_LATE: Final = "fenced off at first: its batch was listed later than limits.list_lag"


def is_taken(books: Books, submission: Submission) -> bool:
    """Whether another submission holds a request or an order of this one, or has told since what came of it."""
    hashes = {request.request_hash for request in submission.requests}
    orders = {order for request in submission.requests for order in request.orders}

    def taken(item: Submission, request: Request) -> bool:
        again, wished = request.request_hash in hashes, not orders.isdisjoint(request.orders)
        if request.outcome is None:
            return item.holds and (again or wished)
        return (again and item.attempt > submission.attempt) or (wished and request.outcome.came.answers)

    return any(item.id != submission.id and taken(item, request) for item, request in books.requests())


def with_double(submission: Submission, batch: Batch, most_usd: Decimal) -> Submission:
    """The submission with another batch of its create counted as waste, once, at the most that it may have cost."""
    if batch.name in submission.doubles:
        return submission
    nothing = batch.state.ended and not batch.state.has_results
    cost = Decimal(0) if nothing else most_usd
    return replace(submission, doubles=(*submission.doubles, batch.name), lost_usd=submission.lost_usd + cost)


def answered_by(submission: Submission, batch: Batch, most_usd: Decimal) -> Submission:
    """The submission with this batch as its own: one that was counted as its double is waste no longer."""
    if batch.name not in submission.doubles:
        return replace(submission, batch=batch.name)
    others = tuple(name for name in submission.doubles if name != batch.name)
    left = max(submission.lost_usd - most_usd, Decimal(0))
    return replace(submission, batch=batch.name, doubles=others, lost_usd=left)


def _most_usd(books: Books, submission: Submission, batch: Batch) -> Decimal:
    return asked_usd(books, submission, batch) or Decimal(0)  # of a model without a price nobody can say


_MARK: Final = re.compile(r"(\S+) is a double of it, counted as waste")


def without_marks(submission: Submission) -> Submission:
    """The submission as it is booked by now, read from books that named its doubles in `error`."""
    said = submission.error.split("; ")
    marks = {text: found[1] for text in said if (found := _MARK.fullmatch(text))}
    if not marks:
        return submission
    doubles = tuple(dict.fromkeys((*submission.doubles, *marks.values())))
    return replace(submission, doubles=doubles, error="; ".join(text for text in said if text not in marks))
