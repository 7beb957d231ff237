"""The worlds and stand-ins of the other tests, and the count of what was tried, told at the end of the run."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.commands.conftest import one_shot, world
from tests.gitops.conftest import (
    clean_environment,
    gemini,
    github,
    github_server,
    processes,
    proposed,
    quay,
    soon,
    town,
)

if TYPE_CHECKING:
    from tests.commands.conftest import Said, World

__all__ = [
    "clean_environment", "gemini", "github", "github_server", "one_shot", "processes", "proposed", "quay", "soon",
    "town", "world",
]  # fmt: skip


class Tried:
    """How many hostile inputs met the code, and what got out."""

    def __init__(self) -> None:
        self.count = 0
        self.escapes: list[str] = []

    def __call__(self, what: str, *, escaped: object = False) -> None:
        """One input was tried; a truthy `escaped` says what it did."""
        self.count += 1
        if escaped:
            self.escapes.append(f"{what}: {escaped}")
        assert not escaped, f"{what}: {escaped}"

    def said(self, what: str, *said: Said) -> None:
        """What commands said of one input: never a bug of ours, never a traceback, never an unknown exit code."""
        bugs = [
            one.text[-2000:]
            for one in said
            if one.code not in {0, 1, 2, 3, 4, 5, 64} or "Traceback" in one.text
        ]
        self(what, escaped=bugs)


_TRIED = Tried()


@pytest.fixture
def tried() -> Tried:
    """The count of this run."""
    return _TRIED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many were tried once the last test has run."""
    if _TRIED.count:
        terminalreporter.write_line(f"{_TRIED.count} hostile inputs tried, {len(_TRIED.escapes)} escapes")


@pytest.fixture
def git_init(one_shot: World) -> None:
    """The world of one picture, in a repository without a remote."""
    subprocess.run(["git", "init", "-q"], cwd=one_shot.root, check=True)
