"""A writer's memoryquill world through the command line: as it lies, and nothing of it reformatted."""

from __future__ import annotations

import json
import os
import posixpath
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from chargen.dialects.row_edit import RowEdit
from chargen.dialects.splice import outside, splice
from chargen.dialects.yaml_text import read_yaml
from chargen.emulator.server import Emulator, Pace
from tests.commands.conftest import KEY, REPOSITORY, World, picture
from tests.memoryquill_world import GULL_INN, MADE, TEXTS, UNDESCRIBED, WANTED, untidy_world

if TYPE_CHECKING:
    from pathlib import Path

LODE, INN = "locations/salt-lode/imagery.yaml", "locations/gull-inn/imagery.yaml"
BOOK, IDEAS = "chapters/ch02-low-tide/imagery.yaml", "characters/edda-quill/image-ideas.yaml"
EDDA, TAM = "characters/edda-quill/imagery.yaml", "characters/tam-reed/imagery.yaml"


@pytest.fixture
def untidy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    """The writer's world, nothing made yet by chargen."""
    made = World(tmp_path / "world", capsys)
    for path, text in untidy_world(picture("tan")).items():
        assert isinstance(text, (str, bytes))
        made.write(path, text)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The world after one run, to be copied, and how many pictures were paid for."""
    folder = tmp_path_factory.mktemp("once")
    root, home = folder / "world", folder / "home"
    home.mkdir()
    for path, data in untidy_world(picture("tan")).items():
        assert isinstance(data, (str, bytes))
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data.encode() if isinstance(data, str) else data)
    with Emulator(pace=Pace(polls=1), flat=True) as gemini:
        environment = {
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "GEMINI_API_KEY": KEY,
            "PYTHONPATH": str(REPOSITORY),
        }
        done = subprocess.run(
            [sys.executable, "-m", "chargen", "batch", "run", "--yes"],
            cwd=root, env={"PATH": os.environ["PATH"], "HOME": str(home), **environment}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stdout + done.stderr  # one part that nothing describes
        return root, len(gemini.paid)


@pytest.fixture
def made(
    once: tuple[Path, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> World:
    """The same after one run."""
    world = World(tmp_path / "world", capsys)
    shutil.copytree(once[0], world.root, symlinks=True)
    monkeypatch.chdir(world.root)
    return world


def rows_of(data: Any, at: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every row of chargen's in a file, with the path of the mapping that owns it."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = [row for key, value in pairs for row in rows_of(value, (*at, key))]
    own = data.get("generated_images") if isinstance(data, dict) else None
    return found + [(at, row) for row in own or () if isinstance(row, dict) and row.get("run_id")]


def rows(world: World, path: str) -> dict[tuple[str | int, ...], list[dict[str, Any]]]:
    """The same by owner."""
    found: dict[tuple[str | int, ...], list[dict[str, Any]]] = {}
    for at, row in rows_of(read_yaml(world.read(path), path=path).data):
        found.setdefault(at, []).append(row)
    return found


# ---- plan -----------------------------------------------------------------------------------------------------------


def test_every_wanted_picture_is_planned_made_already_or_listed(untidy: World) -> None:
    whys = untidy.whys()

    assert whys.pop("location/ferry/the-far-bank/main") == (
        f"skip: problem: {UNDESCRIBED}: nothing describes this part, the-far-bank"
    )
    assert tuple(sorted(whys)) == WANTED
    assert {at: why for at, why in whys.items() if why != "generate: new"} == {
        at: f"skip: unchanged: made before chargen: {path}" for at, path in MADE.items()
    }
    assert f"{UNDESCRIBED}: error: nothing describes this part, the-far-bank" in untidy("validate").text


def test_validate_tells_each_dangling_reference_at_its_line(untidy: World) -> None:
    said = untidy("validate", "--all").text.splitlines()

    assert [line for line in said if "orso" in line or "'Tam'" in line] == [
        f"{BOOK}:37:12: warning: a state for 'Tam', who is not among the characters of this picture: left out",
        f"{BOOK}:65:26: warning: no character 'orso-the-landlord' in this world",
    ]
    assert "    did you mean 'tam-reed'?" in said


# ---- run ------------------------------------------------------------------------------------------------------------


def test_a_run_makes_what_is_planned_and_then_there_is_nothing_to_do(
    made: World, once: tuple[Path, int]
) -> None:
    assert once[1] == len(WANTED) - len(MADE)
    assert made.plan() == []


def test_nothing_of_the_writers_is_changed(made: World) -> None:
    for path, before in TEXTS.items():
        after = made.read(path)
        spliced = splice(
            before, [RowEdit(at, row) for at, row in rows_of(read_yaml(after, path=path).data)], path=path
        )

        assert spliced.text == after, path
        assert outside(before, spliced.old_spans) == outside(after, spliced.new_spans)
        left = iter(after)
        assert all(char in left for char in before.replace("generated_images: []", "generated_images:")), path


def test_files_that_only_say_what_is_wanted_are_not_touched(made: World) -> None:
    for path in TEXTS:
        if "ideas" in path:
            assert made.read(path) == TEXTS[path]


def test_rows_lie_where_the_site_looks(made: World) -> None:
    assert list(rows(made, BOOK)) == [("images", i) for i in range(4)]
    assert list(rows(made, LODE)) == [("overview",), ("zones", 0), ("zones", 2), ("beat_images", 0)]
    assert list(rows(made, INN)) == [
        ("overview",), ("zones", 0, "images", 0), ("zones", 0, "images", 1),
        ("zones", 1), ("beat_images", 0),
    ]  # fmt: skip
    assert list(rows(made, EDDA)) == [()]
    assert list(rows(made, TAM)) == [()]


def test_a_row_keeps_the_shots_own_id_and_the_job_id_goes_beside_it(made: World) -> None:
    (row,) = rows(made, BOOK)["images", 0]

    assert (row["custom_id"], row["job_id"]) == (
        "ch02-low-tide-img-01-01", "chapter.ch02-low-tide.scn-02-01.img-01-01.v1"
    )  # fmt: skip
    assert [row["custom_id"] for row in rows(made, EDDA)[()]] == [
        "edda-quill-the-tide-book-1fc6a7", "edda-quill-the-tide-book-6d83dc", "edda-quill-walking-home"
    ]  # fmt: skip
    assert [row["custom_id"] for found in rows(made, INN).values() for row in found] == [
        "gull-inn-overview-primary", "gull-inn-overview-secondary", "common-room-full", "common-room-empty", "Back Stair",
        "the-toast",
    ]  # fmt: skip


def test_every_row_names_a_picture_that_is_there(made: World) -> None:
    for path in TEXTS:
        for _, row in rows_of(read_yaml(made.read(path), path=path).data):
            file = made.root / posixpath.dirname(path) / row["file_path"]
            assert file.is_file(), (path, row["file_path"])


def test_placeholders_and_rows_of_others_stay(made: World) -> None:
    image = read_yaml(made.read(BOOK), path=BOOK).data["images"][0]
    stair = read_yaml(made.read(INN), path=INN).data["zones"][1]["generated_images"]

    assert [image[key] for key in ("generated_at", "file_name", "file_path", "provider", "model", "provider_metadata")] == [
        None, None, None, None, None, {}
    ]  # fmt: skip
    assert stair[0] == {"custom_id": "back-stair", "file_path": "images/lost.png"}
    assert len(stair) == 2


# ---- edits ----------------------------------------------------------------------------------------------------------


def test_an_edit_of_one_zone_orders_one_picture(made: World) -> None:
    made.edit(LODE, "description: Shallow pans", "description: Two shallow pans")

    assert [line for line in made.plan() if line.action == "generate"] == [
        ("location/salt-lode/pan-row/main", "generate", "prompt changed: subject")
    ]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (LODE, '    prompt_used: "oil painting, a gate"', '    prompt_used: "oil painting, a large gate"'),
        (LODE, "# keep it plain", "# keep it very plain"),
        (BOOK, "        The tide is out, and the gate\n        hangs over wet sand.", "        The tide is out,\n        and the gate hangs over wet sand."),
        (BOOK, "'Low Tide'", "'Lower Tide'"),
        (BOOK, "She rings it twice.", "She rings it once."),
    ],
)  # fmt: skip
def test_an_edit_of_what_carries_no_picture_orders_nothing(
    made: World, path: str, old: str, new: str
) -> None:
    made.edit(path, old, new)

    assert made.plan() == []


def test_an_inventory_row_that_is_approved_no_more_makes_its_scene_wanted(made: World) -> None:
    made.edit(EDDA, "approved\n    content: {title: Nets}", "rejected\n    content: {title: Nets}")

    assert made.plan() == [("character/edda-quill/mending-nets/main", "generate", "new")]


def test_reordering_zones_images_and_scenes_orders_nothing(made: World) -> None:
    for path, key in ((LODE, "zones"), (INN, "zones"), (BOOK, "images"), (IDEAS, "scenes")):
        document = read_yaml(made.read(path), path=path)
        starts = [document.node(key, i) for i in range(len(document.data[key]))]
        made.write(path, reordered(made.read(path), [node.start for node in starts if node is not None], key))
        assert read_yaml(made.read(path), path=path).data[key] == document.data[key][::-1]

    assert made.plan() == []


def reordered(text: str, starts: list[int], key: str) -> str:
    """The items of a list that ends a file or stands before a key at the left margin, the last one first."""
    lines = [text.rfind("\n", 0, start) + 1 for start in starts]
    rest = next(
        (at for at in range(lines[-1], len(text)) if text[at - 1] == "\n" and text[at] not in " -\r\n#"),
        len(text),
    )
    pieces = [text[start:end] for start, end in zip(lines, [*lines[1:], rest], strict=True)]
    return text[: lines[0]] + "".join(reversed(pieces)) + text[rest:]


# ---- trouble --------------------------------------------------------------------------------------------------------


def test_a_broken_file_is_reported_and_the_others_run(untidy: World, gemini: Emulator) -> None:
    untidy.write(INN, GULL_INN.replace("    mood: homely", "    mood: homely: no"))

    said = untidy("batch", "run", "--yes")

    assert said.code == 1
    assert f"{INN}:9:" in said.text
    assert "Traceback" not in said.text
    assert (
        len(gemini.paid)
        == len([at for at in WANTED if not at.startswith("location/gull-inn/")]) - len(MADE) - 1
    )
    assert untidy.read(INN) == GULL_INN.replace("    mood: homely", "    mood: homely: no")


def test_scenes_that_cannot_be_read_leave_their_character_out(untidy: World, gemini: Emulator) -> None:
    untidy.write(IDEAS, "scenes: [\n")

    said = untidy("batch", "run", "--yes")

    assert said.code == 1
    assert f"{IDEAS}:2:1: error" in said.text
    assert untidy.read(EDDA) == TEXTS[EDDA]
    assert rows(untidy, TAM)


@pytest.mark.parametrize("said", ["../../../../lost.png", "/home/me/lost.png", "C:\\lost.png"])
def test_a_checkup_looks_on_where_a_row_leads_out_of_the_world(untidy: World, said: str) -> None:
    subprocess.run(["git", "init", "-q", str(untidy.root)], check=True)
    untidy.write(INN, GULL_INN.replace("images/lost.png", said))
    untidy.write(EDDA, TEXTS[EDDA].replace('"images/portrait.png"', said))

    found = {one["name"]: one for one in json.loads(untidy("doctor", "--format", "json").out)["checks"]}

    assert not {name for name, one in found.items() if "check-attr" in one["said"]}
