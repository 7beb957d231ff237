"""A tree of files read into a world: every fault with its file, line and column, and no bad file stops the others."""

from __future__ import annotations

from typing import Any

import pytest

from chargen.core.out_of_world import OutOfWorld
from chargen.errors import ConfigurationError
from tests.worlds import PIER, Files, a_picture, one_shot, plan_of, shots_of, world_of

GOOD = "characters/mara/imagery.yaml"
MARA = "kind: character\nscenes: [{id: p, subject: her}]\n"
HEAD = "kind: location\nscenes:\n"


def problems(files: Files) -> list[str]:
    return [str(problem) for problem in world_of(files).problems]


def bad(text: str | bytes | Exception) -> list[str]:
    """What is wrong with one file beside a good one, which must still be read."""
    world = world_of({PIER: text, GOOD: MARA})
    assert [str(shot.address) for shot in world.shots()] == ["character/mara/p/main"]
    return [str(problem) for problem in world.problems]


# ---- what there is --------------------------------------------------------------------------------------------------


def test_a_world_needs_no_configuration() -> None:
    world = world_of(
        {GOOD: MARA, PIER: HEAD + "- {id: a, shots: [{id: b, subject: x}, {id: c, subject: y}]}\n"}
    )

    assert [str(shot.address) for shot in world.shots()] == [
        "character/mara/p/main",
        "location/pier/a/b",
        "location/pier/a/c",
    ]
    assert world.problems == ()


def test_an_empty_world_is_a_world() -> None:
    world = world_of({"README.md": "hello"})

    assert (list(world.shots()), world.problems) == ([], ())


def test_roots_say_where_entities_lie() -> None:
    files: dict[str, Any] = {GOOD: MARA, PIER: one_shot(), "chargen.yaml": "roots: [./locations/]"}

    assert [entity.address for entity in world_of(files).entities.values()] == ["location/pier"]


def test_kind_and_slug_come_from_the_folders_unless_the_file_says_them() -> None:
    files = {
        "Characters/Véyra Thornwake/imagery.yaml": "scenes: [{id: Am Tor!, subject: x}]",
        "x/y/imagery.yaml": "kind: chapter\nslug: One\nscenes: [{id: s, subject: x}]",
    }

    assert list(shots_of(files)) == ["chapter/one/s/main", "character/veyra-thornwake/am-tor/main"]


