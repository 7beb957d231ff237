"""From a source to six sections: who wins, what adds up, what the prose budget lets in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.prose import cut_at_word
from tests.worlds import PIER, WIDE, Files, one_shot, shot_of

SINGLE = {
    "subject": ("subject", "text"),
    "setting": ("setting", "text"),
    "mood": ("mood", "name"),
    "shot_type": ("composition", "shot_type"),
    "focal_length": ("composition", "focal_length"),
    "framing": ("composition", "framing"),
    "composition": ("composition", "composition"),
}


def ir(files: Files, address: str = WIDE) -> Any:
    return shot_of(files, address).ir.sections


def said(words: str = "", **levels: str) -> Any:
    return ir({PIER: one_shot(words, **levels)})


@pytest.mark.parametrize("field", [name for name in SINGLE if name != "subject"])
def test_of_single_values_the_nearest_wins(field: str) -> None:
    section, key = SINGLE[field]
    entity, scene, shot = (f"{field}: the {level}'s\n" for level in ("entity", "scene", "shot"))

    assert said(entity=entity)[section][key] == "the entity's"
    assert said(entity=entity, scene=scene)[section][key] == "the scene's"
    assert said(shot, entity=entity, scene=scene)[section][key] == "the shot's"
    assert said(f"{field}: ''\n", entity=entity)[section][key] == "the entity's", "an empty word says nothing"


@pytest.mark.parametrize(
    ("field", "section", "keys"),
    [
        ("camera", "composition", ("angle", "position", "movement")),
        ("lighting", "mood", ("source", "quality", "direction")),
    ],
)
def test_of_mappings_the_nearest_wins_key_by_key(
    field: str, section: str, keys: tuple[str, str, str]
) -> None:
    a, b, c = keys

    found = said(
        f"{field}: {{{c}: shot}}\n",
        entity=f"{field}: {{{a}: entity, {b}: entity, {c}: entity}}\n",
        scene=f"{field}: {{{b}: scene}}\n",
    )

    assert found[section][field] == {a: "entity", b: "scene", c: "shot"}


def test_colours_are_the_mood_s_unless_somebody_nearer_says_others() -> None:
    moods = "moods: {calm: {look: still, lighting: {source: sun, quality: soft}, palette: {dominant: [grey], accent: [red]}}}"
    files = {
        "chargen.yaml": moods,
        PIER: one_shot(
            "mood: calm\npalette: {accent: [gold]}\nlighting: lamp\n", entity="palette: {avoid: [neon]}\n"
        ),
    }

    assert ir(files)["mood"] == {
        "name": "calm",
        "look": ["still"],
        "lighting": {"source": "lamp", "quality": "soft"},
        "palette": {"dominant": ["grey"], "accent": ["gold"], "avoid": ["neon"]},
    }


def test_lists_add_up_from_far_to_near_without_repeating() -> None:
    files = {
        "chargen.yaml": "style: {medium: ink, donts: [frames, neon]}",
        PIER: one_shot(
            "donts: [people, neon]\nmust_include: [lamp]\n",
            entity="continuity: {canonical: [piles], donts: [cars]}\ndonts: [boats]\nmust_include: [water]\n",
            scene="donts: [gulls]\nmust_include: [water, sky]\n",
        ),
    }

    found = ir(files)

    assert found["continuity"] == {
        "canonical": ["piles"],
        "must_include": ["water", "sky", "lamp"],
        "donts": ["frames", "neon", "cars", "boats", "gulls", "people"],
    }
    assert found["composition"] == {"medium": "ink"}


def test_a_state_is_its_look_else_its_name() -> None:
    entity = "continuity: {states: {night: [lamps lit, shutters closed]}}\n"

    assert said("state: night\n", entity=entity)["continuity"]["state"] == ["lamps lit", "shutters closed"]
    assert said("state: day\n", entity=entity)["continuity"]["state"] == ["day"]
    assert said(scene="state: dusk\n")["continuity"]["state"] == ["dusk"]


MARA = """\
    kind: character
    name: Mara Quill
    continuity: {canonical: [grey braid], donts: [a hat], states: {wet: [dripping]}}
    scenes: [{id: p, subject: her}]
