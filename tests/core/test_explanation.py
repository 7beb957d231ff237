"""Where each line of a prompt was written: every kind of line, each place of a joined one, cuts and references."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chargen.core.explanation import explain, explain_cuts, explain_lines, explain_references
from chargen.core.plan import Options
from chargen.core.price import charges, estimate, total
from chargen.core.prompt import OPENING
from chargen.core.world_config import Mode
from chargen.pipeline.plan import make_plan
from tests.memoryquill import image, odo
from tests.worlds import PIER, Files, a_picture, books_of, one_shot, shot_of, shots_of, world_of

WORLD = """\
style:
  medium: ink
  donts: [frames]
moods:
  calm:
    look:
      - still
      - pale
    lighting: {source: sun}
    palette:
      dominant: [grey]
context:
  character: {files: ["*.md"], sections: [Looks], budget: 12}
"""
MARA = """\
kind: character
name: Mara Vane
continuity:
  canonical:
    - grey braid
    - ""
    - oilskin
  donts: [hats]
  states:
    wet:
      - hair down
references:
  - {id: face, path: face.png, role: face, must_match: true}
"""
PROFILE = """\
# Mara

## Looks

Short, broad and seldom still.
"""
OPENING_CHAPTER = """\
kind: chapter
scenes:
  - id: one
    mood: calm
    lighting:
      quality: soft
    must_include: [rope]
    shots:
      - id: two
        subject: a talk
        lighting:
          direction: left
        palette: {dominant: [blue, green], avoid: [neon]}
        camera:
          angle: low
          position: on the stair
        characters:
          - ref: nobody
          - ref: mara
            state: wet
            action: waits
        location:
          ref: pier
          state: ebb
        must_include:
          - a lamp
        donts: [gulls]
"""
PLACE = """\
kind: location
slug: pier
name: The Pier
continuity:
  canonical: [piles]
  donts: [cars]
  states: {ebb: low water}
scenes:
  - {id: s, subject: the pier}
