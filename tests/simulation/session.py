"""
One command's world (chargen.commands.wiring.Session) with everything it reaches in memory.

The commands run on it as they are; what they print, the signals they wait for and the YAML they splice are put aside
(`stand_ins`), as none of that decides anything here.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from chargen.commands.trouble import provider_errors
from chargen.core.due import due_by_entity
from chargen.core.submission import Owner
from chargen.edges.environment import Environment
from chargen.pipeline.booking import Desk
from chargen.pipeline.plan import make_plan
from chargen.pipeline.rebuild import rebuild
from tests.fakes import FakePictures
from tests.simulation.forge import Branches, Forge, ForgePort
from tests.simulation.machine import Machine, current
from tests.simulation.memory import Disk, MemoryRun, Store
from tests.simulation.provider import Batches, Service
from tests.simulation.remembered import remembered
from tests.simulation.tracking import Remote, Tracking, decode_once
from tests.simulation.tree import Commit, Compiled, Repository, splice_plainly, world_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from chargen.commands.wiring import Session
    from chargen.core.books import Books, Candidate
    from chargen.core.plan import Plan
    from chargen.core.world import World
    from tests.simulation.machine import Process

REPOSITORY_ID = 7


@dataclass
class Town:
    """Everything that is shared: the remote with the books, the service, the forge, one laptop."""

    machine: Machine
    remote: Remote
    service: Service
    forge: Forge
    repository: Repository
    laptop: Laptop
    counts: list[Store] = field(default_factory=list)
    acts: int = 0  # of people
    lost: bool = False  # the books were lost: orders, decisions and failed attempts with them
    rebuilt: bool = False
    judged: int = 0  # of the account's entries
    runs: set[str] = field(default_factory=set)  # workflow runs that order something

    def copied(self, machine: Machine) -> Town:
        """The same again, that goes its own way from here; values are shared, as nobody changes them."""
        repository = self.repository.copied()
        return Town(
            machine,
            self.remote.copied(),
            self.service.copied(machine),
            Forge(repository, {number: replace(pull) for number, pull in self.forge.pulls.items()}),
            repository,
            Laptop(Disk(), dict(self.laptop.files), self.laptop.base),
            acts=self.acts,
        )


@dataclass
class Laptop:
    """A person's machine: its disk and its work tree stay."""

    disk: Disk
    files: dict[str, bytes]
    base: Commit
    pids: set[int] = field(default_factory=set)  # that are alive


class WorkTree:
    """The laptop's files (ports.WorldFiles)."""

    def __init__(self, process: Process, files: dict[str, bytes]) -> None:
        self.process, self.files = process, files

    def read(self, path: str) -> bytes:
        """A file."""
        return self.files[path]

    def write(self, path: str, data: bytes) -> None:
        """Write it."""
        self.process.before("files.write")
        self.files[path] = data


class Memory:
    """A commit's files, writes kept beside them (chargen.edges.commit_files.CommitFiles)."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files, self.written = files, dict[str, bytes]()

    def read(self, path: str) -> bytes:
        """A file. FileNotFoundError."""
        found = self.before(path) if path not in self.written else self.written[path]
        if found is None:
            raise FileNotFoundError(path)
        return found

    def before(self, path: str) -> bytes | None:
        """As committed."""
        return self.files.get(path)

    def write(self, path: str, data: bytes) -> None:
        """Keep it."""
        self.written[path] = data


PICTURES = FakePictures()


@dataclass(frozen=True)
class Base:
    """The commit that is planned (chargen.edges.base_tip.Base)."""

    commit: str

    def path(self, path: str) -> str:
        """The world is the repository's top."""
        return path