# ---- a bad imagery.yaml ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: error: the file is empty (add scenes, or delete the file)"),
        ("# only a comment\n", "1:1: error: the file is empty"),
        ("- a\n- b\n", "1:1: error: a list where a mapping belongs"),
        ("just words\n", "1:1: error: text where a mapping belongs"),
        ("7\n", "1:1: error: a number where a mapping belongs"),
        (
            "kind: location\nslug: a\nscenes: [{id: x, subject: s, variants: " + "9" * 5000 + "}]\n",
            "error: 'variants' is too large",
        ),
        ("kind: location\n  bad: [\n", ":2:3: error: "),
        ("a: 1\na: 2\n", "2:1: error: "),
        (b"\xff\xfe\x00", "error: "),
        ("schema: chargen/imagery@2\nscenes: []\n", "1:9: error: schema 'chargen/imagery@2' is not known"),
        (
            "images: []\nentity_type: lokation\n",
            "2:14: error: unknown entity_type 'lokation' (did you mean 'location'?)",
        ),
        ("kind: lokation\nscenes: []\n", "1:7: error: unknown kind 'lokation' (did you mean 'location'?)"),
        (PermissionError(13, "Permission denied"), "error: Permission denied"),
        (OutOfWorld("'x' leads out of the world through a symlink"), "error: 'x' leads out of the world"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_left_out(text: Any, said: str) -> None:
    (problem,) = bad(text)

    assert problem.startswith(PIER)
    assert said in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: location\nscens: []\n", "2:1: error: unknown key 'scens' (did you mean 'scenes'?)"),
        (
            "kind: location\ncontinuity: {canonicle: [x]}\n",
            "2:14: error: unknown key 'canonicle' (did you mean 'canonical'?)",
        ),
        (HEAD + "- id: a\n  shot: []\n", "4:3: error: unknown key 'shot' (did you mean 'shots'?)"),
        (
            HEAD + "- id: a\n  shots:\n  - {id: b, subjet: x}\n",
            "5:13: error: unknown key 'subjet' (did you mean 'subject'?)",
        ),
        (
            HEAD + "- {id: a, subject: x, camera: {angel: low}}\n",
            "3:32: error: unknown key 'angel' (did you mean 'angle'?)",
        ),
        (
            HEAD + "- {id: a, subject: x, lighting: {sauce: sun}}\n",
            "3:34: error: unknown key 'sauce' (did you mean 'source'?)",
        ),
        (
            HEAD + "- {id: a, subject: x, palette: {dominent: [x]}}\n",
            "3:33: error: unknown key 'dominent' (did you mean 'dominant'?)",
        ),
        (
            HEAD + "- {id: a, subject: x, characters: [{ref: m, stat: x}]}\n",
            "3:45: error: unknown key 'stat' (did you mean 'state'?)",
        ),
        (
            HEAD + "- {id: a, subject: x, references: [{pth: m}]}\n",
            "3:37: error: unknown key 'pth' (did you mean 'path'?)",
        ),
        (
            HEAD + "- {id: a, subject: x, location: {reff: m}}\n",
            "3:34: error: unknown key 'reff' (did you mean 'ref'?)",
        ),
    ],
)
def test_an_unknown_key_is_told_at_every_depth(text: str, said: str) -> None:
    assert f"{PIER}:{said}" in bad(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "  id: a\n", "3:3: error: 'scenes' is a mapping, not a list"),
        (HEAD + "- id: [a]\n  subject: x\n", "3:7: error: 'id' is a list, not a text"),
        (HEAD + "- {id: a, subject: {x: y}}\n", "3:20: error: 'subject' is a mapping, not a text"),
        (
            HEAD + "- {id: a, subject: yes, variants: many}\n",
            "3:35: error: 'variants' is the text 'many', not a whole number",
        ),
        (
            HEAD + "- {id: a, subject: true}\n",
            "3:20: error: 'subject' is true, not a text (quote it if it is meant as text)",
        ),
        (HEAD + "- {id: a, subject: x, camera: [low]}\n", "3:31: error: 'camera' is a list, not a mapping"),
        (
            HEAD + "- {id: a, subject: x, variants: 0}\n",
            "3:33: error: 'variants': should be greater than or equal to 1",
        ),
        (
            HEAD + "- {id: a, subject: x, status: wantd}\n",
            "3:31: error: 'status' cannot be 'wantd' (did you mean 'wanted'?)",
        ),
        (HEAD + "- {subject: x}\n", "3:3: error: 'id' is missing (add `id:`)"),
        (HEAD + "- {id: a, shots: [{id: b}]}\n", "3:19: error: 'subject' is missing (add `subject:`)"),
        (
            HEAD + "- {id: a, subject: x, references: [{path: p, when_changed: aks}]}\n",
            "3:60: error: 'when_changed' cannot be 'aks' (did you mean 'ask'?)",
        ),
    ],
)
def test_a_wrong_type_is_told_with_its_place(text: str, said: str) -> None:
    assert f"{PIER}:{said}" in bad(text)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = HEAD + "- {id: a, subjet: x, mod: y}\n- {id: b, subject: x, variants: 99}\n"

    assert len(bad(text)) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEAD + "- {id: a, subject: x}\n- {id: a, subject: y}\n",
            "4:8: error: scene id 'a' is used twice; first on line 3",
        ),
        (
            HEAD + "- {id: Am Tor, subject: x}\n- {id: am-tor, subject: y}\n",
            "4:8: error: scene id 'am-tor' is used twice (both are 'am-tor' as a name); first on line 3",
        ),
        (
            HEAD + "- id: a\n  shots: [{id: b, subject: x}, {id: B, subject: y}]\n",
            "4:37: error: shot id 'B' is used twice (both are 'b' as a name); first on line 4",
        ),
    ],
)
def test_two_things_with_one_name_are_told(text: str, said: str) -> None:
    assert [problem.split(" (give")[0] for problem in bad(text)] == [f"{PIER}:{said}"]


