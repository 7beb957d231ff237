"""
The `git` program: list arguments, no shell, no prompt, no hooks, no identity needed, and errors of one line.

GitPython starts the same program for all that is needed here, and leaves readers behind; this is less.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chargen.core.one_line import without_users
from chargen.edges.environment import git_environment
from chargen.errors import ChargenError, ConfigurationError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Collection

NAME: Final = "chargen"
EMAIL: Final = "chargen@users.noreply.invalid"
# hooks and fsmonitor would run programs that the files of a branch may have brought (core.hooksPath, husky)
_ALWAYS: Final = (
    "core.quotePath=false",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.filesRefLockTimeout=5000",
    "core.packedRefsTimeout=5000",
    "core.fsync=objects,reference",
    "i18n.commitEncoding=UTF-8",
    "gc.auto=0",
)
_RIGHTS: Final = "give this user the right to write to the repository, and leave the repository where it is"
_ROOM: Final = "make room and run the command again: nothing was written"
_HINTS: Final = (
    (
        "dubious ownership",
        "the repository belongs to another user: git config --global --add safe.directory FOLDER",
    ),
    (
        ".lock': File exists",
        "another git is at work, or one was killed: if none runs, remove the lock file named here",
    ),
    ("Permission denied", _RIGHTS),
    ("insufficient permission", _RIGHTS),
    ("Read-only file system", _RIGHTS),
    ("No space left", _ROOM),
    ("Disk quota exceeded", _ROOM),
    ("couldn't write", _ROOM),  # of a ref: git does not say why
    ("not a git repository", "run it in a git repository, or repair this one: git fsck"),
)


class GitFailed(ChargenError):  # noqa: N818  # reads as the sentence it is
    """A git command ended with an error; `code` is its exit code, `output` what it said."""

    def __init__(self, message: str, *, hint: str = "", code: int = -1, output: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.output = output


def for_want_of(error: GitFailed, what: str) -> ChargenError | None:
    """What to raise where a git found no room (WorkFailed) or no right to write (ConfigurationError); else None."""
    said = f"{what}: {error.message}"
    if error.hint == _ROOM:
        return WorkFailed(said, hint=error.hint)
    return ConfigurationError(said, hint=error.hint) if error.hint == _RIGHTS else None


@dataclass(frozen=True, slots=True)
class Git:
    """
    `git` in one folder; with `bare`, that folder is itself the repository and nothing above it is looked for.

    `offline` forbids every transport, so that no configuration makes a read fetch (or start) anything.
    """

    folder: Path
    bare: bool = False
    offline: bool = False
    timeout_s: float = 120
    settings: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: bytes = b"", ok: Collection[int] = (0,)) -> bytes:
        """What a command prints. GitFailed; ConfigurationError when there is no git."""
        return self.attempt(*arguments, stdin=stdin, ok=ok).stdout

    def text(self, *arguments: str, stdin: bytes = b"") -> str:
        """What a command prints, without the line end. GitFailed; ConfigurationError when there is no git."""
        return self.run(*arguments, stdin=stdin).decode("utf-8", "surrogateescape").strip("\n")

    def attempt(
        self, *arguments: str, stdin: bytes = b"", ok: Collection[int] = (0,)
    ) -> subprocess.CompletedProcess[bytes]:
        """A command that has run, with its exit code, which must be among `ok`. GitFailed, ConfigurationError."""
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(
                self.command(*arguments),
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                env=self.environment(),
                # Ctrl-C is for us, who drain: a git that asks nobody anything may finish what it writes
                process_group=0 if self.offline else None,
            )
            with process:
                stdout, stderr = _said(process, stdin, self.timeout_s)
        except FileNotFoundError as error:
            raise no_git() from error
        except subprocess.TimeoutExpired as error:
            hint = "try again; if it stays so, run `git gc` there and look for another git at work"
            raise GitFailed(f"git {arguments[0]} took more than {self.timeout_s:g} s", hint=hint) from error
        if process.returncode not in ok:
            raise failure(arguments[0], process.returncode, stderr)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def command(self, *arguments: str) -> list[str]:
        """The whole command line; for programs that stay open, as `cat-file --batch` does."""
        place = [f"--git-dir={self.folder}"] if self.bare else ["-C", str(self.folder)]
        settings = [part for setting in (*_ALWAYS, *self.settings) for part in ("-c", setting)]
        return ["git", *place, *settings, *arguments]

    def environment(self) -> dict[str, str]:
        """The variables a command is given."""
        person = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", NAME), ("EMAIL", EMAIL))
        }
        transport = {"GIT_ALLOW_PROTOCOL": "none"} if self.offline else {}
        return {**git_environment(), **person, **transport, **self.variables}

    def having(self, *settings: str, **variables: str) -> Git:
        """The same git with more settings (`name=value`) and variables."""
        return replace(self, settings=(*self.settings, *settings), variables={**self.variables, **variables})


def _said(process: subprocess.Popen[bytes], stdin: bytes, timeout_s: float) -> tuple[bytes, bytes]:
    """All that a git says; one that takes too long may first end its own helpers and remove its locks."""
    try:
        return process.communicate(stdin, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        raise
    finally:
        if process.poll() is None:
            process.kill()


def failure(command: str, code: int, stderr: bytes) -> GitFailed:
    """What to raise for a git that said no: its last word, on one line, without credentials."""
    said = one_line(stderr.decode("utf-8", "replace"))
    hint = next((advice for sign, advice in _HINTS if sign in said), "")
    return GitFailed(f"git {command}: {said or f'exit code {code}'}", hint=hint, code=code, output=said)


def one_line(stderr: str) -> str:
    """The lines that say what went wrong (else the last ones), joined; user names and passwords in URLs removed."""
    lines = [" ".join(line.split()) for line in stderr.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!"))] or lines[-3:]
    return without_users("; ".join(telling))[:500]


def no_git() -> ConfigurationError:
    """What to raise when the program is not there."""
    return ConfigurationError("git is not installed, or not on PATH", hint="install git 2.30 or later")


def find_repository(path: Path) -> Path | None:
    """
    The top of the work tree a folder lies in; None outside of one.

    Raises GitFailed when there is a repository that git will not open, ConfigurationError when there is no git.
    """
    try:
        return Path(Git(path).text("rev-parse", "--show-toplevel"))
    except GitFailed as error:
        # a broken `.git` file says "not a git repository: PATH": not outside, and other books would pay again
        if "not a git repository (or any" in error.output or "must be run in a work tree" in error.output:
            return None
        raise


def head(path: Path) -> str:
    """The commit a work tree stands on; empty before the first one. GitFailed, ConfigurationError."""
    done = Git(path).attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}", ok=(0, 1))
    return done.stdout.decode().strip()
