"""`chargen state forget`: a person's word that no picture will come of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.agreeing import agree
from chargen.commands.state_books import find, settle
from chargen.commands.telling import result
from chargen.commands.wiring import open_session
from chargen.core.counted import counted
from chargen.core.submission import Move, State
from chargen.errors import UsageError
from chargen.pipeline.doubles import with_doubles

if TYPE_CHECKING:
    from pathlib import Path


@click.command("forget")
@click.argument("submission_id", metavar="ID")
@options.root
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.local
def command(submission_id: str, root: Path | None, yes: bool, local: bool) -> None:
    """Say that no picture will come of a submission: quarantined, or of a batch the provider no longer knows."""
    desk = open_session(root, local=local).desk()
    found = find(desk.read(), submission_id)
    if found.state is not State.QUARANTINED and (found.state is not State.SUBMITTED or found.mode != "batch"):
        raise UsageError(
            f"{found.id} is {found.state}, not QUARANTINED", hint="nothing has to be settled by hand"
        )
    count = counted(len(found.requests), "request") if found.requests else "whatever it asked for"
    agree(f"If its batch exists all the same, {count} may be paid for twice. Forget it?", yes=yes)
    settle(desk, found.id, Move.FORGET, error=with_doubles(found, "forgotten by a person"))
    result(f"{found.id} is settled; {count} can be sent again.")
