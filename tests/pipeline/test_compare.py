"""What a change of the tree comes to for nobody: words, sections and keys that no shot uses, each named once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chargen.pipeline.compare import Side, compare
from chargen.pipeline.compile import compile_world
from tests.worlds import PIER, WIDE, Files, a_picture, address, made, one_shot, tree_of, world_of

if TYPE_CHECKING:
    from chargen.core.changes import Changes

MARA = "characters/mara/imagery.yaml"
PROFILE = "characters/mara/profile.md"
FILES: dict[str, Any] = {
    "chargen.yaml": """\
        style: {medium: ink}
        moods:
          calm: {look: still}
          grim: {look: dark}
        context: {character: {files: [profile.md], sections: [Look], front_matter: [age], budget: 30}}
        limits: {workers: 2}
        provider: {size: 1K}
    """,
    PIER: one_shot(
        "mood: calm\ntitle: The pier\ntags: [a]\ncharacters: [mara]\nmust_include: [gulls, ropes]\n",
        entity="name: The Pier\nsummary: long\ncontinuity: {canonical: [piles], states: {wet: dripping}}\n",
        scene="caption: At dawn\n",
    ),
    MARA: """\
        kind: character
        name: Mara
        scenes:
          - {id: p, subject: her, title: Portrait}
          - {id: q, subject: her hands}
    """,
    PROFILE: """\
        ---
        age: 58
        home: the pier
        ---
        # Look

        A grey braid. An oilskin coat, and salt in every seam.

        <!-- a note -->

        # Secrets

        Never told.

        ## Old ones

        None.
    """,
    "characters/mara/notes.md": "# Notes\n\nMine.\n",
    "characters/mara/drafts/one.md": "A draft.\n",
    "README.md": "Of nobody.\n",
}


def compared(before: Files, after: Files) -> Changes:
    sides = []
    for files in (before, after):
        world = world_of(files)
        sides.append(Side(tree_of(files), world, compile_world(world)))
    return compare(*sides)


def after(path: str, old: str, new: str) -> dict[str, Any]:
    assert old in FILES[path], old
    return {**FILES, path: FILES[path].replace(old, new)}


def unused(files: Files, before: Files = FILES) -> list[str]:
    """What is told of a change that touches no shot: place, part and kind."""
    found = compared(before, files)
    assert found.shots == ()
    return [f"{item.place}: {item.part}: {item.kind}" for item in found.unused]


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (PROFILE, "Never told.", "Told.", f"{PROFILE}:11: Secrets: changed"),
        (PROFILE, "None.", "Many.", f"{PROFILE}:15: Secrets / Old ones: changed"),
        (PROFILE, "# Secrets", "# New\n\n        x\n\n        # Secrets", f"{PROFILE}:11: New: added"),
        (PROFILE, "## Old ones\n\n        None.\n", "", f"{PROFILE}: Secrets / Old ones: removed"),
        (PROFILE, "home: the pier", "home: the quay", f"{PROFILE}:3: home: changed"),
        (PROFILE, "home: the pier", "eyes: grey", f"{PROFILE}:3: eyes: added"),
        (PROFILE, "a note", "another note", f"{PROFILE}:5: Look: changed"),
        (PROFILE, "every seam", "each seam", f"{PROFILE}:5: Look: changed"),
        ("characters/mara/notes.md", "Mine.", "Yours.", "characters/mara/notes.md: : changed"),
        ("characters/mara/drafts/one.md", "A", "Another", "characters/mara/drafts/one.md: : changed"),
        (PIER, "title: The pier", "title: A pier", f"{PIER}:13: scenes.dawn.shots.wide.title: changed"),
        (PIER, "tags: [a]", "tags: [a, b]", f"{PIER}:14: scenes.dawn.shots.wide.tags: changed"),
        (PIER, "        tags: [a]\n", "", f"{PIER}: scenes.dawn.shots.wide.tags: removed"),
        (PIER, "caption: At dawn", "caption: At last", f"{PIER}:8: scenes.dawn.caption: changed"),
        (PIER, "summary: long", "summary: short", f"{PIER}:4: summary: changed"),
        (PIER, "wet: dripping", "wet: soaked", f"{PIER}:5: continuity.states.wet: changed"),
        (MARA, "title: Portrait", "title: P.", f"{MARA}:4: scenes.p.title: changed"),
        (MARA, "title: Portrait", "setting: ''", f"{MARA}: scenes.p.title: removed"),
        ("chargen.yaml", "look: dark", "look: black", "chargen.yaml:4: moods.grim.look: changed"),
        ("chargen.yaml", "workers: 2", "workers: 3", "chargen.yaml:6: limits.workers: changed"),
        ("chargen.yaml", "{size: 1K}", "{size: 1K, mode: batch}", "chargen.yaml:7: provider.mode: added"),
        (
            "chargen.yaml",
            "budget: 30",
            "budget: 31",
            "chargen.yaml:5: context.character.budget: changed",
        ),
    ],
)
def test_what_no_shot_uses_is_named_where_it_stands(path: str, old: str, new: str, told: str) -> None:
    found = unused(after(path, old, new))

    assert told in found
    assert len(found) == (2 if "eyes" in new else 1), found


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (PROFILE, "grey", "white"),
        (PROFILE, "age: 58", "age: 59"),
        (PIER, "gulls", "crows"),
        (PIER, "mood: calm", "mood: grim"),
        (PIER, "name: The Pier", "name: The Mole"),
        (PIER, "canonical: [piles]", "canonical: [piles, a lamp]"),
        (MARA, "name: Mara", "name: Mara Quill"),
        (MARA, "subject: her,", "subject: she,"),
        (PIER, "slug: pier", "slug: mole"),
        (PIER, "kind: location", "kind: chapter"),
        (MARA, "{id: p, subject: her, title: Portrait}", "{id: n, subject: her, title: Portrait}"),
        (MARA, "- {id: q", "- {id: new, subject: x, title: y}\n          - {id: q"),
        (MARA, "          - {id: q, subject: her hands}\n", ""),
        ("chargen.yaml", "medium: ink", "medium: chalk"),
        ("chargen.yaml", "look: still", "look: flat"),
        ("chargen.yaml", "budget: 30", "budget: 10"),
        ("chargen.yaml", "sections: [Look]", "sections: [Secrets]"),
        ("chargen.yaml", "provider: {size: 1K}", "provider: {size: 1K, aspect_ratio: '1:1'}"),
    ],
)
def test_what_reaches_a_shot_is_not_among_it(path: str, old: str, new: str) -> None:
    found = compared(FILES, after(path, old, new))

    assert found.shots != ()
    assert found.unused == ()


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (PROFILE, "A grey braid. An", "A grey braid.\n        An"),
        (PIER, "scenes:", "# a comment\nscenes:"),
        (PIER, "title: The pier", "title: 'The  pier'"),
        (PIER, "must_include: [gulls, ropes]", "must_include:\n          - gulls\n          - ropes"),
        ("README.md", "nobody", "anybody"),
        ("chargen.yaml", "size: 1K", "size: 2K"),
    ],
)
def test_what_is_the_same_words_or_nobody_s_is_not_told(path: str, old: str, new: str) -> None:
    assert unused(after(path, old, new)) == []


def test_rows_are_nobody_s_words() -> None:
    files = made("mood: calm\n")

    assert unused(files, {**files, PIER: one_shot("mood: calm\n")}) == []


def test_an_entry_more_shifts_none_of_the_others() -> None:
    two = after(MARA, "          - {id: p", "          - {id: a, subject: x, tags: [t]}\n          - {id: p")

    found = compared(FILES, two)

    assert [str(change.address) for change in found.shots] == ["character/mara/a/main"]
    assert found.unused == ()


ZONES = """\
    entity_type: location
    slug: lode
    zones:
      - {id: a, zone_slug: yard, description: a yard, narrative_significance: none, image_type: wide}
      - {id: b, zone_slug: shaft, description: a shaft, key_elements: [rope], mood: calm}
    image_inventory:
      - {id: x, path: images/x.png, status: approved, shot: yard, content: {title: X}}
