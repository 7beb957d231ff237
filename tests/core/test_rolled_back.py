"""Books that are read again and have lost what they said: told apart from every way in which books move on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chargen.core.rolled_back import refuse_going_back
from chargen.core.submission import TRANSITIONS, State, Submission
from chargen.errors import BooksConflict
from tests.worlds import PIER, a_request, a_submission, books_of, one_shot, shot_of

REQUEST = a_request(shot_of({PIER: one_shot()}))


def a(state: State, **more: object) -> Submission:
    return replace(a_submission(REQUEST, state=state, batch=""), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("origin", "to"), sorted({(pair[0], to) for pair, to in TRANSITIONS.items()}))
def test_no_move_of_the_table_is_a_way_back(origin: State, to: State) -> None:
    refuse_going_back(books_of(a(origin, input_file="files/1")), books_of(a(to, input_file="files/1")))


@pytest.mark.parametrize("state", State)
def test_what_stays_is_no_way_back(state: State) -> None:
    refuse_going_back(books_of(a(state)), books_of(a(state, lease_until="2026-11-24T00:00:00Z")))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (State.CREATING, State.INTENT),
        (State.SUBMITTED, State.CREATING),
        (State.SUBMITTED, State.INTENT),
        (State.COLLECTED, State.SUBMITTED),
        (State.CANCELLED, State.INTENT),
        (State.FENCED, State.QUARANTINED),
    ],
)
def test_an_earlier_state_is_told_with_the_command_that_helps(was: State, now: State) -> None:
    late = a(was, input_file="files/1")

    with pytest.raises(BooksConflict, match=f"was {was}, and stands at {now} again") as told:
        refuse_going_back(books_of(late), books_of(a(now)))

    assert "chargen state rebuild" in told.value.hint


def test_a_create_that_was_throttled_since_is_told_by_its_lease() -> None:
    throttled = a(State.INTENT, input_file="files/1", lease_until="2026-11-24T00:00:09Z")
    creating = a(State.CREATING, input_file="files/1", lease_until="2026-11-24T00:00:05Z")

    with pytest.raises(BooksConflict, match="stands at CREATING again"):
        refuse_going_back(books_of(throttled), books_of(creating))
    refuse_going_back(books_of(creating), books_of(throttled))


def test_a_submission_that_is_gone_is_told_with_its_batch() -> None:
    sent = a(State.SUBMITTED, batch="batches/7")

    with pytest.raises(BooksConflict, match=r"is not on them any more \(batches/7 is with the provider\)"):
        refuse_going_back(books_of(sent), books_of())


def test_a_batch_that_turned_up_is_news() -> None:
    withdrawn = a(State.CANCELLED)

    refuse_going_back(
        books_of(withdrawn), books_of(replace(withdrawn, state=State.SUBMITTED, batch="batches/7"))
    )


def test_new_submissions_are_no_way_back() -> None:
    refuse_going_back(books_of(), books_of(a(State.INTENT)))
