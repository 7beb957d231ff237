"""`chargen state prune`: delete kept pictures that nothing needs any more; booked first, so that none is missed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from chargen.commands import options
from chargen.commands.agreeing import agree
from chargen.commands.telling import as_json, result, say
from chargen.commands.wiring import Session, open_session
from chargen.core.books_files import decode
from chargen.core.counted import counted
from chargen.core.prunable import prunable
from chargen.core.submission import Submission
from chargen.pipeline.booking import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.pipeline.booking import Desk


@dataclass(frozen=True)
class _Kept:
    """A submission whose pictures may go, and how large they are where that is known."""

    submission: Submission
    size: int | None

    @property
    def pictures(self) -> int:
        return sum(bool(request.outcome and request.outcome.file) for request in self.submission.requests)

    def data(self) -> dict[str, Any]:
        ended_at = self.submission.ended_at
        return {"id": self.submission.id, "pictures": self.pictures, "bytes": self.size, "endedAt": ended_at}


@click.command("prune")
@options.root
@click.option(
    "--older-than",
    "days",
    metavar="DAYS",
    type=click.IntRange(min=0),
    default=90,
    show_default=True,
    help="Only of submissions that ended longer ago.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.local
@options.output_format("text", "json")
def command(root: Path | None, days: int, yes: bool, local: bool, style: str) -> None:
    """
    Delete kept pictures whose shots are all decided: accepted and in the tree, rejected, or no longer asked for.

    What they cost and what they were stays on the books, so that nothing is paid again.
    """
    session = _standing(open_session(root, local=local))
    desk, tracking = session.desk(), session.tracking
    before = stamp(session.clock.now() - timedelta(days=days))
    books, results = decode(*tracking.read()), tracking.results()
    left = [item for item in results if item in books.submissions and books.submissions[item].pruned_at]
    found = _found(session, books, before, results)
    for item in found:
        size = f", {item.size / 2**20:.1f} MB" if item.size is not None else ""
        say(
            f"  {item.submission.id} ended {item.submission.ended_at}: {counted(item.pictures, 'picture')}{size}"
        )
    if found:
        pictures = counted(sum(item.pictures for item in found), "kept picture")
        agree(f"Delete {pictures} of {counted(len(found), 'submission')}?", yes=yes)
        _book(session, desk, {item.submission.id for item in found}, before)
    for name in [
        *left,
        *(item.submission.id for item in found),
    ]:  # booked: whoever is killed here goes on later
        if desk.read().submissions[name].pruned_at:
            tracking.drop(name)
    if style == "json":
        as_json({"pruned": [item.data() for item in found]})
    else:
        result(
            f"Pictures of {counted(len(found), 'submission')} are kept no longer."
            if found
            else "Nothing to prune."
        )


def _standing(session: Session) -> Session:
    """The session where accepted pictures lie: on the base tip, else among the files. UsageError, BooksConflict, GitFailed."""
    from chargen.edges.remote_books import RemoteBooks

    return session.on_base() if isinstance(session.tracking, RemoteBooks) else session


def _found(session: Session, books: Books, before: str, results: dict[str, str]) -> list[_Kept]:
    from chargen.edges.kept_size import kept_size

    world, shots = session.world()
    return [
        _Kept(item, kept_size(session.root, item.id, results[item.id]))
        for item in prunable(world, shots, books, before=before)
        if item.id in results
    ]


def _book(session: Session, desk: Desk, names: set[str], before: str) -> None:
    """What is still prunable of what was agreed to."""
    world, shots = session.world()
    at = stamp(session.clock.now())

    def decide(books: Books) -> Sequence[Thing]:
        still = prunable(world, shots, books, before=before)
        return [replace(item, pruned_at=at) for item in still if item.id in names]

    desk.book(decide, f"Prune {counted(len(names), 'submission')}")
