"""`chargen state list`: who holds what since when, and what waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from chargen.commands import options
from chargen.commands.batch_status import submission_data
from chargen.commands.telling import as_json, result
from chargen.commands.wiring import open_session
from chargen.core.books_report import (
    decision_data,
    decision_line,
    order_data,
    order_line,
    proposal_data,
    proposal_line,
    submission_lines,
)
from chargen.core.counted import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.pipeline.booking import Desk

_ENDED: Final = 10


@click.command("list")
@options.root
@click.option("--all", "every", is_flag=True, help="Everything that has ended, too.")
@options.local
@options.output_format("text", "json")
def command(root: Path | None, every: bool, local: bool, style: str) -> None:
    """Who holds what since when, the orders nobody has claimed, the proposals, and what people decided."""
    session = open_session(root, local=local)
    desk, retries = session.desk(), session.world()[0].config.limits.retries
    books = desk.read()
    if style == "json":
        as_json(_data(books, desk, retries))
        return
    for line in _lines(
        books, desk, retries, every=every, base_url=session.environment.google_gemini_base_url
    ):
        result(line)


def _lines(books: Books, desk: Desk, retries: int, *, every: bool, base_url: str) -> Iterator[str]:
    submissions = sorted(books.submissions.values(), key=lambda item: (item.created_at, item.id))
    held = [item for item in submissions if item.holds]
    ended = [item for item in submissions if not item.holds]
    shown = ended if every else ended[-_ENDED:]
    if len(shown) < len(ended):
        yield f"{counted(len(ended) - len(shown), 'submission')} ended before these; --all shows them"
    for item in [*shown, *held]:
        lapsed, now = desk.lapsed(item), desk.clock.now()
        yield from submission_lines(item, lapsed=lapsed, now=now, base_url=base_url)
    yield from map(order_line, books.open_orders(retries))
    proposals = [item for of_entity in books.proposals.values() for item in of_entity]
    yield from (f"proposal {proposal_line(item)}" for item in proposals if item.open or every)
    yield from (f"decision {decision_line(books.decisions[name])}" for name in sorted(books.decisions))
    if not books.tip:
        yield "There are no books yet: nothing was made."
    elif books.identity is not None:
        yield f"world {books.identity.world_id} of repository {books.identity.repository_id or '?'}, books at {books.tip[:12]}"


def _data(books: Books, desk: Desk, retries: int) -> dict[str, Any]:
    submissions = sorted(books.submissions.values(), key=lambda item: (item.created_at, item.id))
    identity = books.identity
    return {
        "books": books.tip,
        "world": {"id": identity.world_id, "repository": identity.repository_id} if identity else None,
        "submissions": [
            submission_data(item)
            | {
                "holds": item.holds,
                "ownerHasGone": item.holds and desk.lapsed(item),
                "prunedAt": item.pruned_at or None,
            }
            for item in submissions
        ],
        "orders": [order_data(order) for order in books.open_orders(retries)],
        "proposals": [proposal_data(item) for every in books.proposals.values() for item in every],
        "decisions": [decision_data(books.decisions[name]) for name in sorted(books.decisions)],
    }
