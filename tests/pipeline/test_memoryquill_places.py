"""Every word of a memoryquill picture is explained by the file and line it stands on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.explanation import explain_lines
from tests.memoryquill import CHAPTER, MILL, ODO, ODO_IDEAS
from tests.worlds import a_picture, shots_of, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = re.compile(r"k[0-9]{2,}")
MILL_TEXT = """\
metadata:
  entity_type: location-imagery
  slug: mill
  name: k10 mill
location_visual_anchor:
  signature_elements:
    - k11 wheel
    - k12 weir
  materials:
    walls: k13 stone
  color_anchors:
    dominant: [k14 slate]
    avoid:
      - k15 neon
generation_defaults:
  negative_prompt: k16 text
overview:
  lighting:
    quality: k17 soft
  primary:
    description: k18 the mill
zones:
  - zone_slug: loft
    zone_description: k20 hay
    location_within: k21 top
    zone_visual_anchor:
      defining_features: k22 hatch
    default_prompt_elements:
      must_include:
        - k23 ladder
      must_avoid: k24 straw
    images:
      - image_slug: asleep
        mood: k25
        description: k26 he sleeps
        what_happens: k27 snoring
        setting: k28 corner
        emotional_beat: k29 peace
        composition:
          foreground: k30 boots
          focal_point: k31 face
        style_notes: k32 loose
        camera:
          angle: k33
          framing: k34 near
        palette:
          dominant:
            - k35 ash
          accent: k36 rust
        lighting:
          primary_source: k37 moon
        depicts_characters:
          - slug: odo
            role: k38 lying
          - generic_count: 2
            description: k39 cats
        negative_prompt: k40 lamp
        perspective_description: k41 from above
  - {slug: yard, description: k42 mud}
beat_images:
  - beat_slug: fire
    narrative_context: k50 it burns
    zone_ref: yard
    image_spec:
      scene_mood: k51
      key_elements: [k52 smoke]
    references:
      - {type: character_portrait, slug: odo, reason: k53 shouting}
"""
ODO_TEXT = """\
entity_type: character
slug: odo
appearance: k60 broad
"""
IDEAS_TEXT = """\
character:
  name: k61 Odo
  summary: k62 the miller
visual_consistency:
  - k63 flour
scenes:
  - title: Reading
    scene: k64 he reads
    pose: k65 bent
    setting: k66 kitchen
    mood: k67 tired, and glad of it
    character_states:
      odo: k68 half asleep
"""
CHAPTER_TEXT = """\
metadata:
  entity_type: chapter-imagery
  slug: ch01
  color_palette:
    primary:
      - k70 ash
locations:
  - ref: mill
    zones:
      - id: yard
        chapter_context: k71 flooded
images:
  - custom_id: ch01-img-1
    scene_id: scn-1
    visual_description: k72 they meet
    composition_notes: k73 wide
    visual_hook: k74 hands
    depicts_characters:
      - odo
    character_states:
      odo: k75 wet
    location: mill
    zone: yard
"""
FILES: dict[str, Any] = {MILL: MILL_TEXT, ODO: ODO_TEXT, ODO_IDEAS: IDEAS_TEXT, CHAPTER: CHAPTER_TEXT}
BEFORE: dict[str, Any] = {
    "chargen.yaml": "prompt_override: prompt_used\n",
    MILL: "overview:\n  slug: k99\n  scene_mood: calm\n  prompt_used: k80 in oil\n",
}


def stands(files: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Where each mark stands: file and line."""
    return {
        mark: (path, number)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), start=1)
        for mark in MARK.findall(line)
    }


def told(files: dict[str, Any]) -> Iterator[tuple[str, set[str], set[tuple[str, int]]]]:
    """Each line of each prompt with the marks in it, and the places it is said to be from."""
    world, shots = world_of(files), shots_of(files)
    for address, shot in shots.items():
        for line in explain_lines(world, shot):
            found = {(place.path, place.line) for place in line.places}
            yield f"{address}: {line.text}", set(MARK.findall(line.text)), found


@pytest.mark.parametrize("files", [FILES, BEFORE], ids=["as described", "by an earlier prompt"])
def test_each_word_is_told_to_stand_where_it_stands(files: dict[str, Any]) -> None:
    at = stands(files)

    wrong = [text for text, marks, places in told(files) if not {at[mark] for mark in marks} <= places]

    assert wrong == []


def test_no_line_is_told_to_stand_where_nothing_of_it_does() -> None:
    at = stands(FILES)
    # Where a character, a location or a zone is named: its line tells how it came in.
    names = {
        (path, number)
        for path, text in FILES.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if re.search(r"\b(odo|mill|yard)\b", line)
    }

    for text, marks, places in told(FILES):
        assert places - names <= {at[mark] for mark in marks}, text


def test_every_mark_is_in_some_prompt() -> None:
    seen = {mark for _, marks, _ in told(FILES) for mark in marks}

    assert stands(FILES).keys() - seen == set()


def test_a_reference_is_told_to_stand_where_its_portrait_is_listed() -> None:
    text = (
        ODO_TEXT
        + "image_inventory:\n  - id: face\n    path: images/face.png\n    status: approved\n    is_reference_portrait: true\n"
    )
    files = {**FILES, ODO: text, "characters/odo/images/face.png": a_picture()}
    world, shot = world_of(files), shots_of(files)["chapter/ch01/scn-1/img-1"]

    (reference,) = (item for item in shot.references if item.path.endswith("face.png"))

    assert world.locate(reference.used.origin).line == 5
    assert world.locate(reference.used.origin.below(("path",))).line == 6
