"""What the native shape can say of a picture, and what each saying comes to in the prompt."""

from __future__ import annotations

import pytest

from tests.worlds import PIER, one_shot, shot_of, world_of


def sections(words: str) -> dict[str, object]:
    return dict(shot_of({PIER: one_shot(words)}).ir.sections)


@pytest.mark.parametrize(
    ("field", "section", "label"),
    [
        ("subject", "subject", "text"),
        ("setting", "setting", "text"),
        ("composition", "composition", "composition"),
    ],
)
def test_a_text_stays_a_text_and_a_list_a_list(field: str, section: str, label: str) -> None:
    one, many = sections(f"{field}: a rope\n"), sections(f"{field}: [a rope, 3 gulls]\n")

    assert (one[section][label], many[section][label]) == ("a rope", ["a rope", "3 gulls"])  # type: ignore[index]


def test_a_text_and_a_list_of_it_alone_have_hashes_of_their_own() -> None:
    one, many = (shot_of({PIER: one_shot(f"setting: {said}\n")}) for said in ("dusk", "[dusk]"))

    assert one.prompt_hash != many.prompt_hash


def test_other_light_and_colours_stand_beside_the_known_ones() -> None:
    words = "lighting: {source: lamp, other: {rim: gold}}\npalette: {accent: red, other: {metal: [brass]}}\n"

    assert sections(words)["mood"] == {
        "lighting": {"source": "lamp", "rim": "gold"},
        "palette": {"accent": ["red"], "metal": ["brass"]},
    }


def test_every_kind_of_light_reaches_the_prompt() -> None:
    words = (
        "lighting: {secondary_source: a fire, color_temperature: 2700, shadow_depth: deep, atmospheric: haze}\n"
        "camera: {focus: the rope}\nmood_note: relief\n"
    )

    said = shot_of({PIER: one_shot(words)}).prompt()

    for part in ("a fire", "2700", "deep", "haze", "the rope", "relief"):
        assert part in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("lighting: {sorce: lamp}\n", "unknown key 'sorce' (did you mean 'source'?)"),
        ("palette: {acent: red}\n", "unknown key 'acent' (did you mean 'accent'?)"),
        ("camera: {focs: rope}\n", "unknown key 'focs' (did you mean 'focus'?)"),
        ("setting: [a, {b: c}]\n", "'setting' is a list, not a text"),
        ("subject: []\n", "the subject is empty"),
        ("subject: [' ', '']\n", "the subject is empty"),
    ],
)
def test_what_it_cannot_say_is_told(words: str, said: str) -> None:
    (problem,) = world_of({PIER: one_shot(words)}).problems

    assert said in str(problem)


def test_a_list_of_subjects_gives_the_first_as_title() -> None:
    assert shot_of({PIER: one_shot("subject: [a rope, gulls]\n")}).shot.title == "a rope"


def test_a_zone_that_its_location_does_not_have_is_a_warning_and_no_word() -> None:
    chapter = (
        "kind: chapter\nslug: one\nscenes:\n  - {id: a, subject: Ada, location: {ref: pier, zone: %s}}\n"
    )
    named, missed = (
        shot_of({PIER: one_shot(), "chapters/one/imagery.yaml": chapter % zone}, "chapter/one/a/main")
        for zone in ("dawn", "down")
    )

    assert named.problems == ()
    assert "has no zone 'down'" in str(missed.problems[0])
    assert named.prompt_hash == missed.prompt_hash
