"""From the IR to the words that are sent: one labelled line a field, in one order, each knowing its field."""

from __future__ import annotations

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
        == f"{OPENING}\nSubject: her at the rail\nCharacters:\n- Mara: waits\n- Ode\nPlace: The Pier\nSetting: dawn\nAbout the place:\n- tarred\nBackground:\n- late autumn\nMood: calm: still; pale\nLighting: sun; left\nPalette: dominant grey, blue; avoid neon\nMedium: ink\nShot: wide\nCamera: low angle; on the stair; panning\nLens: long\nFraming: close\nComposition: thirds\nAlways true of Mara:\n- grey braid\nAt this moment:\n- wet\nBackground:\n- weather-brown\nAlways true of the place:\n- piles\nThe place at this moment:\n- low tide\nAlways true of Ode:\n- tall\nOde at this moment:\n- tired\nAbout Ode:\n- kind\nNever of Ode:\n- a hat\nMust be seen:\n- a lamp\nNever show:\n- people\n- frames\nReference 1: character (face), match it exactly: the nose\nReference 2: place (overview)"
    )


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
    assert found["Mood: calm: still"] == ["chargen.yaml:6:11"]
    assert found["Medium: ink"] == ["chargen.yaml:2:11"]
    assert found["- frames"] == ["chargen.yaml:3:11"]
    assert found["Reference 1: place (o)"] == [f"{PIER}:11:13"]
