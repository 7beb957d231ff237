"""`chargen batch collect`: bring in the batches that have ended, of one run or of all, and apply their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.bringing import apply_current, bring_in, open_batches
from chargen.commands.making import failed_jobs
from chargen.commands.settling import settle_lapsed
from chargen.commands.signals import draining
from chargen.commands.telling import result, say, show_applied
from chargen.commands.wiring import open_session
from chargen.errors import ExitCode, worst

if TYPE_CHECKING:
    from pathlib import Path


@click.command("collect")
@options.root
@options.run_id
@click.option("--wait", is_flag=True, help="Poll until every batch has ended.")
@options.no_apply
def command(root: Path | None, run_id: str | None, wait: bool, no_apply: bool) -> int:
    """Bring in the batches that have ended, and apply their pictures. Without --run: those of every open run."""
    session = open_session(root)
    desk = session.desk()
    if run_id is not None:
        from chargen.edges.run_folder import open_run

        run_id = open_run(session.root, run_id).run_id
    settle_lapsed(session, desk)
    waiting = open_batches(desk.read(), run_id)
    code, stopped = ExitCode.DONE, False
    if waiting:
        with session.batches() as provider, draining() as stop:
            done, left = bring_in(session, desk, provider, waiting, wait=wait, stopped=stop.is_set)
            stopped = stop.is_set()
        code = ExitCode.FAILED if failed_jobs(done) else ExitCode.DONE
        for submission in left:
            say(f"  {submission.batch}: still with the provider")
        result(f"{len(done)} batches collected, {len(left)} still open.")
    else:
        result("No batch is open.")
    if not no_apply:
        code = worst(code, show_applied(apply_current(session, desk)))
    return ExitCode.INTERRUPTED if stopped else code