"""
LODE = "locations/lode/imagery.yaml"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("narrative_significance: none", "narrative_significance: much", ["zones.a.narrative_significance"]),
        ("image_type: wide", "image_type: narrow", ["zones.a.image_type"]),
        ("content: {title: X}", "content: {title: Y}", ["image_inventory.x.content.title"]),
        ("zone_slug: yard", "zone_slug: court", []),
        ("slug: lode", "slug: mine", []),
        ("rope", "chain", []),
    ],
)
def test_a_file_of_another_shape_is_judged_by_what_its_shots_use(old: str, new: str, told: list[str]) -> None:
    before: Files = {LODE: ZONES, "locations/lode/images/x.png": a_picture()}

    found = compared(before, {**before, LODE: ZONES.replace(old, new)})

    assert [item.part for item in found.unused] == told
    assert bool(found.shots) is not bool(told)


def test_a_listed_picture_that_stands_for_a_shot_is_used() -> None:
    before: Files = {LODE: ZONES, "locations/lode/images/x.png": a_picture()}

    assert unused({**before, LODE: ZONES.replace("images/x.png", "images/y.png")}, before) == []


def test_a_shot_that_is_there_no_more_uses_nothing() -> None:
    """The person in the picture has gone from it, and her words changed as well: she has pictures of her own."""
    without = after(PIER, "characters: [mara]", "characters: []")
    found = compared(FILES, {**without, PROFILE: FILES[PROFILE].replace("Never", "Often")})

    assert [change.address for change in found.shots] == [address(WIDE)]
    assert [item.part for item in found.unused] == ["Secrets"]


def test_files_that_come_and_go_are_told_whole() -> None:
    more = {
        **FILES,
        "characters/mara/letters.md": "# One\n\nx\n\n# Two\n\ny\n",
        "characters/mara/extra.yaml": "a: 1\n",
    }

    assert unused(more) == ["characters/mara/extra.yaml: : added", "characters/mara/letters.md: : added"]
    assert unused(FILES, more) == [
        "characters/mara/extra.yaml: : removed",
        "characters/mara/letters.md: : removed",
    ]


def test_what_is_no_text_any_more_has_changed() -> None:
    files: dict[str, Any] = {**FILES, "characters/mara/extra.yaml": "a: 1\n"}
    broken = {**files, "characters/mara/notes.md": b"# Notes\n\xff\n", "characters/mara/extra.yaml": "a: [\n"}

    assert unused(broken, files) == [
        "characters/mara/extra.yaml: : changed",
        "characters/mara/notes.md: : changed",
    ]


def test_a_file_that_cannot_be_read_is_a_problem_and_no_change() -> None:
    broken = {**FILES, MARA: "kind: [\n"}

    assert {item.path for item in compared(FILES, broken).unused} == set()


def test_a_reference_s_own_note_and_path_are_used() -> None:
    words = "references: [{id: o, path: o.png, note: wide}]\n"
    before: Files = {
        PIER: one_shot(words),
        "locations/pier/o.png": a_picture("o"),
        "locations/pier/p.png": a_picture("o"),
    }
    found = compared(before, {**before, PIER: one_shot(words.replace("o.png", "p.png"))})

    assert found.unused == ()
