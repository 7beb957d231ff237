"""A stdout that is full, closed or left by its reader: a code of the table, and no words of Python's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands.conftest import World

COMMANDS = (["--help"], ["validate"], ["doctor"], ["batch", "plan", "--format", "json"])


def chargen(world: World, *arguments: str, to: int, errors: int = subprocess.PIPE) -> tuple[int, str]:
    """The exit code and what stderr had, of a process that keeps what it writes until it is much or flushed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "chargen", *arguments]
    done = subprocess.run(
        command, cwd=world.root, env=environment, stdout=to, stderr=errors, text=True, check=False
    )
    return done.returncode, done.stderr or ""


@pytest.fixture
def full() -> Iterator[int]:
    """A disk that has no room left."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    descriptor = os.open("/dev/full", os.O_WRONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def left() -> Iterator[int]:
    """A pipe whose reader has gone, as `head` does."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_said_once_and_is_exit_1(one_shot: World, full: int, command: list[str]) -> None:
    code, said = chargen(one_shot, *command, to=full)

    assert said.splitlines() == [
        "error: the output cannot be written: No space left on device",
        "  have it go where there is room; what the command did is kept",
    ]
    assert code == 1


def test_where_nothing_can_be_said_the_code_still_says_it(one_shot: World, full: int) -> None:
    assert chargen(one_shot, "validate", to=full, errors=full) == (1, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_who_has_gone_is_told_nothing(one_shot: World, left: int, command: list[str]) -> None:
    assert chargen(one_shot, *command, to=left) == (1, "")
