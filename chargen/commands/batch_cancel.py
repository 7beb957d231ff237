"""`chargen batch cancel`: ask for a run's open batches to end; what they have made by then is lost, and booked so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.bringing import bring_in, open_batches
from chargen.commands.settling import settle_lapsed
from chargen.commands.telling import result, say
from chargen.commands.wiring import Session, open_session
from chargen.core.counted import counted
from chargen.errors import ExitCode
from chargen.pipeline.doubles import running_doubles

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.edges.run_folder import RunFolder


@click.command("cancel")
@options.root
@click.option("--run", "run_id", metavar="ID", required=True, help="The run, by the name of its directory.")
@options.local
def command(root: Path | None, run_id: str, local: bool) -> int:
    """Ask for a run's open batches to end. A live run is cancelled by Ctrl-C where it runs."""
    session = open_session(root, local=local)
    desk = session.desk()
    run = _run(session, desk.read(), run_id)
    settle_lapsed(session, desk)
    waiting = open_batches(desk.read(), run.run_id)
    if not waiting:
        live = [item for item in desk.read().submissions.values() if item.holds and item.run_id == run.run_id]
        for item in live:
            say(
                f"  {item.id} is {item.mode}, held by process {item.owner.pid} on {item.owner.host}: stop it there"
            )
        result("No batch of this run is open.")
        return ExitCode.DONE
    with session.batches() as provider:
        for submission in waiting:
            provider.cancel(submission.batch)
            say(f"  asked {submission.batch} to end")
        for name in running_doubles(waiting, provider.list()):
            provider.cancel(name)
            say(f"  asked {name} to end, a second batch of one create")
        brought = bring_in(session, desk, provider, waiting, wait=False)
    done, left = len(brought.done), len(brought.left)
    more = f"; `chargen batch collect --run {run.run_id}` books them" if left else ""
    result(f"{counted(done, 'batch', 'batches')} ended, {left} still ending{more}.")
    return brought.code


def _run(session: Session, books: Books, run_id: str) -> RunFolder:
    """A run of this machine, or one that only the books know: a workflow's. UsageError."""
    from chargen.edges.run_folder import open_run

    known = any(item.run_id == run_id for item in books.submissions.values())
    return session.run(run_id) if known else open_run(session.root, run_id)
