"""Pictures that come by pull request: never paid for again and never put back by anything else, however it ended."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chargen.core.digest import sha256
from chargen.core.plan import Action, Reason
from chargen.core.plan_json import plan_data, read_options
from chargen.core.proposal import Proposal, Standing
from chargen.core.submission import Deliver
from tests.worlds import (
    PIER,
    WIDE,
    a_picture,
    a_request,
    a_submission,
    an_outcome,
    books_of,
    item_of,
    made,
    one_shot,
    plan_of,
    shot_of,
)

WORLD = {PIER: one_shot()}
SHOWN = {WIDE: sha256(a_picture())}


def paid(**more: Any) -> Any:
    request = a_request(shot_of(WORLD), outcome=an_outcome())
    return a_submission(request, deliver=Deliver.REVIEW, **more)


def proposal(standing: Standing = Standing.OPEN, **more: Any) -> Proposal:
    return Proposal("location/pier", 1, standing, more.pop("shots", SHOWN), number=12, **more)


def test_a_picture_in_an_open_pull_request_is_left_to_it() -> None:
    item = item_of(plan_of(WORLD, books_of(paid(), proposals=[proposal()])))

    assert (item.action, item.why) == (Action.SKIP, "proposed: #12")


def test_a_picture_that_nobody_proposed_yet_is_in_the_next_pull_request() -> None:
    item = item_of(plan_of(WORLD, books_of(paid())))

    assert (item.action, item.reason) == (Action.SKIP, Reason.PROPOSED)


def test_a_picture_of_a_closed_pull_request_is_not_paid_for_again() -> None:
    item = item_of(plan_of(WORLD, books_of(paid(), proposals=[proposal(Standing.CLOSED)])))

    assert (item.action, item.why) == (
        Action.SKIP,
        "proposed: #12, closed: reopen it, or --force makes another",
    )


def test_a_picture_that_a_laptop_brought_is_put_back_as_before() -> None:
    request = a_request(shot_of(WORLD), outcome=an_outcome())

    item = item_of(plan_of(WORLD, books_of(a_submission(request))))

    assert (item.action, item.reason) == (Action.RESTORE, Reason.PAID_BEFORE)


def test_a_merged_picture_is_unchanged_and_put_back_when_its_file_is_removed() -> None:
    books = books_of(paid(), proposals=[proposal(Standing.MERGED)])
    whole = made()
    without = {path: data for path, data in whole.items() if not path.endswith(".png")}

    assert item_of(plan_of(whole, books)).reason is Reason.UNCHANGED
    assert item_of(plan_of(without, books)).action is Action.RESTORE
    again = books_of(paid(), proposals=[proposal()])
    assert item_of(plan_of(without, again)).why == "proposed: #12"


def shots(count: int) -> dict[str, Any]:
    lines = ", ".join(f"{{id: s{n}, subject: pier {n}}}" for n in range(count))
    return {PIER: f"kind: location\nslug: pier\nscenes: [{{id: dawn, shots: [{lines}]}}]"}


def test_a_push_over_budget_is_held_back_whole_and_priced() -> None:
    plan = plan_of(shots(3), hold=True, max_cost_usd=Decimal("0.05"))

    assert plan.empty
    assert {item.reason for item in plan.items} == {Reason.OVER_BUDGET}
    assert plan.held_usd == sum(item.cost_usd for item in plan.items) > Decimal("0.1")
    assert plan.cost_usd == 0
    assert plan.items[0].why == "over budget: new"
    assert plan_data(plan)["held"] == plan.held


@pytest.mark.parametrize(("count", "held"), [(2, ""), (3, "a push may bring 2 new pictures, not 3")])
def test_a_push_of_too_many_new_shots_is_held_back(count: int, held: str) -> None:
    world = {**shots(count), "chargen.yaml": "budget: {new_shots_per_push: 2}\n"}

    plan = plan_of(world, hold=True)

    assert plan.held == held
    assert not plan_of(world).held, "a person at a terminal is asked"


def test_what_was_asked_is_read_back_from_a_plan() -> None:
    plan = plan_of(shots(1), hold=True, model="gemini-3-pro-image", reason="too dark")

    assert read_options(plan_data(plan)["options"]) == plan.options


def test_a_shot_that_waits_on_a_closed_pull_request_is_listed() -> None:
    world = {
        PIER: one_shot(),
        "chapters/one/imagery.yaml": "kind: chapter\nslug: one\nscenes:\n  - {id: a, subject: b, references: [{ref: location/pier/dawn/wide}]}\n",
    }

    plan = plan_of(world, books_of(paid(), proposals=[proposal(Standing.CLOSED)]))

    assert any("is in a pull request that was closed" in problem.message for problem in plan.problems)
    open_ = plan_of(world, books_of(paid(), proposals=[proposal()]))
    assert not [problem for problem in open_.problems if "waits for" in problem.message]
