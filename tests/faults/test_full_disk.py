"""
A disk that is full at some step of a command: said, nothing half-written in the world, and the same end once there is room.

Each number of pages left free lets the command come a little further. Batches lose nothing; a live answer that no disk
takes is paid all the same, and is told and counted.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest

from chargen.dialects.yaml_text import read_yaml
from tests.commands.conftest import World
from tests.gitops.conftest import git

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import Said
    from tests.faults.conftest import Disk
    from tests.gitops.conftest import Town

LIVE: Final = ("batch", "run", "--yes")
SUBMIT: Final = ("batch", "submit", "--yes")
COLLECT: Final = ("batch", "collect", "--wait")


@pytest.fixture(autouse=True)
def no_byte_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")


def failed_well(said: Said, world: World, before: dict[str, bytes]) -> None:
    """It ended as a full disk ends, and every file of the world is as it was, or whole."""
    assert said.code == 1, said.text
    assert "Traceback" not in said.err
    assert re.search(r"room|full|No space", said.err), said.err
    for path, data in world.files().items():
        if path.endswith(".yaml"):
            read_yaml(data, path=path)
        elif path != ".filler":
            assert data.endswith(b"IEND\xaeB`\x82"), f"{path} is cut"
    gone = {path for path in before if path not in world.files()}
    assert gone == set()


def made_up(world: World, *commands: tuple[str, ...]) -> list[Said]:
    """What the commands say once there is room, each coming out; then nothing is left to do."""
    said = [world.process(*command) for command in commands]
    assert [one.code for one in said] == [0] * len(said), [one.text for one in said]
    assert world.plan() == []
    assert world.read("quay/imagery.yaml").startswith("# kept\n")
    assert world.read("quay/imagery.yaml").count("custom_id") == 3
    return said


@pytest.mark.parametrize("pages", [0, 46, 60, 72])
def test_a_live_run_tells_and_counts_what_no_disk_took(
    small: World, disk: Disk, gemini: Emulator, pages: int
) -> None:
    before = small.files()
    disk.fill(pages=pages)

    said = small.process(*LIVE)

    failed_well(said, small, before)
    asked = len(gemini.paid)
    disk.make_room()
    (again,) = made_up(small, LIVE)
    found = re.search(r"(\d+) requests? in flight when it ended may be paid twice", again.err)
    told = int(found[1]) if found else 0
    assert len(gemini.paid) == 3 + told, "paid twice is what is told, and no more"
    assert told <= asked
    assert told == 0 or "what came could not be kept" in said.err
    costs = json.loads(small("costs", "--format", "json").out)
    assert bool(told) == ("lost" in json.dumps(costs))


@pytest.mark.parametrize("pages", [0, 48, 54])
def test_a_submit_pays_once(small: World, disk: Disk, gemini: Emulator, pages: int) -> None:
    before = small.files()
    disk.fill(pages=pages)

    said = small.process(*SUBMIT)

    failed_well(said, small, before)
    disk.make_room()
    made_up(small, (*LIVE, "--mode", "batch"))
    assert (len(gemini.paid), len(gemini.state.batches)) == (3, 1)


@pytest.mark.parametrize("pages", [14, 40, 56])
def test_a_collect_is_done_again(small: World, disk: Disk, gemini: Emulator, pages: int) -> None:
    assert small(*SUBMIT).code == 0
    before = small.files()
    disk.fill(pages=pages)

    said = small.process(*COLLECT)

    failed_well(said, small, before)
    disk.make_room()
    made_up(small, COLLECT)
    assert (len(gemini.paid), len(gemini.state.batches)) == (3, 1)
    left = [path.name for path in (small.root / ".chargen").rglob("*") if path.suffix in (".part", ".tmp")]
    assert left == []


@pytest.mark.parametrize("pages", [4, 12])
def test_apply_leaves_every_file_as_it_was_or_whole(
    small: World, disk: Disk, gemini: Emulator, pages: int
) -> None:
    small.make("--no-apply")
    before = small.files()
    disk.fill(pages=pages)

    said = small.process("batch", "apply")

    failed_well(said, small, before)
    disk.make_room()
    made_up(small, ("batch", "apply"))
    assert len(gemini.paid) == 3


@pytest.mark.parametrize("pages", [0, 25])
@pytest.mark.parametrize("command", ["submit", "tick"])
def test_a_runner_s_full_disk_is_made_good_by_the_next_runner(
    quay: Town, disk: Disk, command: str, pages: int
) -> None:
    if command == "tick":
        quay.done("submit")
    git(quay.folder, "clone", "-q", "--depth", "1", f"file://{quay.bare}", str(disk.path / "clone"))
    runner = World(disk.path / "clone", quay.capsys)
    disk.fill(pages=pages)

    said = runner.process("gitops", command)

    assert said.code in (0, 1), said.text
    assert "Traceback" not in said.err
    quay.done("tick")
    quay.done("tick")
    assert len(quay.gemini.paid) == 2
    assert quay.merge_all() == 1
    quay.done("tick")
    assert set(quay.whys().values()) == {"unchanged"}
