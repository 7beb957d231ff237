"""
Where the demo plays: a copy of the example world in its own git repository, an emulator, and the real command line.

Nothing of the caller's environment that could turn a command elsewhere (keys, hosts, proxies, git's own) is let in.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

import chargen
from chargen.edges.environment import git_environment
from chargen.edges.git import Git
from chargen.emulator.server import Emulator, Pace
from chargen.errors import ConfigurationError, UsageError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

EXAMPLE: Final = "tidewright"
_KEY: Final = "a-key-that-opens-nothing"
_NOT_OURS: Final = ("GEMINI_", "GOOGLE_", "GITHUB_", "GIT_", "PYTHON", "LC_ALL")
_GIT: Final = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
_WRITER: Final = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A Writer"), ("EMAIL", "writer@example.invalid"))
}
_SLOWLY: Final = Pace(pending_s=0.3, running_s=1.0, answer_s=0.8)  # slow enough to see something waiting
_DRAIN_S: Final = 3.0


@dataclass(frozen=True)
class Stage:
    """The world the demo plays in, and how to act on it."""

    world: Path
    url: str
    kept: bool

    @property
    def git(self) -> Git:
        """The writer's git: an identity of its own, no configuration of this machine's."""
        return Git(self.world, settings=("init.defaultBranch=main",), variables={**_GIT, **_WRITER})

    def commit(self, message: str) -> None:
        """Commit everything, as the writer."""
        self.git.run("add", "--all")
        self.git.run("commit", "--quiet", "--message", message)

    def chargen(self, *arguments: str) -> int:
        """Run the real command line in the world, on this terminal; its exit code."""
        program = [sys.executable, "-m", "chargen", *arguments]
        with subprocess.Popen(program, cwd=self.world, env=self._environment()) as child:
            try:
                return child.wait()
            except KeyboardInterrupt:
                _end(child)
                raise

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in git_environment().items()
            if not name.startswith(_NOT_OURS) and not name.lower().endswith("_proxy")
        }
        ours = {"GEMINI_API_KEY": _KEY, "GOOGLE_GEMINI_BASE_URL": self.url}
        package = str(Path(chargen.__file__).resolve().parents[1])
        return {**kept, **_GIT, **ours, "PYTHONPATH": package, "PYTHONUTF8": "1"}


@contextlib.contextmanager
def stage(world: Path | None, *, keep: bool) -> Iterator[Stage]:
    """Copy the example world, start the emulator; clear away what is not to be kept, however the play ends."""
    kept = keep or world is not None
    folder = _folder(world)
    try:
        with _stopping(), Emulator(pace=_SLOWLY) as emulator:
            played = Stage(folder, emulator.url, kept)
            _copy(folder)
            played.git.run("init", "--quiet")
            played.commit("A world of words")
            yield played
    except KeyboardInterrupt:
        click.echo(f"\nstopped; the world {'lies in ' + str(folder) if kept else 'was removed'}", err=True)
        raise click.exceptions.Exit(130) from None
    finally:
        if not kept:
            shutil.rmtree(folder.parent, ignore_errors=True)


def _folder(world: Path | None) -> Path:
    """The folder to play in, which exists and is empty."""
    try:
        if world is None:
            folder = Path(tempfile.mkdtemp(prefix="chargen-demo-")).resolve() / EXAMPLE
        else:
            folder = world.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(
                f"{folder} is not empty", hint="name a new folder after --world, or leave it out"
            )
    except OSError as error:
        message = f"cannot make a folder to play in: {error.strerror}"
        raise ConfigurationError(message, hint="name one with --world, or set TMPDIR") from None
    return folder


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


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let a command that heard Ctrl-C finish what is under way; then ask it, then end it."""
    for number in (None, signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            child.wait(_DRAIN_S)
            return


def must(code: int, wanted: int, what: str) -> None:
    """Stop the play where a command ended otherwise than the story says. WorkFailed."""
    if code != wanted:
        hint = "the lines above say why; `chargen demo --keep` leaves the world to look at"
        raise WorkFailed(f"`{what}` ended with exit code {code}, not {wanted}", hint=hint)
