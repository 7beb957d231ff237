"""`chargen import`: pictures that exist, brought under care; nothing is paid, moved or asked of anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.memoryquill import CHAPTER, image, odo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.commands.conftest import World

NOON = "location/quay/noon/main"
PICTURE = "quay/images/noon.main.png"


@pytest.fixture
def quay(one_shot: World) -> World:
    """A world of one shot, whose picture lies there already."""
    one_shot.paint(PICTURE, "teal", (160, 90))
    return one_shot


def test_adopts_what_is_there_and_the_plan_is_empty(quay: World) -> None:
    assert "a file that is not chargen's lies where" in quay.whys()[NOON]
    before = quay.files()

    said = quay("import", "--yes")

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "location/quay",
        f"  + {'noon/main':<40} images/noon.main.png",
        "",
        "1 picture to adopt.",
        "1 picture adopted.",
    ]
    assert quay.whys() == {NOON: "skip: unchanged"}
    assert {path: data for path, data in quay.files().items() if data != before[path]}.keys() == {
        "quay/imagery.yaml"
    }


def test_again_writes_nothing_and_asks_nothing(quay: World) -> None:
    quay("import", "--yes")
    before = quay.files()

    said = quay("import")

    assert (said.code, said.out) == (0, "Nothing to adopt.\n")
    assert quay.files() == before


def test_lists_first_and_without_a_terminal_wants_a_yes(quay: World) -> None:
    before = quay.files()

    said = quay("import")

    assert said.code == 64
    assert "1 picture to adopt." in said.out
    assert "pass --yes" in said.err
    assert quay.files() == before


def test_later_words_have_it_made_anew_and_a_retouched_picture_is_left(quay: World) -> None:
    quay("import", "--yes")

    quay.edit("quay/imagery.yaml", "subject: a quay", "subject: a long quay")
    reworded = quay.whys()
    quay.edit("quay/imagery.yaml", "subject: a long quay", "subject: a quay")
    quay.paint(PICTURE, "navy", (160, 90))

    assert reworded == {NOON: "generate: prompt changed: subject"}
    assert quay.whys() == {NOON: "skip: edited by hand"}


@pytest.mark.usefixtures("gemini")
def test_what_is_made_later_takes_the_place_of_the_adopted_picture(quay: World) -> None:
    quay("import", "--yes")
    quay.edit("quay/imagery.yaml", "subject: a quay", "subject: a long quay")

    quay.make()

    assert quay.whys() == {NOON: "skip: unchanged"}
    assert quay.read("quay/imagery.yaml").count("custom_id") == 1


def test_says_shot_by_shot_why_a_picture_is_not_adopted(world: World) -> None:
    for path, text in image("file_path: images/old.png").items():
        world.write(path, text)
    world.write("locations/pier/images/dawn.wide.png", b"words")

    said = world("import")

    assert said.code == 0
    assert f"  - {'scn-1/img-1':<40} images/old.png: no such file" in said.out.splitlines()
    assert "1 picture that is named and not there" in said.out


def test_only_what_a_glob_selects_is_adopted(quay: World) -> None:
    assert "selects no shot" in quay("import", "--only", "location/pier").err
    assert quay("import", "--only", "location/*", "--yes").out.endswith("1 picture adopted.\n")


def test_json_says_what_was_written_and_what_was_left(quay: World) -> None:
    for path, text in image("file_path: images/old.png").items():
        quay.write(path, text)

    said = json.loads(quay("import", "--yes", "--format", "json").out)

    (adopted,), (left,) = said["adopted"], said["left"]
    assert (adopted["address"], adopted["path"]) == (NOON, PICTURE)
    assert adopted["row"]["custom_id"] == "location.quay.noon.main.v1"
    assert left == {
        "address": "chapter/ch01/scn-1/img-1",
        "path": "chapters/ch01/images/old.png",
        "why": "no such file",
        "missing": True,
    }
    assert said["problems"] == []


def test_a_broken_file_is_told_and_the_others_are_adopted(quay: World) -> None:
    quay.write("chapters/two/imagery.yaml", "scenes: [\n")

    said = quay("import", "--yes")

    assert said.code == 1
    assert "chapters/two/imagery.yaml cannot be read" in said.err
    assert said.out.endswith("1 picture adopted.\n")


def test_placeholders_of_the_writer_s_stay_and_the_picture_keeps_its_bytes(quay: World) -> None:
    files = image("file_path: images/old.png\ngenerated_at: null\nprovider_metadata: {}")
    quay.write(CHAPTER, files[CHAPTER])
    old = quay.paint("chapters/ch01/images/old.png", "red", (160, 90))

    assert quay("import", "--yes").code == 0

    text = quay.read(CHAPTER)
    assert text.startswith(files[CHAPTER])
    assert "    generated_at: null\n    provider_metadata: {}\n" in text
    assert quay.files()["chapters/ch01/images/old.png"] == old


@pytest.fixture
def mill(one_shot: World, git: Callable[..., str]) -> World:
    """A committed world with a character in the memoryquill shape, one of whose pictures was made before chargen."""
    inventory = (
        "image_inventory:\n  - {id: odo-reading-01, path: images/r.png, status: approved, notes: lovely}\n"
    )
    ideas = "scenes:\n  - {title: Reading, scene: he reads}\n  - {title: Asleep, scene: he sleeps}\n"
    for path, text in odo(f"{inventory}# a comment\nappearance: a thin man\n", ideas=ideas).items():
        one_shot.write(path, text)
    one_shot.paint("characters/odo/images/r.png", "red", (160, 90))
    git(one_shot.root, "init")
    commit(one_shot.root, git)
    return one_shot


def commit(root: Path, git: Callable[..., str]) -> None:
    git(root, "add", "--all", "--", ".", ":!.chargen")
    git(root, "commit", "--message", "words")


def test_to_native_prints_the_file_and_writes_nothing(mill: World) -> None:
    before = mill.files()

    said = mill("import", "--to-native", "character/odo")

    assert said.code == 0
    assert said.out.startswith(
        "# characters/odo/imagery.yaml\nschema: chargen/imagery@1\nkind: character\nslug: odo\n"
    )
    assert said.err.splitlines() == [
        "character/odo: 2 shots, asked for just as before.",
        "  1 picture made before chargen adopted with it.",
        "  left behind of characters/odo/imagery.yaml, as it carries no picture:",
        f"    {'image_inventory':<50} 4 texts",
        "  1 comment of characters/odo/imagery.yaml left behind: line 5",
        "  characters/odo/image-ideas.yaml stays, and is no longer read: delete it when nothing of it is missed.",
        "Nothing was written: with --yes, this replaces the file.",
    ]
    assert mill.files() == before


def test_to_native_leaves_the_plan_as_it_was(mill: World) -> None:
    before = mill.whys()

    said = mill("import", "--to-native", "--yes", "characters/odo/imagery.yaml")

    assert said.code == 0
    assert said.out == "wrote characters/odo/imagery.yaml: character/odo, 2 shots\n"
    made_before = before.pop("character/odo/reading/main")
    assert made_before == "skip: unchanged: made before chargen: characters/odo/images/r.png"
    assert mill.whys() == {**before, "character/odo/reading/main": "skip: unchanged"}
    assert (
        mill("import", "--to-native", "--yes", "character/odo").err
        == "characters/odo/imagery.yaml is native already.\n"
    )


def test_to_native_keeps_what_git_does_not_hold(mill: World) -> None:
    mill.write("characters/odo/imagery.yaml", mill.read("characters/odo/imagery.yaml") + "# more\n")
    before = mill.files()

    said = mill("import", "--to-native", "--yes", "character/odo")

    assert said.code == 1
    assert "characters/odo/imagery.yaml: git does not hold this file as it lies" in said.err
    assert "commit it first" in said.err
    assert mill.files() == before


def test_to_native_of_a_new_file_wants_it_committed(mill: World) -> None:
    files = image("lighting: dawn")
    mill.write(CHAPTER, files[CHAPTER])

    assert mill("import", "--to-native", "--yes", "chapter/ch01").code == 1


def test_to_native_of_a_file_that_git_ignores_is_refused(mill: World) -> None:
    mill.write(".gitignore", "chapters/\n")
    mill.write(CHAPTER, image("lighting: dawn")[CHAPTER])

    assert mill("import", "--to-native", "--yes", "chapter/ch01").code == 1


def test_to_native_without_git_goes_ahead(quay: World) -> None:
    quay.write(CHAPTER, image("lighting: dawn")[CHAPTER])

    assert quay("import", "--to-native", "--yes", "chapters/ch01").code == 0
    assert quay.read(CHAPTER).startswith("schema: chargen/imagery@1\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to-native",), "needs imagery.yaml files"),
        (("--to-native", "character/oddo"), "did you mean 'character/odo'?"),
        (("--to-native", "--only", "*", "character/odo"), "--only goes with pictures"),
        (("character/odo",), "files go with --to-native"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(mill: World, arguments: tuple[str, ...], said: str) -> None:
    told = mill("import", *arguments)

    assert told.code == 64
    assert said in told.err


def test_to_native_of_a_file_that_cannot_be_read_says_so(mill: World) -> None:
    mill.write(CHAPTER, "images: [\n")

    told = mill("import", "--to-native", CHAPTER)

    assert (told.code, "validate says why" in told.err) == (1, True)


def test_one_entity_that_is_refused_leaves_the_others_alone(mill: World, git: Callable[..., str]) -> None:
    mill.write(CHAPTER, "entity_type: chapter\nslug: ch01\nimages: [words]\n")
    commit(mill.root, git)

    told = mill("import", "--to-native", "--yes", "chapter/ch01", "character/odo", "--format", "json")

    said = json.loads(told.out)
    assert told.code == 1
    assert [file["address"] for file in said["files"]] == ["character/odo"]
    assert said["files"][0]["written"] is True
    assert said["files"][0]["adopted"] == ["character/odo/reading/main"]
    assert "mend this first" in said["problems"][0]