class SimSession:
    """A session; on the laptop it stands on its files, elsewhere on the tip it looked up."""

    def __init__(self, town: Town, process: Process, *, nonce: str, commit: Commit | None = None) -> None:
        self.town, self.process, self.nonce, self.commit = town, process, nonce, commit
        self.clock, self.local, self.model, self.pictures = process, False, "", PICTURES
        self.disk = town.laptop.disk if process.on_laptop else Disk()
        self.root = self.disk.path("world")
        self.tracking = Tracking(town.remote, process)
        self.environment = (
            Environment(gemini_api_key="key of nobody")
            if process.on_laptop
            else Environment(
                gemini_api_key="key of nobody",
                github_token="token of nobody",
                github_repository="ada/world",
                github_repository_id=REPOSITORY_ID,
            )
        )
        self.base = Base(commit.id) if commit is not None else None

    # ---- where it stands

    def on_base(self) -> Session:
        """At the default branch's tip."""
        self.process.before("base")
        tip = self.town.repository.base
        other = SimSession(self.town, self.process, nonce=self.nonce, commit=tip)
        other.disk, other.root, other.environment = self.disk, self.root, self.environment
        return cast("Session", other)

    def at(self, commit: str) -> Session:
        """At another commit."""
        found = self.town.repository.commits[commit]
        other = SimSession(self.town, self.process, nonce=self.nonce, commit=found)
        other.disk, other.root, other.environment = self.disk, self.root, self.environment
        return cast("Session", other)

    def world(self) -> tuple[World, Compiled]:
        """Discovered and compiled."""
        if self.commit is not None:
            return self.commit.world()
        return world_of(self.town.laptop.files, "work tree")

    @property
    def files(self) -> Any:
        """The world's files."""
        if self.commit is not None:
            return Memory(self.commit.files)
        return WorkTree(self.process, self.town.laptop.files)

    def commit_files(self) -> Any:
        """The base's files."""
        assert self.commit is not None
        return Memory(self.commit.files)

    def repository_path(self, path: str) -> str:
        """The world is the repository's top."""
        return path

    # ---- what it reaches

    def desk(self) -> Desk:
        """The books, and who we are to them."""
        process, laptop = self.process, self.town.laptop
        pid = 0
        if process.on_laptop:
            pid = int(self.nonce.rpartition("-")[2])
            laptop.pids.add(pid)
        return Desk(
            tracking=cast("Any", self.tracking),
            clock=process,
            owner=Owner(self.nonce, "laptop" if process.on_laptop else "runner", "boot", pid),
            is_gone=lambda owner: (
                process.on_laptop and owner.host == "laptop" and owner.pid not in laptop.pids
            ),
            new_world_id=lambda: f"world-{self.nonce}",
            repository_id=self.environment.github_repository_id,
        )

    def forge(self) -> Any:
        """The pull requests."""
        return ForgePort(self.town.forge, self.process)

    def branches(self) -> Any:
        """The review branches."""
        assert self.commit is not None
        return Branches.of(self.town.forge, self.process, self.commit.id)

    @contextlib.contextmanager
    def batches(self) -> Iterator[Any]:
        """The batch service."""
        with provider_errors():
            yield Batches(self.town.service, self.process)

    def kept_by_the_remote(self) -> Mapping[str, str]:
        """Whose pictures are kept."""
        return self.tracking.results()

    def recorded_here(self) -> Mapping[str, str]:
        """The books are the remote's: a folder of runs says nothing more of them."""
        return {}

    def require_key(self) -> str:
        """There is one."""
        return "key of nobody"

    def fetch(self, candidate: Candidate) -> bytes:
        """A picture that was paid for."""
        return self.tracking.fetch(candidate.submission.id, candidate.outcome.file)

    # ---- runs

    def run(self, run_id: str) -> MemoryRun:
        """A run's folder."""
        return MemoryRun(self.root / ".chargen" / "runs" / run_id)

    def begin_run(self, plan: Plan, *, known: Any) -> MemoryRun:
        """A new one."""
        self.process.before("run")
        number = len(self.disk.stores) + 1
        return self.run(f"{self.process.now():%Y-%m-%d_%H-%M-%SZ}_run-{number:03d}")

    @contextlib.contextmanager
    def collecting(self, run: MemoryRun, submission_id: str) -> Iterator[None]:
        """Nobody else here collects it: two commands of one laptop are not run at once."""
        yield

    @contextlib.contextmanager
    def applying(self) -> Iterator[None]:
        """Nobody else here writes."""
        yield

    @contextlib.contextmanager
    def store(self, run: MemoryRun, books: Books) -> Iterator[Store]:
        """The run's record."""
        found = self.disk.stores.get(run.run_id)
        if found is None:
            found = self.disk.stores[run.run_id] = Store()
            self.town.counts.append(found)
            rebuild(found, books, run.run_id)
        yield found


class _Stop:
    """Whether the process whose turn it is was told to stop."""

    def is_set(self) -> bool:
        process = current()
        return process is not None and process.stop


@contextlib.contextmanager
def _draining() -> Iterator[_Stop]:
    yield _Stop()


def _silent(*_: object, **__: object) -> Any:
    return ""


_ASIDE: dict[str, Callable[..., Any]] = {
    "make_plan": remembered(make_plan),
    "due_by_entity": remembered(due_by_entity),
    "say": _silent,
    "log_into": _silent,
    "summarise": _silent,
    "annotate": _silent,
    "annotate_plan": _silent,
    "plan_markdown": _silent,
    "show_plan": _silent,
    "summary": _silent,
    "problem_lines": lambda *_: [],
    "draining": _draining,
    "splice": splice_plainly,
    "decode": decode_once,
}


@contextlib.contextmanager
def stand_ins() -> Iterator[None]:
    """Put aside what is printed, what is waited for, and YAML, in every module of chargen that took them by name."""
    modules = [
        item
        for name, item in sys.modules.items()
        if name.startswith(("chargen.commands", "chargen.pipeline", "tests.simulation.simulation"))
    ]
    found = [(item, name) for item in modules for name in _ASIDE if callable(vars(item).get(name))]
    found.remove((sys.modules["chargen.commands.rebuilding"], "decode"))  # its files are not a commit's
    assert {name for _, name in found} == {*_ASIDE}
    before = [(item, name, vars(item)[name]) for item, name in found]
    for item, name in found:
        setattr(item, name, _ASIDE[name])
    try:
        yield
    finally:
        for item, name, value in before:
            setattr(item, name, value)
