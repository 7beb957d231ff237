"""A character's two files: which is read, which spelling goes first, and what happens when one of them cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from chargen.core.out_of_world import OutOfWorld
from tests.memoryquill import ODO, addresses, findings, image, mill, odo, sections
from tests.worlds import shots_of, world_of

DASH, UNDERSCORE = "characters/odo/image-ideas.yaml", "characters/odo/image_ideas.yaml"
READS, SLEEPS = "scenes: [{title: a, scene: he reads}]\n", "scenes: [{title: b, scene: he sleeps}]\n"


@pytest.mark.parametrize("path", [DASH, UNDERSCORE])
def test_both_spellings_are_read(path: str) -> None:
    files = odo() | {path: READS}

    assert addresses(files) == ["character/odo/a/main"]
    assert findings(files) == []


def test_of_both_the_one_with_a_dash_is_read_and_the_other_named() -> None:
    files = odo() | {DASH: READS, UNDERSCORE: SLEEPS}

    assert addresses(files) == ["character/odo/a/main"]
    assert findings(files) == [
        f"{UNDERSCORE}: warning: {DASH} is read, this file is not (make one file of the two)"
    ]


def test_scenes_beside_a_native_file_are_named() -> None:
    files = {ODO: "scenes: [{id: p, subject: him}]\n", DASH: READS}

    assert addresses(files) == ["character/odo/p/main"]
    assert findings(files) == [f"{DASH}: warning: {ODO} is read, this file is not (make one file of the two)"]


def test_scenes_alone_have_no_place_for_their_rows() -> None:
    files = {DASH: READS} | mill("overview: {description: a mill}")

    assert addresses(files) == ["location/mill/overview/main"]
    assert findings(files) == [
        (
            f"{DASH}: error: no imagery.yaml beside it, so its pictures would have no rows "
            "(add an imagery.yaml beside it that says `entity_type: character`)"
        )
    ]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("scenes: [\n", f"{DASH}:2:1: error: "),
        (b"scenes: \xff", f"{DASH}:1:9: error: not UTF-8 text"),
        (OutOfWorld(f"{DASH} leads out of the world"), f"{DASH}: error: {DASH} leads out of the world"),
        (PermissionError(13, "Permission denied"), f"{DASH}: error: Permission denied"),
    ],
)
def test_a_character_whose_scenes_cannot_be_read_is_left_out_and_waited_for(bad: Any, said: str) -> None:
    files = odo() | {DASH: bad} | image("depicts_characters: [odo]")
    world, (shot,) = world_of(files), shots_of(files).values()

    assert [str(problem).startswith(said) for problem in world.problems] == [True]
    assert [problem.message for problem in shot.problems] == ["character 'odo' could not be read"]


@pytest.mark.parametrize("nothing", ["", "# later\n", "null\n", "character: {name: Odo Fenn}\n"])
def test_a_file_of_no_scenes_is_no_fault(nothing: str) -> None:
    files = odo("appearance: broad\n") | {DASH: nothing} | image("depicts_characters: [odo]")

    assert addresses(files) == ["chapter/ch01/scn-1/img-1"]
    assert findings(files) == []


@pytest.mark.parametrize("nothing", ["[]", "a text", "5"])
def test_a_file_that_is_no_mapping_is_told(nothing: str) -> None:
    files = odo("appearance: broad\n") | {DASH: f"{nothing}\n"}

    assert addresses(files) == []
    assert findings(files) == [
        f"{DASH}:1:1: error: the scenes of a character are a mapping (write `scenes:` and a list of them)"
    ]


def test_what_a_character_is_called_in_its_scenes_file_counts_everywhere() -> None:
    files = odo() | {DASH: "character: {name: Odo Fenn}\n"} | image("depicts_characters: [odo]")

    assert sections(files)["subject"]["characters"] == [{"name": "Odo Fenn"}]


def test_a_change_of_the_scenes_file_is_a_change_of_the_world() -> None:
    one, other = odo() | {DASH: READS}, odo() | {DASH: SLEEPS}

    assert world_of(one).digest != world_of(other).digest
