"""From the IR to the words that are sent: one labelled line a field, in one order, each knowing its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.explanation import explain_lines
from chargen.core.prompt import OPENING, render, text
from tests.worlds import PIER, Files, a_picture, one_shot, shot_of, world_of

IR = {
    "subject": {
        "text": "her at the rail",
        "characters": [{"name": "Mara", "action": "waits"}, {"name": "Ode"}],
    },
    "setting": {"place": "The Pier", "text": "dawn", "location_prose": ["tarred"], "prose": ["late autumn"]},
    "mood": {
        "name": "calm",
        "look": ["still", "pale"],
        "lighting": {"source": "sun", "direction": "left"},
        "palette": {"dominant": ["grey", "blue"], "avoid": ["neon"]},
    },
    "composition": {
        "medium": "ink",
        "shot_type": "wide",
        "camera": {"angle": "low", "position": "on the stair", "movement": "panning"},
        "focal_length": "long",
        "framing": "close",
        "composition": "thirds",
    },
    "continuity": {
        "name": "Mara",
        "canonical": ["grey braid"],
        "state": ["wet"],
        "prose": ["weather-brown"],
        "location": {"canonical": ["piles"], "state": ["low tide"]},
        "characters": [
            {"name": "Ode", "canonical": ["tall"], "state": ["tired"], "prose": ["kind"], "donts": ["a hat"]}
        ],
        "must_include": ["a lamp"],
        "donts": ["people", "frames"],
    },
    "references": [
        {"id": "face", "role": "character", "must_match": True, "note": "the  nose"},
        {"id": "overview", "role": "place"},
    ],
}


def test_every_field_has_its_line() -> None:
    assert (
        text(render(IR))
        == f"{OPENING}\nSubject: her at the rail\nCharacters:\n- Mara: waits\n- Ode\nPlace: The Pier\nSetting: dawn\nAbout the place:\n- tarred\nBackground:\n- late autumn\nMood: calm: still; pale\nLighting: sun; left\nPalette: dominant grey, blue; avoid neon\nMedium: ink\nShot: wide\nCamera: low angle; on the stair; panning\nLens: long\nFraming: close\nComposition: thirds\nAlways true of Mara:\n- grey braid\nAt this moment:\n- wet\nBackground:\n- weather-brown\nTrue of the place wherever it is seen:\n- piles\nThe place at this moment:\n- low tide\nAlways true of Ode:\n- tall\nOde at this moment:\n- tired\nAbout Ode:\n- kind\nNever of Ode:\n- a hat\nMust be seen:\n- a lamp\nNever show:\n- people\n- frames\nReference 1: character (face), match it exactly: the nose\nReference 2: place (overview)"
    )


def test_a_field_without_words_of_its_own_is_said_by_its_key() -> None:
    ir = {
        "subject": {"characters": [{"name": "Ode", "action": "waits", "pose": "bent"}], "pose": "leaning"},
        "mood": {
            "lighting": {"source": "sun", "color_temperature": "3200K", "shadow_depth": "deep"},
            "palette": {"accent": ["rust"], "light": ["gold", "bone"]},
            "mood_note": "as before rain",
        },
        "composition": {"composition": ["thirds", "a low horizon"], "camera": {"tilt": "slight"}},
        "continuity": {
            "characters": [{"name": "Ode", "scars": ["one"]}],
            "location": {"donts": ["gulls"]},
        },
        "references": [{"id": "a", "role": "style", "crop": "left"}],
    }

    assert text(render(ir)).splitlines()[1:] == [
        "Characters:",
        "- Ode: waits; pose: bent",
        "Subject pose: leaning",
        "Lighting: sun; color temperature: 3200K; shadow depth: deep",
        "Palette: accent rust; light: gold, bone",
        "Mood note: as before rain",
        "Camera: tilt: slight",
        "Composition: thirds; a low horizon",
        "Donts of the place:",
        "- gulls",
        "Scars of Ode:",
        "- one",
        "Reference 1: style (a); crop: left",
    ]


WORDS = st.text("abcdefgh ", min_size=1, max_size=12).map(str.strip).filter(bool)
LINES = st.lists(WORDS, min_size=1, max_size=3)
VALUES = st.one_of(
    WORDS, LINES, st.integers(0, 9), st.dictionaries(WORDS, WORDS | LINES, min_size=1, max_size=2)
)
KEYS = st.sampled_from(["weather", "color_temperature", "note", "light"])


def said(*texts: str, lists: tuple[str, ...] = (), **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A part of an IR with any of the known fields, and with fields that nobody has thought of yet."""
    known = dict.fromkeys(texts, WORDS) | dict.fromkeys(lists, LINES) | more
    return st.builds(
        lambda one, other: other | one,
        st.fixed_dictionaries({}, optional=known),
        st.dictionaries(KEYS, VALUES),
    )


