"""From an answer to a bundle on disk: the picture checked, its bytes and result.json written durably, the outcome told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from chargen.core.answer import Answer, Kind
from chargen.core.bundle import FILE, bundle, encode_bundle
from chargen.core.digest import sha256
from chargen.core.job import OPEN, Event, Failure, Status
from chargen.core.job_record import Artifact, BatchRow, JobRecord, Note
from chargen.core.picture_facts import BadPicture, deviation
from chargen.core.picture_format import EXTENSIONS
from chargen.core.price import actual
from chargen.core.submission import Came, Outcome, Request, Submission
from chargen.core.world_config import Mode
from chargen.ports import JobStore, Pictures, RunFiles


@dataclass(frozen=True, slots=True)
class Bench:
    """Where results are laid down: the run's files, its job store, the picture tools and the format the world stores."""

    run: RunFiles
    store: JobStore
    pictures: Pictures
    storage: str

    def tell(self, submission: Submission, request: Request, event: Event, note: Note) -> None:
        """Move the request's job to where `event` brings it; one that ended before, or is told twice, stays."""
        job_id = request.job_ids[0]
        self.store.add([record_of(request, self.run.run_id)])  # a job that is there stays as it is
        status = self.store.job(job_id).status
        if status is Status.PLANNED:
            self.store.move(job_id, Event.QUEUE)
        if status in (Status.PLANNED, Status.QUEUED):
            self.store.move(job_id, Event.START, Note(submission=submission.id))
        if status in OPEN:
            self.store.move(job_id, event, note)


@dataclass(frozen=True, slots=True)
class Laid:
    """One request's outcome, laid down: the request with it, and a warning when the picture is not as asked."""

    request: Request
    warning: str = ""


def record_of(request: Request, run_id: str) -> JobRecord:
    """The job store's record of a request that is still to be made."""
    return JobRecord(
        job_id=request.job_ids[0],
        run_id=run_id,
        prompt_hash=request.ask.prompt_hash,
        request_hash=request.request_hash,
        reserved_usd=request.reserved_usd,
    )


def tell_batch(store: JobStore, submission: Submission) -> None:
    """Tell the run's own record how a batch stands by the books; a live submission has none."""
    if submission.mode == "batch":
        store.record_batch(
            BatchRow(submission.id, submission.batch, submission.state, submission.display_name)
        )


FAILURES = {
    Came.BLOCKED: Failure.BLOCKED,
    Came.INVALID: Failure.INVALID,
    Came.MISSING: Failure.MISSING,
    Came.EXPIRED: Failure.EXPIRED,
    Came.CANCELLED: Failure.EXPIRED,
}


def lay_answer(
    bench: Bench,
    submission: Submission,
    request: Request,
    answer: Answer,
    *,
    at: str,
    size: str,
    attempts_left: bool,
    spent_usd: Decimal = Decimal(0),
) -> Laid:
    """Lay down what the model answered; `at` is the time the row will say, `spent_usd` what asking before has cost."""
    cost = actual(submission.model, Mode(submission.mode), answer.usage)
    if answer.kind is Kind.IMAGE and not answer.usage:
        cost = request.reserved_usd  # paid all the same: the upper bound stands
    cost += spent_usd
    reason = ": ".join(filter(None, (answer.reason, answer.finish_message or answer.said)))
    known = Outcome(Came.FAILED, reason=reason, cost_usd=cost, at=at, usage=answer.usage)
    if answer.kind is Kind.BLOCKED:
        return lay_failure(bench, submission, request, replace(known, came=Came.BLOCKED), attempts_left=False)
    if answer.kind is Kind.EMPTY:
        return lay_failure(bench, submission, request, known, attempts_left=attempts_left)
    try:
        data = answer.picture()
        facts = bench.pictures.check(data)
        stored = bench.pictures.convert(data, bench.storage)
    except (BadPicture, ValueError) as error:  # ValueError: no base64
        reason = f"the picture does not decode: {error}"
        invalid = replace(known, came=Came.INVALID, reason=reason)
        return lay_failure(bench, submission, request, invalid, attempts_left=attempts_left)
    extension = EXTENSIONS.get(facts.mime, "bin")
    outcome = replace(
        known,
        came=Came.IMAGE,
        reason="",
        sha256=facts.sha256,
        stored_sha256="" if stored is data else sha256(stored),
        file=_file_of(submission, request, extension),
    )
    warning = deviation(facts, aspect_ratio=request.ask.aspect_ratio, size=size)
    folder = bench.run.result(request.job_ids[0])
    bench.run.write(folder / f"image.{extension}", data)
    seen = {"mime": facts.mime, "width": facts.width, "height": facts.height, "warning": warning}
    bench.run.write(folder / FILE, encode_bundle(bundle(submission, request, outcome, **seen)))
    artifact = Artifact(
        "image", f"results/{folder.name}/image.{extension}", facts.sha256, {"model": submission.model}
    )
    bench.tell(submission, request, Event.SUCCEED, Note(artifact=artifact, cost_usd=cost))
    return Laid(replace(request, outcome=outcome), warning)


def _file_of(submission: Submission, request: Request, extension: str) -> str:
    """A picture's name among those kept; two batches of one create never write over each other."""
    batch = f".{sha256(submission.batch.encode())[7:15]}" if submission.doubles else ""
    return f"{request.job_ids[0]}{batch}.{extension}"


def lay_failure(
    bench: Bench, submission: Submission, request: Request, outcome: Outcome, *, attempts_left: bool
) -> Laid:
    """Lay down that a request brought nothing; with attempts left the job goes back to the queue."""
    folder = bench.run.result(request.job_ids[0])
    bench.run.write(folder / FILE, encode_bundle(bundle(submission, request, outcome)))
    note = Note(
        failure=FAILURES.get(outcome.came, Failure.TRANSPORT),
        error=outcome.reason,
        cost_usd=outcome.cost_usd,
    )
    bench.tell(submission, request, Event.RETRY if attempts_left else Event.FAIL, note)
    return Laid(replace(request, outcome=outcome))
