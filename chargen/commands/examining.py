"""The checks of `chargen doctor` on this machine: each looks at one thing and gives one finding. Nothing is written."""

from __future__ import annotations

import posixpath
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from typing import TYPE_CHECKING, Final

from chargen import __version__
from chargen.commands.wiring import Session
from chargen.core import checkup
from chargen.core.checkup import Finding, Level
from chargen.core.picture_format import PICTURES
from chargen.core.scaffold import WORKFLOWS
from chargen.core.world_path import escapes
from chargen.edges.git import Git, find_repository
from chargen.errors import ChargenError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from chargen.core.address import Address
    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World

FOLDER: Final = ".github/workflows"
LIBRARIES: Final = ("google-genai", "PyGithub")


@dataclass
class Examined:
    """What several checks look at, read once; `ahead_s` collects how far our clock is ahead of each server's."""

    session: Session
    ahead_s: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)  # the checks that could not look
    repository_id: int = 0  # as GitHub says it
    secret: bool | None = None  # whether the workflows have a key, as GitHub says it

    def guard(self, name: str, look: Callable[[], Finding | Iterable[Finding]]) -> Iterator[Finding]:
        """What a check finds; one that fails is a finding itself, and stops no other."""
        try:
            found = look()
            yield from [found] if isinstance(found, Finding) else found
        except ChargenError as error:
            missing = error.exit_code is ExitCode.CONFIGURATION
            code = ExitCode.CONFIGURATION if missing else ExitCode.FAILED
            yield self._failed(Finding(name, Level.ERROR, str(error), error.hint, code))
        except OSError as error:
            yield self._failed(Finding(name, Level.ERROR, f"this machine does not let us look: {error}"))
        except Exception as error:  # noqa: BLE001  # a bug of ours in one check hides none of the others
            at = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__} in {posixpath.basename(at.filename)}:{at.lineno}: {error}"
            do = "this is a bug of chargen's: please report it with these lines"
            yield self._failed(Finding(name, Level.ERROR, said, do, ExitCode.BUG))

    def _failed(self, finding: Finding) -> Finding:
        self.failed.add(finding.name)
        return finding

    @cached_property
    def world(self) -> tuple[World, Mapping[Address, CompiledShot]]:
        """The world as it lies. ChargenError when it cannot be read."""
        return self.session.world()

    @cached_property
    def repository(self) -> Path | None:
        """The repository around the world. GitFailed, ConfigurationError."""
        return find_repository(self.session.root)

    @property
    def has_workflows(self) -> bool:
        """Whether a workflow of chargen's lies in the repository, as it is here."""
        try:
            top = self.repository
        except ChargenError:  # a finding of its own
            return False
        return top is not None and any((top / FOLDER / name).is_file() for name in WORKFLOWS)

    def workflow(self, name: str) -> str:
        """A workflow as it lies here; empty where it does not. ChargenError."""
        from chargen.edges.files import read_inside

        if self.repository is None:
            return ""
        try:
            return read_inside(self.repository, f"{FOLDER}/{name}").decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    @property
    def remote(self) -> str:
        """The remote that keeps the books; empty where there is none."""
        from chargen.edges.base_tip import find_remote

        return find_remote(self.repository) if self.repository else ""

    def told_the_time(self, server: str, server_time: datetime | None) -> None:
        """Note a server's clock, just after it answered."""
        if server_time is not None:
            self.ahead_s[server] = (self.session.clock.now() - server_time).total_seconds()


Check = Callable[[Examined], Finding | Iterable[Finding]]


def packages(_: Examined) -> Finding:
    """Chargen and the libraries that talk to the world outside."""
    return checkup.about_packages(__version__, {name: _version(name) for name in LIBRARIES})


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def python(_: Examined) -> Finding:
    """The Python that runs this."""
    return checkup.about_python(sys.version_info[:3])


def git(examined: Examined) -> Finding:
    """The git that is started."""
    return checkup.about_git(Git(examined.session.root).text("--version"))


def world(examined: Examined) -> Finding:
    """The world's files, as `chargen validate` counts them."""
    from chargen.commands.checking import findings_in
    from chargen.core.books import Books
    from chargen.core.findings import count
    from chargen.core.problem import Severity

    world, shots = examined.world
    try:
        books = examined.session.books_here()
    except ChargenError:  # a finding of its own
        books = Books()
    found, _ = findings_in(world, shots, books)
    errors, warnings = count(found, Severity.ERROR), count(found, Severity.WARNING)
    return checkup.about_world(str(examined.session.root), len(shots), errors, warnings)


def lfs(examined: Examined) -> Finding:
    """Whether LFS is asked for, and there."""
    found, _ = examined.world
    if examined.repository is None:
        return Finding("lfs", Level.OK, "not used: the world lies in no git repository")
    here = Git(examined.session.root)
    # What leads out of the world is a finding of the world's; git would take the question for an error.
    named = (path for path in found.index.pictures if not escapes(path))
    paths = [path for path in named if path.lower().endswith(PICTURES)]
    given = _given_to_lfs(here, paths)
    cleaner = here.attempt("config", "--get", "filter.lfs.clean", ok=(0, 1)).stdout.strip()
    return checkup.about_lfs(
        checkup.Lfs(
            wanted=found.config.storage.lfs,
            installed=shutil.which("git-lfs") is not None,
            set_up=bool(cleaner),
            given=[path for path in paths if path in given],
            kept=[path for path in paths if path not in given],
            pointers=[path for path, picture in sorted(found.index.pictures.items()) if picture.lfs],
        )
    )


def _given_to_lfs(here: Git, paths: list[str]) -> set[str]:
    asked = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    said = here.run("check-attr", "-z", "--stdin", "filter", stdin=asked).decode("utf-8", "surrogateescape")
    words = said.split("\0")
    return {path for path, value in zip(words[0::3], words[2::3], strict=False) if value == "lfs"}


def pins(examined: Examined) -> Iterator[Finding]:
    """Which chargen the workflows run; nothing where there are none."""
    from chargen.core.checkup_pins import about_pins, read_pin
    from chargen.edges.origin import installed_from

    found = {name: read_pin(examined.workflow(name)) for name in WORKFLOWS}
    named = {name: pin for name, pin in found.items() if pin is not None}
    if named:
        yield about_pins(named, installed_from().commit)
