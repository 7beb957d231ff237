"""Before anything is planned: submissions whose owner has gone are settled, live ones from the bundles they left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.commands.telling import say
from chargen.core.bundle import FILE, Bundle, decode_bundle
from chargen.core.counted import counted
from chargen.core.submission import Move, Request, State, Submission
from chargen.errors import LostRace
from chargen.pipeline.booking import Desk, stamp
from chargen.pipeline.bundling import Bench, Laid
from chargen.pipeline.keeping import keep_and_book
from chargen.pipeline.settle import recover, take_over

if TYPE_CHECKING:
    from chargen.commands.wiring import Session
    from chargen.edges.run_folder import RunFolder


def settle_lapsed(session: Session, desk: Desk) -> None:
    """Bring every lapsed submission to where it belongs; asks the provider only where a batch may have been created."""
    books = desk.read()
    lapsed = [item for item in books.submissions.values() if item.holds and desk.lapsed(item)]
    for submission in lapsed:
        if submission.mode == "live":
            _close_live(session, desk, submission)
    unclear = [
        item for item in lapsed if item.mode == "batch" and item.state in (State.INTENT, State.CREATING)
    ]
    if not unclear:
        return
    world, _ = session.world()
    with session.batches() as provider:
        for submission in recover(desk, provider, list_lag_s=world.config.limits.list_lag):
            say(
                f"settled {submission.id}: {submission.state} {submission.error or submission.batch}".rstrip()
            )


def _close_live(session: Session, desk: Desk, submission: Submission) -> None:
    """Book what a live run that was killed had brought in; what was in flight is free again, and counted."""
    from chargen.edges.run_folder import RunFolder

    try:
        taken = take_over(desk, submission)
    except LostRace:
        return  # somebody else settles it
    run = RunFolder(session.root / ".chargen" / "runs" / submission.run_id)
    laid = [Laid(_with_outcome(taken, found)) for found in _bundles(run, submission.id)]
    what = Move.WITHDRAW if taken.state is State.INTENT else Move.COLLECT
    world, _ = session.world()
    with session.store(run, desk.read()) as store:
        bench = Bench(run, store, session.pictures, world.config.storage.format)
        done = keep_and_book(desk, taken, laid, bench, what=what, at=stamp(session.clock.now()))
        running = sum(record.status == "RUNNING" for record in store.jobs())
    open_requests = sum(request.outcome is None for request in done.requests)
    in_flight = f"; {running} were in flight when it ended and may be paid twice" if running else ""
    say(
        f"settled live run {submission.run_id}: {counted(len(laid), 'result')} kept, {open_requests} still to make{in_flight}"
    )


def _bundles(run: RunFolder, submission_id: str) -> list[Bundle]:
    found = []
    for path in sorted((run.path / "results").glob(f"*/{FILE}")):
        try:
            bundle = decode_bundle(path.read_bytes())
        except (ValueError, OSError):
            continue
        if bundle.submission == submission_id:
            found.append(bundle)
    return found


def _with_outcome(submission: Submission, bundle: Bundle) -> Request:
    request = next(item for item in submission.requests if item.request_hash == bundle.request_hash)
    return replace(request, outcome=bundle.outcome)
