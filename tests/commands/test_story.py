"""From the writer's words to pictures and rows and back to an empty plan: batch and live, with git and without."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from chargen.dialects.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

CUT_OFF = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(refuse)
from chargen.cli import main
main()
"""


def bring_in_by_batches(world: World) -> int:
    """Submit and collect until nothing is left to make; how many rounds it took."""
    for rounds in range(1, 10):
        sent = world("batch", "submit", "--yes")
        assert sent.code == 0, sent.text
        brought = world("batch", "collect", "--wait")
        assert brought.code == 0, brought.text
        if world("batch", "plan", "--detailed-exitcode").code == 0:
            return rounds
    raise AssertionError("the plan never became empty")


def rows_of(world: World) -> dict[str, dict[str, Any]]:
    """Every row of a world, by its job id."""
    found = {}
    for path, data in world.files().items():
        if path.endswith("imagery.yaml"):
            text = read_yaml(data, path=path).data
            for scene in text.get("scenes") or ():
                for place in (scene, *(scene.get("shots") or ())):
                    for row in place.get("generated_images") or ():
                        found[row["custom_id"]] = row
    return found


def without_rows(text: str) -> str:
    """A text without `generated_images`: the lines below the key in block style, `, generated_images: [...]` in flow."""
    kept, inside = [], -1
    for line in text.splitlines(keepends=True):
        words = line.lstrip()
        indent = len(line) - len(words)
        if inside >= 0 and words and (indent > inside or (indent == inside and words.startswith("- "))):
            continue
        inside = indent if words.startswith("generated_images:") else -1
        if inside < 0:
            kept.append(_without_flow_rows(line))
    return "".join(kept)


def _without_flow_rows(line: str) -> str:
    before, found, rest = line.partition(", generated_images: [")
    depth, quoted = 1, False
    for i, sign in enumerate(rest):
        quoted ^= sign == '"'
        depth += 0 if quoted else (sign in "[{") - (sign in "]}")
        if depth == 0:
            return before + rest[i + 1 :]
    return before + found + rest


