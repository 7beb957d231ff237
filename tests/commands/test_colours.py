"""Colours are for a terminal that has them, and for a person who wants them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.commands.conftest import REPOSITORY

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


def at_a_terminal(world: World, *arguments: str, **variables: str) -> str:
    """What chargen writes to a terminal."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}
    with subprocess.Popen(
        [sys.executable, "-m", "chargen", *arguments],
        cwd=world.root,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**kept, "PYTHONPATH": str(REPOSITORY), **variables},
    ):
        os.close(theirs)
        said = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # how Linux says that the other side has closed
                more = b""
            if not more:
                break
            said += more
    os.close(ours)
    return said.decode()


@pytest.mark.parametrize("arguments", [("batch", "plan"), ("batch", "plan", "--base", "HEAD")])
def test_a_terminal_has_colours_unless_they_are_not_wanted(world: World, arguments: tuple[str, ...]) -> None:
    assert "\x1b[3" in at_a_terminal(world, *arguments, TERM="xterm-256color")
    assert "\x1b" not in at_a_terminal(world, *arguments, TERM="xterm-256color", NO_COLOR="1")
    assert "\x1b" not in at_a_terminal(world, *arguments, TERM="dumb")


def test_a_live_run_shows_its_progress_without_colours(world: World, gemini: Emulator) -> None:
    plain = at_a_terminal(world, "batch", "run", "--yes", TERM="xterm-256color", NO_COLOR="yes")

    assert "\x1b[3" not in plain
    assert "\x1b[9" not in plain
    assert "making pictures" in plain
    assert len(gemini.paid) == 5


def test_a_dumb_terminal_is_told_in_lines(world: World, gemini: Emulator) -> None:
    plain = at_a_terminal(world, "batch", "run", "--yes", TERM="dumb")

    assert "\x1b" not in plain
    assert " of 4 done" in plain
    assert len(gemini.paid) == 5
