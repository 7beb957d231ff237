"""What is odd in words that go into prompts is found where it was written, and nothing else is."""

from __future__ import annotations

import pytest

from chargen.core.lint import lint
from chargen.core.lint_words import odd_words, says_nothing, things
from chargen.pipeline.compile import compile_world
from tests.worlds import PIER, one_shot, shot_of, world_of

SMALL_TALK = [
    "Certainly! Here is a description of the pier: long and grey.",
    "Sure, here's the revised appearance.",
    "As an AI language model, I cannot see the pier.",
    "A tall man. I hope this helps!",
    "A tall man. Let me know if you would like more detail.",
    "Would you like me to add his coat?",
    "Here are some detailed visual descriptions for the lighthouse",
    "Based on the provided text, he is tall.",
    "I’ve created a vivid portrait of the harbour.",
    "The provided context does not say what she wears.",
]
LEFTOVERS = [
    "a man called {{name}}",
    "<insert appearance>",
    "[description here]",
    "[Insert colour of the coat]",
    "TODO",
    "a coat, colour TBD",
    "Lorem ipsum dolor sit amet",
    "XXX",
    "the hat is XXX",
    "${character} on the pier",
    "{character_name} on the pier",
    "placeholder text",
]
PATHS = ["like /home/ada/pictures/pier.png", "as in C:\\pictures\\pier.png", "see file:///pier.png"]
FINE = [
    "Certainly the oldest lighthouse here, sure of its rock, of course unlit",
    "Here is where the two roads meet",
    "a sign that reads MEN AT WORK, todos los santos, 50 < 60 > 40",
    "the banner of Legion XXX",
    "a sampler: [blue, grey] thread, <3",
    "hoping this helps him, he let me know",
    "as aims go, an aimless painter",
    "AI is the rune over the door",
    "she provided the given ropes herself",
    "home/ada is no path; an either/or at 16:9",
    "a ship's log, three users of it, e.g. v1.2",
]


@pytest.mark.parametrize("text", SMALL_TALK)
def test_an_assistants_words_to_its_user_are_found(text: str) -> None:
    assert [odd.rule for odd in odd_words(text)] == ["small-talk"]


@pytest.mark.parametrize("text", LEFTOVERS)
def test_open_gaps_of_a_template_are_found(text: str) -> None:
    assert [odd.rule for odd in odd_words(text)] == ["template-leftover"]


@pytest.mark.parametrize("text", PATHS)
def test_paths_of_one_machine_are_found(text: str) -> None:
    assert [odd.rule for odd in odd_words(text)] == ["absolute-path"]


@pytest.mark.parametrize("text", FINE)
def test_a_writers_own_words_are_left_in_peace(text: str) -> None:
    assert list(odd_words(text)) == []


def test_a_finding_shows_the_phrase_not_the_paragraph() -> None:
    (odd,) = odd_words("A tall man. " * 20 + "I hope this helps! " + "More words. " * 20)

    assert odd.message.startswith("this reads like an assistant's reply: 'I hope this helps! More words.")
    assert len(odd.message) < 110


@pytest.mark.parametrize("text", ["", " ", "...", "—", "TBD", "n/a", "N/A.", "none", "[TODO]", "xxx"])
def test_words_that_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["x", "a pier", "none of them", "42", "波止場"])
def test_words_that_say_something(text: str) -> None:
    assert not says_nothing(text)


def told(files: dict[str, str]) -> list[str]:
    world = world_of(files)
    return [
        f"{item.place}: {item.rule}: {item.message}" for item in lint(world, compile_world(world).values())
    ]


def test_each_is_told_at_the_place_of_its_field_once_for_all_shots_below() -> None:
    more = "      - {id: other, subject: the lamp}\n"
    text = one_shot(entity="continuity: {canonical: [piles, 'Certainly! Here is more:']}\n") + more

    assert told({PIER: text}) == [
        f"{PIER}:3:33: small-talk: this reads like an assistant's reply: 'Certainly! Here is more:'"
    ]


def test_every_field_that_is_painted_is_looked_at() -> None:
    words = (
        "setting: TODO a\nframing: TODO b\ncamera: {angle: TODO c}\nmust_include: [x, TODO d]\n"
        "characters: [{ref: nobody, action: TODO e}]\nreferences: [{path: a.png, note: TODO f}]\n"
    )
    files = {
        PIER: one_shot(words),
        "chargen.yaml": "style: {medium: TODO g}\nmoods: {calm: {look: TODO h}}\n",
    }

    found = {line.rpartition("TODO ")[2][0]: line.partition(": ")[0] for line in told(files)}

    assert sorted(found) == list("abcdefgh")
    assert found["g"] == "chargen.yaml:1:17"
    assert found["d"] == f"{PIER}:11:27"


