"""Who is in a memoryquill picture and where it is: references by slug, states, crowds, portraits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.memoryquill import (
    CHAPTER,
    MILL,
    ODO_IDEAS,
    addresses,
    chapter,
    findings,
    idea,
    image,
    mill,
    odo,
    sections,
    zone,
)
from tests.worlds import a_picture, shots_of

INES = {"characters/ines/imagery.yaml": "entity_type: character\nappearance: a tall woman\n"}
ODO_HIMSELF = odo("appearance: a broad man\n")
BOTH = {**INES, **ODO_HIMSELF}


def people(files: dict[str, Any], address: str = "") -> Any:
    """Who is in a picture, and what they do."""
    return sections(BOTH | files, address)["subject"].get("characters")


# ---- characters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["depicts_characters", "characters_present", "characters"])
def test_people_may_be_listed_by_slug(key: str) -> None:
    assert people(image(f"{key}: [ines, odo]")) == [{"name": "ines"}, {"name": "odo"}]


@pytest.mark.parametrize("name", ["slug", "ref", "character", "id", "name"])
def test_people_may_be_maps_with_what_they_do(name: str) -> None:
    assert people(image(f"depicts_characters: [{{{name}: ines, role: reading, pose: bent over}}]")) == [
        {"name": "ines", "action": "reading; bent over"}
    ]


def test_people_may_be_a_map_of_what_each_does_or_one_name() -> None:
    assert people(image("depicts_characters: {ines: reading, odo: null}")) == [
        {"name": "ines", "action": "reading"}, {"name": "odo"}
    ]  # fmt: skip
    assert people(image("depicts_characters: ines")) == [{"name": "ines"}]


def test_who_is_named_twice_is_there_once() -> None:
    words = (
        "depicts_characters: [ines, {slug: ines, role: reading}]\ncharacters: [{slug: ines, role: reading}]"
    )

    assert people(image(words)) == [{"name": "ines", "action": "reading"}]


@pytest.mark.parametrize(
    ("crowd", "said"),
    [
        ("{generic_count: 3, description: onlookers}", "onlookers (3 people)"),
        ("{generic_count: 3}", "3 people"),
        ("{description: onlookers}", "onlookers"),
    ],
)
def test_a_crowd_without_names_must_be_seen(crowd: str, said: str) -> None:
    found = sections(image(f"depicts_characters: [{crowd}]"))

    assert found["continuity"] == {"must_include": [said]}


def test_their_canon_comes_with_them() -> None:
    assert sections(BOTH | image("depicts_characters: [odo]"))["continuity"]["characters"] == [
        {"name": "odo", "canonical": ["a broad man"]}
    ]


# ---- states ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "states",
    [
        "{ines: out of breath}",
        "[{slug: ines, state: out of breath}]",
        "[{name: ines, description: out of breath}]",
    ],
)
def test_a_state_is_what_that_character_does(states: str) -> None:
    words = f"character_states: {states}\ndepicts_characters: [{{slug: ines, role: running}}, odo]"

    assert people(image(words)) == [{"name": "ines", "action": "running; out of breath"}, {"name": "odo"}]


def test_a_state_finds_who_stands_around_it() -> None:
    files = mill(
        "zones: [{slug: loft, depicts_characters: [ines], images: [{slug: a, description: x, character_states: {ines: asleep}}]}]"
    )

    assert people(files, "location/mill/loft/a") == [{"name": "ines", "action": "asleep"}]


def test_a_state_under_a_display_name_is_left_out_with_a_hint() -> None:
    words = "depicts_characters: [lieutenant-ines, odo]\ncharacter_states:\n  Ines: out of breath"

    assert people(image(words)) == [{"name": "lieutenant ines"}, {"name": "odo"}]
    assert (
        f"{CHAPTER}:8:13: warning: a state for 'Ines', who is not among the characters of this picture: left out "
        "(did you mean 'lieutenant-ines'?)"
    ) in findings(BOTH | image(words))


def test_a_character_is_not_among_the_others_of_its_own_scene_but_does_what_is_said() -> None:
    words = (
        "depicts_characters: [{slug: odo, role: reading aloud}, ines]\ncharacter_states: {odo: half asleep}"
    )

    found = sections(INES | idea(words))["subject"]

    assert found == {"text": ["he reads", "reading aloud", "half asleep"], "characters": [{"name": "ines"}]}


# ---- dangling -------------------------------------------------------------------------------------------------------


def test_a_character_who_is_not_there_is_a_warning_where_he_is_named() -> None:
    files = BOTH | image("depicts_characters:\n  - ines\n  - Oda")

    assert people(files) == [{"name": "ines"}, {"name": "Oda"}]
    assert findings(files) == [
        f"{CHAPTER}:8:9: warning: no character 'Oda' in this world (did you mean 'odo'?)"
    ]


def test_a_scene_of_a_character_names_others_in_its_own_file() -> None:
    assert findings(idea("depicts_characters: [inez]") | INES) == [
        f"{ODO_IDEAS}:4:26: warning: no character 'inez' in this world (did you mean 'ines'?)"
    ]


# ---- places ---------------------------------------------------------------------------------------------------------

LOFT = mill(
    "location_visual_anchor: {signature_elements: [a wheel]}\nzones: [{slug: mill-loft, name: The Loft, description: hay}]\n"
)


@pytest.mark.parametrize(
    "words",
    [
        "location: mill\nzone: loft",
        "location_ref: mill\nzone_ref: loft",
        "location_slug: location/mill\nzone: loft",
        "location: {slug: mill}\nzone: loft",
        "location: mill/loft",
    ],
)
def test_a_picture_elsewhere_names_location_and_zone(words: str) -> None:
    found = sections(LOFT | image(words), "chapter/ch01/scn-1/img-1")

    assert found["setting"] == {"place": "mill", "text": "loft"}
    assert found["continuity"] == {"location": {"canonical": ["a wheel"]}}
    assert findings(LOFT | image(words)) == []


def test_a_location_or_zone_that_is_not_there_is_a_warning_where_it_is_named() -> None:
    assert findings(LOFT | image("location: mil\nzone: loft")) == [
        f"{CHAPTER}:6:15: warning: no location 'mil' in this world (did you mean 'mill'?)"
    ]
    assert findings(LOFT | image("location: mill\nzone: lift")) == [
        f"{CHAPTER}:7:11: warning: location/mill has no zone 'lift' (did you mean 'loft'?)"
    ]


@pytest.mark.parametrize("said", ["loft", "mill-loft", "The Loft", "the-loft"])
@pytest.mark.parametrize("key", ["zone", "zone_ref"])
def test_a_beat_finds_its_zone_by_any_name_of_it(key: str, said: str) -> None:
    files = mill(
        f"zones: [{{slug: loft, name: The Loft, description: a}}]\nbeat_images: [{{slug: b, {key}: {said}, description: x}}]"
    )

    assert findings(files) == []


def test_a_zone_that_a_beats_own_location_has_not_is_a_warning_there() -> None:
    files = mill(
        "zones: [{slug: loft, description: a}]\nbeat_images:\n  - {slug: b, description: x, zone_ref: lift}\n"
    )

    assert findings(files) == [
        f"{MILL}:4:41: warning: this location has no zone 'lift' (did you mean 'loft'?)"
    ]


# ---- portraits ------------------------------------------------------------------------------------------------------

PORTRAIT = """\
    image_inventory:
      - {id: odo-portrait, path: images/face.png, is_reference_portrait: true, status: approved}
      - {id: odo-other, path: images/other.png, is_reference_portrait: true, status: draft}
      - {id: odo-third, path: images/third.png, status: approved}