def test_two_folders_for_one_entity_are_both_left_out() -> None:
    files = {
        "a/imagery.yaml": MARA + "slug: mara\n",
        "b/imagery.yaml": MARA + "slug: Mara\n",
        PIER: one_shot(),
    }

    assert [str(shot.address) for shot in world_of(files).shots()] == ["location/pier/dawn/wide"]
    assert problems(files) == [
        "a/imagery.yaml:1:1: error: character/mara is also b/imagery.yaml (give one another `slug:`)",
        "b/imagery.yaml:1:1: error: character/mara is also a/imagery.yaml (give one another `slug:`)",
    ]


def test_many_folders_for_one_entity_name_a_few_of_the_others() -> None:
    files = {f"{name}/imagery.yaml": MARA + "slug: mara\n" for name in "abcdef"}

    found = problems(files)

    assert len(found) == 6
    assert "also b/imagery.yaml, c/imagery.yaml, d/imagery.yaml and 2 more (give" in found[0]


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("- {id: a}\n", "3:3: error: a scene needs shots, or a subject of its own"),
        ("- {id: a, shots: []}\n", "3:3: error: a scene needs shots, or a subject of its own"),
        ("- {id: a, subject: '  '}\n", "3:20: error: the subject is empty"),
        ("- {id: a, shots: [{id: b, subject: ''}]}\n", "3:36: error: the subject is empty"),
    ],
)
def test_a_shot_without_words_leaves_the_other_shots(scene: str, said: str) -> None:
    world = world_of({PIER: HEAD + scene + "- {id: good, subject: x}\n"})

    assert [str(shot.address) for shot in world.shots()] == ["location/pier/good/main"]
    (problem,) = world.problems
    assert str(problem).startswith(f"{PIER}:{said}")


def test_a_file_s_kind_must_be_told_somehow() -> None:
    (problem,) = problems({"somewhere/pier/imagery.yaml": "scenes: [{id: a, subject: x}]"})

    assert "which kind of entity is this? (add `kind:` (character, location, chapter))" in problem


# ---- prose ----------------------------------------------------------------------------------------------------------

CONTEXT = "context: {character: {sections: [Look], front_matter: [age]}}"


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("p.md", "---\nage: [\n---\n", "characters/mara/p.md:2: error: front matter: "),
        ("p.md", b"# Look\n\xff\n", "characters/mara/p.md: error: not UTF-8 text (save the file as UTF-8)"),
        ("p.md", PermissionError(13, "Permission denied"), "characters/mara/p.md: error: Permission denied"),
    ],
)
def test_bad_prose_is_told(path: str, text: Any, said: str) -> None:
    (problem,) = problems({"chargen.yaml": CONTEXT, GOOD: MARA, f"characters/mara/{path}": text})

    assert problem.startswith(said)


def test_prose_is_looked_for_beside_the_file_whatever_the_folder_is_called() -> None:
    files = {
        "chargen.yaml": CONTEXT,
        "characters/[draft] mara/imagery.yaml": MARA,
        "characters/[draft] mara/p.md": "# Look\n\nTall.\n",
        "characters/[draft] mara/below/p.md": "# Look\n\nNot hers.\n",
    }

    (shot,) = shots_of(files).values()

    assert shot.ir.sections["continuity"]["prose"] == ["Tall."]


