"""Looking at what runs stand at writes nothing: it works on a disk that is full, and in a folder nobody may write to."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World
    from tests.faults.conftest import Disk

MADE = "1 planned = 1 succeeded + 0 failed + 0 skipped + 0 open"
_LEAVE_A_JOURNAL = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("UPDATE jobs SET last_error = 'a change'")
os._exit(9)
"""


def jobs_of(world: World) -> Path:
    (path,) = (world.root / ".chargen" / "runs").glob("*/jobs.sqlite")
    return path


def leave_a_journal(path: Path) -> None:
    """A change of the store that was killed before SQLite had brought it into the file."""
    subprocess.run([sys.executable, "-c", _LEAVE_A_JOURNAL, str(path)], check=False)
    assert path.with_name("jobs.sqlite-wal").stat().st_size


def test_a_folder_nobody_may_write_to_is_looked_at(
    one_shot: World, gemini: Emulator, read_only: Callable[[Path], Callable[[], None]]
) -> None:
    one_shot.make()
    read_only(one_shot.root)

    said = one_shot.process("batch", "status")

    assert said.code == 0, said.text
    assert MADE in said.out


def test_what_a_killed_command_left_beside_the_record_is_looked_at_too(
    one_shot: World, gemini: Emulator, read_only: Callable[[Path], Callable[[], None]]
) -> None:
    one_shot.make()
    leave_a_journal(jobs_of(one_shot))
    read_only(one_shot.root)

    said = one_shot.process("batch", "status", "--format", "json")

    assert said.code == 0, said.text
    assert "a change" in said.out


def test_what_cannot_be_brought_in_without_writing_is_said(
    one_shot: World, gemini: Emulator, read_only: Callable[[Path], Callable[[], None]]
) -> None:
    one_shot.make()
    leave_a_journal(jobs_of(one_shot))
    jobs_of(one_shot).with_name("jobs.sqlite-shm").unlink()
    undo = read_only(one_shot.root)

    said = one_shot.process("batch", "status")

    assert said.code == 3, said.text
    assert "changes of a command that was killed lie beside it" in said.err
    assert "the right to write the folder" in said.err
    undo()
    assert one_shot.process("batch", "status").code == 0


def test_a_full_disk_is_looked_at(small: World, disk: Disk, gemini: Emulator) -> None:
    assert small.process("batch", "run", "--yes").code == 0
    disk.fill(pages=0)

    said = small.process("batch", "status")

    assert said.code == 0, said.text
    assert "3 planned = 3 succeeded + 0 failed + 0 skipped + 0 open" in said.out


@pytest.mark.parametrize("lost", ["gone", "emptied"])
def test_a_record_that_is_lost_is_told_from_the_books_and_not_written(
    one_shot: World, gemini: Emulator, lost: str
) -> None:
    one_shot.make()
    path = jobs_of(one_shot)
    path.unlink()
    if lost == "emptied":
        path.touch()

    said = one_shot("batch", "status")

    assert said.code == 0, said.text
    assert MADE in said.out
    assert not path.is_file() or not path.stat().st_size


def test_a_world_without_a_run_has_none_after_a_look(one_shot: World) -> None:
    said = one_shot("batch", "status")

    assert said.out == "Nothing was made here yet: start with `chargen batch plan`.\n"
    assert not (one_shot.root / ".chargen").exists()


def test_a_record_of_a_later_version_is_not_looked_at(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    with sqlite3.connect(jobs_of(one_shot)) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()

    said = one_shot("batch", "status")

    assert said.code == 3, said.text
    assert "was made by a later version of chargen" in said.err
