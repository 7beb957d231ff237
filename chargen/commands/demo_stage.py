"""
Where the demo plays: a world in its own git repository, a stand-in for GitHub beside it, another for Gemini.

Nothing of the caller's environment that could turn a command elsewhere (keys, hosts, proxies, git's own) is let in.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
import time
from concurrent.futures import wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

import chargen
from chargen.commands.demo_runner import Run, Runner, program, run_program
from chargen.edges.git import Git
from chargen.emulator.forge.server import GitHub
from chargen.emulator.server import Emulator
from chargen.errors import ConfigurationError, UsageError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from chargen.core.books import Books
    from chargen.emulator.forge.bare import Bare
    from chargen.emulator.forge.records import Pull

EXAMPLE: Final = "tidewright"
REPOSITORY: Final = f"saltmarsh/{EXAMPLE}"
WRITER: Final = "wren"
REVIEWER: Final = "mira"
_MAIN: Final = "main"
# pictures are compressed already; trying it again is most of what a push of them takes
_SETTINGS: Final = (
    "[core]\n\tcompression = 0\n\tfsync = none\n[pack]\n\twindow = 0\n\tcompression = 0\n[init]\n\tdefaultBranch = main\n"
    "[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n[uploadpack]\n\tallowAnySHA1InWant = true\n"
)


@dataclass
class Stage:
    """The world the demo plays in, its repository on a forge, and the people and workflows that act on it."""

    folder: Path
    gemini: Emulator
    github: GitHub
    kept: bool
    runs: list[Run] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def world(self) -> Path:
        """The writer's clone."""
        return self.folder / EXAMPLE

    @property
    def pages(self) -> Path:
        """Where the pages of the pull requests go, which stay in any case."""
        return self.folder / "pull-requests"

    @property
    def bare(self) -> Bare:
        """What lies on the forge."""
        return self.github.repository().bare

    @property
    def git(self) -> Git:
        """The writer's git: an identity of its own, no configuration of this machine's."""
        return Git(self.world, variables=self.runner.git_variables(WRITER))

    @property
    def runner(self) -> Runner:
        """Where its workflows run."""
        return Runner(self.folder, self.bare.path, self.gemini.url, self.github, REPOSITORY)

    def commit(self, message: str) -> None:
        """Commit everything, as the writer."""
        self.git.run("add", "--all")
        self.git.run("commit", "--quiet", "--message", message)

    def push(self, branch: str = _MAIN) -> None:
        """Push what the writer's clone stands on."""
        self.git.run("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")

    def pull(self) -> None:
        """Bring the writer's clone to the default branch as it is on the forge."""
        self.git.run("fetch", "--quiet", "origin", _MAIN)
        self.git.run("switch", "--quiet", "--force-create", _MAIN, "FETCH_HEAD")

    def open_pull(self, branch: str, title: str, body: str) -> int:
        """The writer opens a pull request; its number."""
        from chargen.edges.github import GitHubForge

        with GitHubForge(self.github.token(WRITER), REPOSITORY, base_url=self.github.url) as forge:
            return forge.open_pull(branch, _MAIN, title, body).number

    def check_pull(self, number: int) -> Run:
        """Run the workflow of a writer's pull request: on the commit that merging it would make. WorkFailed."""
        pull = self.github.pull(number)
        parents = pull.base_sha, pull.head_sha
        tree = self.bare.merged_tree(self.bare.merge_base(*parents), *parents)
        now, email = self.github.state.clock.now(), "wren@example.invalid"
        commit = self.bare.commit_tree(tree, *parents, message="Merge", at=now, name=WRITER, email=email)
        self.bare.git("update-ref", f"refs/pull/{number}/merge", commit)  # as the forge keeps it
        return self.workflow("plan", pull_request=number)

    def open_pulls(self) -> list[Pull]:
        """The pull requests that wait for somebody."""
        return [pull for pull in self.github.pulls() if pull.open]

    def workflow(self, verb: str, *, pull_request: int = 0) -> Run:
        """Run a workflow: `chargen gitops VERB` in a clone as its checkout makes one. WorkFailed when it fails."""
        run = self.runner.run(len(self.runs) + 1, verb, pull_request=pull_request)
        self.runs.append(run)
        return run

    def chargen(self, *arguments: str) -> Run:
        """Run chargen in the writer's clone, as on a laptop: no key, no token. WorkFailed when it fails."""
        return run_program(
            program(*arguments), self.world, self.runner.environment(), self.folder / "laptop.log"
        )

    def paint(self) -> None:
        """Wait until Gemini is through with every batch it has."""
        state = self.gemini.state
        wait([batch.work for batch in state.batches.values() if batch.work])
        self.gemini.advance(state.pace.pending_s + state.pace.running_s)

    def books(self) -> Books:
        """The books as they are on the forge."""
        from chargen.core.books_files import decode
        from chargen.edges.book_commits import read_books
        from chargen.edges.remote_books import BRANCH

        tip = self.bare.commit(BRANCH)
        return (
            decode(tip, read_books(Git(self.bare.path, bare=True, offline=True), tip))
            if tip
            else decode("", {})
        )


