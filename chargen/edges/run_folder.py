"""The world's `.chargen` folder, and one folder a run in it; safe to delete, and never committed."""

from __future__ import annotations

import contextlib
import fcntl
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chargen.core.address import parse_job_id
from chargen.core.suggest import did_you_mean
from chargen.edges.files import STATE_FOLDER, unwritable, write_atomically
from chargen.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chargen.ports import Clock

_RUN_ID: Final = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\dZ_run-(\d{3,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where the files of one run lie; nothing here makes them."""

    path: Path

    @property
    def run_id(self) -> str:
        """`2025-12-19_14-22-31Z_run-001`."""
        return self.path.name

    @property
    def number(self) -> int:
        """The run's number among all runs of its world."""
        return _number(self.path.name)

    @property
    def plan(self) -> Path:
        """The plan it works off."""
        return self.path / "plan.json"

    @property
    def jobs(self) -> Path:
        """Its job store."""
        return self.path / "jobs.sqlite"

    @property
    def logs(self) -> Path:
        """What it did."""
        return self.path / "logs.txt"

    @property
    def requests(self) -> Path:
        """The folder of its shards."""
        return self.path / "requests"

    def shard(self, number: int) -> Path:
        """The lines of one batch."""
        return self.requests / f"shard-{number:03d}.jsonl"

    def result(self, job_id: str) -> Path:
        """The folder of what a job brought; ValueError when that is no job id."""
        parse_job_id(job_id)
        return self.path / "results" / job_id

    def write(self, path: Path, data: bytes) -> None:
        """Write a file of the run whole or not at all, durably. WorkFailed, ConfigurationError."""
        write_atomically(path, data)


def make_state_folder(root: Path) -> Path:
    """The world's `.chargen`, made and ignored by git when it was not there. ConfigurationError, WorkFailed."""
    folder = root / STATE_FOLDER
    if folder.is_symlink():
        hint = "remove the link: a world's files may not say where chargen writes"
        raise ConfigurationError(f"{folder} is a symlink", hint=hint)
    ignore = folder / ".gitignore"
    if not ignore.is_file():
        write_atomically(ignore, "*\n")
    return folder


def create_run(root: Path, clock: Clock, *, known: Iterable[str] = ()) -> RunFolder:
    """A new run's folder, with the next number over all runs here and those `known`. ConfigurationError, WorkFailed."""
    runs = make_state_folder(root) / "runs"
    if runs.is_symlink():
        raise ConfigurationError(f"{runs} is a symlink", hint="remove the link")
    try:
        runs.mkdir(exist_ok=True)
        with _one_at_a_time(runs):
            elsewhere = (int(name.rpartition("-")[2]) for name in known if _RUN_ID.fullmatch(name))
            number = max((*(run.number for run in list_runs(root)), *elsewhere), default=0) + 1
            path = runs / f"{clock.now():%Y-%m-%d_%H-%M-%SZ}_run-{number:03d}"
            path.mkdir()
    except OSError as error:
        raise unwritable(runs, error) from error
    return RunFolder(path)


def list_runs(root: Path) -> list[RunFolder]:
    """Every run of a world, oldest number first."""
    runs = root / STATE_FOLDER / "runs"
    found = (RunFolder(path) for path in _folders(runs) if _RUN_ID.fullmatch(path.name))
    return sorted(found, key=lambda run: (run.number, run.run_id))


def open_run(root: Path, run_id: str) -> RunFolder:
    """The run of an id, or of its number (`3`, `run-003`) when that names one; UsageError when there is none."""
    runs = list_runs(root)
    number = re.fullmatch(r"(?:run-)?(\d{1,9})", run_id, re.ASCII)
    meant = [run for run in runs if run.run_id == run_id or (number and run.number == int(number[1]))]
    if len(meant) == 1:
        return meant[0]
    hint = did_you_mean(run_id, (run.run_id for run in meant or runs)) or "no run was made here yet"
    raise UsageError(f"{'several runs' if meant else 'no run'} {run_id!r} below {root}", hint=hint)


def latest_run(root: Path) -> RunFolder | None:
    """The newest run; None before the first."""
    return next(reversed(list_runs(root)), None)


def _number(run_id: str) -> int:
    found = _RUN_ID.fullmatch(run_id)
    return int(found[1]) if found else 0


def _folders(runs: Path) -> list[Path]:
    if (
        runs.parent.is_symlink() or runs.is_symlink()
    ):  # a world's files may not say where runs are read either
        return []
    try:
        return [path for path in runs.iterdir() if path.is_dir() and not path.is_symlink()]
    except (FileNotFoundError, NotADirectoryError):
        return []


@contextlib.contextmanager
def _one_at_a_time(runs: Path) -> Iterator[None]:
    """Hold a lock that ends with the process: two runs of one second must not share a number."""
    with (runs / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
