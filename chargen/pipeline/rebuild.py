"""The run's job store from the books: what its jobs were, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.job import Event, Status
from chargen.core.job_record import Note
from chargen.core.submission import Came, Request, Submission
from chargen.pipeline.bundling import FAILURES, record_of, tell_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.books import Books
    from chargen.ports import JobStore


def rebuild(store: JobStore, books: Books, run_id: str) -> None:
    """Record every batch and job of a run's submissions, moved to where the outcome of its last attempt puts it."""
    for found in sorted(books.submissions.values(), key=lambda item: item.id):
        if found.run_id == run_id:
            tell_batch(store, found)
    attempts: dict[str, list[tuple[Submission, Request]]] = {}
    for submission, request in books.requests():  # oldest first
        if submission.run_id == run_id:
            attempts.setdefault(request.job_ids[0], []).append((submission, request))
    for of_job in attempts.values():
        _rebuild(store, of_job, run_id)


def _rebuild(store: JobStore, attempts: Sequence[tuple[Submission, Request]], run_id: str) -> None:
    *earlier, (submission, request) = attempts
    job_id = request.job_ids[0]
    store.add([record_of(request, run_id)])
    if store.job(job_id).status is not Status.PLANNED:
        return  # told already
    store.move(job_id, Event.QUEUE)
    for before, _ in earlier:
        store.move(job_id, Event.START, Note(submission=before.id))
        store.move(job_id, Event.RETRY)
    if submission.holds or request.outcome is not None:
        store.move(job_id, Event.START, Note(submission=submission.id))
    else:
        store.move(job_id, Event.SKIP, Note(error=f"submission {submission.id} {submission.state}"))
    if request.outcome is None:
        return
    cost = request.outcome.cost_usd
    if request.outcome.came is Came.IMAGE:
        store.move(job_id, Event.SUCCEED, Note(cost_usd=cost))
    else:
        failure = FAILURES.get(request.outcome.came)
        store.move(job_id, Event.FAIL, Note(failure=failure, error=request.outcome.reason, cost_usd=cost))
