"""chargen killed between two steps of a batch: whoever comes next settles it, and pays once."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


@pytest.fixture
def kill_at(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> Callable[..., None]:
    """Start a command, and kill it while the service takes its time over one kind of call."""

    def kill(call: str, *command: str) -> None:
        gemini.state.faults.clear()
        gemini.fault(f"slow:on={call},delay=1.5")
        process = one_shot.start(*command)
        processes.append(process)
        soon(lambda: gemini.state.faults.as_json()[0]["struck"] or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        process.kill()
        process.wait()
        gemini.state.faults.clear()

    return kill


def states(world: World) -> list[str]:
    return sorted(item["state"] for item in world.status()["submissions"])


@pytest.mark.parametrize(
    ("call", "state"),
    [("batch-list", None), ("upload-start", "INTENT"), ("upload", "INTENT"), ("create", "CREATING")],
)
def test_a_submit_killed_between_two_steps_is_paid_once(
    one_shot: World, gemini: Emulator, kill_at: Callable[..., None], call: str, state: str | None
) -> None:
    kill_at(call, "batch", "submit", "--yes")
    assert states(one_shot) == ([state] if state else [])

    said = one_shot("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 0, said.text
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


def test_a_batch_created_by_a_killed_submit_is_adopted(
    one_shot: World,
    gemini: Emulator,
    kill_at: Callable[..., None],
    soon: Callable[[Callable[[], object]], None],
) -> None:
    kill_at("create", "batch", "submit", "--yes")
    soon(lambda: gemini.state.batches)

    said = one_shot("batch", "collect", "--wait")

    assert said.code == 0, said.text
    assert "settled" in said.err
    assert one_shot.plan() == []
    assert (len(gemini.paid), len(gemini.state.batches)) == (1, 1)


@pytest.mark.parametrize("call", ["batch-get", "download"])
def test_a_killed_collect_is_done_again(
    one_shot: World, gemini: Emulator, kill_at: Callable[..., None], call: str
) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0
    kill_at(call, "batch", "collect", "--wait")
    assert states(one_shot) == ["SUBMITTED"]

    said = one_shot("batch", "collect", "--wait")

    assert said.code == 0, said.text
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1
    left = [path.name for path in (one_shot.root / ".chargen").rglob("download-*")]
    assert left == []


def test_what_a_killed_run_claimed_is_free_when_nothing_was_sent(
    one_shot: World, gemini: Emulator, kill_at: Callable[..., None]
) -> None:
    kill_at("upload-start", "batch", "submit", "--yes")
    assert one_shot.whys()["location/quay/noon/main"].startswith("skip: in flight")

    one_shot.make()

    assert len(gemini.paid) == 1
    assert one_shot.plan() == []
    assert len(gemini.state.batches) == 0


def test_a_run_killed_while_forced_pays_for_its_order_once(
    one_shot: World, gemini: Emulator, kill_at: Callable[..., None]
) -> None:
    one_shot.make()
    kill_at("create", "batch", "run", "--mode", "batch", "--force", "--yes")

    said = one_shot("batch", "run", "--resume", "--yes")

    assert said.code == 0, said.text
    assert len(gemini.paid) == 2
    assert one_shot.plan() == []


def test_ctrl_c_stops_waiting_for_batches_at_once(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> None:
    gemini.fault("batch-stuck:times=1")
    processes.append(one_shot.start("batch", "run", "--mode", "batch", "--yes"))
    soon(lambda: gemini.state.calls["batch-get"] >= 2)
    told = time.monotonic()
    processes[0].send_signal(signal.SIGINT)
    _, err = processes[0].communicate(timeout=30)

    assert processes[0].returncode == 130, err
    assert time.monotonic() - told < 5
    assert "chargen batch collect --wait" in err
    assert states(one_shot) == ["SUBMITTED"]
    gemini.advance(50 * 3600)
    assert one_shot("batch", "collect", "--wait").code == 1, "it expired"
    one_shot.make()
    assert len(gemini.paid) == 1


def test_two_collects_at_once_bring_the_same(
    world: World, gemini: Emulator, processes: list[subprocess.Popen[str]]
) -> None:
    assert world("batch", "submit", "--yes").code == 0
    gemini.fault("slow:on=download,delay=0.4,times=2")

    processes += [world.start("batch", "collect", "--wait") for _ in range(2)]
    said = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    assert world.plan(*("--only", "location/**")) == []
    assert world.read("locations/pier/imagery.yaml").count("custom_id") == 3
    assert len(gemini.paid) == 4
    assert world.status()["run"]["counts"]["succeeded"] == 4


def test_watch_ends_when_nothing_is_open(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()

    said = one_shot("batch", "status", "--watch")

    assert said.code == 0
    assert "1 planned = 1 succeeded" in said.out
