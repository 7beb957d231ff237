"""A run that is told to stop, killed, or overtaken by another: nothing more is sent, and nothing paid is lost."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

QUAY = "quay/imagery.yaml"
NOON = "location/quay/noon/main"


@pytest.fixture
def start_slow(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> Callable[..., subprocess.Popen[str]]:
    """Start a command, and come back while the service takes its time over one kind of call."""

    def start(call: str, *command: str) -> subprocess.Popen[str]:
        gemini.fault(f"slow:on={call},delay=1.5")
        process = one_shot.start(*command)
        processes.append(process)
        soon(lambda: gemini.state.faults.as_json()[0]["struck"] or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        return process

    return start


def write_scenes(world: World, *scenes: str) -> None:
    """One shot a scene, each with words of its own."""
    lines = "".join(f"  - {{id: {scene}, subject: a quay at {scene}}}\n" for scene in scenes)
    world.write(QUAY, f"kind: location\nslug: quay\nscenes:\n{lines}")


def test_ctrl_c_creates_no_further_batch_and_resume_pays_the_rest_once(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> None:
    one_shot.edit("chargen.yaml", "limits: {", "limits: {requests_per_batch: 1, ")
    write_scenes(one_shot, "dawn", "noon", "dusk", "night")
    gemini.fault("slow:on=create,delay=0.5,times=forever")
    process = one_shot.start("batch", "run", "--mode", "batch", "--yes")
    processes.append(process)
    soon(lambda: gemini.state.batches)
    created = len(gemini.state.batches)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    gemini.state.faults.clear()

    assert process.returncode == 130, err
    assert len(gemini.state.batches) <= created + 1, "the one under way is finished"
    said = one_shot("batch", "run", "--resume", "--yes")
    assert said.code == 0, said.text
    assert one_shot.plan() == []
    assert (len(gemini.paid), len({answer.sha256 for answer in gemini.paid})) == (4, 4)
    assert len(gemini.state.batches) == 4


@pytest.mark.parametrize("again", [("--resume",), ("--mode", "batch")], ids=["resume", "mode batch"])
def test_what_a_killed_run_sent_is_brought_in_by_the_next(
    one_shot: World,
    gemini: Emulator,
    start_slow: Callable[..., subprocess.Popen[str]],
    again: tuple[str, ...],
) -> None:
    process = start_slow("batch-get", "batch", "run", "--mode", "batch", "--yes")
    process.kill()
    process.wait()
    gemini.state.faults.clear()

    one_shot.make(*again)

    assert one_shot.whys() == {NOON: "skip: unchanged"}
    assert (len(gemini.paid), len(gemini.state.batches)) == (1, 1)


def test_a_saved_plan_that_another_run_overtakes_is_stale(
    one_shot: World, gemini: Emulator, start_slow: Callable[..., subprocess.Popen[str]]
) -> None:
    write_scenes(one_shot, "noon", "dusk")
    one_shot("batch", "plan", "--mode", "batch", "--only", NOON, "--out", "p.json")
    process = start_slow("batch-list", "batch", "run", "--plan", "p.json", "--yes")
    assert one_shot("batch", "submit", "--yes", "--only", "location/quay/dusk").code == 0
    _, err = process.communicate(timeout=30)

    assert process.returncode == 5, err
    assert "stale plan: the books" in err
    assert "chargen batch plan --out" in err
    assert len(gemini.state.batches) == 1


def test_a_batch_that_another_process_creates_meanwhile_is_no_unknown_one(
    one_shot: World, gemini: Emulator, start_slow: Callable[..., subprocess.Popen[str]]
) -> None:
    one_shot.make()
    write_scenes(one_shot, "dawn", "dusk")
    process = start_slow("batch-list", "batch", "submit", "--yes")
    assert one_shot("batch", "submit", "--yes", "--only", "location/quay/dusk").code == 0
    _, err = process.communicate(timeout=30)

    assert process.returncode == 0, err
    assert "planning again" in err
    one_shot("batch", "collect", "--wait")
    assert one_shot.plan() == []
    assert len({answer.sha256 for answer in gemini.paid}) == len(gemini.paid) == 3
