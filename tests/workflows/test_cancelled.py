"""A job that ends between the batch being created and being booked: the next run finds it, and nothing is paid twice."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.workflows.act import run_of

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from tests.workflows.town import Town


@pytest.fixture
def creating(town: Town) -> Iterator[subprocess.Popen[str]]:
    """A push's job whose call of create has been sent and has no answer yet."""
    town.gemini.fault("slow:on=create,delay=1")
    process = town.start("push", "chargen-submit.yml")
    soon(lambda: town.gemini.state.faults.as_json()[0]["struck"])
    yield process
    process.kill()
    process.communicate()


def soon(holds: Callable[[], object]) -> None:
    """Wait until something holds; twenty seconds at most."""
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.02)


def steps_of(act: int) -> dict[int, str]:
    """The processes that act has started: their ids and command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            if int(parent) == act:
                found[int(folder.name)] = (folder / "cmdline").read_text(encoding="utf-8").replace("\0", " ")
    return found


def test_a_step_that_is_told_to_end_books_what_it_has_paid_first(
    town: Town, creating: subprocess.Popen[str]
) -> None:
    """GitHub signals the step's own process, which by `exec` is chargen."""
    ((chargen, command),) = steps_of(creating.pid).items()
    assert command.endswith("-m chargen gitops submit --root=. ")
    os.kill(chargen, signal.SIGINT)
    out, err = creating.communicate(timeout=60)

    run = run_of(creating.returncode, out, err)

    assert run.jobs == {"submit": "failure"}, run.log
    assert "exit status 130" in run.log
    assert (town.written(), town.states()) == (["Intend", "Creating", "Submitted"], ["SUBMITTED"])


def test_a_step_that_is_killed_leaves_its_batch_to_the_next_tick(
    town: Town, creating: subprocess.Popen[str]
) -> None:
    creating.send_signal(signal.SIGINT)  # act ends its steps at once
    creating.communicate(timeout=60)
    assert town.states() == ["CREATING"]
    soon(lambda: town.gemini.state.batches)

    ticked = town.tick()

    assert ticked.jobs == {"tick": "success"}, ticked.log
    assert town.states() == ["COLLECTED"]
    assert (len(town.gemini.state.batches), len(town.gemini.paid)) == (1, 1)
    assert len(town.pulls()) == 1
