"""Whatever stands at whatever key: reading never fails, and every mapping that wants a picture is a shot or a finding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargen.core.problem import Severity
from chargen.core.world_config import WorldConfig
from chargen.dialects import memoryquill_lists as lists
from chargen.dialects import memoryquill_words as words
from chargen.dialects.memoryquill import read_entity
from chargen.dialects.yaml_text import YamlDocument, read_yaml
from tests.memoryquill import MILL, ODO
from tests.worlds import shots_of

TOP = (
    "images", "zones", "parts", "overview", "beat_images", "image_inventory", "entity_type", "metadata", "slug", "name",
    "locations", "location_visual_anchor", "generation_defaults", "appearance", "visual_consistency", "character", "scenes",
    "generated_images", "references",
)  # fmt: skip
KEYS = (
    *TOP, *words.DESCRIPTIONS, *words.PROMPTS, *words.HAPPENINGS, *words.SETTINGS, *words.COMPOSITIONS, *words.MUST_INCLUDE,
    *words.AVOID, *words.MOODS, *words.FEELINGS, *words.PEOPLE, *words.PLACES, *words.ZONES, *words.PLAIN, *words.CAMERA,
    *words.TITLES, *words.MACHINE_OWNED, *lists.VIEWS, "custom_id", "scene_id", "status", "tags", "lighting", "palette",
    "camera", "framing", "character_states", "character_portrait_refs", "portrait", "type", "ref", "zone_name", "image_spec",
    "default_prompt_elements", "path", "id", "is_reference_portrait", "chapter_context", "color_palette", "primary",
    "signature_elements", "materials", "color_anchors", "avoid", "generic_count", "role", "archived", "job_id",
)  # fmt: skip

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 10**12),
    st.sampled_from(
        [
            "",
            "hay",
            "mill",
            "a, b; c",
            "approved",
            "paused",
            "character_portrait",
            "a\nb",
            "x/y",
            "../..",
            "é—‽",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12),
)
keys = st.one_of(
    st.sampled_from(KEYS),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=5),
)
values = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(keys, below, max_size=5)),
    max_leaves=12,
)
pictures = st.lists(st.one_of(st.dictionaries(keys, values, max_size=6), values), max_size=4)
files = st.dictionaries(st.sampled_from(TOP), st.one_of(values, pictures), max_size=6)


def document(data: Any, path: str) -> YamlDocument:
    return read_yaml(json.dumps(data), path=path)


def wanted(data: Any, key: str) -> set[tuple[str | int, ...]]:
    """Where the mappings of a list stand, of which each wants a picture or more."""
    items = data.get(key)
    return (
        {(key, i) for i, item in enumerate(items) if isinstance(item, dict)}
        if isinstance(items, list)
        else set()
    )


def answered(shots: Any, problems: Any, said: YamlDocument, at: tuple[str | int, ...]) -> bool:
    """Whether something was made of a mapping: a shot at or below it, or an error that stands inside it."""
    if any(shot.origin.file == said.path and shot.origin.path[: len(at)] == at for shot in shots):
        return True
    node = said.node(*at)
    assert node is not None
    inside = range(node.start, node.end)
    starts = {(place.line, place.column) for place in map(said.place_at, inside)}
    return any(
        problem.severity is Severity.ERROR and (problem.place.line, problem.place.column) in starts
        for problem in problems
    )


@settings(max_examples=40, deadline=None)
@given(files)
def test_a_location_is_read_whatever_stands_in_it(data: dict[str, Any]) -> None:
    said = document({**data, "entity_type": "location"}, MILL)

    entity, problems = read_entity(said, file=MILL, config=WorldConfig())

    assert entity is not None
    for key in ("zones", "parts", "beat_images"):
        for at in wanted(said.data, key):
            assert answered(entity.shots, problems, said, at), (at, problems)
    if said.data.get("overview") not in (None, {}, []):
        assert answered(entity.shots, problems, said, ("overview",))


@settings(max_examples=40, deadline=None)
@given(files)
def test_a_chapter_is_read_whatever_stands_in_it(data: dict[str, Any]) -> None:
    said = document({**data, "entity_type": "chapter"}, MILL)

    entity, problems = read_entity(said, file=MILL, config=WorldConfig(prompt_override="prompt_used"))

    assert entity is not None
    for at in wanted(said.data, "images"):
        assert answered(entity.shots, problems, said, at), (at, problems)


@settings(max_examples=40, deadline=None)
@given(files, st.one_of(files, values))
def test_a_character_is_read_whatever_stands_in_its_two_files(data: dict[str, Any], beside: Any) -> None:
    said, ideas = (
        document({**data, "entity_type": "character"}, ODO),
        document(beside, "characters/odo/image-ideas.yaml"),
    )

    entity, problems = read_entity(said, file=ODO, config=WorldConfig(), ideas=ideas)

    assert entity is not None
    for at in wanted(ideas.data, "scenes") if isinstance(ideas.data, dict) else ():
        assert answered(entity.shots, problems, ideas, at), (at, problems)


ODD: tuple[Any, ...] = (
    None,
    True,
    5,
    "",
    "hay",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"a": None},
    [5, "x", {"slug": 5}],
    {"slug": ["a"], "b": {"c": {}}},
)
ODD_AT_A_KEY = [
    {key: value, "custom_id": f"a{n}-{m}", "slug": f"a{n}-{m}", "visual_description": "hay"}
    for n, key in enumerate(KEYS)
    for m, value in enumerate(ODD)
]


@pytest.mark.parametrize(
    ("kind", "key"),
    [("chapter", "images"), ("location", "zones"), ("location", "beat_images"), ("location", "parts")],
)
def test_no_value_at_any_one_key_takes_a_picture_away(kind: str, key: str) -> None:
    head = {"entity_type": kind, "slug": "mill"}
    found = shots_of({MILL: json.dumps({**head, key: ODD_AT_A_KEY})})

    at = {shot.shot.origin.path[:2] for shot in found.values()}

    assert [
        n
        for n in range(len(ODD_AT_A_KEY))
        if (key, n) not in at and not {"images", "generated_images"} & ODD_AT_A_KEY[n].keys()
    ] == []
    assert all(shot.prompt() for shot in found.values())


@pytest.mark.parametrize("kind", ["chapter", "location", "character"])
def test_no_value_at_any_one_key_of_the_file_takes_the_entity_away(kind: str) -> None:
    for key in KEYS:
        for value in ODD:
            entity, _ = read_entity(
                document({"entity_type": kind, "slug": "mill"} | {key: value}, MILL),
                file=MILL,
                config=WorldConfig(),
            )

            assert entity is not None or key == "entity_type", (key, value)


@settings(max_examples=40, deadline=None)
@given(files, files, files)
def test_a_world_of_such_files_compiles(location: Any, chapter: Any, character: Any) -> None:
    found = shots_of(
        {
            MILL: json.dumps({**location, "entity_type": "location", "slug": "mill"}),
            "chapters/ch01/imagery.yaml": json.dumps({**chapter, "entity_type": "chapter", "slug": "ch01"}),
            ODO: json.dumps({**character, "entity_type": "character", "slug": "odo"}),
            "characters/odo/image-ideas.yaml": json.dumps(character),
        }
    )

    for shot in found.values():
        assert shot.prompt()
        assert shot.request_hash(1)
