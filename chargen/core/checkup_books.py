"""The words of `chargen doctor` about the books: what waits on them for somebody. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chargen.core.checkup import NAMED, Finding, Level, some
from chargen.core.counted import counted
from chargen.core.submission import State

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from chargen.core.books import Books
    from chargen.core.submission import Submission

LATE: Final = timedelta(days=1)  # the provider means a batch to end within a day


def about_books(books: Books, lapsed: Collection[str], now: datetime, repository_id: int = 0) -> Finding:
    """What waits for somebody: a copy's books, quarantined submissions, owners who have gone, batches that do not end."""
    every = sorted(books.submissions.values(), key=lambda item: item.id)
    quarantined = [item.id for item in every if item.state is State.QUARANTINED]
    theirs = books.identity.repository_id if books.identity else 0
    copied = bool(repository_id and theirs and repository_id != theirs)
    said, steps = [_on_the_books(books, f"{now:%Y-%m}")], []
    if copied:
        said.append(f"they are of repository {theirs}, and this is {repository_id}: a copy")
        steps.append("make them this repository's own: chargen state adopt")
    if quarantined:
        said.append(f"{len(quarantined)} quarantined: nobody knows whether {some(quarantined)} was paid for")
    for name in quarantined[:NAMED]:
        steps.append(f"look for its batch at Gemini. There: chargen state adopt {name} batches/...")
        steps.append(f"                              not: chargen state forget {name}")
    if gone := [item.id for item in every if item.id in lapsed and _needs_its_owner(item)]:
        said.append(f"{counted(len(gone), 'submission')} whose owner has gone ({some(gone)})")
        steps.append("settle them: chargen batch collect")
    if late := [item.batch or item.id for item in every if _is_late(item, now)]:
        said.append(f"{counted(len(late), 'batch', 'batches')} open for more than a day ({some(late)})")
        steps.append(
            "see how they stand: chargen batch collect; one that has not ended expires after two days"
        )
    level = Level.ERROR if quarantined or copied else Level.WARNING if gone or late else Level.OK
    return Finding("books", level, "; ".join(said), "\n".join(steps))


def _with_the_provider(item: Submission) -> bool:
    return item.mode == "batch" and item.state is State.SUBMITTED


def _needs_its_owner(item: Submission) -> bool:
    """Whether somebody has to settle it once its owner has gone: any chargen collects what the provider has."""
    return item.holds and item.state is not State.QUARANTINED and not _with_the_provider(item)


def _is_late(item: Submission, now: datetime) -> bool:
    return _with_the_provider(item) and item.created_at < f"{now - LATE:%Y-%m-%dT%H:%M:%SZ}"


def _on_the_books(books: Books, month: str) -> str:
    if not books.tip:
        return "none yet; the first paid run begins them"
    held = sum(item.holds for item in books.submissions.values())
    count = counted(len(books.submissions), "submission")
    return f"{count}, {held} open; {books.month_usd(month):.2f} USD spent or reserved in {month}"
