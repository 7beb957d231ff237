"""What the verbs of `chargen state` share: find a submission by the beginning of its id, and move it by a person's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.submission import Move, Submission, move
from chargen.core.suggest import did_you_mean
from chargen.errors import UsageError
from chargen.pipeline.booking import Desk, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.books import Books
    from chargen.core.books_files import Thing


def find(books: Books, submission_id: str) -> Submission:
    """The submission whose id begins so. UsageError when there is none, or more than one."""
    exact = books.submissions.get(submission_id)
    found = [item for item in books.submissions.values() if item.id.startswith(submission_id)]
    if exact or len(found) == 1:
        return exact or found[0]
    hint = did_you_mean(submission_id, books.submissions)
    raise UsageError(f"{'several submissions' if found else 'no submission'} {submission_id!r}", hint=hint)


def settle(desk: Desk, seen: Submission, what: Move, **changes: str) -> None:
    """Move a submission as the person saw it. UsageError when it has moved on since."""
    ended = {"ended_at": stamp(desk.clock.now())} if what is Move.FORGET else {}

    def decide(books: Books) -> Sequence[Thing]:
        now = books.submissions[seen.id]
        if (now.state, now.batch) != (seen.state, seen.batch):
            raise UsageError(f"{now.id} is {now.state} by now", hint="look at it again: chargen state show")
        return [move(now, what, **changes, **ended)]

    desk.book(decide, f"A person settled {seen.id}: {what}")
