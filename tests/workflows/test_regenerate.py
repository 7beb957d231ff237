"""Pictures made again because a person said so: what they type is data, and one run pays once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows.town import COTTAGE

if TYPE_CHECKING:
    from tests.workflows.town import Town

HOSTILE = """$(touch pwned) `touch pwned` "'; touch pwned #
::set-env name=PATH::/pwned
::error::pwned
##[add-mask]pwned
--force=* --dry-run"""


def test_a_run_pays_once_however_often_it_is_run_and_by_default_only_prices(town: Town) -> None:
    first = town.regenerate(globs=COTTAGE, reason="too dark", dry_run="false", run_id=77)
    assert (first.code, town.states()) == (0, ["SUBMITTED"]), first.log
    town.tick()
    booked = town.refs()

    again = town.regenerate(globs=COTTAGE, reason="too dark", dry_run="false", run_id=77)
    dry = town.regenerate(globs=COTTAGE, reason="still too dark")

    assert (again.code, dry.code) == (0, 0), again.log + dry.log
    assert "**Nothing to make" in again.summary
    assert "a dry run, nothing is bought" in dry.summary
    assert "**Plan: 1 to make." in dry.summary
    assert town.refs() == booked
    assert len(town.gemini.state.batches) == 1
    assert [(order["id"].partition(".")[0], order["reason"]) for order in town.books("orders")] == [
        ("run-77", "too dark")
    ]


def test_a_reason_is_kept_word_for_word_and_none_of_it_is_run(town: Town) -> None:
    run = town.regenerate(globs=COTTAGE, reason=HOSTILE, dry_run="false")

    assert run.code == 0, run.log
    assert [order["reason"] for order in town.books("orders")] == [HOSTILE]
    assert run.commands <= {"summary"}
    assert list(town.hub.folder.rglob("pwned")) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("globs", HOSTILE), ("mode", "--force=*"), ("variants", HOSTILE), ("max_cost", "--dry-run")],
)
def test_what_cannot_be_meant_is_refused_in_one_line_and_nothing_is_done(
    town: Town, name: str, value: str
) -> None:
    before = town.refs()

    inputs: dict[str, Any] = {"globs": COTTAGE, "dry_run": "false", name: value}
    run = town.regenerate(**inputs)

    assert run.jobs == {"regenerate": "failure"}, run.log
    assert [said.level for said in run.annotations] == ["error"]
    assert run.annotations[0].message != "pwned"
    assert run.commands <= {"summary", "error"}
    assert town.refs() == before
    assert not town.gemini.state.batches
    assert list(town.hub.folder.rglob("pwned")) == []
