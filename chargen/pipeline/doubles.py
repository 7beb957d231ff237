"""
Two batches of one create: the service made another than the one it named.

The other is on no book. One that runs is told to end; what it may have cost is booked once, at its upper bound, so that
the month's budget is not blind to it. Its pictures are not brought in, even where the first batch brings none.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from chargen.core.display_name import booked_as, read_display_name
from chargen.core.double import with_double
from chargen.core.provider_reply import Batch, ProviderTrouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.core.submission import Submission
    from chargen.pipeline.booking import Desk
    from chargen.ports import BatchProvider


def book_doubles(
    desk: Desk, provider: BatchProvider, listed: Iterable[Batch]
) -> list[tuple[Submission, Batch]]:
    """Book each listed batch that is another's double and not booked as such yet; with the submission as it stands then."""
    found = []
    for submission, batch in _doubles(desk.read(), listed):
        if not batch.state.ended:
            with contextlib.suppress(
                ProviderTrouble
            ):  # it may end meanwhile, or be asked to at the next look
                provider.cancel(batch.name)
        found.append((_book(desk, submission.id, batch), batch))
    return found


def _doubles(books: Books, listed: Iterable[Batch]) -> Iterator[tuple[Submission, Batch]]:
    for batch in listed:
        name = read_display_name(batch.display_name)
        now = booked_as(books, batch, name)[1] if name else None
        if now is None or now.batch in ("", batch.name) or now.display_name != batch.display_name:
            continue
        if batch.name not in now.doubles:
            yield now, batch


def _book(desk: Desk, submission_id: str, batch: Batch) -> Submission:
    def decide(books: Books) -> Sequence[Thing]:
        now = books.submissions[submission_id]
        then = with_double(now, batch)
        return [then] if then != now else []

    return desk.book(decide, f"Another batch of {submission_id}").submissions[submission_id]