def test_what_no_picture_is_made_of_is_not_looked_at() -> None:
    words = "title: TODO\ncaption: TBD\ntags: [TODO]\nimage_type: TODO\nreferences: [{path: TODO.png, role: TODO}]\n"

    assert told({PIER: one_shot(words)}) == []


def test_prose_that_goes_into_prompts_is_looked_at() -> None:
    files = {
        PIER: one_shot(),
        "locations/pier/notes.md": "# Notes\n\nolder\n\n## Look\n\nGrey piles. As an AI, I like it.\n",
        "chargen.yaml": "context: {location: {sections: [Look]}}\n",
    }

    (line,) = told(files)

    assert line.startswith("locations/pier/notes.md:")
    assert ": small-talk: " in line


def test_a_picture_on_one_machine_is_told_at_its_row_and_in_its_list() -> None:
    row = "generated_images: [{custom_id: location.pier.dawn.wide.v1, file_path: 'C:\\pier.png'}]\n"
    listing = (
        "entity_type: character\nslug: ada\nappearance: tall\n"
        "image_inventory:\n  - {id: a, path: /Users/ada/a.png}\n  - {id: b, path: images/b.png}\n"
    )

    assert told({PIER: one_shot(row), "characters/ada/imagery.yaml": listing}) == [
        "characters/ada/imagery.yaml:5:5: absolute-path: picture '/Users/ada/a.png' is on one machine only",
        f"{PIER}:8:79: absolute-path: picture 'C:\\\\pier.png' is on one machine only",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "must_include: [Red Lanterns]\ndonts: [a red  lantern]\n",
            "'red lantern' is to be seen and to be avoided",
        ),
        ("must_include: [rope, glass]\ndonts: ['fog, glasses']\n", "'glass' is to be seen and to be avoided"),
        ("must_include: [gulls]\ndonts: [no gulls]\n", "'gull' is to be seen and to be avoided"),
        (
            "palette: {dominant: [Slate Grey], avoid: [slate  grey]}\n",
            "'slate grey' is a colour of the palette and to be avoided",
        ),
        (
            "palette: {accent: [gold], avoid: [neon, Gold]}\n",
            "'gold' is a colour of the palette and to be avoided",
        ),
    ],
)
def test_what_is_wanted_and_unwanted_is_told(words: str, said: str) -> None:
    (line,) = told({PIER: one_shot(words)})

    assert line.endswith(f": contradiction: {said}")


def test_what_is_always_true_of_a_place_may_not_be_avoided() -> None:
    entity = "continuity: {canonical: [timber piles], donts: [Timber pile]}\n"
    more = "      - {id: other, subject: the lamp}\n"

    assert told({PIER: one_shot(entity=entity) + more}) == [
        f"{PIER}:3:49: contradiction: 'timber pile' is to be seen and to be avoided"
    ]


def test_a_contradiction_across_files_names_both_places() -> None:
    files = {PIER: one_shot("must_include: [people]\n"), "chargen.yaml": "style: {donts: [people, cars]}\n"}
    world = world_of(files)

    (problem,) = lint(world, compile_world(world).values())

    assert str(problem.place) == "chargen.yaml:1:17"
    assert problem.hint == f"it is asked for at {PIER}:8:24: take one of the two away"


def test_what_only_resembles_is_no_contradiction() -> None:
    words = "must_include: [no people, red lantern]\ndonts: [no people, lantern, red]\n"

    assert told({PIER: one_shot(words)}) == []


def test_things_are_told_apart_by_words_alone() -> None:
    assert things("The Berries, boxes; glass\nno torches") == {"berry", "box", "glass", "no torch"}


def test_a_subject_that_says_nothing_is_an_error_of_its_shot() -> None:
    shot = shot_of({PIER: one_shot("subject: ' ... '\n")})

    assert shot.obstacle is not None
    assert shot.obstacle.rule == "empty-subject"
    assert str(shot.obstacle.place) == f"{PIER}:7:18"


def test_a_listed_picture_that_lies_on_one_machine_is_told_wherever_that_is() -> None:
    listed = "entity_type: location\nzones: [{slug: a, description: x}]\nimage_inventory:\n"
    paths = ["/srv/x.png", "~/x.png", "C:\\x.png", "/locations/mill/x.png", "x.png"]
    text = listed + "".join(f"- {{path: '{path}'}}\n" for path in paths)

    world = world_of({"locations/mill/imagery.yaml": text})

    found = [problem for problem in lint(world, ()) if problem.rule == "absolute-path"]
    assert [problem.place.line for problem in found] == [4, 5, 6]


def test_a_subject_that_says_nothing_is_told_once() -> None:
    world = world_of({PIER: one_shot().replace("the whole pier", "TBD")})
    shots = compile_world(world)

    rules = [problem.rule for shot in shots.values() for problem in shot.problems]
    assert rules == ["empty-subject"]
    assert lint(world, shots.values()) == ()
