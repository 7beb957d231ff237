"""The life of a job: a move is in the table or an error, and counts add up at any moment."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chargen.core.job import OPEN, TRANSITIONS, Event, IllegalTransition, Status, advance, count

ALLOWED = {
    ("PLANNED", "queue"): "QUEUED",
    ("PLANNED", "skip"): "SKIPPED",
    ("QUEUED", "start"): "RUNNING",
    ("QUEUED", "skip"): "SKIPPED",
    ("RUNNING", "succeed"): "SUCCEEDED",
    ("RUNNING", "fail"): "FAILED",
    ("RUNNING", "retry"): "QUEUED",
    ("RUNNING", "defer"): "QUEUED",
    ("RUNNING", "skip"): "SKIPPED",
    ("SUCCEEDED", "apply"): "APPLIED",
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("event", Event)
def test_every_pair_is_a_known_move_or_refused(status: Status, event: Event) -> None:
    expected = ALLOWED.get((status.value, event.value))

    if expected is None:
        with pytest.raises(IllegalTransition, match=f"a {status} job cannot {event}"):
            advance(status, event)
    else:
        assert advance(status, event) == expected


def test_every_status_can_be_reached_and_only_open_ones_go_on() -> None:
    assert {*TRANSITIONS.values(), Status.PLANNED} == set(Status)
    assert {status for status, _ in TRANSITIONS} == OPEN | {Status.SUCCEEDED}


class Run(RuleBasedStateMachine):
    """Any number of jobs moved in any order; what the table refuses leaves them where they are."""

    @initialize(planned=st.integers(0, 8))
    def plan(self, planned: int) -> None:
        self.planned = planned
        self.jobs = [Status.PLANNED] * planned

    @rule(which=st.integers(0, 7), event=st.sampled_from(Event))
    def happens(self, which: int, event: Event) -> None:
        if which < len(self.jobs):
            try:
                self.jobs[which] = advance(self.jobs[which], event)
            except IllegalTransition:
                assert (self.jobs[which].value, event.value) not in ALLOWED

    @invariant()
    def counts_add_up(self) -> None:
        counts = count(self.jobs)
        assert counts.add_up
        assert counts.planned == self.planned
        assert counts.open == sum(job in OPEN for job in self.jobs)


TestRun = Run.TestCase


def test_applied_jobs_have_succeeded() -> None:
    counts = count([Status.APPLIED, Status.SUCCEEDED, Status.FAILED, Status.SKIPPED, Status.RUNNING])

    assert (counts.planned, counts.succeeded, counts.failed, counts.skipped, counts.open) == (5, 2, 1, 1, 1)
