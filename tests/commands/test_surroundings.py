"""Keys, networks, disks, databases and plan files that are not as they should be: the exit code, and what to do."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
from typing import TYPE_CHECKING

import pytest

from chargen.edges.clock import SystemClock
from chargen.edges.job_store import SqliteJobStore

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


def jobs_of(world: World) -> Path:
    return next((world.root / ".chargen" / "runs").glob("*/jobs.sqlite"))


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_no_key_is_exit_3_before_anything_is_begun(
    world: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")

    said = world("batch", "run", "--yes", "--mode", mode)

    assert said.code == 3, said.text
    assert "GEMINI_API_KEY is not set" in said.err
    assert "https://aistudio.google.com/apikey" in said.err
    assert not (world.root / ".chargen" / "runs").exists()


def test_a_plan_needs_no_key(world: World) -> None:
    assert world("batch", "plan").code == 0


@pytest.fixture
def nobody_there(gemini: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where nothing listens, and no waiting between attempts."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)


@pytest.mark.parametrize("command", [["run"], ["submit"], ["run", "--mode", "batch"]])
@pytest.mark.usefixtures("nobody_there")
def test_a_provider_that_is_down_is_exit_1_and_can_be_tried_again(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    said = one_shot("batch", *command, "--yes")

    assert said.code == 1, said.text
    assert "nobody answers at http://127.0.0.1:" in said.err
    assert said.err.count("is the emulator running?") == 1
    assert "Traceback" not in said.err
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini.url)
    one_shot.make()
    assert one_shot.plan() == []


@pytest.mark.usefixtures("nobody_there")
def test_collect_waits_for_another_day_when_the_provider_is_down(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = one_shot("batch", "status")
    assert down.code == 0
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini.url)
    assert one_shot("batch", "submit", "--yes").code == 0
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")

    said = one_shot("batch", "collect")

    assert said.code == 1, said.text
    assert "is http://127.0.0.1:9 (GOOGLE_GEMINI_BASE_URL) right" in said.err
    assert "1 still open" in said.out


def test_a_full_disk_at_apply_leaves_everything_whole(one_shot: World, gemini: Emulator) -> None:
    one_shot.make("--no-apply")
    before = one_shot.files()
    small = (
        "sh",
        "-c",
        'export PYTHONDONTWRITEBYTECODE=1; ulimit -f 2; exec "$@"',
        "sh",
    )  # no file may grow beyond 2 blocks

    said = one_shot.process("batch", "apply", under=small)

    assert said.code == 1, said.text
    assert "make room" in said.err
    assert one_shot.files() == before
    assert one_shot("batch", "apply").code == 0
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


@pytest.mark.parametrize("blocks", [4, 200])
@pytest.mark.parametrize("mode", ["live", "batch"])
def test_a_full_disk_anywhere_is_no_bug(world: World, gemini: Emulator, blocks: int, mode: str) -> None:
    small = ("sh", "-c", f'export PYTHONDONTWRITEBYTECODE=1; ulimit -f {blocks}; exec "$@"', "sh")
    before = world.files()

    said = world.process("batch", "run", "--yes", "--mode", mode, under=small)

    assert said.code in (0, 1, 5), said.text
    assert "Traceback" not in said.err
    assert [path for path in world.root.rglob("*.tmp") if path.is_file()] == []
    assert {
        path: data for path, data in world.files().items() if path in before and "imagery" not in path
    } == {path: data for path, data in before.items() if "imagery" not in path}
    world.make()
    assert world.plan() == []


def test_a_locked_job_store_is_exit_3(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0
    monkeypatch.setattr(SqliteJobStore.__init__, "__kwdefaults__", {"wait_s": 0.05})
    holder = sqlite3.connect(jobs_of(one_shot), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    said = one_shot("batch", "collect", "--wait")
    holder.close()

    assert said.code == 3, said.text
    assert "jobs.sqlite is locked" in said.err
    assert one_shot("batch", "collect", "--wait").code == 0
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


def test_a_damaged_job_store_is_exit_3_and_can_be_moved_away(one_shot: World, gemini: Emulator) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0
    for journal in jobs_of(one_shot).parent.glob("jobs.sqlite-*"):
        journal.unlink()
    jobs_of(one_shot).write_bytes(b"no database at all " * 99)

    said = one_shot("batch", "collect", "--wait")

    assert said.code == 3, said.text
    assert "damaged or no job store" in said.err
    assert "move the file away" in said.err
    assert "images" not in one_shot.read("quay/imagery.yaml")
    jobs_of(one_shot).unlink()
    assert one_shot("batch", "collect", "--wait").code == 0
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


def saved_plan(world: World) -> str:
    assert world("batch", "plan", "--out", "p.json").code == 0
    return world.read("p.json")


@pytest.mark.parametrize("verb", ["run", "submit"])
@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("not json", 3, "not a plan file"),
        ("[]", 3, "not a plan file"),
        ('{"schema": "chargen/plan@9"}', 3, "not a plan file"),
        (None, 3, "cannot read the plan file"),
    ],
)
def test_what_is_no_plan_is_exit_3(
    world: World, gemini: Emulator, verb: str, text: str | None, code: int, words: str
) -> None:
    if text is not None:
        world.write("p.json", text)

    said = world("batch", verb, "--plan", "p.json", "--yes")

    assert said.code == code, said.text
    assert f"p.json: {words}" in said.err
    assert gemini.paid == []


def test_a_plan_edited_by_hand_is_refused(world: World, gemini: Emulator) -> None:
    text = saved_plan(world)
    assert json.loads(text)["items"]
    world.write("p.json", text.replace('"reason": "new"', '"reason": "forced"', 1))

    said = world("batch", "run", "--plan", "p.json", "--yes")

    assert said.code == 3, said.text
    assert "edited by hand" in said.err
    assert gemini.paid == []


def test_a_plan_of_another_tree_is_stale(world: World, gemini: Emulator) -> None:
    saved_plan(world)
    world.edit("locations/pier/imagery.yaml", "an empty bench", "a full bench")

    said = world("batch", "run", "--plan", "p.json", "--yes")

    assert said.code == 5, said.text
    assert "stale plan: the tree" in said.err
    assert "chargen batch plan --out" in said.err
    assert gemini.paid == []


def test_a_plan_that_was_done_already_is_stale(world: World, gemini: Emulator) -> None:
    saved_plan(world)
    assert world("batch", "submit", "--plan", "p.json", "--yes").code in (0, 3)
    world.make()
    paid = len(gemini.paid)

    said = world("batch", "run", "--plan", "p.json", "--yes")

    assert said.code == 5, said.text
    assert len(gemini.paid) == paid


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["batch", "run", "--only", "character/nobody/**", "--yes"], "selects no shot"),
        (["batch", "plan", "--only", "charcter/**"], "selects no shot"),
        (["batch", "run", "--force", "nothing/**", "--yes"], "selects no shot"),
        (["batch", "run"], "pass --yes"),
        (["batch", "submit"], "pass --yes"),
        (["batch", "submit", "--mode", "live", "--yes"], "chargen batch run"),
        (["batch", "run", "--variants", "2", "--yes"], "--variants goes with --force"),
        (["batch", "run", "--resume", "--yes"], "no run to resume"),
        (["batch", "run", "--run", "9", "--yes"], "no run '9'"),
        (["batch", "run", "--max-cost", "much", "--yes"], "no amount"),
        (["batch", "run", "--plan", "p.json", "--only", "a/b", "--yes"], "--plan brings its own options"),
        (["batch", "run", "--plan", "p.json", "--mode", "batch", "--yes"], "--plan brings its own options"),
        (["batch", "pln"], "plan"),
        (["bacth"], "batch"),
        (["batch", "plan", "--fromat", "json"], "--format"),
        (["batch", "plan", "--root", "nowhere"], "nowhere"),
        (["batch", "plan", "--base", "HEAD"], "git repository"),
        (["batch", "collect", "--run", "9"], "no run '9'"),
        (["batch", "cancel"], "--run"),
    ],
)
def test_what_cannot_be_meant_is_exit_64(
    world: World, gemini: Emulator, command: list[str], words: str
) -> None:
    said = world(*command)

    assert said.code == 64, said.text
    assert words in said.err
    assert gemini.paid == []
    assert not (world.root / ".chargen" / "runs").exists()


@pytest.mark.parametrize("value", ["ftp://x", "http://u:p@host", "host:80"])
def test_a_bad_address_in_the_environment_is_exit_3(
    world: World, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", value)

    said = world("batch", "plan")

    assert said.code == 3, said.text
    assert "GOOGLE_GEMINI_BASE_URL" in said.err
    assert "Traceback" not in said.err


def test_a_copied_world_without_its_books_does_not_pay_again(world: World, gemini: Emulator) -> None:
    world.make()
    shutil.rmtree(world.root / ".chargen")
    world.edit("chargen.yaml", "still water", "water like glass")

    said = world("batch", "run", "--yes")

    assert said.code == 5, said.text
    assert "--local" in said.err
    assert len(gemini.paid) == 5


def test_damaged_books_stop_before_anything_is_paid(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    (one_shot.root / ".chargen/books.git/refs/chargen/books").write_text("0" * 39 + "1\n")
    one_shot.edit("quay/imagery.yaml", "subject: a quay", "subject: a quay in rain")

    said = one_shot("batch", "run", "--yes")

    assert said.code == 5, said.text
    assert "the books" in said.err
    assert len(gemini.paid) == 1


def test_a_bug_is_exit_70_with_a_report_and_no_secret(
    world: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a-word-nobody-else-has is in here")

    monkeypatch.setattr("chargen.pipeline.plan.make_plan", broken)

    said = world("batch", "plan")

    assert said.code == 70
    assert "This is a bug of chargen's (RuntimeError)" in said.err
    assert "chargen 0.1.0, Python 3." in said.err
    assert "a-word-nobody-else-has" not in said.text
    assert "*** is in here" in said.err
