"""
What to do about submissions whose owner has gone, or whose create had no clear answer.

Adopt what is listed under the display name; fence what is not (delete its input, wait for the list, look again);
quarantine only when the deletion cannot be confirmed. A live lease is never touched.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.core.display_name import booked_as, read_display_name
from chargen.core.double import first_of, with_double
from chargen.core.provider_reply import Batch, ProviderTrouble, Trouble
from chargen.core.submission import Move, State, Submission
from chargen.errors import BooksConflict, LostRace
from chargen.pipeline.booking import Desk, stamp

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.ports import BatchProvider


def sweep(books: Books, batches: Iterable[Batch]) -> None:
    """
    Every batch that bears our world id is on the books as one that was sent, or all submitting stops.

    Raises BooksConflict naming the batches nobody booked: they may be paid for.
    """
    if books.identity is None:
        return
    unknown = []
    for batch in batches:
        name = read_display_name(batch.display_name)
        if name is None or not name.is_of(books.identity):
            continue
        _, booked = booked_as(books, batch, name)
        if booked is None or booked.unsent:
            unknown.append(f"{batch.name} ({batch.display_name}, {batch.state})")
    if unknown:
        hint = "the books were lost or rolled back: chargen state rebuild brings them back; nothing is paid before"
        raise BooksConflict(f"batches that no submission on the books knows: {', '.join(unknown)}", hint=hint)


def recover(
    desk: Desk, provider: BatchProvider, *, list_lag_s: float, only: Container[str] | None = None
) -> list[Submission]:
    """Settle every batch submission (of these) whose owner has gone before a batch was named; those that changed come back."""
    books = desk.read()
    settled = []
    for submission in books.submissions.values():
        if submission.mode != "batch" or submission.state not in (State.INTENT, State.CREATING):
            continue
        if not desk.lapsed(submission) or (only is not None and submission.id not in only):
            continue
        try:
            taken = take_over(desk, submission)
        except LostRace:
            continue  # somebody else settles it
        if taken.state is State.INTENT:
            at = stamp(desk.clock.now())
            error = "its owner has gone before anything was sent"
            settled.append(
                desk.advance(taken.id, Move.WITHDRAW, f"Withdrawn {taken.id}", error=error, ended_at=at)
            )
        elif taken.state is State.CREATING:
            settled.append(settle_creating(desk, taken, provider, list_lag_s=list_lag_s))
    return settled


def take_over(desk: Desk, submission: Submission) -> Submission:
    """Become the owner of a lapsed submission. LostRace when it is not as it was, or its owner has come back."""

    def decide(books: Books) -> Sequence[Thing]:
        now = books.submissions[submission.id]
        if now.owner != submission.owner or not now.holds or not desk.lapsed(now):  # it may have come back
            raise LostRace(
                f"submission {now.id} was taken over by somebody else, or goes on",
                hint="run the command again",
            )
        return [replace(now, owner=desk.owner, lease_until=desk.lease())]

    return desk.book(decide, f"Take over {submission.id}").submissions[submission.id]


def settle_creating(
    desk: Desk, submission: Submission, provider: BatchProvider, *, list_lag_s: float
) -> Submission:
    """A submission in CREATING of ours, brought to SUBMITTED, FENCED or QUARANTINED by what the provider lists."""
    listed = _listed(provider, submission)
    if listed:
        return adopt(desk, submission, provider, listed)
    confirmed = _delete_input(provider, submission)
    desk.clock.sleep(list_lag_s)
    listed = _listed(provider, submission)
    if listed:
        return adopt(desk, submission, provider, listed)
    at = stamp(desk.clock.now())
    if confirmed:
        error = "create gave no answer; its input was deleted and no batch is listed: never created"
        return desk.advance(submission.id, Move.FENCE, f"Fenced {submission.id}", error=error, ended_at=at)
    error = "create gave no answer, and its input could not be deleted: it may still be created and paid for"
    return desk.advance(submission.id, Move.QUARANTINE, f"Quarantined {submission.id}", error=error)


def _listed(provider: BatchProvider, submission: Submission) -> list[Batch]:
    return [batch for batch in provider.list() if batch.display_name == submission.display_name]


def _delete_input(provider: BatchProvider, submission: Submission) -> bool:
    try:
        provider.delete_file(submission.input_file)
    except ProviderTrouble as trouble:
        return trouble.trouble is Trouble.REFUSED and trouble.code == 404
    return True


def adopt(desk: Desk, submission: Submission, provider: BatchProvider, listed: Sequence[Batch]) -> Submission:
    """Book a listed batch as this submission's: the first that succeeded, else the oldest live one; the other live ones end."""
    kept = first_of(listed)
    others = sorted(
        (batch for batch in listed if batch is not kept), key=lambda batch: (batch.created_at, batch.name)
    )
    doubled = submission
    for other in others:
        doubled = with_double(doubled, other, submission.reserved_usd)
    error = f"created more than once; also {', '.join(doubled.doubles)}" if others else ""
    adopted = desk.advance(
        submission.id,
        Move.ACCEPT,
        f"Adopted {kept.name}",
        batch=kept.name,
        error=error,
        doubles=doubled.doubles,
        lost_usd=doubled.lost_usd,
    )
    for other in others:
        if not other.state.ended:
            with contextlib.suppress(ProviderTrouble):  # it may have ended; else the next look asks again
                provider.cancel(other.name)
    return adopted
