"""Two batches of one create: which answers for the submission, and what the other counts as."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chargen.core.double import answered_by, first_of, judged, with_double
from chargen.core.provider_reply import Batch, BatchState
from chargen.core.unread import most_usd
from tests.worlds import PIER, a_request, a_submission, books_of, one_shot, shot_of

SHOT = shot_of({PIER: one_shot()})
HELD = a_submission(a_request(SHOT), a_request(SHOT, variant=2))
MODEL = "gemini-nano-banana-2.1"
MOST = Decimal("0.10")
ENDED_IN_VAIN = (BatchState.FAILED, BatchState.CANCELLED, BatchState.EXPIRED)


def batch(name: str, state: BatchState, created: int = 0, ended: int = 0) -> Batch:
    return Batch(
        f"batches/{name}",
        state,
        created_at=f"2026-11-23T04:{created:02}:00Z",
        ended_at=f"2026-11-23T05:{ended:02}:00Z",
    )


@pytest.mark.parametrize("state", [BatchState.SUCCEEDED, BatchState.PARTIALLY_SUCCEEDED])
def test_the_one_that_brought_results_first_answers(state: BatchState) -> None:
    late = batch("1", BatchState.SUCCEEDED, created=0, ended=9)
    early = batch("2", state, created=1, ended=8)
    live = batch("0", BatchState.RUNNING)

    assert first_of([live, late, early], late.name) == early


@pytest.mark.parametrize("state", [BatchState.PENDING, BatchState.RUNNING, BatchState.UNKNOWN])
def test_without_results_the_oldest_that_runs_answers(state: BatchState) -> None:
    old, young, failed = batch("9", state, 1), batch("1", state, 2), batch("0", BatchState.FAILED)

    assert first_of([failed, young, old], young.name) == old
    assert first_of([young, replace(old, created_at=young.created_at)], old.name) == young, "then by name"


@pytest.mark.parametrize("state", ENDED_IN_VAIN)
def test_where_all_ended_in_vain_the_booked_one_answers(state: BatchState) -> None:
    old, booked = batch("1", BatchState.FAILED, 1), batch("2", state, 2)

    assert first_of([old, booked], booked.name) == booked
    assert first_of([booked, old]) == old


@pytest.mark.parametrize("state", [BatchState.PENDING, BatchState.RUNNING, BatchState.SUCCEEDED])
def test_a_double_is_counted_once_at_the_most_it_may_have_cost(state: BatchState) -> None:
    other = batch("7", state)

    counted = with_double(HELD, other, MOST)

    assert counted == replace(HELD, doubles=("batches/7",), lost_usd=MOST)
    assert with_double(counted, other, MOST) == counted


@pytest.mark.parametrize("state", ENDED_IN_VAIN)
def test_a_double_that_ended_in_vain_costs_nothing(state: BatchState) -> None:
    assert with_double(HELD, batch("7", state), MOST) == replace(HELD, doubles=("batches/7",))


def test_a_double_that_answers_after_all_is_waste_no_longer() -> None:
    other = batch("7", BatchState.SUCCEEDED)

    assert answered_by(with_double(HELD, other, MOST), other, MOST) == replace(HELD, batch="batches/7")
    assert answered_by(HELD, other, MOST) == replace(HELD, batch="batches/7")


@pytest.mark.parametrize(("model", "each"), [(MODEL, most_usd(MODEL)), ("of tomorrow", Decimal(0))])
def test_a_double_of_what_was_rebuilt_without_its_requests_is_counted_by_their_number(
    model: str, each: Decimal
) -> None:
    unread = a_submission(batch="batches/6", model=model)
    booked, other = (replace(batch(name, BatchState.RUNNING), counts={"requests": 3}) for name in "67")

    assert judged(books_of(unread), unread, [booked, other]).lost_usd == 3 * each