@contextlib.contextmanager
def stage(out: Path | None, *, keep: bool) -> Iterator[Stage]:
    """Set everything up; clear away what is not to be kept, however the play ends. What was told of stays."""
    kept = keep or out is not None
    folder = _folder(out)
    played = False
    try:
        bare = _repository(folder)
        with _stopping(), Emulator() as gemini, GitHub(bare, name=REPOSITORY, number=4711) as github:
            github.set_permission(WRITER, "write")
            github.set_permission(REVIEWER, "maintain")
            here = Stage(folder, gemini, github, kept)
            _copy(here.world)
            here.commit("A world of words")
            yield here
            played = True
    except KeyboardInterrupt:
        click.echo(
            f"\nstopped; what was played {'lies in ' + str(folder) if kept else 'was removed'}", err=True
        )
        raise click.exceptions.Exit(130) from None
    finally:
        if not kept:
            _clear(folder, but="pull-requests" if played else "")


def _clear(folder: Path, *, but: str) -> None:
    """Remove what was played, and the folder too unless something in it stays."""
    for path in folder.iterdir():
        if path.name != but:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _folder(out: Path | None) -> Path:
    """The folder to play in, which exists and is empty."""
    try:
        if out is None:
            return Path(tempfile.mkdtemp(prefix="chargen-demo-")).resolve()
        folder = out.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty", hint="name a new folder after --out, or leave it out")
    except OSError as error:
        message = f"cannot make a folder to play in: {error.strerror}"
        raise ConfigurationError(message, hint="name one with --out, or set TMPDIR") from None
    return folder


def _repository(folder: Path) -> Path:
    """The bare repository that plays the forge's, and the writer's clone of it, both empty; its path."""
    (folder / "gitconfig").write_text(_SETTINGS, encoding="utf-8")
    bare = folder / f"{EXAMPLE}.git"
    git = Git(folder).having(GIT_CONFIG_GLOBAL=str(folder / "gitconfig"), GIT_CONFIG_NOSYSTEM="1")
    git.run("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    with (bare / "config").open("a", encoding="utf-8") as file:
        file.write(_SETTINGS)  # the forge's own git reads no other
    git.run("clone", "--quiet", bare.as_uri(), EXAMPLE)
    return bare


def _copy(folder: Path) -> None:
    """The example world's files, writable, without what somebody may have made in it."""
    package = Path(chargen.__file__).resolve().parent
    places = (package / "examples" / EXAMPLE, package.parent / "examples" / EXAMPLE)
    source = next((place for place in places if place.is_dir()), None)
    if source is None:
        raise ConfigurationError(f"the example world is not here: {places[-1]}", hint="install chargen anew")
    ignored = shutil.ignore_patterns(".chargen", ".git")
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=ignored, copy_function=shutil.copyfile)


@contextlib.contextmanager
def _stopping() -> Iterator[None]:
    """A terminating signal ends the play as Ctrl-C does: with everything cleared away."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def expect(what: str, found: object, told: object) -> None:
    """Stop the play where something did not come out as the story tells it. WorkFailed."""
    if found != told:
        raise WorkFailed(
            f"{what}: {found}, where the story tells of {told}",
            hint="`chargen demo --keep` leaves everything to look at, the log of each run in runs/",
        )
