"""`batch plan --out`: written over a plan or into nothing, never over a file of somebody's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from chargen.edges.plan_file import save_plan
from chargen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import World


@pytest.mark.parametrize(
    "path", ["chargen.yaml", "locations/pier/imagery.yaml", "characters/mara/images/face.png"]
)
def test_a_file_of_the_writers_is_not_overwritten(world: World, path: str) -> None:
    before = world.files()

    said = world("batch", "plan", "--out", path)

    assert said.code == 64, said.text
    assert f"--out {path}: there is another file, and it is no plan" in said.err
    assert "name a file that is not there" in said.err
    assert world.files() == before


def test_a_plan_is_written_over_a_plan_and_an_empty_file(world: World) -> None:
    world.write("empty.json", "")

    codes = [world("batch", "plan", "--out", name).code for name in ("new.json", "new.json", "empty.json")]

    assert codes == [0, 0, 0]
    assert json.loads(world.read("new.json"))["schema"] == "chargen/plan@1"
    assert world.read("empty.json") == world.read("new.json")


def test_a_missing_folder_is_said_and_not_made(world: World) -> None:
    said = world("batch", "plan", "--out", "plans/of/mine.json")

    assert said.code == 64, said.text
    assert "mkdir -p plans/of" in said.err
    assert not (world.root / "plans").exists()


def test_a_plan_goes_to_a_device(world: World) -> None:
    assert world("batch", "plan", "--out", "/dev/null").code == 0


@pytest.mark.parametrize("text", ["[1]", '{"schema": "chargen/imagery@1"}', "[" * 100_000, "\xff", "null"])
def test_what_is_no_plan_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "file.json"
    file.write_text(text)

    with pytest.raises(UsageError):
        save_plan(file, "{}")

    assert file.read_text() == text
