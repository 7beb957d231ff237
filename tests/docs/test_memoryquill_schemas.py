"""The JSON Schemas of the memoryquill shape: every key that is read, at its place, and no file refused that chargen reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from chargen.dialects import memoryquill_keys as keys
from chargen.dialects import memoryquill_shapes as shapes
from chargen.dialects.memoryquill_entity import APPROVED
from chargen.dialects.memoryquill_words import MACHINE_OWNED, STATUSES
from chargen.dialects.yaml_text import read_yaml
from tests.docs.test_memoryquill_page import MODULES, PAGE, keys_read
from tests.memoryquill import CHAPTER, MILL, ODO_IDEAS, chapter, findings, mill, odo
from tests.memoryquill_world import TEXTS

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS: dict[str, dict[str, Any]] = {
    name: json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    for name in ("memoryquill", "image-ideas")
}
SHOWN = dict(re.findall(r"`((?:\w+/)+[\w.-]+\.yaml)`:\n+```yaml\n(.*?)```", PAGE, re.DOTALL))
OURS = {path: text for path, text in {**TEXTS, **SHOWN}.items() if "schema: chargen" not in text}


def schema_of(path: str) -> dict[str, Any]:
    return SCHEMAS["image-ideas" if "ideas" in path else "memoryquill"]


def wrong(path: str, text: str) -> list[str]:
    judge = Draft202012Validator(schema_of(path))
    return [error.json_path for error in judge.iter_errors(read_yaml(text, path=path).data)]


def properties(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """The keys of a part, with those of what it refers to."""
    below = schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else {}
    return {**part.get("properties", {}), **(properties(schema, below) if below else {})}


def known_at(schema: dict[str, Any], path: tuple[str | int, ...]) -> set[str]:
    part = schema
    for step in path:
        part = part["items"] if isinstance(step, int) else properties(schema, part)[step]
    return set(properties(schema, part))


@pytest.mark.parametrize("path", OURS)
def test_every_file_of_ours_is_of_its_schema(path: str) -> None:
    assert wrong(path, OURS[path]) == []


@pytest.mark.parametrize("path", OURS)
def test_where_a_key_is_read_it_is_offered_and_no_other(path: str) -> None:
    data, kind = read_yaml(OURS[path], path=path).data, path.partition("s/")[0]
    levels = list(keys._of_ideas(data) if "ideas" in path else keys._levels(kind, data))

    assert levels
    for _, way, known in levels:
        whole = known if way or "ideas" in path else frozenset[str]().union(*shapes.TOP.values())
        assert known_at(schema_of(path), way) == whole, way
        assert known <= whole


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_every_key_that_a_module_reads_is_offered(module: Path) -> None:
    offered = {
        key
        for schema in SCHEMAS.values()
        for part in (schema, *schema["$defs"].values())
        for key in part["properties"]
    }

    assert keys_read(module) - offered - shapes.UNREAD - MACHINE_OWNED - STATUSES - APPROVED == set()


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (chapter("images: a road\n"), "$.images"),
        (chapter("images: [a road]\n"), "$.images[0]"),
        (mill("zones: {slug: loft, description: a loft}\n"), "$.zones"),
        (mill("overview: a mill\n"), "$.overview"),
        (odo(ideas="scenes: {title: Reading, scene: he reads}\n"), "$.scenes"),
    ],
)
def test_what_chargen_calls_misshapen_is_not(files: dict[str, Any], place: str) -> None:
    path = next(path for path in (ODO_IDEAS, MILL, CHAPTER) if path in files)

    assert [said for said in findings(files) if ": error: " in said]
    assert wrong(path, files[path]) == [place]


def test_what_people_write_besides_is_no_error() -> None:
    body = "images: [{custom_id: a, visual_description: [1, {b: null}], palette: red, depicts_characters: {odo: sits}}]\n"

    assert wrong(CHAPTER, chapter(body + "our_own: {x: 1}\n")[CHAPTER]) == []
    assert wrong(MILL, mill("overview:\nzones:\nbeat_images: []\n")[MILL]) == []
