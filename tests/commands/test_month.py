"""What the month's budget leaves out is said where the plan is shown, before anything is asked or paid."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


@pytest.fixture
def poor(world: World) -> World:
    """A world of four pictures to make, and a month with money for two of them."""
    world.edit("chargen.yaml", "limits:", "budget: {month_usd: 0.08}\nlimits:")
    return world


def over(left: str) -> str:
    month = f"{datetime.now(UTC):%Y-%m}"
    return (
        "over budget: of 4 pictures to make, 2 do not fit into what is left of the month's budget, "
        f"{left} USD of 0.08 USD in {month}: left for later"
    )


def test_a_plan_says_what_the_month_has_no_money_for(poor: World) -> None:
    said = poor("batch", "plan")

    assert said.code == 0, said.text
    assert said.out.splitlines()[-1] == over("0.0800")
    assert said.out.splitlines()[-2].startswith("Plan: 4 to make")


def test_a_plan_in_markdown_says_so_too(poor: World) -> None:
    assert poor("batch", "plan", "--format", "markdown").out.splitlines()[-1] == over("0.0800")


def test_the_plan_before_paying_says_so_once_and_just_that_is_left(poor: World, gemini: Emulator) -> None:
    said = poor("batch", "run", "--yes", "--no-apply")

    assert said.code == 0, said.text
    assert said.err.count(over("0.0800")) == 1
    assert said.err.count("month's budget") == 1
    assert len(gemini.paid) == 4 - 2


def test_what_is_reserved_is_left_no_more(poor: World, gemini: Emulator) -> None:
    poor.make("--only", "location/pier/dawn/*")

    said = poor("batch", "plan", "--only", "location/pier/dusk/*")

    assert "of 1 picture to make, 1 does not fit into what is left of the month's budget, 0.0" in said.out


def test_a_month_with_money_for_all_of_it_is_not_spoken_of(world: World) -> None:
    assert "month" not in world("batch", "plan").out


def test_the_plan_s_file_is_the_same_whatever_the_month_has(world: World) -> None:
    before = world("batch", "plan", "--format", "json").out

    world.edit("chargen.yaml", "limits:", "budget: {month_usd: 0.08}\nlimits:")
    after = world("batch", "plan", "--format", "json").out

    assert [line for line in before.splitlines() if '"tree"' not in line] == [
        line for line in after.splitlines() if '"tree"' not in line
    ]
