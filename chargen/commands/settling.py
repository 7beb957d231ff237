"""Before anything is planned: submissions whose owner has gone are settled, live ones from the bundles they left."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.commands.keeping_time import keep_time
from chargen.commands.telling import say
from chargen.core.bundle import FILE, Bundle, decode_bundle
from chargen.core.counted import counted
from chargen.core.identified import UNKNOWN, recognised
from chargen.core.job import OPEN, Event, Status
from chargen.core.job_record import Note
from chargen.core.kept_record import RECORD, decode_record
from chargen.core.submission import Came, Move, Request, State, Submission
from chargen.errors import LostRace
from chargen.pipeline.booking import Desk, stamp
from chargen.pipeline.bundling import FAILURES, Bench, Laid
from chargen.pipeline.execute import withdraw
from chargen.pipeline.keeping import keep_and_book, merge
from chargen.pipeline.settle import recover, take_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.commands.wiring import Session
    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.edges.run_folder import RunFolder
    from chargen.ports import JobStore


def settle_lapsed(session: Session, desk: Desk) -> None:
    """Bring every lapsed submission to where it belongs; asks the provider only where a batch may have been created."""
    books = _recognise(session, desk)
    lapsed = [item for item in books.submissions.values() if item.holds and desk.lapsed(item)]
    if any(not desk.is_gone(item.owner) for item in lapsed) and not keep_time(session):
        say("  nobody vouches for this machine's clock: leases that seem to have run out are left alone")
    lapsed = [
        item for item in lapsed if desk.lapsed(item) and (desk.is_gone(item.owner) or session.clock.checked)
    ]
    for submission in lapsed:
        if submission.mode == "live":
            _close_live(session, desk, submission)
        elif submission.state is State.INTENT:
            _withdraw(desk, submission)
    unclear = [item for item in lapsed if item.mode == "batch" and item.state is State.CREATING]
    if not unclear:
        return
    world, _ = session.world()
    with session.batches() as provider:
        for submission in recover(
            desk, provider, list_lag_s=world.config.limits.list_lag, only={item.id for item in unclear}
        ):
            say(
                f"settled {submission.id}: {submission.state} {submission.error or submission.batch}".rstrip()
            )


def _recognise(session: Session, desk: Desk) -> Books:
    """What rebuilt books know by a key alone, named in full once the tree says it; the books as they stand."""
    books = desk.read()
    if all(request.ask != UNKNOWN for _, request in books.requests()):
        return books
    _, shots = session.world()

    def decide(now: Books) -> Sequence[Thing]:
        return recognised(now, shots)

    return desk.book(decide, "Recognised what a batch asked for")


def _withdraw(desk: Desk, submission: Submission) -> None:
    """A lapsed INTENT was never sent: its requests are free again."""
    with contextlib.suppress(LostRace):  # somebody else settles it
        taken = take_over(desk, submission)
        if taken.state is State.INTENT:
            withdraw(desk, taken, "its owner has gone before anything was sent")


def _close_live(session: Session, desk: Desk, submission: Submission) -> None:
    """Book what a live run that was killed had brought in; what was in flight is free again, and counted."""
    from chargen.edges.run_folder import make_state_folder

    run = session.run(submission.run_id)
    if not run.path.is_dir() and stamp(session.clock.now()) <= submission.lease_until:
        say(
            f"the results of live run {submission.run_id} are not here ({run.path}): its requests stay in flight"
        )
        say(f"  until {submission.lease_until}; bring that folder back before, or they may be paid twice")
        return
    try:
        taken = _with_kept(session, desk, take_over(desk, submission))
    except LostRace:
        return  # somebody else settles it
    make_state_folder(session.root)
    run.path.mkdir(parents=True, exist_ok=True)
    laid = [Laid(_with_outcome(taken, found)) for found in _bundles(run, submission.id)]
    what = Move.WITHDRAW if taken.state is State.INTENT else Move.COLLECT
    world, _ = session.world()
    with session.store(run, desk.read()) as store:
        bench = Bench(run, store, session.pictures, world.config.storage.format)
        for item in laid:
            _tell(bench, taken, item.request)
        sent = taken.state is not State.INTENT
        known = {item.request.request_hash for item in laid}
        lost = _in_flight(store, taken, known) if sent else []
        flying_usd = sum((request.reserved_usd for request in lost), Decimal(0))
        vain_usd = _in_vain_usd(store, taken, known)
        at = stamp(session.clock.now())
        done = keep_and_book(desk, taken, laid, bench, what=what, at=at, lost_usd=flying_usd + vain_usd)
        for request in lost:  # after the books: a second kill in between counts them again, not never
            store.move(request.job_ids[0], Event.RETRY)
    still = sum(request.outcome is None for request in done.requests)
    say(f"settled live run {submission.run_id}: {counted(len(laid), 'result')} kept, {still} still to make")
    if lost:
        count = counted(len(lost), "request")
        say(f"  {count} in flight when it ended may be paid twice: {flying_usd:.4f} USD counted as waste")
    if vain_usd:
        say(f"  tries that brought nothing cost {vain_usd:.4f} USD at most, counted as waste")


def _with_kept(session: Session, desk: Desk, submission: Submission) -> Submission:
    """The submission with what its kept pictures tell: it may have been killed after keeping them, before booking them."""
    commit = session.tracking.results().get(submission.id, "")
    if commit in ("", submission.kept):
        return submission
    with contextlib.suppress(FileNotFoundError):
        record = decode_record(session.tracking.fetch(submission.id, RECORD), commit=commit)
        known = {request.request_hash: request for request in record.requests if request.outcome}

        def decide(books: Books) -> Sequence[Thing]:
            now = books.submissions[submission.id]
            return [replace(now, requests=merge(now.requests, known), kept=commit)]

        return desk.book(decide, f"Kept results of {submission.id}").submissions[submission.id]
    return submission


def _tell(bench: Bench, submission: Submission, request: Request) -> None:
    """The run's record of a bundle that lies on disk."""
    outcome = request.outcome
    if outcome is not None:
        event = Event.SUCCEED if outcome.came is Came.IMAGE else Event.FAIL
        failure = FAILURES.get(outcome.came)
        bench.tell(
            submission, request, event, Note(failure=failure, error=outcome.reason, cost_usd=outcome.cost_usd)
        )


def _in_flight(store: JobStore, submission: Submission, known: set[str]) -> list[Request]:
    """The requests that were sent and not heard of."""
    running = {record.job_id for record in store.jobs() if record.status is Status.RUNNING}
    return [
        item for item in submission.requests if item.job_ids[0] in running and item.request_hash not in known
    ]


def _in_vain_usd(store: JobStore, submission: Submission, known: set[str]) -> Decimal:
    """What tries have cost that brought nothing, of requests that have no outcome yet."""
    still = {item.job_ids[0] for item in submission.requests if item.request_hash not in known}
    mine = (item for item in store.jobs() if item.submission == submission.id and item.job_id in still)
    return sum((item.cost_usd for item in mine if item.status in OPEN), Decimal(0))


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
