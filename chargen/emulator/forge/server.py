"""Serves the GitHub stand-in over real HTTP, beside bare repositories that hold its branches."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from chargen.emulator.clock import EmulatorClock, StillClock
from chargen.emulator.faults import parse
from chargen.emulator.forge.accounts import ACTIONS, USUAL, Token
from chargen.emulator.forge.app import build
from chargen.emulator.forge.bare import git_program, git_variables
from chargen.emulator.forge.faults import FORGE
from chargen.emulator.forge.people import People
from chargen.emulator.forge.state import State
from chargen.emulator.serving import Port
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from chargen.emulator.faults import Fault
    from chargen.emulator.forge.records import Repository
    from chargen.emulator.forge.state import Exchange

__all__ = ["GitHub"]


class GitHub(People):
    """
    A GitHub on a port of this machine, ready when the `with` block begins.

    `url` is for GITHUB_API_URL, `server_url` for GITHUB_SERVER_URL: `git clone {server_url}/{owner}/{name}.git`.

    Args:
        path: a bare repository, served as `name`; or a folder of them, laid out `owner/name.git`; or none yet.
        name: the full name of a repository given by its own path, and of the one `token` and people mean.
        number: its numeric id (GITHUB_REPOSITORY_ID); 0 gives it one.
        start: a time to stand at (seconds since the epoch), for the same commits each time; else time passes.
        faults: switched on from the start, and again after `reset`.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        name: str = "acme/world",
        number: int = 0,
        port: int = 0,
        host: str = "127.0.0.1",
        start: float | None = None,
        faults: Iterable[str | Fault] = (),
    ) -> None:
        wanted = tuple(parse(fault, FORGE) if isinstance(fault, str) else fault for fault in faults)
        self._found = _found(path, name)
        self._first = (name, number)
        self._resets = 0
        self._port = Port(host, port)
        self._folder = tempfile.TemporaryDirectory(prefix="chargen-github-", ignore_cleanup_errors=True)
        clock = EmulatorClock() if start is None else StillClock(start)
        self.server_url = self._port.url
        self.url = f"{self.server_url}/api/v3"
        self.state = State(self.server_url, faults=wanted, clock=clock)
        self._begin()

    def __enter__(self) -> Self:
        self._port.serve(build(self.state), "github", dated=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._port.close()
        self._folder.cleanup()

    @property
    def exchanges(self) -> list[Exchange]:
        """Every call of the API and its answer so far, in order of time."""
        return self.state.exchanges

    def create(self, full_name: str, *, private: bool = False, number: int = 0) -> Repository:
        """A new repository, empty, with the default branch `main`."""
        path = self._place(full_name)
        _git("init", "--quiet", "--bare", "--initial-branch=main", str(path))
        return self.state.add_repository(full_name, path, private=private, number=number)

    def fork(self, owner: str, repository: str = "") -> Repository:
        """Somebody's fork of a repository, with the branches it has now."""
        parent = self.repository(repository)
        full_name = f"{owner}/{parent.name}"
        path = self._place(full_name)
        _git("clone", "--quiet", "--bare", str(parent.bare.path), str(path))
        self.state.account(owner)
        made = self.state.add_repository(full_name, path, parent=parent)
        made.roles[owner] = "admin"
        return made

    def token(self, login: str, *, permissions: dict[str, str] | None = None, repository: str = "") -> str:
        """A personal token: a classic one, or a fine-grained one when permissions are named."""
        self.state.account(login)
        return self._issue(Token(f"ghp_{self.state.new_id():036}", login, permissions, repository=repository))

    def actions_token(self, permissions: dict[str, str] | None = None, repository: str = "") -> str:
        """What a workflow run is given as GITHUB_TOKEN; without permissions, those of a job that opens pull requests."""
        home = self.repository(repository).full_name
        allowed = dict(USUAL if permissions is None else permissions)
        return self._issue(
            Token(f"ghs_{self.state.new_id():036}", ACTIONS, allowed, actions=True, repository=home)
        )

    def fault(self, *faults: str | Fault) -> None:
        """Switch faults on, written as on the command line: `lost-answer:on=pull-create`."""
        self.state.faults.add(*faults)

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self.state.clock.advance(seconds)

    def reset(self) -> None:
        """Forget all but the repositories given at the start, and what lies in them."""
        with self.state.lock:
            self._resets += 1
            self.state.clock.rewind()
            self.state.clear()
            self._begin()

    def _begin(self) -> None:
        name, number = self._first
        for full_name, path in self._found.items():
            self.state.add_repository(full_name, path, number=number if full_name == name else 0)

    def _place(self, full_name: str) -> Path:
        """Where a new bare repository lies; another place after each reset, as git may still hold the old one."""
        return Path(self._folder.name, str(self._resets), f"{full_name}.git")

    def _issue(self, token: Token) -> str:
        self.state.tokens[token.text] = token
        return token.text


def _found(path: Path | None, name: str) -> dict[str, Path]:
    """The bare repositories at a path, by full name; the one of this name first."""
    if path is None:
        return {}
    hint = "name a bare repository, or a folder of them: FOLDER/OWNER/NAME.git"
    if not path.is_dir():
        raise ConfigurationError(f"{path} is no folder", hint=hint)
    path = path.resolve()
    if (path / "HEAD").is_file():
        return {name: path}
    found = {
        f"{bare.parent.name}/{bare.name.removesuffix('.git')}": bare
        for bare in sorted(path.glob("*/*.git"))
        if (bare / "HEAD").is_file()
    }
    if not found:
        raise ConfigurationError(f"there is no bare repository in {path}", hint=hint)
    return dict(sorted(found.items(), key=lambda item: item[0] != name))


def _git(*arguments: str) -> None:
    subprocess.run([git_program(), *arguments], check=True, capture_output=True, env=git_variables())
