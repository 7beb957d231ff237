"""The run's own record, or the books, gone, cut, locked or of a later version: rebuilt or said, and paid once all the same."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.gitops.conftest import TRACKING, git
from tests.gitops.test_state_rebuild import BOOKS, rebuilt

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World
    from tests.gitops.conftest import Town

LIVE = ("batch", "run", "--yes")
COLLECT = ("batch", "collect", "--wait")


def jobs_of(world: World) -> Path:
    (path,) = (world.root / ".chargen" / "runs").glob("*/jobs.sqlite")
    return path


def lose(path: Path) -> None:
    for one in path.parent.glob("jobs.sqlite*"):
        one.unlink()


def test_a_record_deleted_between_submit_and_collect_is_rebuilt(world: World, gemini: Emulator) -> None:
    assert world.process("batch", "submit", "--yes").code == 0
    lose(jobs_of(world))

    said = world.process(*COLLECT)

    assert said.code == 0, said.text
    counts = world.status()["run"]["counts"]
    assert (counts["planned"], counts["succeeded"]) == (4, 4)
    assert world.process(*LIVE, "--mode", "batch").code == 0
    assert world.plan() == []
    assert len(gemini.paid) == 5


def test_a_record_deleted_after_everything_pays_nothing_and_adds_up(world: World, gemini: Emulator) -> None:
    world.make()
    paid, before = len(gemini.paid), world.files()
    runs = sorted((world.root / ".chargen/runs").glob("*/jobs.sqlite"))
    for run in runs:
        lose(run)

    world.make()

    assert world.files() == before
    assert len(gemini.paid) == paid
    counts = world.status()["run"]["counts"]
    assert counts["planned"] == sum(counts[name] for name in ("succeeded", "failed", "skipped", "open"))


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_record_cut_short_is_rebuilt_or_said(one_shot: World, gemini: Emulator, size: int) -> None:
    assert one_shot.process("batch", "submit", "--yes").code == 0
    path = jobs_of(one_shot)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    for journal in path.parent.glob("jobs.sqlite-*"):
        journal.unlink()
    path.write_bytes(path.read_bytes()[:size])

    said = one_shot.process(*COLLECT)

    assert said.code in (0, 3), said.text
    if said.code == 3:
        assert "rebuilt from the books" in said.err
        lose(path)
        assert one_shot.process(*COLLECT).code == 0
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


def test_a_record_of_a_later_version_is_left_alone_and_said(one_shot: World, gemini: Emulator) -> None:
    assert one_shot.process("batch", "submit", "--yes").code == 0
    path = jobs_of(one_shot)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    before = path.read_bytes()

    said = one_shot.process(*COLLECT)

    assert said.code == 3, said.text
    assert "version" in said.err
    assert path.read_bytes()[:100] == before[:100]
    lose(path)
    assert one_shot.process(*COLLECT).code == 0
    assert len(gemini.paid) == 1


def test_a_live_run_killed_and_its_record_deleted_pays_twice_at_most_what_was_in_flight(
    world: World,
    gemini: Emulator,
    processes: list[subprocess.Popen[str]],
    soon: Callable[[Callable[[], object]], None],
) -> None:
    gemini.fault("slow:on=generate,delay=20,after=2,times=forever")
    processes.append(world.start(*LIVE, "--workers", "1"))
    soon(lambda: len(list((world.root / ".chargen").rglob("result.json"))) == 2)
    processes[0].kill()
    processes[0].wait()
    gemini.state.faults.clear()
    lose(jobs_of(world))

    said = world.process(*LIVE)

    assert said.code == 0, said.text
    assert world.plan() == []
    assert len(gemini.paid) <= 5 + 1, "what lay in the run's folder was not asked for again"


@pytest.mark.parametrize("back", ["deleted", "rolled back"])
def test_books_taken_away_under_a_submit_stop_it_and_a_rebuild_names_its_batch(
    quay: Town,
    processes: list[subprocess.Popen[str]],
    soon: Callable[[Callable[[], object]], None],
    back: str,
) -> None:
    quay.gemini.fault("slow:on=create,delay=2")
    runner = quay.runner()
    processes.append(runner.start("gitops", "submit"))
    soon(lambda: quay.gemini.state.faults.as_json()[0]["struck"])
    first = git(quay.bare, "rev-list", "--max-parents=0", TRACKING)
    if back == "deleted":
        git(quay.bare, "update-ref", "-d", BOOKS)
    else:
        git(quay.bare, "update-ref", BOOKS, first)
    _, err = processes[0].communicate(timeout=60)

    assert processes[0].returncode == 5, err
    assert "Traceback" not in err
    assert "chargen state rebuild" in err
    again = quay.gitops("submit")
    assert again.code == 5, again.text
    rebuilt(quay)
    for _ in range(2):
        quay.done("tick")
    assert (len(quay.gemini.paid), len(quay.gemini.state.batches)) == (2, 1)
    assert quay.merge_all() == 1


def test_books_rolled_back_under_a_live_run_stop_it_and_what_came_is_kept(
    quay: Town,
    processes: list[subprocess.Popen[str]],
    soon: Callable[[Callable[[], object]], None],
) -> None:
    quay.gemini.fault("slow:on=generate,delay=2,times=forever")
    processes.append(quay.runner().start("gitops", "submit", "--mode", "live"))
    soon(lambda: quay.gemini.state.faults.as_json()[0]["struck"])
    first = git(quay.bare, "rev-list", "--max-parents=0", TRACKING)
    git(quay.bare, "update-ref", BOOKS, first)
    _, err = processes[0].communicate(timeout=60)
    quay.gemini.state.faults.clear()

    assert processes[0].returncode == 5, err
    assert "Traceback" not in err
    assert "chargen state rebuild" in err
    assert [ref for ref in quay.refs() if ref.startswith("refs/chargen/results/")]
    rebuilt(quay)
    quay.done("submit")
    quay.done("tick")
    assert len(quay.gemini.paid) == 2
    assert quay.merge_all() == 1


def test_local_books_deleted_between_two_commands_stop_the_next(one_shot: World, gemini: Emulator) -> None:
    assert one_shot.process("batch", "submit", "--yes").code == 0
    shutil.rmtree(one_shot.root / ".chargen" / "books.git")

    said = one_shot.process("batch", "submit", "--yes")

    assert said.code == 5, said.text
    assert "chargen state rebuild" in said.err
    assert one_shot.process("state", "rebuild", "--yes").code == 0
    assert one_shot.process(*COLLECT).code == 0
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_a_damaged_record_of_an_earlier_run_is_named_and_stops_nothing(
    one_shot: World, gemini: Emulator, mode: str
) -> None:
    one_shot.make()
    path = jobs_of(one_shot)
    lose(path)
    path.write_bytes(b"noise" * 2000)
    one_shot.edit(
        "quay/imagery.yaml", "  - {id: noon", "  - {id: dusk, subject: fog over a quay}\n  - {id: noon"
    )

    said = one_shot.process("batch", "run", "--yes", "--mode", mode)

    assert said.code == 0, said.text
    assert "damaged" in said.err
    assert one_shot.plan() == []
    assert len(gemini.paid) == 2
