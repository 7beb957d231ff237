"""A run's job store, made again from the books: every job stands where its outcomes put it."""

from __future__ import annotations

from typing import Any

import pytest

from chargen.core.job import Failure, Status, count
from chargen.core.job_record import BatchRow
from chargen.core.submission import Came, State
from chargen.pipeline.rebuild import rebuild
from tests.fakes import FakeStore
from tests.worlds import PIER, a_request, a_submission, an_outcome, books_of, one_shot, shot_of

SHOT = shot_of({PIER: one_shot()})
V1 = "location.pier.dawn.wide.v1"


def rebuilt(*submissions: Any, run_id: str = "run-001") -> FakeStore:
    store = FakeStore()
    rebuild(store, books_of(*submissions), run_id)
    return store


@pytest.mark.parametrize(
    ("came", "state", "status", "failure"),
    [
        (Came.IMAGE, State.COLLECTED, Status.SUCCEEDED, None),
        (Came.BLOCKED, State.COLLECTED, Status.FAILED, Failure.BLOCKED),
        (Came.INVALID, State.COLLECTED, Status.FAILED, Failure.INVALID),
        (Came.MISSING, State.COLLECTED, Status.FAILED, Failure.MISSING),
        (Came.EXPIRED, State.EXPIRED, Status.FAILED, Failure.EXPIRED),
        (None, State.SUBMITTED, Status.RUNNING, None),
        (None, State.QUARANTINED, Status.RUNNING, None),
        (None, State.FENCED, Status.SKIPPED, None),
        (None, State.CANCELLED, Status.SKIPPED, None),
    ],
)
def test_a_job_stands_where_its_outcome_puts_it(
    came: Came | None, state: State, status: Status, failure: Failure | None
) -> None:
    outcome = an_outcome(came) if came else None
    store = rebuilt(a_submission(a_request(SHOT, outcome=outcome), state=state))

    (record,) = store.jobs()

    assert (record.job_id, record.status, record.failure) == (V1, status, failure)
    assert (record.prompt_hash, record.request_hash) == (SHOT.prompt_hash, SHOT.request_hash(1))
    assert record.cost_usd == (outcome.cost_usd if outcome else 0)


@pytest.mark.parametrize("first", [Came.FAILED, None])
def test_the_last_attempt_says_where_a_job_stands(first: Came | None) -> None:
    """Tried again in the same run, after a failure or after its first submission was fenced off."""
    outcome = an_outcome(first) if first else None
    one = a_submission(
        a_request(SHOT, outcome=outcome), state=State.COLLECTED if first else State.FENCED, number=1
    )
    two = a_submission(a_request(SHOT, outcome=an_outcome()), number=2)

    store = rebuilt(two, one)

    (record,) = store.jobs()
    assert record.status is Status.SUCCEEDED
    assert record.attempts == 1
    assert record.submission == two.id


def test_other_runs_are_not_ours() -> None:
    assert rebuilt(a_submission(a_request(SHOT)), run_id="run-002").jobs() == []


def test_its_batches_are_recorded_and_a_live_submission_has_none() -> None:
    batch, live = a_submission(a_request(SHOT)), a_submission(a_request(SHOT), number=2, mode="live")

    found = rebuilt(batch, live).batches

    assert found == {batch.id: BatchRow(batch.id, "batches/1", "COLLECTED", batch.display_name)}


def test_again_changes_nothing() -> None:
    books = books_of(
        a_submission(
            a_request(SHOT, outcome=an_outcome()),
            a_request(SHOT, variant=2, outcome=an_outcome(Came.BLOCKED)),
        )
    )
    store = FakeStore()
    rebuild(store, books, "run-001")
    before = dict(store.records)

    rebuild(store, books, "run-001")

    assert store.records == before
    counts = count(store.statuses().values())
    assert (counts.planned, counts.succeeded, counts.failed, counts.add_up) == (2, 1, 1, True)
