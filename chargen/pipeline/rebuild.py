"""The run's job store from the books: what its jobs were, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.job import Event, Status
from chargen.core.job_record import Note
from chargen.core.submission import Came, Request, Submission
from chargen.pipeline.bundling import FAILURES, record_of

if TYPE_CHECKING:
    from chargen.core.books import Books
    from chargen.ports import JobStore


def rebuild(store: JobStore, books: Books, run_id: str) -> None:
    """Record every request of a run's submissions, oldest first, moved to where its outcome puts it."""
    for submission in sorted(books.submissions.values(), key=lambda item: item.created_at):
        if submission.run_id == run_id:
            for request in submission.requests:
                _rebuild(store, submission, request, run_id)


def _rebuild(store: JobStore, submission: Submission, request: Request, run_id: str) -> None:
    job_id = request.job_ids[0]
    store.add([record_of(request, run_id)])
    if store.job(job_id).status is not Status.PLANNED:
        return  # a later attempt of a job that is told already
    store.move(job_id, Event.QUEUE)
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
