"""Adopting: rows for pictures that exist, so that the plan takes them for the answer to today's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chargen.core.books import Books
from chargen.core.digest import sha256
from chargen.core.plan import Options
from chargen.dialects.yaml_text import read_yaml
from chargen.errors import WorkFailed
from chargen.pipeline.adopt import Adopting, prepare, write
from chargen.pipeline.compile import compile_world
from chargen.pipeline.discover import discover
from chargen.pipeline.plan import make_plan
from tests.fakes import FakeFiles, FakePictures, FakeTree
from tests.memoryquill import CHAPTER, ODO, image, odo
from tests.worlds import PIER, WIDE, a_picture, one_shot, tree_of

OPEN = a_picture("open")


def files_of(files: dict[str, Any]) -> FakeFiles:
    return FakeFiles(
        {path: data for path, data in tree_of(files).contents.items() if isinstance(data, bytes)}
    )


def prepared(files: FakeFiles) -> Adopting:
    world = discover(FakeTree(files.contents))
    shots = compile_world(world)
    return prepare(world, shots, Books(), wanted=list(shots), files=files, pictures=FakePictures())


def adopt(files: FakeFiles) -> FakeFiles:
    """The files after everything was adopted."""
    for text in prepared(files).texts:
        write(text, files)
    return files


def plan(files: FakeFiles) -> dict[str, str]:
    world = discover(FakeTree(files.contents))
    made = make_plan(world, compile_world(world), Books(), Options(), version="1")
    return {str(item.address): item.why for item in made.items}


def the_row(files: dict[str, Any]) -> dict[str, Any]:
    (new,) = prepared(files_of(files)).rows
    return dict(new.row)


def test_a_row_says_what_the_plan_needs_and_nothing_that_was_paid() -> None:
    row = the_row({PIER: one_shot(), "locations/pier/images/dawn.wide.png": OPEN})

    (shot,) = compile_world(discover(tree_of({PIER: one_shot()}))).values()
    assert list(row) == [
        "custom_id",
        "file_path",
        "file_name",
        "title",
        "sha256",
        "prompt_hash",
        "digests",
        "aspect_ratio",
    ]
    assert row["custom_id"] == "location.pier.dawn.wide.v1"
    assert (row["file_path"], row["file_name"]) == ("images/dawn.wide.png", "dawn.wide.png")
    assert (row["sha256"], row["prompt_hash"]) == (sha256(OPEN), shot.prompt_hash)
    assert row["aspect_ratio"] == "16:9"


IN_PLACE: dict[str, Any] = {PIER: one_shot(), "locations/pier/images/dawn.wide.png": OPEN}
BY_HAND: dict[str, Any] = {
    PIER: one_shot("generated_images:\n  - {custom_id: wide, file_path: images/old.jpg, caption: mine}\n"),
    "locations/pier/images/old.jpg": OPEN,
}
MADE_BEFORE = image("file_path: images/old.png\ngenerated_at: null") | {"chapters/ch01/images/old.png": OPEN}


@pytest.mark.parametrize("files", [IN_PLACE, BY_HAND, MADE_BEFORE])
def test_the_plan_says_unchanged_and_adopting_again_writes_nothing(files: dict[str, Any]) -> None:
    after = adopt(files_of(files))

    assert set(plan(after).values()) == {"unchanged"}
    assert prepared(after) == Adopting()
    assert after.writes == [next(iter(files))]


@pytest.mark.parametrize(
    ("files", "old"), [(IN_PLACE, b"whole pier"), (BY_HAND, b"whole pier"), (MADE_BEFORE, b"a road")]
)
def test_other_words_have_it_made_anew_and_another_picture_is_left_alone(
    files: dict[str, Any], old: bytes
) -> None:
    path, picture = files
    edited, retouched = adopt(files_of(files)), adopt(files_of(files))

    edited.contents[path] = edited.contents[path].replace(old, b"broken pier", 1)
    retouched.contents[picture] = a_picture("retouched")

    assert list(plan(edited).values()) == ["prompt changed: subject"]
    assert list(plan(retouched).values()) == ["edited by hand"]


def test_only_the_row_is_new_in_the_file() -> None:
    files = files_of(MADE_BEFORE)
    before = files.contents[CHAPTER].decode()

    (text,) = prepared(files).texts

    assert text.old.decode() == before
    assert text.new.decode().removeprefix(before).splitlines()[0].strip() == "generated_images:"


def test_a_row_of_somebody_else_s_is_kept_but_for_what_a_row_of_chargen_s_says() -> None:
    row = (
        "{custom_id: wide, file_path: images/old.jpg, title: mine, model: brush-9, size: 900x600, quality: hd, "
        "generated_at: 2024-05-01, alt_text: null, provider: studio, tags: [a, b], provider_metadata: {batch: x}}"
    )
    files = {PIER: one_shot(f"generated_images:\n  - {row}\n"), "locations/pier/images/old.jpg": OPEN}

    after = adopt(files_of(files))

    (shot,) = read_yaml(after.contents[PIER], path=PIER).data["scenes"][0]["shots"]
    (new,) = shot["generated_images"]
    assert new["custom_id"] == "location.pier.dawn.wide.v1"
    kept = {"title": "mine", "model": "brush-9", "size": "900x600", "provider": "studio", "quality": "hd"}
    assert new | kept | {"generated_at": "2024-05-01", "tags": ["a", "b"]} == new
    assert new.keys().isdisjoint({"provider_metadata", "alt_text"})


def test_of_a_row_that_shares_its_id_nothing_is_replaced() -> None:
    rows = "".join(
        f"  - {{custom_id: ch01-img-1, file_path: images/{name}.png}}\n" for name in ("old", "new")
    )
    files = image(f"generated_images:\n{rows}") | {
        f"chapters/ch01/images/{name}.png": a_picture(name) for name in ("old", "new")
    }

    after = adopt(files_of(files))

    written = read_yaml(after.contents[CHAPTER], path=CHAPTER).data["images"][0]["generated_images"]
    assert [item["file_path"] for item in written] == ["images/old.png", "images/new.png", "images/new.png"]
    assert [("prompt_hash" in item) for item in written] == [False, False, True]
    assert set(plan(after).values()) == {"unchanged"}


def test_a_memoryquill_row_keeps_the_shot_s_own_id_beside_the_job_s() -> None:
    row = the_row(MADE_BEFORE)

    assert (row["custom_id"], row["job_id"]) == ("ch01-img-1", "chapter.ch01.scn-1.img-1.v1")


def test_what_the_inventory_knows_of_the_making_is_kept() -> None:
    inventory = """
        image_inventory:
          - id: odo-reading-01
            path: images/r.png
            status: approved
            provenance: {created_at: 2025-12-22, provider: studio, model: brush-9, source: imported}
    """
    files = odo(inventory, ideas="scenes:\n  - {title: Reading, scene: he reads}\n")

    row = the_row(files | {"characters/odo/images/r.png": OPEN})

    known = {"generated_at": "2025-12-22", "provider": "studio", "model": "brush-9"}
    assert row | known == row
    assert "size" not in row


def test_a_picture_that_would_be_made_anew_at_once_is_not_adopted() -> None:
    world = {"chargen.yaml": "provider: {regenerate_on: [model]}\n"}

    (unknown,) = prepared(files_of(world | IN_PLACE)).left
    (other,) = prepared(files_of(world | {k: _with_model(v) for k, v in BY_HAND.items()})).left

    assert "nobody knows its model" in unknown.why
    assert "made with model brush-9" in other.why


def _with_model(data: str | bytes) -> str | bytes:
    return data.replace("caption: mine", "model: brush-9") if isinstance(data, str) else data


def test_one_file_that_cannot_be_changed_leaves_the_others_alone() -> None:
    second = "chapters/ch01/imagery.yaml"
    files = files_of(IN_PLACE | {second: "kind: chapter\nscenes:\n  - {id: a, subject: Ada}\n"})
    files.contents["chapters/ch01/images/a.main.png"] = a_picture("ada")
    broken = FakeFiles({path: data for path, data in files.contents.items() if path != second})
    world = discover(FakeTree(files.contents))
    shots = compile_world(world)

    found = prepare(world, shots, Books(), wanted=list(shots), files=broken, pictures=FakePictures())

    assert [text.path for text in found.texts] == [PIER]
    assert [problem.message.partition(":")[0] for problem in found.problems] == [second]


def test_a_file_that_changed_while_somebody_was_asked_is_not_written() -> None:
    files = files_of(IN_PLACE)
    (text,) = prepared(files).texts
    files.contents[PIER] += b"# more\n"

    with pytest.raises(WorkFailed, match="changed meanwhile"):
        write(text, files)

    assert files.writes == []


def test_a_picture_that_does_not_decode_is_left_with_its_reason() -> None:
    files = files_of(IN_PLACE)
    files.contents["locations/pier/images/dawn.wide.png"] = OPEN[:8] + b"torn"

    (item,) = prepared(files).left

    assert (str(item.shot.address), item.why) == (WIDE, "no picture of ours")


def test_several_scenes_of_a_character_share_one_list() -> None:
    inventory = "".join(
        f"  - {{id: odo-{name}-1, path: images/{name}.png, status: approved}}\n"
        for name in ("reading", "asleep")
    )
    ideas = "scenes:\n  - {title: Reading, scene: he reads}\n  - {title: Asleep, scene: he sleeps}\n"
    files = files_of(
        odo(f"image_inventory:\n{inventory}", ideas=ideas)
        | {f"characters/odo/images/{name}.png": a_picture(name) for name in ("reading", "asleep")}
    )

    rows = read_yaml(adopt(files).contents[ODO], path=ODO).data["generated_images"]

    assert [row["custom_id"] for row in rows] == ["odo-asleep", "odo-reading"]
    assert set(plan(files).values()) == {"unchanged"}
    assert json.dumps(rows).count("prompt_hash") == 2


def test_a_row_of_somebody_else_s_keeps_its_shot_from_being_ordered_until_it_is_adopted() -> None:
    assert plan(files_of(BY_HAND)) == {WIDE: "unchanged: made before chargen: locations/pier/images/old.jpg"}


def test_a_row_of_somebody_else_s_keeps_its_spelling() -> None:
    row = "{custom_id: wide, file_path: images/old.jpg, generated_at: 2024-05-01T10:00:00.250Z, weight: 0.5, said: '0.5'}"
    files = {PIER: one_shot(f"generated_images:\n  - {row}\n"), "locations/pier/images/old.jpg": OPEN}

    text = adopt(files_of(files)).contents[PIER].decode()

    assert "generated_at: 2024-05-01T10:00:00.250Z" in text
    assert "weight: 0.5" in text
    assert 'said: "0.5"' in text
