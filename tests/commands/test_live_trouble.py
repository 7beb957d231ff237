"""Live runs when the service misbehaves, and when they are stopped or killed: what is done is kept, the rest goes on."""

from __future__ import annotations

import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from chargen.emulator.state import Pace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

LOCATIONS = ("--only", "location/**")


@pytest.fixture
def many(one_shot: World) -> World:
    """Twelve pictures, two at a time."""
    scenes = "".join(f"  - {{id: hour-{n}, subject: the quay at {n}}}\n" for n in range(12))
    one_shot.write("quay/imagery.yaml", f"kind: location\nslug: quay\nscenes:\n{scenes}")
    one_shot.edit("chargen.yaml", "limits: {", "limits: {workers: 2, ")
    return one_shot


def paid_more_than_once(gemini: Emulator) -> int:
    return sum(count - 1 for count in Counter(answer.sha256 for answer in gemini.paid).values())


@pytest.mark.parametrize("fault", ["429:delay=0.2,times=2", "429:header=1,delay=0.2", "503", "500", "drop"])
def test_trouble_that_passes_is_passed(world: World, gemini: Emulator, fault: str) -> None:
    gemini.fault(fault)

    said = world.make(*LOCATIONS)

    assert len(gemini.paid) == 3
    assert world.plan(*LOCATIONS) == [], said.text


def test_a_429_is_no_failed_attempt(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("429:delay=0.05,times=9")
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")

    one_shot.make()

    assert one_shot.status()["run"]["jobs"][0]["attempts"] == 0


def test_trouble_that_stays_fails_and_is_tried_next_time(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("503:times=2")
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")

    said = one_shot("batch", "run", "--yes")

    assert said.code == 1, said.text
    assert one_shot.plan()[0].why.startswith("retry: 1 of 1")
    one_shot.make()


def test_the_days_quota_ends_the_run_with_exit_4_and_keeps_what_is_done(
    many: World, gemini: Emulator
) -> None:
    gemini.fault("429-daily:after=4,times=forever")

    said = many("batch", "run", "--yes")

    assert said.code == 4, said.text
    assert len(gemini.paid) == 4
    counts = many.status()["run"]["counts"]
    assert (counts["succeeded"], counts["open"], counts["failed"]) == (4, 8, 0)
    assert len(many.plan()) == 8
    gemini.state.faults.clear()
    assert many("batch", "run", "--resume", "--yes").code == 0
    assert len(gemini.paid) == 12


@pytest.mark.parametrize("fault", ["403:times=forever", "400-unknown-field:times=forever"])
def test_a_refusal_is_exit_4(one_shot: World, gemini: Emulator, fault: str) -> None:
    gemini.fault(fault)

    said = one_shot("batch", "run", "--yes")

    assert said.code == 4, said.text
    assert gemini.paid == []


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_a_wrong_key_is_exit_4(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "bad-key")

    said = one_shot("batch", "run", "--yes", "--mode", mode)

    assert said.code == 4, said.text
    assert "key" in said.err
    assert "bad-key" not in said.text
    monkeypatch.setenv("GEMINI_API_KEY", "good")
    one_shot.make()


def test_a_blocked_picture_is_an_answer(world: World, gemini: Emulator) -> None:
    gemini.fault("image-safety:match=bench,times=forever")

    world.make(*LOCATIONS)
    world.make(*LOCATIONS)

    assert world.whys()["location/pier/dusk/bench"].startswith("skip: blocked by safety filter")
    assert len(gemini.state.answers) == 3


def test_a_picture_that_does_not_open_is_failed(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("undecodable")

    said = one_shot("batch", "run", "--yes")

    assert said.code == 1, said.text
    assert one_shot.plan()[0].why.startswith("retry: 1 of 3")
    one_shot.make()
    assert one_shot.plan() == []


@pytest.mark.parametrize("fault", ["wrong-size", "wrong-aspect"])
def test_a_picture_that_is_not_as_asked_is_kept_with_a_warning(
    one_shot: World, gemini: Emulator, fault: str
) -> None:
    gemini.fault(fault)

    said = one_shot.make()

    assert "warning" in said.text
    assert one_shot.plan() == []


def test_a_thought_is_not_the_picture(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("thought-first")

    one_shot.make()

    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


def test_a_killed_run_pays_again_at_most_for_what_was_in_flight(
    many: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> None:
    gemini.state.pace = Pace(answer_s=0.15)
    processes.append(many.start("batch", "run", "--yes"))
    soon(lambda: len(gemini.paid) >= 5)
    processes[0].kill()
    processes[0].wait()
    gemini.state.pace = Pace()

    said = many.make()

    assert "settled live run" in said.err
    assert len({answer.sha256 for answer in gemini.paid}) == 12
    assert paid_more_than_once(gemini) <= 2, "two workers"
    assert many.plan() == []


def test_ctrl_c_drains_and_resume_finishes(
    many: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> None:
    gemini.state.pace = Pace(answer_s=0.1)
    processes.append(many.start("batch", "run", "--yes"))
    soon(lambda: len(gemini.paid) >= 3)
    processes[0].send_signal(signal.SIGINT)
    _, err = processes[0].communicate(timeout=30)
    gemini.state.pace = Pace()
    done = len(gemini.paid)

    assert processes[0].returncode == 130, err
    assert done < 12
    counts = many.status()["run"]["counts"]
    assert (counts["succeeded"], counts["open"]) == (done, 12 - done)
    said = many("batch", "run", "--resume", "--yes")
    assert said.code == 0, said.text
    assert len(gemini.paid) == 12
    assert paid_more_than_once(gemini) == 0
    assert many.plan() == []
    assert many.status()["run"]["counts"]["succeeded"] == 12


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_two_runs_at_once_pay_every_request_once(
    many: World, gemini: Emulator, processes: list[subprocess.Popen[str]], mode: str
) -> None:
    processes += [many.start("batch", "run", "--yes", "--mode", mode) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    assert paid_more_than_once(gemini) == 0
    assert len(gemini.paid) == 12
    assert many.plan() == []


def test_two_runs_after_a_killed_one_settle_it_once(
    many: World,
    gemini: Emulator,
    soon: Callable[[Callable[[], object]], None],
    processes: list[subprocess.Popen[str]],
) -> None:
    gemini.state.pace = Pace(answer_s=0.15)
    processes.append(many.start("batch", "run", "--yes"))
    soon(lambda: len(gemini.paid) >= 3)
    processes[0].kill()
    processes[0].wait()
    gemini.state.pace = Pace()

    processes += [many.start("batch", "run", "--yes") for _ in range(3)]
    said = [process.communicate(timeout=60) for process in processes[1:]]

    assert [process.returncode for process in processes[1:]] == [0, 0, 0], said
    assert paid_more_than_once(gemini) <= 2
    assert many.plan() == []


def test_the_cap_of_a_run_holds_however_often_it_is_resumed(many: World, gemini: Emulator) -> None:
    said = many("batch", "run", "--yes", "--max-cost", "0.08")
    assert said.code == 0, said.text
    assert len(gemini.paid) == 2

    again = many("batch", "run", "--resume", "--yes")
    assert again.code == 0, again.text
    assert len(gemini.paid) == 2, "the cap is the run's"

    more = many("batch", "run", "--resume", "--yes", "--max-cost", "0.15")
    assert more.code == 0, more.text
    assert len(gemini.paid) == 4
