"""A live run that is killed or stopped at any moment and run again: every picture once, but for what was in flight, which is told."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest

from chargen.emulator.state import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

PICTURES = 24
IN_FLIGHT = re.compile(r"(\d+) requests? in flight")

# Kills chargen at the n-th file it replaces, program it starts, or connection it makes, by Python's own audit events.
KILLER = """\
import os, signal, sys
left = int(sys.argv.pop(1))
def count(event, _):
    global left
    if event in ("os.rename", "os.remove", "subprocess.Popen", "socket.connect"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
from chargen.cli import main
main()
"""


def quay(world: World, count: int) -> World:
    scenes = "".join(f"  - {{id: hour-{n}, subject: the quay at {n}}}\n" for n in range(count))
    world.write("quay/imagery.yaml", f"kind: location\nslug: quay\nscenes:\n{scenes}")
    return world


def paid_twice(gemini: Emulator) -> int:
    return sum(count - 1 for count in Counter(answer.sha256 for answer in gemini.paid).values())


def told_in_flight(said: str) -> int:
    return sum(int(found) for found in IN_FLIGHT.findall(said))


def whole(world: World, gemini: Emulator, count: int) -> None:
    """Every picture is made and applied, the plan is empty, and the counts add up."""
    assert world.plan() == []
    assert len({answer.sha256 for answer in gemini.paid}) == count
    assert world.read("quay/imagery.yaml").count("custom_id") == count


def has_come_to(gemini: Emulator, process: subprocess.Popen[str], answers: int) -> bool:
    return len(gemini.state.answers) >= answers or process.poll() is not None


@pytest.mark.parametrize(("workers", "seed"), [(1, 1), (8, 2), (8, 3), (50, 4), (200, 5)])
def test_killed_at_random_pays_again_at_most_for_what_is_told(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
    workers: int,
    seed: int,
) -> None:
    """With 503s, 429s and lost answers on the way."""
    quay(one_shot, PICTURES)
    gemini.fault("503:after=3,times=2", "429:after=5,delay=0.2,times=2", "lost-answer:after=8,on=generate")
    gemini.state.pace = Pace(answer_s=0.1)
    chance, told = random.Random(seed), 0
    for _ in range(2):
        until = len(gemini.state.answers) + chance.randrange(1, 7)
        process = one_shot.start("batch", "run", "--yes", "--workers", str(workers))
        processes.append(process)
        soon(partial(has_come_to, gemini, process, until))
        time.sleep(chance.random() / 10)
        process.kill()
        told += told_in_flight(process.communicate()[1])
    gemini.state.pace = Pace()

    said = one_shot.make("--workers", str(workers))

    told += told_in_flight(said.err)
    whole(one_shot, gemini, PICTURES)
    assert paid_twice(gemini) <= told + 1, "one answer was lost on the way"


@pytest.mark.parametrize("step", [2, 9, 14, 20, 26, 31, 37, 43, 50, 58])
def test_killed_at_any_step_a_live_run_ends_as_an_undisturbed_one(
    one_shot: World, gemini: Emulator, step: int
) -> None:
    quay(one_shot, 3)
    killed = subprocess.run(
        [sys.executable, "-c", KILLER, str(step), "batch", "run", "--yes", "--workers", "2"],
        cwd=one_shot.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, "there are fewer steps"

    said = one_shot.make()

    whole(one_shot, gemini, 3)
    assert paid_twice(gemini) <= told_in_flight(said.err) <= 2
    left = [path for path in one_shot.root.rglob("*.tmp") if ".chargen" not in path.parts]
    assert left == [], "half-written files lie in the run's own folder alone"


def test_a_second_ctrl_c_stops_at_once_and_what_was_in_flight_is_waste(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> None:
    quay(one_shot, 8)
    gemini.state.pace = Pace(answer_s=30)
    process = one_shot.start("batch", "run", "--yes", "--workers", "3")
    processes.append(process)
    soon(lambda: len(gemini.state.answers) >= 3)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None, "the first one waits for what is under way"
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    gemini.state.pace = Pace()

    assert time.monotonic() - began < 5
    assert process.returncode == 130, err
    assert told_in_flight(err) == 3
    assert len(gemini.paid) == 3, "nothing was started after the first"
    said = one_shot.make()
    assert told_in_flight(said.err) == 3
    whole(one_shot, gemini, 8)
    assert paid_twice(gemini) == 3
    assert "counted as waste" in said.err


@pytest.mark.parametrize("workers", [8, 50])
def test_nothing_is_started_after_the_first_ctrl_c(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
    workers: int,
) -> None:
    quay(one_shot, 3 * workers)
    gemini.state.pace = Pace(answer_s=2)
    process = one_shot.start("batch", "run", "--yes", "--workers", str(workers), "--max-cost", "99")
    processes.append(process)
    soon(lambda: gemini.state.calls["generate"] >= workers)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert gemini.state.calls["generate"] == workers
    assert one_shot.status()["run"]["counts"]["succeeded"] == workers


def test_a_model_s_daily_quota_leaves_what_the_other_has_made(one_shot: World, gemini: Emulator) -> None:
    two_models(one_shot)
    gemini.fault("429-daily:match=portrait,times=forever")

    said = one_shot("batch", "run", "--yes")

    assert said.code == 4, said.text
    assert {answer.model for answer in gemini.paid} == {"gemini-nano-banana-2.1"}
    gemini.state.faults.clear()
    one_shot.make()
    assert paid_twice(gemini) == 0
    assert one_shot.plan() == []


def two_models(world: World) -> None:
    world.edit(
        "chargen.yaml",
        "limits: {",
        "provider: {image_types: {portrait: {model: gemini-3-pro-image}}}\nlimits: {",
    )
    views = "".join(f"  - {{id: hour-{n}, subject: the quay at {n}}}\n" for n in range(3))
    faces = "".join(
        f"  - {{id: face-{n}, subject: a portrait of {n}, image_type: portrait}}\n" for n in range(3)
    )
    world.write("quay/imagery.yaml", f"kind: location\nslug: quay\nscenes:\n{views}{faces}")


def test_each_model_has_a_submission_and_a_bucket_of_its_own(one_shot: World, gemini: Emulator) -> None:
    """Three a minute each: six pictures of two models wait for nobody."""
    two_models(one_shot)
    one_shot.edit(
        "chargen.yaml", "images_per_minute: 6000, requests_per_minute: 6000", "images_per_minute: 3"
    )
    began = time.monotonic()

    said = one_shot.make()

    assert time.monotonic() - began < 30, said.text
    made = Counter(answer.model for answer in gemini.paid)
    assert made == {"gemini-nano-banana-2.1": 3, "gemini-3-pro-image": 3}
    assert {item["state"] for item in one_shot.status()["submissions"]} == {"COLLECTED"}


def test_the_cap_holds_although_answers_are_paid_in_vain(one_shot: World, gemini: Emulator) -> None:
    """Two pictures fit under the cap; an answer without a picture costs a little, which was set aside for neither."""
    quay(one_shot, 4)
    gemini.fault("no-image:times=3")

    said = one_shot("batch", "run", "--yes", "--max-cost", "0.075")

    spent = Decimal(re.search(r"([\d.]+) USD$", said.out.strip())[1])  # type: ignore[index]
    assert spent <= Decimal("0.075"), said.text


def test_a_command_knows_what_an_earlier_one_sent_within_the_minute(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> None:
    """A run that is killed and resumed at once would else send a second minute's worth within one minute."""
    quay(one_shot, 5)
    one_shot.edit("chargen.yaml", "images_per_minute: 6000", "images_per_minute: 3")
    one_shot.make("--max-cost", "0.12")
    assert gemini.state.calls["generate"] == 3

    process = one_shot.start("batch", "run", "--yes")
    processes.append(process)
    soon(lambda: "SUBMITTED" in [item["state"] for item in one_shot.status()["submissions"]])
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 130, err
    assert gemini.state.calls["generate"] == 3


def test_what_was_paid_in_vain_before_a_kill_is_counted(
    one_shot: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> None:
    """An answer is lost, the next is waited for: both may be paid, and the third brings the picture."""
    gemini.fault("lost-answer:on=generate", "slow:on=generate,after=1,delay=20")
    process = one_shot.start("batch", "run", "--yes")
    processes.append(process)
    soon(lambda: gemini.state.calls["generate"] == 2)
    process.kill()
    process.wait()
    gemini.state.faults.clear()

    said = one_shot.make("--resume")

    total = re.search(r"([\d.]+) USD$", said.out.strip())
    assert total, said.out
    assert Decimal(total[1]) > 2 * Decimal("0.0356") + Decimal("0.03")
    told = re.findall(r"([\d.]+) USD (?:at most, )?counted as waste", said.err)
    assert told == ["0.0356", "0.0356"], said.err
