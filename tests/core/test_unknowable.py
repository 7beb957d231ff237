"""What rebuilt books cannot know is said in plain lines, with what can be told of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from chargen.core.provider_reply import Batch, BatchState
from chargen.core.submission import State, Submission
from chargen.core.unknowable import unknowable
from chargen.core.unread import most_usd
from tests.worlds import PIER, a_request, a_submission, an_outcome, books_of, one_shot, shot_of

SHOT = shot_of({PIER: one_shot()})
ENDED = a_submission(number=1, state=State.EXPIRED)
OPEN = a_submission(number=2, state=State.SUBMITTED)
BROUGHT = a_request(SHOT, outcome=an_outcome())


def said(*told: Submission, **counts: int) -> list[str]:
    """The lines beyond those that are always said; `counts`: requests of each batch in the provider's list."""
    listed = {
        item.batch: Batch(item.batch, BatchState.EXPIRED, model=item.model, counts=counts)
        for item in told
        if item.batch
    }
    books = books_of(*told)
    always = unknowable(books, [], {})
    lines = unknowable(books, told, listed)
    assert lines[len(lines) - len(always) :] == always
    return lines[: len(lines) - len(always)]


def test_what_always_is_lost_is_said_in_a_line_each() -> None:
    lines = unknowable(books_of(), [], {})

    assert [
        word
        for word in ("wish", "rejected", "safety filter", "tried", "killed", "quarantine")
        if word not in " ".join(lines)
    ] == []
    assert all("\n" not in line for line in lines)


def test_what_of_a_live_run_may_have_been_in_flight_is_said_with_its_amount() -> None:
    live = a_submission(
        BROUGHT, a_request(SHOT, variant=2), a_request(SHOT, variant=3), mode="live", batch=""
    )

    (line,) = said(live)

    assert line == (
        "whether 2 requests of live runs that kept other pictures had been sent when those ended: "
        "0.1000 USD at most, which no sum has, and which may be paid again"
    )
    assert said(replace(live, requests=(BROUGHT,))) == []


def test_what_batches_asked_for_that_brought_nothing_is_counted_by_how_they_ended() -> None:
    failed = replace(ENDED, id="f", state=State.FAILED, batch="batches/8")

    assert said(ENDED, failed, requests=3) == [
        "what 2 batches asked for that brought no results (6 requests): 1 EXPIRED, 1 FAILED"
    ]
    assert said(ENDED) == ["what 1 batch asked for that brought no results: 1 EXPIRED"]
    assert said(replace(ENDED, requests=(BROUGHT,)), requests=1) == []


def test_what_a_batch_under_way_costs_is_bounded_where_it_can_be() -> None:
    most = most_usd(OPEN.model) or Decimal(0)

    assert said(OPEN, requests=2) == [
        f"what 1 batch cost that nobody has collected yet: {2 * most:.4f} USD at most, which no sum has until then"
    ]
    assert said(OPEN) == [
        "what 1 batch cost that nobody has collected yet: nobody can say how much, which no sum has until then"
    ]


def test_pictures_without_a_cost_are_counted() -> None:
    free = a_request(SHOT, outcome=an_outcome(cost_usd=Decimal(0)))

    assert said(a_submission(free, BROUGHT)) == [
        "what 1 picture cost of which neither row nor record says it: they count as nothing"
    ]
