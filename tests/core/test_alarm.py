"""What a person is told of in time: a batch open for a day, one about to expire, a quarantine; and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chargen.core.alarm import MARKER, Alarm, alarms, status_comment
from chargen.core.submission import State, Submission
from tests.worlds import PIER, a_request, a_submission, one_shot, shot_of

BEGAN = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)
REQUEST = a_request(shot_of({PIER: one_shot()}))


def sent(**more: str | State) -> Submission:
    """A batch that is with the provider since `BEGAN`."""
    given: dict[str, Any] = {"state": State.SUBMITTED, "created_at": "2026-11-23T04:00:00Z"}
    return a_submission(REQUEST, **given | more)


def after(hours: float, *submissions: Submission) -> list[tuple[str, str]]:
    """The alarms so many hours later: level and name."""
    found = alarms(submissions or (sent(),), BEGAN + timedelta(hours=hours))
    return [(item.level, item.name.partition(":")[2]) for item in found]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(1, []), (24, []), (24.01, [("warning", "24")]), (40, [("warning", "24")]), (40.01, [("error", "40")])],
)
def test_a_batch_is_told_of_after_a_day_and_before_it_expires(
    hours: float, expected: list[tuple[str, str]]
) -> None:
    assert after(hours) == expected


@pytest.mark.parametrize("state", [item for item in State if item is not State.QUARANTINED])
def test_only_a_batch_that_is_with_the_provider_is_late(state: State) -> None:
    assert bool(after(47, sent(state=state))) is (state is State.SUBMITTED)
    assert after(47, sent(state=state, mode="live")) == []


def test_a_quarantine_is_told_of_at_once() -> None:
    assert after(0, sent(state=State.QUARANTINED)) == [("error", "quarantined")]


def test_each_says_in_words_what_is_the_matter_and_what_to_do() -> None:
    day, late, held = Alarm(sent(), 24), Alarm(sent(), 40), Alarm(sent(state=State.QUARANTINED))

    assert day.said == (
        "batches/1 (1 picture) is with Gemini since 2026-11-23T04:00:00Z, for more than 24 hours; "
        "it expires after 48"
    )
    assert day.do.startswith("Nothing has to be done")
    assert "chargen batch cancel --run run-001" in late.do
    assert "chargen batch run --mode live" in late.do
    assert "chargen state show 00000000" in held.do
    assert day.entities == {"location/pier"}


def test_a_status_comment_lists_them_or_takes_it_back() -> None:
    said = status_comment([Alarm(sent(), 40)])

    assert said.startswith(f"{MARKER}\n**Some pictures are late.**\n\n- Batches/1")
    assert status_comment([]).startswith(f"{MARKER}\nNo batch")