@pytest.mark.parametrize("name", ["world", "tidewright"])
def test_batches_bring_every_picture_and_leave_an_empty_plan(
    name: str, gemini: Emulator, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(name)
    wanted = len(world.plan()) + sum("waiting" in why for why in world.whys().values())

    rounds = bring_in_by_batches(world)

    assert rounds == 2 if name == "world" else rounds > 1  # a shot that refers to another comes after it
    assert len(gemini.paid) == wanted
    assert world.plan() == []


@pytest.mark.parametrize("name", ["world", "tidewright"])
def test_no_word_of_the_writers_changes(name: str, gemini: Emulator, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue(name)
    before = world.files()

    world.make()

    after = world.files()
    for path, data in before.items():
        changed = after[path].decode() if path.endswith(".yaml") else after[path]
        if isinstance(changed, str):
            assert without_rows(changed) == data.decode(), path
        else:
            assert changed == data, path


def test_every_picture_lies_where_its_row_says(world: World, gemini: Emulator) -> None:
    world.make()

    rows = rows_of(world)
    assert len(rows) == 5
    folders = {"character": "characters", "location": "locations", "chapter": "chapters"}
    for job_id, row in rows.items():
        kind, slug = job_id.split(".")[:2]
        with Image.open(world.root / folders[kind] / slug / row["file_path"]) as image:
            assert image.size == (1376, 768)
        assert row["aspect_ratio"] == "16:9"


def test_live_gives_the_same_rows_but_for_how_they_were_made(
    world: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = type(world)(world.root.with_name("fresh"), world.capsys)
    shutil.copytree(world.root, fresh.root)
    bring_in_by_batches(world)
    monkeypatch.chdir(fresh.root)
    fresh.make()

    assert [same(row) for row in rows_of(world).values()] == [same(row) for row in rows_of(fresh).values()]
    assert fresh("batch", "plan", "--detailed-exitcode").code == 0


def same(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what tells a live picture from a batch's."""
    metadata = {
        key: value
        for key, value in row["provider_metadata"].items()
        if key not in {"mode", "batch", "cost_usd"}
    }
    kept = {key: value for key, value in row.items() if key not in {"generated_at", "run_id"}}
    return kept | {"provider_metadata": metadata}


def test_run_in_batch_mode_does_it_all_in_one_command(world: World, gemini: Emulator) -> None:
    said = world("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 0, said.text
    assert world.plan() == []
    assert {answer.batch[:8] for answer in gemini.paid} == {"batches/"}


@pytest.mark.parametrize("name", ["world", "tidewright"])
def test_a_plan_is_the_same_bytes_twice(name: str, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue(name)
    first = world("batch", "plan", "--format", "json")
    kept = world.read(".chargen/plan.json")
    again = world("batch", "plan", "--format", "json")

    assert first == again
    assert first.out == kept == world.read(".chargen/plan.json")
    assert first.code == 0
    assert not (world.root / ".chargen" / "runs").exists()


def test_a_plan_is_the_same_bytes_in_any_process(tidewright: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said = set()
    for seed in ("0", "1"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        said.add(tidewright.process("batch", "plan", "--format", "json").out)

    assert len(said) == 1


def test_a_plan_needs_no_network(world: World) -> None:
    command = [sys.executable, "-c", CUT_OFF, "batch", "plan", "--format", "json"]
    environment = {**os.environ, "GIT_ALLOW_PROTOCOL": "none"}

    done = subprocess.run(command, cwd=world.root, env=environment, capture_output=True, check=False)

    assert (done.returncode, done.stdout.decode()) == (0, world("batch", "plan", "--format", "json").out)


def test_help_imports_nothing_heavy() -> None:
    heavy = ("google", "git", "pydantic", "PIL", "ruamel", "yaml", "rich", "sqlite3", "msgspec", "tenacity")
    code = (
        "import sys\nfrom chargen.cli import run\n"
        "for words in (['--help'], ['batch', '--help'], ['--version']): run(words)\n"
        f"sys.exit(', '.join(name for name in {heavy!r} if name in sys.modules) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_dirty_work_tree_is_normal_and_git_is_left_alone(
    world: World, gemini: Emulator, git: Callable[..., str]
) -> None:
    git(world.root, "init", "-q")
    git(world.root, "add", ".")
    git(world.root, "commit", "-q", "-m", "begin")
    world.edit("locations/pier/imagery.yaml", "an empty bench", "an empty bench, wet")
    world.write("notes.txt", "half a thought")
    git(world.root, "add", "notes.txt")
    before = (git(world.root, "rev-parse", "HEAD"), git(world.root, "diff", "--cached"))

    world.make()

    assert (git(world.root, "rev-parse", "HEAD"), git(world.root, "diff", "--cached")) == before
    assert "an empty bench, wet" in world.read("locations/pier/imagery.yaml")
    assert ".chargen" not in git(world.root, "status", "--porcelain")
    assert git(world.root, "for-each-ref", "refs/chargen/books")
    assert world.plan() == []


def test_a_saved_plan_is_what_is_done(world: World, gemini: Emulator) -> None:
    assert world("batch", "plan", "--only", "character/**", "--out", "p.json").code == 0

    assert world("batch", "run", "--plan", "p.json", "--yes").code == 0

    assert list(rows_of(world)) == ["character.mara.portrait.main.v1"]
    assert len(gemini.paid) == 1


def test_apply_and_collect_again_do_nothing(world: World, gemini: Emulator) -> None:
    world.make()
    before = world.files()

    for verb in ("apply", "collect"):
        assert world("batch", verb).code == 0
    assert world.make()

    assert world.files() == before
    assert len(gemini.paid) == 5


def test_no_apply_keeps_the_pictures_until_apply(world: World, gemini: Emulator) -> None:
    before = world.files()
    world.make("--no-apply", "--only", "location/**")
    assert world.files() == before
    assert {line.why for line in world.plan("--only", "location/**")} == {"paid before"}

    assert world("batch", "apply").code == 0

    assert len(rows_of(world)) == 3
    assert len(gemini.paid) == 3


def test_status_adds_up(world: World, gemini: Emulator) -> None:
    world.make()

    counts = world.status()["run"]["counts"]

    parts = counts["succeeded"] + counts["failed"] + counts["skipped"] + counts["open"]
    assert (counts["planned"], parts) == (5, 5)
    assert json.loads(world("batch", "status", "--format", "json").out)["submissions"]


@pytest.mark.parametrize(
    ("style", "words"), [("text", "Plan: 4 to make"), ("markdown", "| + | `character/mara/portrait/main`")]
)
def test_a_plan_in_words(world: World, style: str, words: str) -> None:
    said = world("batch", "plan", "--format", style)

    assert said.code == 0
    assert words in said.out
    assert said.err == ""
    assert world("batch", "plan", "--quiet").out == ""
    assert world("batch", "plan", "--detailed-exitcode").code == 2


def test_a_plan_goes_into_a_pipe_without_replacing_it(world: World) -> None:
    pipe = world.root / "pipe"
    pipe.symlink_to("/dev/null")

    assert world("batch", "plan", "--out", "pipe").code == 0

    assert pipe.is_symlink()
    assert not (world.root / ".chargen").exists()