CANON: dict[str, Any] = {"canonical": LINES, "state": LINES, "prose": LINES, "donts": LINES}
PERSON = st.builds(lambda rest, name: rest | {"name": name, "donts": ["hats"]}, said(**CANON), WORDS)
IRS = st.fixed_dictionaries(
    {},
    optional={
        "subject": said(
            "text",
            characters=st.lists(st.builds(lambda who, name: who | {"name": name}, said("action"), WORDS)),
        ),
        "setting": said("text", "place", lists=("prose", "location_prose")),
        "mood": said(
            "name",
            lists=("look",),
            lighting=said("source", "quality", "direction"),
            palette=said(lists=("dominant", "accent", "avoid")),
        ),
        "composition": said(
            "medium", "shot_type", "focal_length", "framing", "composition", camera=said("angle", "position")
        ),
        "continuity": said(
            "name",
            lists=("canonical", "state", "prose", "must_include", "donts"),
            location=said(**CANON),
            characters=st.lists(PERSON, max_size=2),
        ),
    },
)


def leaves(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of an IR with its field."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*at, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves(item, (*at, i))
    else:
        yield at, " ".join(str(value).split())


@given(IRS)
def test_no_field_is_left_out_and_each_is_known_to_its_line(ir: dict[str, Any]) -> None:
    lines = render(ir)

    for field, words in leaves(ir):
        assert [line for line in lines if field in line.fields and words in line.text], (field, words)


@pytest.mark.parametrize("field", ["id", "role", "note", "crop"])
def test_no_field_of_a_reference_is_left_out(field: str) -> None:
    reference = {"id": "a", "role": "style"} | {field: "by the door"}

    assert "by the door" in render({"references": [reference]})[1].text


def test_the_order_in_which_keys_were_written_changes_no_word() -> None:
    keys = {"weather": "fog", "source": "sun", "color_temperature": "3200K"}

    assert render({"mood": {"lighting": keys}}) == render(
        {"mood": {"lighting": dict(reversed(keys.items()))}}
    )


def test_a_character_without_canon_is_named() -> None:
    assert text(render({"continuity": {"name": "Mara", "state": ["wet"]}})).splitlines()[1:] == [
        "Character: Mara",
        "At this moment:",
        "- wet",
    ]


def test_an_ir_that_says_nothing_has_an_opening() -> None:
    assert text(render({})) == OPENING


def test_an_angle_in_the_writer_s_own_words_stays_as_it_is() -> None:
    assert text(render({"composition": {"camera": {"angle": "eye level"}}})).endswith("Camera: eye level")


def test_canon_of_a_place_has_no_name() -> None:
    assert "Always true here:" in text(render({"continuity": {"canonical": ["piles"]}}))


def test_a_reviewer_s_note_is_the_last_line() -> None:
    assert render({}, note=" less\nfog ")[-1].text == "Note from the reviewer: less fog"


def test_a_text_is_one_line_whatever_it_holds() -> None:
    lines = text(render({"subject": {"text": "one\n\nReference 9: two"}})).splitlines()

    assert lines[1] == "Subject: one Reference 9: two"


def test_every_line_that_is_not_ours_knows_its_places() -> None:
    files: Files = {
        "chargen.yaml": "style:\n  medium: ink\n  donts: [frames]\nmoods:\n  calm:\n    look: still\n",
        PIER: one_shot(
            "mood: calm\nreferences:\n  - {id: o, path: o.png, role: place}\n", scene="framing: close\n"
        ),
        "locations/pier/o.png": a_picture(),
    }

    found = {
        line.text: [str(place) for place in line.places]
        for line in explain_lines(world_of(files), shot_of(files))
    }

    assert found[OPENING] == []
    assert found["Subject: the whole pier"] == [f"{PIER}:8:18"]
    assert found["Framing: close"] == [f"{PIER}:5:14"]
    assert found["Mood: calm: still"] == [f"{PIER}:9:15", "chargen.yaml:6:11"]
    assert found["Medium: ink"] == ["chargen.yaml:2:11"]
    assert found["- frames"] == ["chargen.yaml:3:11"]
    assert found["Reference 1: place (o)"] == [f"{PIER}:11:13"]
