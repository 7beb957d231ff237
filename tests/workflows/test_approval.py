"""Where an environment approves spending: who is asked sees the price, and nobody is asked where nothing is bought."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.workflows.town import COTTAGE, PIER, PIERS_WORDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.town import Town

BAD = "locations/mill/imagery.yaml"


@pytest.fixture
def guarded(town: Town) -> Town:
    """That world, with an environment named."""
    town.hub.variables["CHARGEN_ENVIRONMENT"] = "spending"
    return town


def test_a_push_is_priced_then_approved_then_ordered(guarded: Town) -> None:
    run = guarded.submit()

    assert (run.code, run.jobs) == (0, {"price": "success", "approve": "success", "submit": "success"}), (
        run.log
    )
    assert "a dry run, nothing is bought" in run.summary
    assert guarded.states() == ["SUBMITTED"]
    (submission,) = guarded.books("submissions")
    approved = re.search(r"a dry run.*?At most ([0-9.]+) USD", run.summary, flags=re.DOTALL)
    assert approved, run.summary
    assert 0 < sum(Decimal(asked["reserved_usd"]) for asked in submission["requests"]) <= Decimal(approved[1])


def test_no_more_is_ordered_than_was_approved(guarded: Town, tmp_path: Path) -> None:
    record = tmp_path / "calls"
    outputs = "pictures=2\ncost_usd=0.0712\n"

    run = guarded.submit(CHARGEN_RECORD=str(record), CHARGEN_OUTPUT=outputs)
    by_hand = guarded.run(
        "workflow_dispatch",
        "chargen-submit.yml",
        inputs={"max_cost": "9"},
        CHARGEN_RECORD=str(record),
        CHARGEN_OUTPUT=outputs,
    )

    assert (run.code, by_hand.code) == (0, 0), run.log + by_hand.log
    assert [call.arguments[3:] for call in guarded.hub.calls(record)] == [
        ("--dry-run",),
        ("--budget=0.0712",),
        ("--dry-run", "--max-cost=9"),
        ("--budget=0.0712", "--max-cost=0.0712"),
    ]


def test_a_push_that_calls_for_nothing_asks_nobody(guarded: Town) -> None:
    guarded.submit()
    before = guarded.refs()
    guarded.push({"README.md": "Read this first.\n"})

    run = guarded.submit()

    assert (run.code, run.jobs) == (0, {"price": "success"}), run.log
    assert "Nothing to make: 1 in flight" in run.summary
    assert guarded.refs() == {**before, "refs/heads/main": guarded.refs()["refs/heads/main"]}


def test_what_is_over_budget_is_told_by_its_price_and_released_by_hand(guarded: Town) -> None:
    guarded.hub.variables["CHARGEN_BUDGET"] = "0.01"

    held = guarded.submit()
    assert (held.code, held.jobs) == (0, {"price": "success"}), held.log
    assert [(said.level, said.title) for said in held.annotations] == [("warning", "Held back")]

    released = guarded.run("workflow_dispatch", "chargen-submit.yml", inputs={"max_cost": "1"})
    assert (released.code, guarded.states()) == (0, ["SUBMITTED"]), released.log


def test_the_good_files_of_a_bad_push_are_asked_about_too(guarded: Town) -> None:
    guarded.push({BAD: "schema: chargen/imagery@1\nkind: location\nslug: mill\nscens: []\n"})

    run = guarded.submit()

    assert run.jobs == {"price": "failure", "approve": "success", "submit": "failure"}, run.log
    assert guarded.states() == ["SUBMITTED"]


def test_the_tick_says_in_its_log_who_orders_and_books_nothing(guarded: Town) -> None:
    before = guarded.refs()

    run = guarded.tick()

    assert (run.code, run.annotations) == (0, []), run.log
    assert "ordered after approval, by the workflow `chargen submit`" in run.summary
    assert "--max-cost" not in run.log
    assert guarded.refs() == before


def test_making_again_is_priced_first(guarded: Town) -> None:
    guarded.push({PIER: PIERS_WORDS})

    run = guarded.regenerate(globs=COTTAGE, dry_run="false")

    assert list(run.jobs) == ["price", "approve", "regenerate"], run.log
    assert run.code == 0
    assert guarded.states() == ["SUBMITTED"]
