"""What every level says about a shot: its resolved source, whose digest is frozen, and what is never in it."""

from __future__ import annotations

from typing import Any

import pytest

from chargen.core.source import WORDS
from tests.worlds import PIER, WIDE, a_picture, one_shot, shot_of, shots_of

MARA = "characters/mara/imagery.yaml"
HER = """\
    kind: character
    name: Mara Quill
    continuity:
      canonical: [grey braid, oilskin coat]
      donts: [a hat]
      states: {wet: [dripping, hood up]}
    references:
      - {id: face, path: face.png, role: character, must_match: true}
      - {id: mood board, path: board.png}
    scenes: []
"""
WITH_HER: dict[str, Any] = {
    MARA: HER,
    "characters/mara/face.png": a_picture("face"),
    "characters/mara/board.png": a_picture("board"),
}


def test_a_source_is_what_each_level_says_and_no_more() -> None:
    files: dict[str, Any] = {
        "chargen.yaml": "style: {medium: ink}\nmoods: {calm: {look: still}}\nbudget: {run_usd: 1}",
        PIER: one_shot(
            "mood: calm\nvariants: 2\ntitle: T\n",
            entity="name: The Pier\ncontinuity: {canonical: [piles]}\nsetting: a bay\nsize: 2K\n",
            scene="shot_type: wide\ntags: [x]\n",
        ),
    }

    assert shot_of(files).source.data == {
        "style": {"medium": "ink"},
        "mood": {"look": ["still"]},
        "kind": "location",
        "entity": {"setting": "a bay"},
        "scene": {"shot_type": "wide"},
        "shot": {"subject": "the whole pier", "mood": "calm"},
        "canon": {"name": "The Pier", "canonical": ["piles"]},
    }


ANYWHERE = (
    "status: paused\n",
    "variants: 3\n",
    "size: 2K\n",
    "model: gemini-3-pro-image\n",
    "image_type: portrait\n",
    'aspect_ratio: "1:1"\n',
    "# only a comment\n",
    "mood: ''\n",
    "camera:\n",
)
NOT_OF_AN_ENTITY = (
    "title: The pier\n",
    "caption: At dawn.\n",
    "alt_text: a pier\n",
    "tags: [a, b]\n",
    "generated_images: []\n",
    "generated_images: [{custom_id: x, prompt_hash: y}]\n",
)


@pytest.mark.parametrize(
    ("level", "words"),
    [
        *((level, words) for level in ("words", "scene", "entity") for words in ANYWHERE),
        *((level, words) for level in ("words", "scene") for words in NOT_OF_AN_ENTITY),
    ],
)
def test_what_is_no_word_of_the_picture_is_in_no_hash(level: str, words: str) -> None:
    plain = shot_of({PIER: one_shot()})

    shot = shot_of({PIER: one_shot(**{level: words})})

    assert (shot.source_digest, shot.prompt_hash) == (plain.source_digest, plain.prompt_hash)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_a_shot_is_in_both_hashes(word: str) -> None:
    value = {
        "camera": "{angle: low}",
        "lighting": "{source: sun}",
        "palette": "{dominant: [red]}",
        "must_include": "[a lamp]",
        "donts": "[people]",
    }.get(word, "something else")
    plain, said = shot_of({PIER: one_shot()}), shot_of({PIER: one_shot(f"{word}: {value}\n")})

    assert plain.source_digest != said.source_digest
    assert plain.prompt_hash != said.prompt_hash


def test_other_states_and_other_moods_cost_nothing() -> None:
    def world(states: str, moods: str) -> Any:
        return shot_of(
            {
                "chargen.yaml": f"moods: {moods}",
                PIER: one_shot("state: night\nmood: calm\n", entity=f"continuity: {{states: {states}}}\n"),
            }
        )

    one = world("{night: lanterns}", "{calm: {look: still}}")
    more = world("{night: lanterns, day: sun}", "{calm: {look: still}, dark: {look: black}}")

    assert one.source_digest == more.source_digest


def test_the_order_of_keys_and_the_wrapping_of_text_cost_nothing() -> None:
    one = shot_of({PIER: one_shot("subject: one two three\nmood: calm\nframing: close\n")})
    other = shot_of({PIER: one_shot("framing: close\nmood: 'calm'\nsubject: >-\n  one\n  two three\n")})

    assert (one.source_digest, one.prompt_hash) == (other.source_digest, other.prompt_hash)


def test_a_reference_is_known_by_its_name_and_role_not_by_its_path() -> None:
    def shot(path: str) -> Any:
        return shot_of(
            {
                PIER: one_shot(
                    f"references: [{{id: o, path: {path}, role: place, note: n, must_match: true}}]\n"
                ),
                f"locations/pier/{path}": a_picture(),
            }
        )

    assert shot("a.png").source.data["references"] == [
        {"id": "o", "role": "place", "note": "n", "must_match": True}
    ]
    assert shot("a.png").source_digest == shot("b.png").source_digest


