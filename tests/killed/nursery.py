"""
A process that has chargen loaded and starts it again and again, by fork: each time a process of its own, killed for real.

It reads one JSON object a line (`Errand`), and answers with one. `python -m tests.killed.nursery` is started by `Nursery`.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from tests.killed.steps import Step, Watch

REPOSITORY: Final = Path(__file__).parents[2]
# a cancelled workflow's step: https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation
GRACE_S: Final = ((7.5, signal.SIGTERM), (2.5, signal.SIGKILL))
LONGEST_S: Final = 90.0


class Strike(NamedTuple):
    """Where a process is told to end, and by which signals: the first there, each further one at the next step."""

    side: str
    step: Step
    signals: tuple[int, ...]


@dataclass(frozen=True)
class Errand:
    """A command line of chargen, where it runs and with which variables, where its output goes, and where it is struck."""

    command: Sequence[str]
    folder: str
    variables: Mapping[str, str]
    said: str
    servers: Mapping[int, str]
    strike: Strike | None = None


class Came(NamedTuple):
    """How it ended (a signal as a negative number), which steps it took, and whether it met its strike."""

    code: int
    steps: tuple[Step, ...]
    struck: bool


class Nursery:
    """The process, from without."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.killed.nursery"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, errand: Errand) -> Came:
        """Run it to its end. RuntimeError when the process has gone."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(errand)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that starts chargen has gone")
        code, steps, struck = json.loads(answer)
        return Came(code, tuple(Step(*step) for step in steps), struck)


def main() -> int:
    """Start what is asked for, until nothing more is; in each new process, chargen's own exit code."""
    _load()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _end(_be_chargen(asked, writing))
        os.close(writing)
        sys.stdout.write(json.dumps(_watch(pid, reading)) + "\n")
        sys.stdout.flush()
    return 0


def _load() -> None:
    """What every command would import, so that it is there at once."""
    import github  # noqa: F401
    import google.genai.types  # noqa: F401
    import PIL.Image  # noqa: F401

    import chargen

    for module in pkgutil.walk_packages(chargen.__path__, "chargen."):
        if not module.name.startswith("chargen.emulator") and module.name != "chargen.__main__":
            importlib.import_module(module.name)


def _be_chargen(asked: dict[str, Any], told: int) -> int:
    """Become the command."""
    nothing, said = (
        os.open(os.devnull, os.O_RDWR),
        os.open(asked["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    )
    os.dup2(nothing, 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.clear()
    os.environ.update(asked["variables"])
    os.chdir(asked["folder"])
    random.seed()
    strike = asked["strike"] and Strike(
        asked["strike"][0], Step(*asked["strike"][1]), tuple(asked["strike"][2])
    )
    servers = {int(port): name for port, name in asked["servers"].items()}
    watch = Watch(_Fate(told, strike), Path(asked["folder"]), servers)
    watch.install()

    from chargen.cli import run

    return run(asked["command"])


def _end(code: int) -> None:
    """End as Python does, but for taking what is loaded to pieces."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class _Fate:
    """Writes down each step taken, and strikes where it is told to."""

    def __init__(self, told: int, strike: Strike | None) -> None:
        self._told, self._strike = told, strike
        self._left: list[int] = []

    def __call__(self, side: str, step: Step) -> None:
        if side == "after":
            self._write(step)
        if self._left and side == "before":
            os.kill(os.getpid(), self._left.pop(0))
        elif self._strike is not None and (side, step) == (self._strike.side, self._strike.step):
            first, *self._left = self._strike.signals
            self._strike = None
            self._write("struck")
            os.kill(os.getpid(), first)

    def _write(self, what: Step | str) -> None:
        os.write(self._told, (json.dumps(what) + "\n").encode())


def _watch(pid: int, reading: int) -> tuple[int, list[list[Any]], bool]:
    """Wait for a child and gather what it tells; once it is struck, it has as long as a cancelled workflow's step."""
    told, began, struck_at = b"", time.monotonic(), 0.0
    coming = list(GRACE_S)
    while True:
        ready, _, _ = select.select([reading], [], [], 0.05)
        if ready:
            piece = os.read(reading, 1 << 16)
            if not piece:
                break
            told += piece
            if not struck_at and b'"struck"' in told:
                struck_at = time.monotonic()
        if struck_at and coming and time.monotonic() - struck_at > coming[0][0]:
            os.kill(pid, coming.pop(0)[1])
            struck_at = time.monotonic()
        if time.monotonic() - began > LONGEST_S:
            os.kill(pid, signal.SIGKILL)
    os.close(reading)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    lines = [json.loads(line) for line in told.decode().splitlines()]
    return code, [line for line in lines if line != "struck"], "struck" in lines


if __name__ == "__main__":
    sys.exit(main())
