"""`chargen state rebuild`: bring back lost books, from copies, kept pictures, rows, the provider's list and branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.agreeing import agree
from chargen.commands.rebuilding import Rebuilding
from chargen.commands.telling import as_json, result, say
from chargen.commands.wiring import open_session
from chargen.core.counted import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@click.command("rebuild")
@options.root
@click.option(
    "--world",
    "world_id",
    metavar="ID",
    default="",
    help="The world's id, where the key has batches of several.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.local
@options.output_format("text", "json")
def command(root: Path | None, world_id: str, yes: bool, local: bool, style: str) -> None:
    """
    Bring back books that were deleted or pushed back, as whole as can be. Pays nothing; again: nothing to do.

    Looks at the copies here, the kept pictures, the rows, the provider's list and the review branches, shows what it
    found, and asks before it writes.
    """
    session = open_session(root, local=local)
    rebuilding = Rebuilding.of(session)
    rebuilding.look(world_id)
    unknown = rebuilding.unknown
    for line in rebuilding.found:
        say(f"  {line}")
    if not rebuilding.empty:
        _say_unknown(unknown, older=rebuilding.older)
        books = rebuilding.books
        requests = sum(len(item.requests) for item in books.submissions.values())
        said = f"{counted(len(books.submissions), 'submission')} with {counted(requests, 'request')}"
        agree(f"The books will know {said}. Write them?", yes=yes)
        rebuilding.write()
    if style == "json":
        as_json({"found": rebuilding.found, "unknown": unknown, "written": not rebuilding.empty})
    else:
        result("Nothing to rebuild." if rebuilding.empty else "The books are back.")


def _say_unknown(lines: Sequence[str], *, older: bool) -> None:
    if lines:
        since = "of what was booked after them" if older else "unless a copy turns up"
        say(f"What these books cannot know, {since}:")
    for line in lines:
        say(f"  - {line}")
