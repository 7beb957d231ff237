"""The life of a submission on the books: what holds a claim, what frees it, and that no other move exists."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chargen.core.books import Books
from chargen.core.submission import (
    HOLDS,
    TRANSITIONS,
    Came,
    IllegalMove,
    Move,
    Outcome,
    State,
    exhausted,
    move,
)
from tests.worlds import PIER, WIDE, a_request, a_submission, address, an_outcome, one_shot, shot_of

SHOT = shot_of({PIER: one_shot()})
ALLOWED = {
    ("INTENT", "create"): "CREATING",
    ("INTENT", "go live"): "SUBMITTED",
    ("INTENT", "withdraw"): "CANCELLED",
    ("CREATING", "accept"): "SUBMITTED",
    ("CREATING", "throttle"): "INTENT",
    ("CREATING", "refuse"): "REFUSED",
    ("CREATING", "fence"): "FENCED",
    ("CREATING", "quarantine"): "QUARANTINED",
    ("SUBMITTED", "collect"): "COLLECTED",
    ("SUBMITTED", "fail"): "FAILED",
    ("SUBMITTED", "cancel"): "CANCELLED",
    ("SUBMITTED", "expire"): "EXPIRED",
    ("QUARANTINED", "accept"): "SUBMITTED",
    ("SUBMITTED", "forget"): "FAILED",
    ("QUARANTINED", "forget"): "FENCED",
    ("FENCED", "adopt"): "SUBMITTED",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("what", Move)
def test_every_pair_is_a_known_move_or_refused(state: State, what: Move) -> None:
    submission = a_submission(a_request(SHOT), state=state)
    expected = ALLOWED.get((state.value, what.value))

    if expected is None:
        with pytest.raises(IllegalMove, match=f"a submission in {state} cannot {what}"):
            move(submission, what)
    else:
        assert move(submission, what).state == expected


def test_a_move_changes_what_it_is_told_and_nothing_else() -> None:
    before = a_submission(a_request(SHOT), state=State.CREATING)

    after = move(before, Move.ACCEPT, batch="batches/9")

    assert after.batch == "batches/9"
    assert move(before, Move.ACCEPT) == move(before, Move.ACCEPT, batch=before.batch)
    assert before.state is State.CREATING


def test_what_may_still_be_paid_for_holds_its_requests() -> None:
    assert {"INTENT", "CREATING", "SUBMITTED", "QUARANTINED"} == HOLDS
    ended = {pair for pair in TRANSITIONS if pair[0] not in HOLDS}
    assert ended == {(State.FENCED, Move.ADOPT)}, "what has ended goes nowhere, unless its batch turns up"
    assert {state for state, _ in TRANSITIONS} >= HOLDS


class Life(RuleBasedStateMachine):
    """Whatever happens to a submission: its money is set aside exactly while it may still be spent."""

    @initialize(count=st.integers(1, 4))
    def intend(self, count: int) -> None:
        requests = (a_request(SHOT, variant=n) for n in range(1, count + 1))
        self.submission = a_submission(*requests, state=State.INTENT)

    @rule(what=st.sampled_from(Move))
    def happens(self, what: Move) -> None:
        try:
            self.submission = move(self.submission, what)
        except IllegalMove:
            assert (self.submission.state.value, what.value) not in ALLOWED

    @rule(which=st.integers(0, 3), came=st.sampled_from(Came))
    def brings(self, which: int, came: Came) -> None:
        requests = list(self.submission.requests)
        if self.submission.state is State.SUBMITTED and which < len(requests):
            from dataclasses import replace

            requests[which] = replace(requests[which], outcome=Outcome(came, cost_usd=Decimal("0.01")))
            self.submission = replace(self.submission, requests=tuple(requests))

    @invariant()
    def money_adds_up(self) -> None:
        told = [item for item in self.submission.requests if item.outcome]
        left = len(self.submission.requests) - len(told)
        assert self.submission.actual_usd == Decimal("0.01") * len(told)
        assert self.submission.reserved_usd == (Decimal("0.05") * left if self.submission.holds else 0)
        books = Books("tip", submissions={"x": self.submission})
        assert books.month_usd("2026-11") == self.submission.actual_usd + self.submission.reserved_usd
        assert len(books.about(address(WIDE))) == len(self.submission.requests)


TestLife = Life.TestCase


def test_only_a_picture_or_a_block_is_an_answer() -> None:
    assert [came for came in Came if came.answers] == [Came.IMAGE, Came.BLOCKED]


def test_a_picture_is_known_as_it_came_and_as_it_lies() -> None:
    outcome = Outcome(Came.IMAGE, sha256="sha256:" + "a" * 64, stored_sha256="sha256:" + "b" * 64)

    assert outcome.bears("sha256:" + "a" * 64)
    assert outcome.bears("b" * 8)
    assert not outcome.bears("sha256:" + "c" * 64)
    assert not outcome.bears("")
    assert not Outcome(Came.BLOCKED).bears("")


def test_a_key_names_the_job_and_the_request() -> None:
    request = a_request(SHOT, request_hash="sha256:" + "0123456789abcdef" * 4, outcome=an_outcome())

    assert request.key == "location.pier.dawn.wide.v1@0123456789abcdef"


@pytest.mark.parametrize(
    ("came", "retries", "said"),
    [
        ([Came.FAILED, Came.MISSING], 1, True),  # of different kinds, and still two of two
        ([Came.FAILED, Came.MISSING], 2, False),
        ([Came.EXPIRED, Came.EXPIRED], 5, True),  # the second time is a person's to say
        ([Came.EXPIRED, Came.FAILED], 5, False),
        ([], 0, False),
    ],
)
def test_attempts_of_every_kind_count_together(came: list[Came], retries: int, *, said: bool) -> None:
    assert exhausted(came, retries) is said


@pytest.mark.parametrize(
    ("state", "mode", "batch", "said"),
    [
        (State.INTENT, "batch", "", True),
        (State.CANCELLED, "batch", "", True),
        (State.CANCELLED, "batch", "batches/7", False),  # cancelled while it was with the provider
        (State.CREATING, "batch", "", False),  # its create may have been heard
        (State.CANCELLED, "live", "", False),
    ],
)
def test_unsent_is_what_no_batch_can_have_come_of(state: State, mode: str, batch: str, *, said: bool) -> None:
    assert a_submission(a_request(SHOT), state=state, mode=mode, batch=batch).unsent is said