"""
FACES = {f"characters/odo/images/{name}.png": a_picture(name) for name in ("face", "other", "third")}


def references(files: dict[str, Any], address: str) -> list[tuple[str, str, bool]]:
    return [(item.used.id, item.path, item.used.must_match) for item in shots_of(files)[address].references]


def test_an_approved_portrait_is_matched_in_every_picture_of_its_character() -> None:
    files = (
        FACES
        | odo(PORTRAIT, ideas="scenes: [{title: a, scene: he reads}]")
        | image("depicts_characters: [odo]")
    )

    assert references(files, "character/odo/a/main") == [
        ("odo-portrait", "characters/odo/images/face.png", True)
    ]
    assert references(files, "chapter/ch01/scn-1/img-1") == [
        ("odo/odo-portrait", "characters/odo/images/face.png", True)
    ]


def test_a_portrait_that_is_not_there_is_an_error_of_each_picture_that_needs_it() -> None:
    files = odo(PORTRAIT) | image("depicts_characters: [odo]") | mill("overview: {description: a mill}")
    shots = shots_of(files)

    assert [str(problem) for problem in shots["chapter/ch01/scn-1/img-1"].problems] == [
        "characters/odo/imagery.yaml:4:30: error: reference 'images/face.png': no such file (check the path; it starts at the folder of the imagery.yaml)"
    ]
    assert shots["location/mill/overview/main"].problems == ()


@pytest.mark.parametrize("where", ["characters/odo/images/face.png", "../../characters/odo/images/face.png"])
def test_a_picture_may_refer_to_the_file_of_a_portrait_from_the_root_or_from_beside(where: str) -> None:
    files = FACES | zone(f"character_portrait_refs: [{{slug: odo, portrait: {where}}}]")

    assert references(files, "location/mill/loft/main") == [("odo", "characters/odo/images/face.png", False)]


def test_a_view_may_refer_to_a_portrait_without_the_character_in_it() -> None:
    words = "references: [{type: character_portrait, slug: odo, reason: his hand is seen}, {type: moment, slug: x}]"
    found = shots_of(FACES | odo(PORTRAIT) | zone(words))["location/mill/loft/main"]

    assert [(item.used.id, item.used.note) for item in found.references] == [
        ("odo/odo-portrait", "his hand is seen")
    ]
    assert "characters" not in found.ir.sections["subject"]


def test_a_portrait_that_a_view_only_refers_to_may_be_missing_and_is_named_from_the_root() -> None:
    files = odo(PORTRAIT) | zone("references: [{type: character_portrait, slug: odo}]")

    assert findings(files) == [
        (
            f"{MILL}:5:18: warning: reference 'characters/odo/images/face.png': no such file: made without it "
            "(check the path; it starts at the folder of the imagery.yaml)"
        )
    ]


def test_the_portraits_of_a_beat_are_the_people_in_it() -> None:
    files = FACES | odo(PORTRAIT) | mill("""\
        beat_images:
          - slug: fire
            description: it burns
            references: [{type: character_portrait, slug: odo, reason: shouting}]
            character_states: {odo: black with soot}
    """)  # fmt: skip

    assert people(files, "location/mill/beats/fire") == [
        {"name": "odo", "action": "shouting; black with soot"}
    ]
    assert references(files, "location/mill/beats/fire") == [
        ("odo/odo-portrait", "characters/odo/images/face.png", True)
    ]


def test_a_portrait_of_nobody_is_a_warning() -> None:
    files = zone("references: [{type: character_portrait, slug: oda}]") | ODO_HIMSELF

    assert findings(files) == [
        f"{MILL}:5:18: warning: no character/oda in this world (did you mean 'character/odo'?)"
    ]


# ---- two shapes in one world ----------------------------------------------------------------------------------------


def test_a_chapter_of_one_shape_names_a_character_of_the_other() -> None:
    native = {
        "characters/ada/imagery.yaml": "continuity: {canonical: [grey braid]}\nscenes: [{id: a, subject: she walks, characters: [{ref: odo}]}]\n"
    }
    files = native | ODO_HIMSELF | image("depicts_characters: [ada]")

    assert addresses(files) == ["chapter/ch01/scn-1/img-1", "character/ada/a/main"]
    assert sections(files, "chapter/ch01/scn-1/img-1")["continuity"]["characters"] == [
        {"name": "ada", "canonical": ["grey braid"]}
    ]
    assert sections(files, "character/ada/a/main")["continuity"]["characters"] == [
        {"name": "odo", "canonical": ["a broad man"]}
    ]


def test_a_native_chapter_may_play_in_a_zone_of_this_shape() -> None:
    native = "schema: chargen/imagery@1\nscenes: [{id: a, subject: x, location: {ref: mill, zone: loft}}]\n"
    files = LOFT | {"chapters/two/imagery.yaml": native}

    assert findings(files) == []
    assert sections(files, "chapter/two/a/main")["continuity"] == {"location": {"canonical": ["a wheel"]}}


def test_a_chapter_file_of_unread_words_is_still_a_chapter() -> None:
    assert addresses(chapter("moments: [{id: a}]\nimages: null\n")) == []
    assert findings(chapter("moments: [{id: a}]\nimages: null\n")) == []
