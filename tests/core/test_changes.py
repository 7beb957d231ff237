"""What a change of the tree changes: field by field, old and new, for every shot it touches and no other."""

from __future__ import annotations

from typing import Any

from chargen.core.changes import (
    FieldChange,
    ShotChange,
    UnusedChange,
    changes_between,
    changes_data,
    changes_lines,
    changes_markdown,
    reworded,
)
from chargen.pipeline.compile import compile_world
from tests.worlds import PIER, Files, a_picture, address, one_shot, world_of

FILES: dict[str, Any] = {
    PIER: one_shot("mood: calm\ncharacters: [{ref: ode, action: waits}]\n"),
    "chargen.yaml": "moods: {calm: {look: [still, pale]}}",
    "characters/mara/imagery.yaml": "kind: character\nscenes: [{id: p, subject: her}]",
}


def between(before: Files, after: Files) -> tuple[ShotChange, ...]:
    return changes_between(compile_world(world_of(before)), compile_world(world_of(after)))


def fields(after: Files, before: Files = FILES) -> list[tuple[str, str | None, str | None]]:
    (change,) = between(before, after)
    assert (change.address, change.kind) == (address(), "changed")
    return [(item.field, item.old, item.new) for item in change.fields]


def test_the_same_words_change_nothing() -> None:
    assert between(FILES, {**FILES, PIER: "# a comment\n" + FILES[PIER]}) == ()


def test_a_changed_mood_names_its_fields_in_the_shots_that_use_it() -> None:
    after = {**FILES, "chargen.yaml": "moods: {calm: {look: [still], lighting: sun}}"}

    assert fields(after) == [("mood.lighting.source", None, "sun"), ("mood.look", "still; pale", "still")]


def test_one_more_person_shifts_nobody() -> None:
    after = {**FILES, PIER: FILES[PIER].replace("[{ref: ode", "[{ref: ann}, {ref: ode")}

    assert fields(after) == [("subject.characters.ann", None, "ann")]


def test_new_and_removed_shots_are_told() -> None:
    less = {path: text for path, text in FILES.items() if "mara" not in path}
    mara = address("character/mara/p/main")

    assert between(less, FILES) == (ShotChange(mara, "added"),)
    assert between(FILES, less) == (ShotChange(mara, "removed"),)


def test_another_reference_picture_and_another_ratio_are_told() -> None:
    words = "references: [{id: o, path: o.png}]\n"
    before: Files = {PIER: one_shot(words), "locations/pier/o.png": a_picture("old")}
    after: Files = {
        PIER: one_shot(words + 'aspect_ratio: "1:1"\n'),
        "locations/pier/o.png": a_picture("new"),
    }

    picture, ratio = fields(after, before)

    assert picture[0] == "references.o.picture"
    assert str(picture[1]).startswith("sha256:")
    assert picture[1] != picture[2]
    assert ratio == ("aspect_ratio", "16:9", "1:1")


def test_text_data_and_markdown_say_the_same() -> None:
    hostile = "<b> @ada\n::error::x"
    changes = [
        ShotChange(address(), "changed", (FieldChange("mood.name", "calm", hostile),)),
        ShotChange(address("character/mara/p/main"), "added"),
    ]

    lines = list(changes_lines(changes, base="main"))
    markdown = changes_markdown(changes, base="main")
    data = changes_data(changes, base="main")

    assert lines[:5] == [
        "~ location/pier/dawn/wide",
        "    mood.name",
        "      - calm",
        "      + <b> @ada ::error::x",
        "+ character/mara/p/main",
    ]
    assert "Against main" in lines[-1]
    assert "- `location/pier/dawn/wide` changed" in markdown
    assert "<b>" not in markdown
    assert "@ada" not in markdown
    assert data["base"] == "main"
    assert data["changes"][0] == {
        "address": "location/pier/dawn/wide",
        "kind": "changed",
        "fields": [{"field": "mood.name", "old": "calm", "new": hostile}],
    }
    assert "no shot" in list(changes_lines([], base="main"))[-1]


def test_a_change_of_a_list_shows_what_differs_and_data_has_it_whole() -> None:
    before = {**FILES, "chargen.yaml": "moods: {calm: {look: [still, pale, grey]}}"}
    after = {**FILES, "chargen.yaml": "moods: {calm: {look: [still, pale, wet]}}"}
    (change,) = changes = between(before, after)

    assert list(changes_lines(changes, base="main"))[1:4] == [
        "    mood.look (2 more as before)",
        "      - grey",
        "      + wet",
    ]
    assert "  - mood.look (2 more as before): grey → wet\n" in changes_markdown(changes, base="main")
    assert list(reworded(change.fields[0])) == ["- **mood.look (2 more as before)**: grey → wet"]
    assert changes_data(changes, base="main")["changes"][0]["fields"] == [
        {"field": "mood.look", "old": "still; pale; grey", "new": "still; pale; wet"}
    ]


def test_what_several_shots_share_is_told_once() -> None:
    field = FieldChange("mood.name", "calm", "wild")
    names = [f"location/pier/dawn/x{i}" for i in range(6)]
    changes = [ShotChange(address(name), "changed", (field,)) for name in names]
    changes.append(ShotChange(address("location/pier/dusk/y"), "changed", (FieldChange("b", None, "c"),)))

    shown = list(changes_lines(changes, base="main"))
    every = list(changes_lines(changes, base="main", everything=True))

    assert shown[:7] == [
        *(f"~ {name}" for name in names[:3]),
        "  and 3 more shots",
        "    mood.name",
        "      - calm",
        "      + wild",
    ]
    assert every[:7] == [*(f"~ {name}" for name in names), "    mood.name"]
    assert shown[-1] == every[-1] == "Against main: 7 shots changed."
    assert f"`{names[2]}` and 3 more changed\n  - mood.name: calm → wild\n" in changes_markdown(
        changes, base="main"
    )


def test_shots_that_came_are_told_one_by_one() -> None:
    changes = [ShotChange(address(f"location/pier/dawn/x{i}"), "added") for i in range(6)]

    assert len(list(changes_lines(changes, base="main"))) == 7


def test_what_no_shot_uses_is_told_in_every_form() -> None:
    unused = [
        UnusedChange("a/notes.md", "Secrets\n::error::", "removed"),
        UnusedChange("a/b.md", "", "added", 2),
    ]

    lines = list(changes_lines([], base="main", unused=unused))

    assert lines == [
        ". a/notes.md: Secrets ::error::: removed, not used by any shot",
        ". a/b.md:2: added, not used by any shot",
        "Against main: no shot changed; 2 changes not used by any shot.",
    ]
    assert "- a/b.md:2: added, not used by any shot\n" in changes_markdown([], base="main", unused=unused)
    assert changes_data([], base="main", unused=unused)["unused"][1] == {
        "path": "a/b.md",
        "part": "",
        "kind": "added",
        "line": 2,
    }
