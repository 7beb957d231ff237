"""A run whose own record is lost is not resumed; what is known of it is said, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


def only_run(world: World) -> Path:
    (run,) = (world.root / ".chargen" / "runs").glob("*_run-*")
    return run


def lose_record(world: World) -> None:
    for path in only_run(world).glob("jobs.sqlite*"):
        path.unlink()


@pytest.mark.parametrize("before", [(), ("batch", "collect")], ids=["at once", "after it was rebuilt"])
def test_what_the_books_have_of_it_is_said(
    one_shot: World, gemini: Emulator, before: tuple[str, ...]
) -> None:
    one_shot.make()
    lose_record(one_shot)
    if before:
        one_shot(*before)

    said = one_shot("batch", "run", "--resume", "--yes")

    run = only_run(one_shot)
    assert said.code == 3, said.text
    assert (
        f"run {run.name} cannot be resumed: its record was lost ({run / 'jobs.sqlite'}), and with it what the run "
        "was asked for. The books have 1 request of it: 1 answered, 0.0341 USD spent"
    ) in said.err
    assert "begin a new run with `chargen batch run`: nothing that was paid is paid again" in said.err
    assert "never begun" not in said.err
    assert len(gemini.paid) == 1


def test_a_batch_of_it_that_is_open_is_brought_in_by_collecting(one_shot: World, gemini: Emulator) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0
    lose_record(one_shot)

    said = one_shot("batch", "run", "--resume", "--yes")

    assert said.code == 3, said.text
    assert "The books have 1 request of it: 0 answered, 0.0000 USD spent, 1 under way" in said.err
    assert "`chargen batch collect --wait` brings in what is under way" in said.err
    assert one_shot("batch", "collect", "--wait").code == 0
    assert len(gemini.paid) == 1


def test_what_was_forced_is_not_to_be_forced_again(one_shot: World, gemini: Emulator) -> None:
    one_shot.make("--force", "**")
    lose_record(one_shot)

    said = one_shot("batch", "run", "--resume", "--yes")

    assert said.code == 3, said.text
    assert "without --force, which would pay once more for what it has forced" in said.err


def test_one_that_asked_for_nothing_says_that_nothing_was_paid(one_shot: World, gemini: Emulator) -> None:
    (one_shot.root / ".chargen/runs/2026-11-23_04-00-00Z_run-001").mkdir(parents=True)

    said = one_shot("batch", "run", "--resume", "--yes")

    assert said.code == 64, said.text
    assert (
        "run 2026-11-23_04-00-00Z_run-001 cannot be resumed: it ended before it asked for anything, and the books "
        "know nothing of it"
    ) in said.err
    assert "nothing was paid for it: begin a new run with `chargen batch run`" in said.err
