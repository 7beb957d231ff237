"""Bring in what batches have made: poll, collect, and apply what the books say is current."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chargen.commands.telling import log_into, say, show_problems
from chargen.commands.trouble import error_of
from chargen.core.alarm import alarms
from chargen.core.provider_reply import Batch, ProviderTrouble, Trouble
from chargen.core.submission import Came, Request, State, Submission, exhausted
from chargen.errors import ChargenError, ExitCode, worst
from chargen.pipeline.bundling import Bench
from chargen.pipeline.collect import Collected, collect
from chargen.pipeline.doubles import book_doubles
from chargen.pipeline.restore_books import identify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from chargen.commands.wiring import Session
    from chargen.core.address import Address
    from chargen.core.books import Books, Candidate
    from chargen.core.compiled import CompiledShot
    from chargen.edges.run_folder import RunFolder
    from chargen.pipeline.apply import Applied
    from chargen.pipeline.booking import Desk
    from chargen.ports import BatchProvider, Clock

_LONGEST_WAIT_S: Final = 60.0
_SLICE_S: Final = 0.25
Listed = Callable[[], Sequence[Batch]]  # the provider's list


def open_batches(books: Books, run_id: str | None = None) -> list[Submission]:
    """The submissions whose batch is with the provider: of one run, or all."""
    every = (
        item for item in books.submissions.values() if item.state is State.SUBMITTED and item.mode == "batch"
    )
    return sorted((item for item in every if run_id in (None, item.run_id)), key=lambda item: item.created_at)


@dataclass
class Brought:
    """What polling came to: submissions that were collected, those still open, and the exit code of what went wrong."""

    done: list[Submission] = field(default_factory=list)
    left: list[Submission] = field(default_factory=list)
    code: ExitCode = ExitCode.DONE


def bring_in(
    session: Session,
    desk: Desk,
    provider: BatchProvider,
    waiting: Iterable[Submission],
    *,
    wait: bool,
    again: Collection[str] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> Brought:
    """
    Collect every batch that has ended; with `wait`, poll after 1, 2, 4 ... 60 seconds until all have.

    In the runs that `again` names, failed requests with attempts left go back into the queue. A batch that cannot be asked for leaves
    the others alone; a refused key does not, being everyone's.
    """
    brought, polling, pause = Brought(), list(waiting), 1.0
    while polling:
        still: list[Submission] = []
        brought.code = ExitCode.DONE
        listed = functools.cache(lambda: tuple(provider.list()))  # once a look, and only where it is needed
        for submission in polling:
            try:
                mine = submission.run_id in again
                now = _if_ended(session, desk, provider, submission, again=mine, listed=listed)
            except ProviderTrouble as trouble:
                if trouble.trouble is Trouble.DENIED:
                    raise
                say(f"  {submission.batch}:")
                brought.code = worst(brought.code, show_problems([_told(submission, trouble)]))
                (still if trouble.transient else brought.left).append(submission)
            else:
                (still if now.holds else brought.done).append(now)
        polling = still
        if not polling or not wait or stopped():
            break
        _say_waiting(desk, polling, pause)
        _pause(desk.clock, pause, stopped)
        pause = min(pause * 2, _LONGEST_WAIT_S)
    brought.left += polling
    return brought


def _told(submission: Submission, trouble: ProviderTrouble) -> ChargenError:
    gone = (
        "the provider has this batch no more, or it is of another key's project: "
        f"`chargen state forget {submission.id}` ends it, and its requests can be sent again"
    )
    return error_of(trouble, missing=gone)


def _if_ended(
    session: Session,
    desk: Desk,
    provider: BatchProvider,
    submission: Submission,
    *,
    again: bool,
    listed: Listed,
) -> Submission:
    """The submission as collected, or as it stands while a batch of it is with the provider."""
    if not provider.get(submission.batch).state.ended:
        return submission
    return _collect(session, desk, provider, submission, again=again, listed=listed)


def _say_waiting(desk: Desk, polling: list[Submission], seconds: float) -> None:
    """How long until the next look; a batch open for a day is named, since it expires after two."""
    plural = "es" if len(polling) != 1 else ""
    say(f"  waiting for {len(polling)} batch{plural}, next look in {seconds:.0f} s")
    for late in alarms(polling, desk.clock.now()):
        say(f"    {late.level}: {late.said}")


def _pause(clock: Clock, seconds: float, stopped: Callable[[], bool]) -> None:
    """Wait, in slices: somebody may tell us to stop meanwhile."""
    until = clock.monotonic() + seconds
    while not stopped() and (left := until - clock.monotonic()) > 0:
        clock.sleep(min(left, _SLICE_S))


def _collect(
    session: Session,
    desk: Desk,
    provider: BatchProvider,
    submission: Submission,
    *,
    again: bool,
    listed: Listed,
) -> Submission:
    from chargen.commands.redacting import redact
    from chargen.edges.run_log import RunLog

    run = session.run(submission.run_id)
    with session.collecting(run, submission.id):
        log_into(RunLog(run.logs, session.clock, redact))
        now = desk.read().submissions[submission.id]
        if not now.holds:
            return now  # brought in by somebody else meanwhile
        now, batch = _answering(desk, provider, now, listed)
        if not now.holds or not batch.state.ended:
            return now
        collected = _collect_alone(session, desk, provider, now, batch, run, again=again)
    _say_collected(collected)
    return collected.submission


def _answering(
    desk: Desk, provider: BatchProvider, submission: Submission, listed: Listed
) -> tuple[Submission, Batch]:
    """The submission and its batch as they stand; where that ended in vain, another of the same create may answer for it."""
    batch = provider.get(submission.batch)
    if batch.state.has_results or not batch.state.ended:
        return submission, batch
    every = [batch, *(item for item in listed() if item.name != batch.name)]  # the list may not say so yet
    for doubled in book_doubles(desk, provider, every, only=submission.id):
        for line in doubled.told:
            say(line)
    now = desk.read().submissions[submission.id]
    return now, batch if now.batch == batch.name else provider.get(now.batch)


def _collect_alone(
    session: Session,
    desk: Desk,
    provider: BatchProvider,
    submission: Submission,
    batch: Batch,
    run: RunFolder,
    *,
    again: bool,
) -> Collected:
    world, shots = session.world()
    submission = identify(desk, submission, batch, provider, shots, run.path)
    books = desk.read()

    def attempts_left(request: Request) -> bool:
        now = request.outcome.came if request.outcome else Came.FAILED
        return again and not exhausted((*books.came(request.request_hash), now), world.config.limits.retries)

    with session.store(run, books) as store:
        bench = Bench(run, store, session.pictures, world.config.storage.format)
        return collect(desk, submission, batch, provider, bench, attempts_left=attempts_left)


def _say_collected(collected: Collected) -> None:
    submission = collected.submission
    images = sum(bool(request.outcome and request.outcome.sha256) for request in submission.requests)
    cost = f"{submission.actual_usd:.4f} USD"
    say(f"  {submission.batch}: {submission.state}, {images} of {len(submission.requests)} pictures, {cost}")
    for request in submission.requests:
        if request.outcome is not None and not request.outcome.sha256:
            say(f"    {request.job_ids[0]}: {request.outcome.came}: {request.outcome.reason}")
    for warning in collected.warnings:
        say(f"    warning: {warning}")


def apply_current(session: Session, desk: Desk, *, addresses: Iterable[Address] | None = None) -> Applied:
    """Apply what is current now, on the files as they lie now; None: every shot of the world."""
    from chargen.pipeline.apply import apply

    with session.applying():
        world, shots = session.world()
        books = desk.read()
        applied = apply(
            world,
            shots,
            books,
            list(shots) if addresses is None else addresses,
            files=session.files,
            pictures=session.pictures,
            fetch=session.fetch,
        )
    tell_applied(session, shots, books, [change.candidate for change in applied.changes])
    return applied


def tell_applied(
    session: Session,
    shots: Mapping[Address, CompiledShot],
    books: Books,
    applied: Iterable[Candidate] = (),
) -> None:
    """
    What was applied, now or by a command that was killed before it said so, is APPLIED in its run's record.

    The record of an earlier run that cannot be read is named, and stops nothing: its pictures are where they belong.
    """
    for run_id, job_ids in sorted(_by_run(_lying(shots, books)).items()):
        try:
            _tell(session, books, run_id, job_ids)
        except ChargenError as error:
            say(f"  warning: {error}")
    for run_id, job_ids in _by_run(applied).items():
        _tell(session, books, run_id, job_ids)


def _by_run(candidates: Iterable[Candidate]) -> dict[str, frozenset[str]]:
    """The jobs that brought pictures, by their run."""
    found: dict[str, set[str]] = {}
    for item in candidates:
        found.setdefault(item.submission.run_id, set()).add(item.request.job_ids[0])
    return {run_id: frozenset(job_ids) for run_id, job_ids in found.items()}


def _tell(session: Session, books: Books, run_id: str, job_ids: Collection[str]) -> None:
    from chargen.core.job import Event, Status

    run = session.run(run_id)
    if not run.path.is_dir():
        return
    with session.store(run, books) as store:
        for record in store.jobs():
            if record.job_id in job_ids and record.status is Status.SUCCEEDED:
                store.move(record.job_id, Event.APPLY)


def _lying(shots: Mapping[Address, CompiledShot], books: Books) -> Iterator[Candidate]:
    """The pictures whose rows are in the files."""
    for shot in shots.values():
        if (row := shot.shot.row) is not None:
            candidates = books.candidates(shot.address, shot.wishes(), shot.formerly)
            yield from (item for item in candidates if item.outcome.bears(row.sha256))
