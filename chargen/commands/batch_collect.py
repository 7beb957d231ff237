"""`chargen batch collect`: bring in the batches that have ended, of one run or of all, and apply their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.batch_status import submission_data
from chargen.commands.bringing import Brought, apply_current, bring_in, open_batches
from chargen.commands.making import failed_jobs
from chargen.commands.quarantine import in_quarantine, tell_quarantined
from chargen.commands.settling import settle_lapsed
from chargen.commands.signals import draining
from chargen.commands.telling import applied_data, as_json, result, say, show_applied
from chargen.commands.wiring import open_session
from chargen.core.counted import counted
from chargen.errors import ExitCode, worst

if TYPE_CHECKING:
    from pathlib import Path


@click.command("collect")
@options.root
@options.run_id
@click.option("--wait", is_flag=True, help="Poll until every batch has ended.")
@options.no_apply
@options.local
@options.output_format("text", "json")
def command(
    root: Path | None, run_id: str | None, wait: bool, no_apply: bool, local: bool, style: str
) -> int:
    """Bring in the batches that have ended, and apply their pictures. Without --run: those of every open run."""
    session = open_session(root, local=local)
    desk = session.desk()
    if run_id is not None:
        from chargen.edges.run_folder import open_run

        run_id = open_run(session.root, run_id).run_id
    settle_lapsed(session, desk)
    books = desk.read()
    waiting, stuck = open_batches(books, run_id), in_quarantine(books, run_id)
    code, stopped = ExitCode.DONE, False
    brought = Brought()
    if waiting:
        with session.batches() as provider, draining() as stop:
            brought = bring_in(session, desk, provider, waiting, wait=wait, stopped=stop.is_set)
            stopped = stop.is_set()
        code = worst(brought.code, ExitCode.FAILED if failed_jobs(brought.done) else ExitCode.DONE)
        for submission in brought.left:
            say(f"  {submission.batch}: still with the provider")
    applied = None if no_apply else apply_current(session, desk)
    code = worst(code, show_applied(applied)) if applied else code
    code = worst(code, tell_quarantined(session, stuck))
    if style == "json":
        batches = {
            "collected": [submission_data(item) for item in brought.done],
            "open": [submission_data(item) for item in brought.left],
            "quarantined": [submission_data(item) for item in stuck],
        }
        as_json(batches | {"applied": applied_data(applied)})
    else:
        left = f"{counted(len(stuck), 'submission')} {'is' if len(stuck) == 1 else 'are'} in quarantine"
        said = (
            f"{counted(len(brought.done), 'batch', 'batches')} collected, {len(brought.left)} still open"
            if waiting
            else "No batch is open"
        )
        result(f"{said}, and {left}." if stuck else f"{said}.")
    return ExitCode.INTERRUPTED if stopped else code
