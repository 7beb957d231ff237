"""What a story is played on: the stand-ins for Gemini and GitHub, a bare repository, a writer's clone and fresh clones of runners."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from chargen.emulator.forge.server import GitHub
from chargen.emulator.server import Emulator, Pace
from tests.killed.nursery import Errand, Nursery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.killed.nursery import Strike
    from tests.killed.steps import Step

KEY: Final = "a-word-nobody-else-has"
REPOSITORY: Final = "acme/world"
WORLD: Final = """\
style: {medium: ink and wash}
moods: {calm: {look: still water}}
limits: {list_lag: 0, images_per_minute: 6000, requests_per_minute: 6000, workers: 2}
"""
QUAY: Final = """\
# the quay, as the writer left it
kind: location
slug: quay
scenes:
  - id: noon
    mood: calm
    shots:
      - {id: wide, subject: the whole quay}
      - {id: rope, subject: 'a coil of rope'}
"""
PIER: Final = """\
kind: location
slug: pier
scenes:
  - {id: dawn, subject: the pier at first light}
"""
_IN_FLIGHT: Final = re.compile(r"(\d+) requests? in flight when it ended")


class Ran(NamedTuple):
    """How a command ended, what it said, which durable steps it took, and whether it met its strike."""

    code: int
    said: str
    steps: tuple[Step, ...]
    struck: bool

    @property
    def in_flight(self) -> int:
        """How many live requests it says were in flight when an earlier one ended."""
        return sum(int(found) for found in _IN_FLIGHT.findall(self.said))


def git(folder: Path, *arguments: str) -> str:
    """A person's own git; what it prints."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


@dataclass
class Stage:
    """One stage for many plays: `clear` makes it new. A context manager."""

    gemini: Emulator = field(default_factory=lambda: Emulator(pace=Pace(polls=1), flat=True))
    github: GitHub = field(default_factory=GitHub)
    folder: Path = field(init=False)
    bare: Path = field(init=False)
    writer: Path = field(init=False)
    clones: int = 0
    _kept: ExitStack = field(default_factory=ExitStack)
    _plays: int = 0

    def __enter__(self) -> Self:
        self._top = Path(self._kept.enter_context(tempfile.TemporaryDirectory(prefix="killed-")))
        self._kept.enter_context(self.gemini)
        self._kept.enter_context(self.github)
        self._nursery = self._kept.enter_context(Nursery())
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def clear(self) -> None:
        """Begin afresh: nothing paid, no pull requests, an empty repository and the writer's clone of it."""
        self.gemini.reset()
        self.github.reset()
        if self._plays:
            shutil.rmtree(self.folder)
        self._plays += 1
        self.clones = 0
        self.folder = self._top / str(self._plays)
        self.bare = self.github.create(REPOSITORY, number=4711).bare.path
        self.writer = self.folder / "writer"
        (self.folder / "home").mkdir(parents=True)
        (self.folder / "tmp").mkdir()
        git(self.folder, "clone", "-q", f"file://{self.bare}", str(self.writer))
        self.token = self.github.actions_token()

    def write(self, files: Mapping[str, str]) -> None:
        """The writer writes files, and pushes them."""
        for path, text in files.items():
            file = self.writer / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        git(self.writer, "add", "-A")
        git(self.writer, "commit", "-qm", "words")
        git(self.writer, "pull", "-q", "--no-rebase", "origin", "main") if self._has_main() else None
        git(self.writer, "push", "-q", "origin", "HEAD:main")

    def edit(self, path: str, old: str, new: str) -> None:
        """The writer changes one place of a file of the default branch, and pushes it."""
        git(self.writer, "pull", "-q", "--no-rebase", "origin", "main")
        text = (self.writer / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, (path, old)
        self.write({path: text.replace(old, new)})

    def laptop(self, *command: str, strike: Strike | None = None) -> Ran:
        """The writer runs chargen in their own clone."""
        return self._run(self.writer, command, self._variables(), strike)

    def workflow(self, *command: str, strike: Strike | None = None) -> Ran:
        """A workflow runs `chargen gitops` in a fresh clone; what it leaves behind is on the remote, or lost."""
        self.clones += 1
        clone = self.folder / f"runner{self.clones}"
        git(self.folder, "clone", "-q", "--depth", "1", "--no-tags", f"file://{self.bare}", str(clone))
        forge = {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": self.github.server_url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REPOSITORY_ID": "4711",
            "GITHUB_TOKEN": self.token,
        }
        return self._run(clone, ("gitops", *command), self._variables() | forge, strike)

    def refs(self) -> dict[str, str]:
        """Every ref of the remote."""
        listed = git(self.bare, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in listed)

    def _run(
        self, folder: Path, command: tuple[str, ...], variables: Mapping[str, str], strike: Strike | None
    ) -> Ran:
        said = self.folder / "said"
        said.write_bytes(b"")
        servers = {self.gemini.port: "gemini", int(self.github.server_url.rpartition(":")[2]): "github"}
        came = self._nursery.run(Errand(command, str(folder), variables, str(said), servers, strike))
        return Ran(came.code, said.read_text(encoding="utf-8", errors="replace"), came.steps, came.struck)

    def _variables(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GOOGLE_GEMINI_BASE_URL": self.gemini.url,
            "GEMINI_API_KEY": KEY,
        }

    def _has_main(self) -> bool:
        return "refs/heads/main" in self.refs()