"""


def test_people_are_named_in_the_subject_and_kept_true_in_continuity() -> None:
    words = "characters: [{ref: mara, state: wet, action: waits}, {ref: nobody, state: lost}, {ref: who}]\n"

    found = ir({PIER: one_shot(words), "characters/mara/imagery.yaml": MARA})

    assert found["subject"]["characters"] == [
        {"name": "Mara Quill", "action": "waits"},
        {"name": "nobody"},
        {"name": "who"},
    ]
    assert found["continuity"]["characters"] == [
        {"name": "Mara Quill", "canonical": ["grey braid"], "state": ["dripping"], "donts": ["a hat"]},
        {"name": "nobody", "state": ["lost"]},
    ]


def test_a_character_s_own_picture_names_it() -> None:
    found = ir({"characters/mara/imagery.yaml": MARA}, "character/mara/p/main")

    assert found["continuity"]["name"] == "Mara Quill"
    assert "place" not in found.get("setting", {})


def test_a_location_s_own_picture_names_the_place() -> None:
    assert said(entity="name: The Pier\n")["setting"] == {"place": "The Pier"}
    assert "setting" not in said(), "a slug is an address, not a word of the writer's"


def test_a_chapter_is_set_where_it_says() -> None:
    files = {
        PIER: one_shot(entity="name: The Pier\ncontinuity: {canonical: [piles], donts: [cars]}\n"),
        "chapters/one/imagery.yaml": "kind: chapter\nname: The Title\nscenes: [{id: s, subject: x, location: pier}]",
    }

    assert ir(files, "chapter/one/s/main") == {
        "subject": {"text": "x"},
        "setting": {"place": "The Pier"},
        "continuity": {"location": {"canonical": ["piles"]}, "donts": ["cars"]},
    }


# ---- prose ----------------------------------------------------------------------------------------------------------

PROFILE = """\
---
season: late *autumn*
age: 58
---
# Mara

## Appearance

Weather-brown skin, and
a grey **braid**.

## Secrets

Never told.
"""


def prose(context: str, profile: str = PROFILE) -> Any:
    files: dict[str, Any] = {
        "chargen.yaml": f"context: {{character: {context}}}",
        "characters/mara/imagery.yaml": MARA,
        "characters/mara/profile.md": profile,
    }
    return shot_of(files, "character/mara/p/main")


def test_no_prose_reaches_a_prompt_unless_the_world_names_it() -> None:
    assert "prose" not in prose("{}").ir.sections["continuity"]
    assert "prose" not in prose("{sections: [Nothing like it]}").ir.sections["continuity"]
    assert "prose" not in prose("{sections: [Appearance], files: [other.md]}").ir.sections["continuity"]


def test_named_sections_and_front_matter_come_in_as_plain_text() -> None:
    shot = prose("{sections: [appearance], front_matter: [season, age]}")

    assert shot.ir.sections["continuity"]["prose"] == [
        "late *autumn*",
        "58",
        "Weather-brown skin, and a grey braid.",
    ]
    assert shot.ir.trimmed == ()


def test_what_is_not_named_costs_nothing() -> None:
    one = prose("{sections: [Appearance]}")
    other = prose(
        "{sections: [Appearance]}", PROFILE.replace("Never told.", "Told at last.").replace("58", "59")
    )

    assert (one.source_digest, one.prompt_hash) == (other.source_digest, other.prompt_hash)


def test_the_budget_cuts_prose_at_a_word_and_says_so() -> None:
    shot = prose("{sections: [Appearance], front_matter: [season], budget: 30}")

    assert shot.ir.sections["continuity"]["prose"] == ["late *autumn*", "Weather-brown"]
    (trimmed,) = shot.ir.trimmed
    assert (trimmed.name, trimmed.kept, trimmed.length) == ("Appearance", 13, 37)


def test_a_budget_of_nothing_lets_nothing_in() -> None:
    assert "prose" not in prose("{sections: [Appearance], budget: 0}").ir.sections["continuity"]


def test_prose_of_a_place_belongs_to_its_setting() -> None:
    files: dict[str, Any] = {
        "chargen.yaml": "context: {location: {sections: [Look]}}",
        PIER: one_shot(),
        "locations/pier/d.md": "# Look\n\nTarred and long.\n",
        "chapters/one/imagery.yaml": "kind: chapter\nscenes: [{id: s, subject: x, location: pier}]",
    }

    assert ir(files)["setting"] == {"prose": ["Tarred and long."]}
    assert ir(files, "chapter/one/s/main")["setting"] == {
        "place": "pier",
        "location_prose": ["Tarred and long."],
    }


@given(st.text(max_size=40), st.integers(-3, 50))
def test_a_cut_is_the_beginning_of_the_text_and_fits(text: str, length: int) -> None:
    cut = cut_at_word(text, length)

    assert text.startswith(cut)
    assert len(cut) <= max(length, 0) or cut == text
    if len(text) <= length:
        assert cut == text


def test_a_cut_ends_with_a_whole_word() -> None:
    assert cut_at_word("one two three", 7) == "one two"
    assert cut_at_word("one two three", 6) == "one"
    assert cut_at_word("one, two", 4) == "one"
    assert cut_at_word("unbreakable", 5) == ""


def test_a_section_that_says_nothing_is_left_out() -> None:
    files = {"chapters/one/imagery.yaml": "kind: chapter\nscenes: [{id: s, subject: x}]"}

    assert ir(files, "chapter/one/s/main") == {"subject": {"text": "x"}}


def test_every_part_knows_where_it_was_written() -> None:
    shot = shot_of({PIER: one_shot("framing: close\n", entity="continuity: {canonical: [piles, lamp]}\n")})

    def origin(*field: Any) -> Any:
        found = shot.source.origin(shot.ir.trace[field])
        return (found.file, found.path) if found else None

    assert origin("composition", "framing") == (PIER, ("scenes", 0, "shots", 0, "framing"))
    assert origin("continuity", "canonical", 1) == (PIER, ("continuity", "canonical", 1))