# ---- chargen.yaml ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stile: {medium: ink}\n", ["chargen.yaml:1:1: unknown key 'stile' (did you mean 'style'?)"]),
        ("moods: {calm: {lok: x}}\n", ["chargen.yaml:1:16: unknown key 'lok' (did you mean 'look'?)"]),
        (
            "context: {character: {secions: x}}\n",
            ["chargen.yaml:1:23: unknown key 'secions' (did you mean 'sections'?)"],
        ),
        ("provider: {image_types: {p: {modle: x}}}\n", ["unknown key 'modle' (did you mean 'model'?)"]),
        ("provider: {size: 9K}\n", ["chargen.yaml:1:18: gemini-nano-banana-2.1 has no size '9K'"]),
        (
            "provider:\n  model: gemini-2.5-flash-image\n",
            ["chargen.yaml:2:10: model 'gemini-2.5-flash-image' was shut down"],
        ),
        ("provider: {safety: {rudeness: off}}\n", ["'rudeness' is no safety category"]),
        ("provider: {regenerate_on: [colour]}\n", ["cannot be 'colour'"]),
        (
            "budget: {run_usd: lots}\n",
            ["chargen.yaml:1:19: 'run_usd' is the text 'lots', not an amount such as 2.50"],
        ),
        ("budget: {run_usd: -1}\n", ["greater than or equal to 0"]),
        (
            "limits: {workers: 0, retrys: 2}\n",
            ["'workers'", "unknown key 'retrys' (did you mean 'retries'?)"],
        ),
        ("- a list\n", ["chargen.yaml:1:1"]),
        ("style: {\n", ["chargen.yaml:"]),
    ],
)
def test_a_bad_configuration_stops_with_every_finding(text: str, said: list[str]) -> None:
    with pytest.raises(ConfigurationError) as error:
        world_of({"chargen.yaml": text, GOOD: MARA})

    for part in said:
        assert part in str(error.value)


def test_an_empty_configuration_says_nothing() -> None:
    for text in ("", "# later\n", "style:\nmoods:\nprovider:\nlimits:\n"):
        assert world_of({"chargen.yaml": text, GOOD: MARA}).config == world_of({GOOD: MARA}).config


# ---- the same words, the same hashes --------------------------------------------------------------------------------


def test_a_new_default_model_is_no_change_of_words() -> None:
    def hashes(config: str) -> Any:
        return {
            address: (shot.prompt_hash, shot.source_digest)
            for address, shot in shots_of({"chargen.yaml": config, PIER: one_shot()}).items()
        }

    assert hashes("provider: {model: gemini-3-pro-image, size: 2K}") == hashes("")


def test_line_ends_and_a_byte_order_mark_are_no_change_of_words() -> None:
    text = one_shot("framing: >\n  close\n  and low\n")
    (one,) = shots_of({PIER: text}).values()
    (other,) = shots_of({PIER: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()}).values()

    assert (one.source_digest, one.prompt_hash) == (other.source_digest, other.prompt_hash)


def test_the_digest_is_of_the_files_as_they_lie() -> None:
    files: dict[str, Any] = {
        PIER: one_shot("references: [{path: o.png}]\n"),
        "locations/pier/o.png": a_picture(),
    }
    digests = [
        world_of(changed).digest
        for changed in (
            files,
            {**files, "locations/pier/o.png": a_picture("other")},
            {PIER: files[PIER]},
            {**files, "chargen.yaml": ""},
        )
    ]

    assert len(set(digests)) == 4
    assert world_of(dict(reversed(files.items()))).digest == digests[0]


def test_of_a_file_full_of_findings_the_first_are_listed_and_the_rest_counted() -> None:
    wrong = "".join(f"key{number}: x\n" for number in range(250))

    problems = world_of({PIER: "kind: location\n" + wrong}).problems

    assert [problem.message for problem in problems][199:] == [
        "unknown key 'key199'",
        "50 more findings in this file are not listed",
    ]


def test_a_folder_whose_name_is_no_text_is_told_and_left_out() -> None:
    world = world_of({"a/\udcff/imagery.yaml": MARA, "a/\udcff.png": b"x", PIER: one_shot()})

    assert [str(problem) for problem in world.problems] == [
        "a/\\udcff/imagery.yaml: error: its path is not UTF-8 text (rename the folder)"
    ]
    assert list(world.entities) == ["location/pier"]


@pytest.mark.parametrize(
    "text",
    [
        "kind: character\nslug: odo\nscenes: [\n",
        'entity_type: "character"\nslug: "odo"\nappearance: "he said "so""\n',
        "metadata:\n  entity_type: character-imagery\n  slug: odo\nzones:\n  - name: a\n    slug: other\n  bad\n",
    ],
)
def test_whose_a_broken_file_is_is_read_from_its_first_lines(text: str) -> None:
    """Its folder says otherwise; without this, what leans on it would be made and paid for without its words."""
    files = {"cast/01-odo/imagery.yaml": text, PIER: one_shot("characters: [{ref: odo}]\n")}

    (item,) = plan_of(files).items

    assert item.action == "skip"
    assert "character 'odo' could not be read" in item.detail
