"""Schedules break no rule; bugs that are planted do, so that each rule is seen to hold something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.__main__ import main
from tests.simulation.mutants import MUTANTS, planted
from tests.simulation.schedule import decode_schedule, schedule_of
from tests.simulation.session import stand_ins
from tests.simulation.shrink import rule_broken, shrunk
from tests.simulation.simulation import Simulation, forget

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def simulating() -> Iterator[None]:
    """The stand-ins for what is printed and waited for; no town that another test began."""
    forget()
    with stand_ins():
        yield
    forget()


def test_three_hundred_schedules_break_no_rule() -> None:
    broken = {seed: Simulation(schedule_of(seed)).run().broken for seed in range(300)}

    assert {seed: said for seed, said in broken.items() if said} == {}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_bug_is_found_where_chargen_breaks_nothing(name: str) -> None:
    mutant = MUTANTS[name]

    assert rule_broken(schedule_of(mutant.seed)) == ""
    forget()
    with planted(name):
        assert rule_broken(schedule_of(mutant.seed)) == mutant.rule


def test_a_seed_plays_the_same_again() -> None:
    one, again = (Simulation(schedule_of(47)).run() for _ in range(2))

    assert one.said == again.said
    assert one.tally == again.tally


def test_a_schedule_is_read_as_it_was_written() -> None:
    schedule = schedule_of(4711)

    assert decode_schedule(schedule.encode()) == schedule


def test_a_broken_schedule_is_made_short_and_breaks_the_same() -> None:
    name = "fence skipped"
    seed = MUTANTS[name].seed
    with planted(name):
        short = shrunk(schedule_of(seed))

        assert rule_broken(short) == MUTANTS[name].rule
    assert len(short.acts) < len(schedule_of(seed).acts)
    assert rule_broken(short) == ""


def test_the_command_says_what_it_tried_and_fails_for_a_broken_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fine = main(["--schedules", "20", "--seed", "40", "--jobs", "1"])
    said = capsys.readouterr().out
    forget()
    broken = main(["--schedules", "2", "--jobs", "1", "--mutant", "claims ignored"])

    assert (fine, broken) == (0, 1)
    assert "20 schedules in" in said
    assert "move: " in said
    assert "scripts/simulate --mutant 'claims ignored' --replay 0" in capsys.readouterr().out


def test_the_command_tells_one_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--replay", "3"]) == 0
    assert "nothing was broken" in capsys.readouterr().out
