"""`chargen state show`: one submission, whole: who holds it, what was asked for, what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.state_books import find
from chargen.commands.telling import as_json, result
from chargen.commands.wiring import open_session
from chargen.core.books_report import request_lines, submission_lines

if TYPE_CHECKING:
    from pathlib import Path


@click.command("show")
@click.argument("submission_id", metavar="ID")
@options.root
@options.local
@options.output_format("text", "json")
def command(submission_id: str, root: Path | None, local: bool, style: str) -> None:
    """One submission, whole, as it stands on the books. The beginning of its ID is enough."""
    session = open_session(root, local=local)
    desk = session.desk()
    submission = find(desk.read(), submission_id)
    if style == "json":
        import msgspec

        as_json(msgspec.to_builtins(submission, str_keys=True))
        return
    held = submission_lines(
        submission,
        lapsed=desk.lapsed(submission),
        now=desk.clock.now(),
        base_url=session.environment.google_gemini_base_url,
    )
    for line in [*held, *request_lines(submission)]:
        result(line)
