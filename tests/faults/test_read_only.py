"""Folders that nobody may write to: said with the folder, before anything is paid where that can be; then it goes on."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

LIVE = ("batch", "run", "--yes")
BATCH = ("batch", "run", "--yes", "--mode", "batch")
SUBMIT = ("batch", "submit", "--yes")
COLLECT = ("batch", "collect", "--wait")


def refused(world: World, *command: str) -> str:
    """What a command says that may not write: what may not be, and what to do, with exit code 3."""
    said = world.process(*command)
    assert said.code == 3, said.text
    assert "Traceback" not in said.err
    assert "ead-only" in said.err, said.err
    assert "mount" in said.err or "right to write" in said.err, said.err
    return said.err


@pytest.mark.parametrize("command", [LIVE, BATCH, SUBMIT])
def test_a_world_that_may_not_be_written_pays_nothing(
    one_shot: World,
    gemini: Emulator,
    read_only: Callable[[Path], Callable[[], None]],
    command: tuple[str, ...],
) -> None:
    undo = read_only(one_shot.root)

    refused(one_shot, *command)

    assert gemini.paid == []
    undo()
    one_shot.make()
    assert one_shot.plan() == []


@pytest.mark.parametrize("command", [LIVE, BATCH])
@pytest.mark.parametrize("git", [False, True])
def test_books_that_may_not_be_written_pay_nothing(
    one_shot: World,
    gemini: Emulator,
    read_only: Callable[[Path], Callable[[], None]],
    command: tuple[str, ...],
    *,
    git: bool,
) -> None:
    if git:
        subprocess.run(["git", "init", "-q"], cwd=one_shot.root, check=True)
    one_shot.make()
    one_shot.edit("quay/imagery.yaml", "subject: a quay", "subject: a quay at night")
    undo = read_only(one_shot.root / (".git" if git else ".chargen/books.git"))

    refused(one_shot, *command)

    assert len(gemini.paid) == 1
    undo()
    one_shot.make()
    assert one_shot.plan() == []
    assert len(gemini.paid) == 2


@pytest.mark.parametrize("folder", ["", "results"])
def test_results_that_may_not_be_written_wait_with_the_provider(
    one_shot: World, gemini: Emulator, read_only: Callable[[Path], Callable[[], None]], folder: str
) -> None:
    assert one_shot(*SUBMIT).code == 0
    (run,) = (path for path in (one_shot.root / ".chargen/runs").iterdir() if path.is_dir())
    (run / folder).mkdir(exist_ok=True)
    before = one_shot.files()
    undo = read_only(run / folder)

    refused(one_shot, *COLLECT)

    assert one_shot.files() == before
    undo()
    assert one_shot.process(*COLLECT).code == 0
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


def test_pictures_that_may_not_be_written_are_put_in_later(
    one_shot: World, gemini: Emulator, read_only: Callable[[Path], Callable[[], None]]
) -> None:
    before = one_shot.files()
    undo = read_only(one_shot.root / "quay")

    said = refused(one_shot, *LIVE)

    assert "quay/images" in said
    assert one_shot.files() == before
    undo()
    assert one_shot.process("batch", "apply").code == 0
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1
