"""An attempt to pay that was refused, or that found no room, leaves no run behind; one that lost a race is not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

PAYING = pytest.mark.parametrize(
    "command", [("submit",), ("run", "--mode", "live"), ("run", "--mode", "batch")], ids=" ".join
)
INN = "kind: location\nslug: inn\nscenes:\n  - {id: noon, subject: an inn}\n"


def runs(world: World) -> list[str]:
    return sorted(path.name for path in (world.root / ".chargen" / "runs").glob("*_run-*"))


@PAYING
def test_without_a_key(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")

    said = one_shot("batch", *command, "--yes")

    assert (said.code, runs(one_shot)) == (3, []), said.text


@PAYING
def test_without_a_yes(one_shot: World, gemini: Emulator, command: tuple[str, ...]) -> None:
    said = one_shot("batch", *command)

    assert (said.code, runs(one_shot)) == (64, []), said.text


@PAYING
def test_under_a_cap_that_nothing_fits_into(
    one_shot: World, gemini: Emulator, command: tuple[str, ...]
) -> None:
    said = one_shot("batch", *command, "--yes", "--max-cost", "0.001")

    assert (said.code, runs(one_shot)) == (0, []), said.text


@PAYING
def test_in_a_month_without_money(one_shot: World, gemini: Emulator, command: tuple[str, ...]) -> None:
    one_shot.edit("chargen.yaml", "limits:", "budget: {month_usd: 0.001}\nlimits:")

    said = one_shot("batch", *command, "--yes", "--quiet")

    assert (said.code, runs(one_shot)) == (0, []), said.text
    assert "over budget: of 1 picture to make, 1 does not fit" in said.err


def test_while_as_many_batches_are_open_as_may_be(one_shot: World, gemini: Emulator) -> None:
    one_shot.edit("chargen.yaml", "limits: {", "limits: {open_batches: 1, ")
    assert one_shot("batch", "submit", "--yes").code == 0
    before = runs(one_shot)
    one_shot.write("inn/imagery.yaml", INN)

    said = one_shot("batch", "submit", "--yes")

    assert (said.code, runs(one_shot)) == (0, before), said.text
    assert "1 request left for later: 1 open batch of 1 at most" in said.err


def test_a_run_that_asked_for_nothing_is_not_what_status_shows(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    (run,) = runs(one_shot)
    (one_shot.root / ".chargen" / "runs" / "2126-11-23_04-00-00Z_run-002").mkdir()

    said = one_shot("batch", "status")

    assert said.out.splitlines()[0].startswith(f"{run}: 1 planned")
    assert "run-002" not in said.out


def test_a_world_where_no_run_asked_for_anything_has_made_nothing(one_shot: World) -> None:
    (one_shot.root / ".chargen" / "runs" / "2026-11-23_04-00-00Z_run-001").mkdir(parents=True)

    assert one_shot("batch", "status").out == "Nothing was made here yet: start with `chargen batch plan`.\n"
