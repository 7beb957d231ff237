"""`batch plan --accept-drift`: pictures kept for words they were not made from; it asks first, and nothing is paid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

PIER = "locations/pier/imagery.yaml"
MARA = "characters/mara/imagery.yaml"
DAWN = ["location/pier/dawn/lamp", "location/pier/dawn/wide"]
ASKS = ["--accept-drift"]
KEEPS = ["--accept-drift", "--yes"]


@pytest.fixture
def drifted(world: World, gemini: Emulator) -> World:
    """Every picture made; then the two of the pier at dawn are asked for in other words."""
    world.make()
    world.edit(PIER, "a slack tide", "a rising tide")
    return world


def test_the_rows_are_stamped_nothing_is_paid_and_the_plan_is_empty(drifted: World, gemini: Emulator) -> None:
    paid, before = len(gemini.paid), drifted.files()

    said = drifted("batch", "plan", *KEEPS, "--detailed-exitcode")

    assert said.code == 0, said.text
    lines = said.out.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["=", name] for name in DAWN]
    assert "prompt changed: setting" in lines[0]
    assert "2 pictures kept for today's words. Nothing is paid." in lines
    assert drifted.plan() == []
    assert len(gemini.paid) == paid
    after = drifted.files()
    assert {path for path in after if after[path] != before.get(path)} == {PIER}
    old, new = before[PIER].decode().splitlines(), after[PIER].decode().splitlines()
    keys = {line.split(":")[0].strip() for line, was in zip(new, old, strict=True) if line != was}
    assert keys == {"prompt_hash", "digests", "provider_metadata"}


def test_what_was_kept_stays_kept(drifted: World, gemini: Emulator) -> None:
    """Applying what was made, running again, lost job stores: none of them undoes it."""
    drifted("batch", "plan", *KEEPS)
    paid, kept = len(gemini.paid), drifted.files()

    codes = [drifted("batch", verb).code for verb in ("apply", "collect")]
    drifted.make()

    assert codes == [0, 0]
    assert (len(gemini.paid), drifted.files()) == (paid, kept)
    assert "no drift" in drifted("batch", "plan", *KEEPS).out


def test_old_words_that_are_put_back_bring_the_old_row_and_pay_nothing(
    drifted: World, gemini: Emulator
) -> None:
    drifted("batch", "plan", *KEEPS)
    paid = len(gemini.paid)

    drifted.edit(PIER, "a rising tide", "a slack tide")

    assert {line.action for line in drifted.plan()} == {"restore"}
    drifted.make()
    assert (len(gemini.paid), drifted.plan()) == (paid, [])


def test_only_what_is_selected_is_kept(drifted: World) -> None:
    said = drifted("batch", "plan", *KEEPS, "--only", "location/pier/dawn/wide")

    assert said.code == 0, said.text
    assert [line.address for line in drifted.plan()] == ["location/pier/dawn/lamp"]


def test_it_asks_first_and_without_a_terminal_nothing_is_written(drifted: World) -> None:
    before = drifted.files()

    said = drifted("batch", "plan", *ASKS)

    assert said.code == 64, said.text
    assert "pass --yes" in said.err
    assert "  = location/pier/dawn/wide" in said.out
    assert drifted.files() == before


def test_with_nothing_to_keep_it_asks_nothing(world: World, gemini: Emulator) -> None:
    world.make()

    said = world("batch", "plan", *ASKS)

    assert said.code == 0, said.text
    assert "Every accepted picture answers its words: there is no drift." in said.out


def test_what_cannot_be_kept_is_named_with_its_reason(drifted: World) -> None:
    drifted.paint("locations/pier/images/dawn.wide.png", "blue")
    drifted.edit(PIER, "- id: lamp", "- id: lamp\n        status: paused")

    said = drifted("batch", "plan", *KEEPS)

    assert said.code == 0, said.text
    assert "location/pier/dawn/wide" in said.out
    assert "not accepted: edited by hand" in said.out
    assert "not accepted: paused" in said.out
    assert "0 pictures kept for today's words, 3 left as they are." in said.out


def test_as_json_and_markdown_it_is_told_beside_the_plan(drifted: World) -> None:
    first = json.loads(drifted("batch", "plan", *KEEPS, "--only", DAWN[0], "--format", "json").out)
    second = drifted("batch", "plan", *KEEPS, "--format", "markdown").out

    assert [item["address"] for item in first["acceptedDrift"]["accepted"]] == [DAWN[0]]
    assert first["acceptedDrift"]["left"] == []
    assert first["counts"]["generate"] == 0
    assert second.startswith("**1 picture kept for today's words. Nothing is paid.**\n")
    assert "**Nothing to make" in second


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--accept-drift", "--force"], "give one of them"), (["--yes"], "--yes goes with --accept-drift")],
)
def test_what_contradicts_it_is_a_usage_error(world: World, arguments: list[str], said: str) -> None:
    told = world("batch", "plan", *arguments)

    assert told.code == 64
    assert said in told.err


def test_without_the_books_that_paid_nobody_knows_what_is_open(
    drifted: World, git: Callable[..., str]
) -> None:
    before = drifted.files()
    for name in ("books.git", "runs"):
        path = drifted.root / ".chargen" / name
        if path.exists():
            path.rename(path.with_name(f"gone-{name}"))

    said = drifted("batch", "plan", *KEEPS)

    assert said.code == 5, said.text
    assert "chargen state rebuild" in said.err
    assert drifted.files() == before


def test_a_file_that_cannot_be_written_safely_is_left_and_the_others_are_kept(drifted: World) -> None:
    drifted.edit(MARA, "grey braid", "white braid")
    text = drifted.read(MARA)
    anchored = text.replace("file_name: ", "file_name: &name ")
    drifted.write(MARA, f"{anchored}summary: *name\n")

    said = drifted("batch", "plan", *KEEPS)

    assert said.code == 1, said.text
    assert "anchor" in said.err
    assert [line.address for line in drifted.plan()] == ["character/mara/portrait/main"]