# ---- people and places ----------------------------------------------------------------------------------------------


def test_a_character_brings_canon_the_named_state_and_the_must_match_reference() -> None:
    shot = shot_of({**WITH_HER, PIER: one_shot("characters: [{ref: mara, state: wet, action: waits}]\n")})

    assert shot.source.data["characters"] == [
        {
            "ref": "character/mara",
            "state": "wet",
            "action": "waits",
            "name": "Mara Quill",
            "canon": {
                "canonical": ["grey braid", "oilskin coat"],
                "donts": ["a hat"],
                "state": {"name": "wet", "look": ["dripping", "hood up"]},
            },
        }
    ]
    assert [(sent.used.id, sent.path, sent.used.must_match) for sent in shot.references] == [
        ("mara/face", "characters/mara/face.png", True)
    ]


def test_a_character_may_be_named_in_short_or_in_full() -> None:
    texts = ["characters: [mara]\n", "characters: [{ref: mara}]\n", "characters: [character/mara]\n"]

    digests = {shot_of({**WITH_HER, PIER: one_shot(text)}).source_digest for text in texts}

    assert len(digests) == 1


def test_where_a_match_is_demanded_the_first_reference_will_do() -> None:
    files = {**WITH_HER, MARA: HER.replace(", must_match: true", "")}

    loose = shot_of({**files, PIER: one_shot("characters: [mara]\n")})
    strict = shot_of({**files, PIER: one_shot("characters: [{ref: mara, must_match: true}]\n")})

    assert loose.references == ()
    assert [sent.used.id for sent in strict.references] == ["mara/face"]
    assert strict.references[0].used.must_match


def test_a_location_brings_its_canon_to_a_chapter() -> None:
    pier = one_shot(
        entity="name: The Pier\ncontinuity: {canonical: [piles], donts: [cars], states: {low: mud}}\n"
    )
    chapter = (
        "kind: chapter\nslug: one\nscenes:\n  - {id: s, subject: her, location: {ref: pier, state: low}}\n"
    )

    shot = shot_of({PIER: pier, "chapters/one/imagery.yaml": chapter}, "chapter/one/s/main")

    assert shot.source.data["location"] == {
        "ref": "location/pier",
        "state": "low",
        "name": "The Pier",
        "canon": {"canonical": ["piles"], "donts": ["cars"], "state": {"name": "low", "look": ["mud"]}},
    }
    assert "name" not in shot.source.data.get("canon", {}), "a chapter's title paints nothing"


def test_the_nearest_level_s_people_are_the_picture_s_people() -> None:
    files = {**WITH_HER, PIER: one_shot("characters: []\n", scene="characters: [mara]\n")}

    assert "characters" not in shot_of(files).source.data
    assert shot_of({**files, PIER: one_shot(scene="characters: [mara]\n")}).source.data["characters"]


def told(files: dict[str, Any], address: str = WIDE) -> list[tuple[str, str, str]]:
    """Severity, message and hint of each problem of a shot."""
    return [(item.severity, item.message, item.hint) for item in shots_of(files)[address].problems]


def test_somebody_unknown_is_a_warning_unless_a_match_is_demanded() -> None:
    words = "characters: [{ref: maro, state: wet, action: waits}]\n"
    files = {**WITH_HER, PIER: one_shot(words)}
    said = ("no character 'maro' in this world", "did you mean 'mara'?")

    assert told(files) == [("warning", *said)]
    assert shot_of(files).source.data["characters"] == [
        {"ref": "maro", "state": "wet", "action": "waits", "name": "maro"}
    ]
    strict = {**files, PIER: one_shot(words.replace("}", ", must_match: true}"))}
    assert told(strict) == [("error", *said)]


def test_unknown_moods_and_states_are_warned_of_where_a_vocabulary_is() -> None:
    calm = "moods: {calm: {look: still}}"
    words = one_shot("mood: clam\nstate: nite\n", entity="continuity: {states: {night: x}}\n")

    assert told({PIER: words, "chargen.yaml": calm}) == [
        ("warning", "mood 'clam' is not among the world's moods", "did you mean 'calm'?"),
        ("warning", "location/pier has no state 'nite'", "did you mean 'night'?"),
    ]
    assert told({PIER: one_shot("mood: clam\nstate: nite\n")}) == []
    assert shot_of({PIER: one_shot("state: nite\n")}).source.data["canon"]["state"] == {
        "name": "nite",
        "look": [],
    }


def test_an_unknown_location_is_a_warning() -> None:
    assert told({PIER: one_shot("location: peer\n")}) == [
        ("warning", "no location 'peer' in this world", "did you mean 'pier'?")
    ]
