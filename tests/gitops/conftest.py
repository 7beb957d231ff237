"""
A world on a forge: the stand-ins for Gemini and GitHub, a bare repository, the writer's clone and the runners' clones.

A runner is a fresh shallow clone, as a workflow's checkout makes one; what it leaves behind is on the remote or lost.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chargen.emulator.forge.server import GitHub
from chargen.emulator.server import Emulator
from tests.commands.conftest import (
    KEY,
    MARA,
    OPENING,
    PIER,
    WORLD,
    Said,
    World,
    clean_environment,
    gemini,
    picture,
    processes,
    soon,
)
from tests.github_judge import github, github_server

if TYPE_CHECKING:
    from chargen.emulator.forge.records import Pull

__all__ = ["KEY", "clean_environment", "gemini", "github", "github_server", "processes", "soon"]

TRACKING = "chargen/tracking"
FILES: dict[str, str | bytes] = {
    "chargen.yaml": WORLD,
    "locations/pier/imagery.yaml": PIER,
    "characters/mara/imagery.yaml": MARA,
    "characters/mara/images/face.png": picture("tan"),
    "chapters/one/imagery.yaml": OPENING,
}


def git(folder: Path, *arguments: str) -> str:
    """A person's own git; what it prints."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


@dataclass
class Town:
    """Everything around one world on a forge."""

    folder: Path
    bare: Path
    github: GitHub
    gemini: Emulator
    writer: World
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    runners: list[World] = field(default_factory=list)

    def push(self, message: str = "words") -> str:
        """Commit and push whatever the writer has changed; the commit."""
        git(self.writer.root, "add", "-A")
        git(self.writer.root, "commit", "-qm", message)
        git(self.writer.root, "push", "-q", "origin", "HEAD:main")
        return git(self.writer.root, "rev-parse", "HEAD")

    def pull(self) -> None:
        """Bring the writer's clone up to date."""
        git(self.writer.root, "pull", "-q", "--no-rebase", "origin", "main")

    def runner(self, *, depth: int = 1) -> World:
        """A fresh clone, as a checkout makes it, to run chargen in."""
        place = self.folder / f"runner{len(self.runners)}"
        options = ("--depth", str(depth), "--no-tags") if depth else ()
        git(self.folder, "clone", "-q", *options, f"file://{self.bare}", str(place))
        made = World(place, self.capsys)
        self.runners.append(made)
        return made

    def gitops(self, *arguments: str, run_id: int = 0, runner: World | None = None) -> Said:
        """Run `chargen gitops` as a workflow does, in a fresh clone."""
        runner = runner or self.runner()
        self.monkeypatch.chdir(runner.root)
        if run_id:
            self.monkeypatch.setenv("GITHUB_RUN_ID", str(run_id))
        said = runner("gitops", *arguments)
        self.monkeypatch.delenv("GITHUB_RUN_ID", raising=False)
        return said

    def done(self, *arguments: str, **more: Any) -> Said:
        """The same, expecting it to come out."""
        said = self.gitops(*arguments, **more)
        assert said.code == 0, said.text
        return said

    def refs(self) -> dict[str, str]:
        """Every ref of the remote."""
        listed = git(self.bare, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in listed)

    def show(self, spec: str) -> str:
        """A file of the remote: `branch:path`."""
        return git(self.bare, "show", spec)

    def files(self, rev: str) -> list[str]:
        """The files of a commit of the remote."""
        return git(self.bare, "ls-tree", "-r", "--name-only", rev).splitlines()

    def submissions(self) -> list[dict[str, Any]]:
        """The submissions on the books."""
        paths = [path for path in self.files(TRACKING) if path.startswith("submissions/")]
        return [json.loads(self.show(f"{TRACKING}:{path}")) for path in paths]

    def commits(self, rev: str = TRACKING) -> list[str]:
        """The subjects of a branch, newest first."""
        return git(self.bare, "log", "--format=%s", rev).splitlines()

    def open_pulls(self) -> dict[str, Pull]:
        """The open pull requests by their branch."""
        return {pull.branch: pull for pull in self.github.pulls() if pull.open}

    def whys(self) -> dict[str, str]:
        """What a plan of the base says of each shot."""
        said = self.gitops("submit", "--dry-run", "--format", "json")
        items = json.loads(said.out)["items"]
        return {item["address"]: ": ".join(filter(None, [item["reason"], item["detail"]])) for item in items}

    def merge_all(self) -> int:
        """A person merges every open pull request; how many there were."""
        pulls = list(self.open_pulls().values())
        for pull in pulls:
            self.github.merge(pull.number)
        return len(pulls)


QUAY = """\
kind: location
slug: quay
scenes:
  - id: noon      # at its quietest
    mood: calm
    shots:
      - {id: wide, subject: the whole quay}
      - {id: rope, subject: a coil of rope}
"""


def _settle(
    folder: Path,
    files: dict[str, str | bytes],
    github: GitHub,
    gemini: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Town:
    bare = github.repository().bare.path
    writer = World(folder / "writer", capsys)
    git(folder, "clone", "-q", f"file://{bare}", str(writer.root))
    for path, text in files.items():
        writer.write(path, text)
    made = Town(folder, bare, github, gemini, writer, monkeypatch, capsys)
    made.push("a world")
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    monkeypatch.setenv("GITHUB_SERVER_URL", github.server_url)
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/world")
    monkeypatch.setenv("GITHUB_REPOSITORY_ID", "4711")
    monkeypatch.setenv("GITHUB_TOKEN", github.actions_token())
    return made


@pytest.fixture
def town(
    tmp_path: Path,
    github: GitHub,
    gemini: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Town:
    """The small world, pushed; nothing planned yet."""
    return _settle(tmp_path, FILES, github, gemini, monkeypatch, capsys)


@pytest.fixture
def quay(
    tmp_path: Path,
    github: GitHub,
    gemini: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Town:
    """A world of two pictures, pushed; nothing planned yet."""
    files: dict[str, str | bytes] = {"chargen.yaml": WORLD, "quay/imagery.yaml": QUAY}
    return _settle(tmp_path, files, github, gemini, monkeypatch, capsys)


@pytest.fixture
def proposed(quay: Town) -> Town:
    """The same, both pictures proposed in one open pull request."""
    quay.done("submit")
    quay.done("tick")
    return quay
