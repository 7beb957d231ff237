"""
Batches that no submission names, and whose create is on the books: of two of one create, or listed long after their create.

Of two the one that brought results first answers for the submission, else the oldest that runs. One that is listed after its
submission was fenced answers for it, unless its requests were taken meanwhile. What does not answer is told to end if it
still runs; what it may have cost is booked once, at its upper bound, so that the month's budget is not blind to it.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chargen.core.display_name import booked_as, read_display_name
from chargen.core.double import judged, turned_up
from chargen.core.provider_reply import Batch, ProviderTrouble
from chargen.core.submission import State, Submission
from chargen.core.unread import asked_usd

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.pipeline.booking import Desk
    from chargen.ports import BatchProvider


_NEVER: Final = (State.FENCED, State.REFUSED)  # believed to have no batch


@dataclass(frozen=True, slots=True)
class Doubled:
    """What a look at the provider's list has changed of one submission."""

    was: Submission
    now: Submission
    counted: tuple[Batch, ...]  # as waste, since this look
    unpriced: frozenset[str] = frozenset()  # of these the batches whose cost nobody can say

    @property
    def told(self) -> Iterator[str]:
        """What there is to say of it, line by line."""
        now, was = self.now, self.was
        if now.batch != was.batch:
            before = f"not {was.batch}" if was.batch else "though it was fenced off: it was listed late"
            yield f"  {now.batch} answers for {now.id} from now on, {before}"
        for batch in self.counted:
            what = f"is a second batch of {now.id}, which is {now.batch}"
            late = f"was listed late, and its submission {now.id} was {now.state} meanwhile"
            yield f"  {batch.name} ({batch.state}) {what if now.batch else late}:"
            if batch.name in self.unpriced:
                yield "    what it may have cost nobody can say, and nothing is counted: look at Gemini's bill"
            else:
                yield f"    what it may have cost is counted as waste: {now.lost_usd:.4f} USD at most"


def book_doubles(
    desk: Desk, provider: BatchProvider, listed: Iterable[Batch], *, only: str = ""
) -> list[Doubled]:
    """Book which of several listed batches answers for a submission (`only` this one), and end the others; what is new."""
    found, books = [], desk.read()
    for submission, batches in _doubled(books, listed):
        if only in ("", submission.id):
            every = _with_booked(provider, submission, batches)
            new = _settle(desk, provider, books, submission, every)
            found += [new] if new.counted or new.now.batch != new.was.batch else []
    return found


def running_doubles(submissions: Collection[Submission], listed: Iterable[Batch]) -> list[str]:
    """The listed batches that still run, and are of one create with a submission's own."""
    names = {item.display_name for item in submissions if item.display_name}
    booked = {item.batch for item in submissions}
    others = (batch for batch in listed if batch.display_name in names and batch.name not in booked)
    return [batch.name for batch in others if not batch.state.ended]


def _doubled(books: Books, listed: Iterable[Batch]) -> Iterator[tuple[Submission, list[Batch]]]:
    """Each submission that has a batch besides the booked one, with all that are listed of it."""
    found: dict[str, list[Batch]] = defaultdict(list)
    for batch in listed:
        name = read_display_name(batch.display_name)
        now = booked_as(books, batch, name)[1] if name else None
        known = now is not None and (now.batch or now.state in _NEVER)
        if now is not None and known and now.display_name == batch.display_name:
            found[now.id].append(batch)
    for submission_id, batches in found.items():
        submission = books.submissions[submission_id]
        if any(batch.name != submission.batch for batch in batches):
            yield submission, batches


def _with_booked(provider: BatchProvider, submission: Submission, batches: list[Batch]) -> list[Batch]:
    """The batches with the booked one, which the list may not show yet; none where nobody knows how that stands."""
    if submission.state is not State.SUBMITTED or any(batch.name == submission.batch for batch in batches):
        return batches
    with contextlib.suppress(ProviderTrouble):
        return [*batches, provider.get(submission.batch)]
    return []


def _judged(books: Books, submission: Submission, batches: Sequence[Batch]) -> Submission:
    if submission.batch:
        return judged(books, submission, batches)
    return turned_up(books, submission, batches)


def _settle(
    desk: Desk, provider: BatchProvider, books: Books, was: Submission, batches: Sequence[Batch]
) -> Doubled:
    def decide(books: Books) -> Sequence[Thing]:
        now = books.submissions[was.id]
        if now.batch != was.batch:  # somebody was first, and may know better how they stand
            return []
        then = _judged(books, now, batches)
        return [then] if then != now else []

    if _judged(books, was, batches) != was:
        books = desk.book(decide, f"Another batch of {was.id}")
    now = books.submissions[was.id]
    doubles = [batch for batch in batches if batch.name in now.doubles]
    for batch in doubles:  # after booking: who is killed in between asks again at the next look
        if not batch.state.ended:
            with contextlib.suppress(ProviderTrouble):  # it may have ended meanwhile
                provider.cancel(batch.name)
    counted = tuple(batch for batch in doubles if batch.name not in was.doubles)
    costly = [batch for batch in counted if batch.state.has_results or not batch.state.ended]
    unpriced = frozenset(batch.name for batch in costly if asked_usd(books, now, batch) is None)
    return Doubled(was, now, counted, unpriced)