"""
CHAPTER, CHARACTER = "chapters/c/imagery.yaml", "characters/mara/imagery.yaml"
TWO = "chapter/c/one/two"
FILES: Files = {
    "chargen.yaml": WORLD,
    CHARACTER: MARA,
    "characters/mara/profile.md": PROFILE,
    "characters/mara/face.png": a_picture(),
    CHAPTER: OPENING_CHAPTER,
    PIER: PLACE,
}


def places(files: Files, address: str) -> dict[str, list[str]]:
    """Each line of a prompt with its places, columns left out."""
    lines = explain_lines(world_of(files), shot_of(files, address))
    return {line.text: [f"{place.path}:{place.line}" for place in line.places] for line in lines}


def test_every_kind_of_line_has_every_place_it_was_joined_from() -> None:
    found = places(FILES, TWO)

    assert found == {
        OPENING: [],
        "Subject: a talk": [f"{CHAPTER}:10"],
        "Characters:": [],
        "- nobody": [f"{CHAPTER}:18"],
        "- Mara Vane: waits": [f"{CHAPTER}:19", f"{CHARACTER}:2", f"{CHAPTER}:21"],
        "Place: The Pier": [f"{CHAPTER}:23", f"{PIER}:3"],
        "Mood: calm: still; pale": [f"{CHAPTER}:4", "chargen.yaml:7", "chargen.yaml:8"],
        "Lighting: sun; soft; left": ["chargen.yaml:9", f"{CHAPTER}:6", f"{CHAPTER}:12"],
        "Palette: dominant blue, green; avoid neon": [f"{CHAPTER}:13"] * 3,
        "Medium: ink": ["chargen.yaml:2"],
        "Camera: low angle; on the stair": [f"{CHAPTER}:15", f"{CHAPTER}:16"],
        "True of the place wherever it is seen:": [],
        "- piles": [f"{PIER}:5"],
        "The place at this moment:": [f"{CHAPTER}:24"],
        "- low water": [f"{PIER}:7"],
        "Always true of Mara Vane:": [f"{CHAPTER}:19", f"{CHARACTER}:2"],
        "- grey braid": [f"{CHARACTER}:5"],
        "- oilskin": [f"{CHARACTER}:7"],
        "Mara Vane at this moment:": [f"{CHAPTER}:20"],
        "- hair down": [f"{CHARACTER}:11"],
        "About Mara Vane:": [],
        "- Short, broad": ["characters/mara/profile.md:3"],
        "Never of Mara Vane:": [],
        "- hats": [f"{CHARACTER}:8"],
        "Must be seen:": [],
        "- rope": [f"{CHAPTER}:7"],
        "- a lamp": [f"{CHAPTER}:26"],
        "Never show:": [],
        "- frames": ["chargen.yaml:3"],
        "- cars": [f"{PIER}:6"],
        "- gulls": [f"{CHAPTER}:27"],
        "Reference 1: face (mara/face), match it exactly": [f"{CHARACTER}:13"],
    }


def test_a_file_in_a_shape_of_its_own_is_named_where_it_says_a_thing() -> None:
    files: Files = image(
        """\
        lighting:
          source: lamp
          shadow_depth: deep
        depicts_characters:
          - odo
        character_states:
          odo: reads aloud
        composition_notes: low horizon
        """
    ) | odo("appearance: a stooped man\n")

    found = places(files, "chapter/ch01/scn-1/img-1")

    of_file = "chapters/ch01/imagery.yaml"
    assert found["Subject: a road"] == [f"{of_file}:5"]
    assert found["Lighting: lamp; shadow depth: deep"] == [f"{of_file}:7", f"{of_file}:8"]
    assert found["- odo: reads aloud"] == [f"{of_file}:10", f"{of_file}:12"]
    assert found["Composition: low horizon"] == [f"{of_file}:13"]
    assert found["- a stooped man"] == ["characters/odo/imagery.yaml:3"]


def test_a_state_of_one_s_own_has_the_place_that_asks_for_it() -> None:
    words = 'state: wet\nmood: calm\nsetting: "  "\n'
    files: Files = {PIER: one_shot(words, entity="continuity:\n  states:\n    wet: [puddles, rain]\n")}

    found = places(files, "location/pier/dawn/wide")

    assert found["At this moment:"] == [f"{PIER}:11"]
    assert found["- puddles"] == [f"{PIER}:5"]
    assert found["Mood: calm"] == [f"{PIER}:12"]


def test_a_state_nobody_described_is_said_where_it_is_asked_for() -> None:
    found = places({PIER: one_shot("state: wet\n")}, "location/pier/dawn/wide")

    assert found["- wet"] == found["At this moment:"] == [f"{PIER}:8"]


def test_what_a_budget_cut_is_named_with_the_budget_that_says_so() -> None:
    (cut,) = explain_cuts(world_of(FILES), shot_of(FILES, TWO))

    assert (cut.name, cut.kept, cut.length, cut.text) == ("Looks", 12, 30, "and seldom still.")
    assert (str(cut.place), cut.kind, cut.budget) == ("characters/mara/profile.md:3", "character", 12)
    assert (cut.budget_place.path, cut.budget_place.line) == ("chargen.yaml", 13)


def test_prose_that_is_left_out_whole_is_named_too() -> None:
    world = WORLD.replace("[Looks]", "[Looks, Past]").replace("budget: 12", "budget: 30")
    files: Files = {
        **FILES,
        "chargen.yaml": world,
        "characters/mara/profile.md": f"{PROFILE}\n## Past\n\nA cook once.\n",
    }

    (cut,) = explain_cuts(world_of(files), shot_of(files, TWO))

    assert (cut.name, cut.kept, cut.text) == ("Past", 0, "A cook once.")
    assert str(cut.place) == "characters/mara/profile.md:7"


def test_a_reference_is_named_where_it_is_written_and_where_it_was_brought_along() -> None:
    found = list(explain_references(world_of(FILES), shot_of(FILES, TWO)))

    ((path, line, brought),) = ((item.sent.path, item.places[0].line, item.brought_by) for item in found)
    assert (path, line, brought) == ("characters/mara/face.png", 13, "character/mara")
    assert [f"{place.path}:{place.line}" for place in found[0].places] == [f"{CHARACTER}:13", f"{CHAPTER}:19"]


def test_a_reference_of_the_shot_s_own_has_one_place() -> None:
    files: Files = {PIER: one_shot("references: [{path: o.png}]\n"), "locations/pier/o.png": a_picture()}

    (item,) = explain_references(world_of(files), shot_of(files))

    assert ([str(place) for place in item.places], item.brought_by) == ([f"{PIER}:8:22"], "")


def test_what_was_found_in_the_shot_s_lines_is_among_its_findings() -> None:
    files: Files = image("depicts_characters: []\ncharacter_states:\n  bea: tired\nlocation: mill\n")
    world = world_of(files)
    (shot,) = shots_of(files).values()
    plan = make_plan(world, {shot.address: shot}, books_of(), Options(), version="1")

    found = [problem.message for problem in explain(world, shot, plan).problems]

    assert "a state for 'bea', who is not among the characters of this picture: left out" in found


def test_findings_are_the_shot_s_own_and_those_of_the_plan_that_name_it() -> None:
    files: Files = {
        PIER: one_shot("status: paused\n")
        + "      - {id: lamp, subject: a lamp, mood: clam, references: [{ref: location/pier/dawn/wide}]}\n"
        + "      - {id: rail, subject: a rail, mood: clam}\n",
        "chargen.yaml": "moods: {calm: {}}",
    }
    world = world_of(files)
    shots = {shot.address: shot for shot in shots_of(files).values()}
    plan = make_plan(world, shots, books_of(), Options(mode=Mode.BATCH), version="1")

    lamp = next(shot for shot in shots.values() if shot.address.shot == "lamp")
    explained = explain(world, lamp, plan)

    assert [problem.message for problem in explained.problems] == [
        "mood 'clam' is not among the world's moods",
        "location/pier/dawn/lamp waits for location/pier/dawn/wide, which is paused",
    ]
    assert [(item.job_id, item.why) for item in explained.items] == [
        ("location.pier.dawn.lamp.v1", "waiting for location/pier/dawn/wide")
    ]
    assert explained.mode is Mode.BATCH


@pytest.mark.parametrize("mode", Mode)
def test_the_parts_of_a_price_come_to_the_price(mode: Mode) -> None:
    asked = ("gemini-nano-banana-2.1", "1K", mode)

    parts = charges(*asked, prompt_characters=1001, references=2)

    assert [(part.what, part.tokens) for part in parts[:2]] == [("words", 334), ("references", 2240)]
    assert total(parts) == estimate(*asked, prompt_characters=1001, references=2)
    assert sum(part.usd for part in parts) > total(parts) - Decimal("0.0001")
