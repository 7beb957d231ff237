"""
The JSON Schemas of the memoryquill shape: every key that is read, from the dialect's own tables. Other keys are no error.

A value is held to no type but where chargen itself would refuse it: a list of pictures is a list of mappings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import memoryquill_table

from chargen.core.address import KINDS
from chargen.core.model_table import RATIOS_10
from chargen.dialects import memoryquill_lists as lists
from chargen.dialects import memoryquill_shapes as shapes
from chargen.dialects import memoryquill_words as words
from chargen.dialects.memoryquill_entity import ANCHOR, APPROVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Words = Mapping[str, Mapping[str, str]]

# Shape, its keys, and the shape of what lies below some of them: in lists and alone alike.
_SHAPES: Final[Mapping[str, tuple[Iterable[str], Mapping[str, str]]]] = {
    "MemoryquillFile": (
        frozenset[str]().union(*shapes.TOP.values()),
        {
            "metadata": "MemoryquillMetadata",
            "generation_defaults": "MemoryquillDefaults",
            "image_inventory": "MemoryquillListed",
            "locations": "MemoryquillLocation",
            ANCHOR: "MemoryquillAnchor",
            "generated_images": "MemoryquillRow",
            **dict.fromkeys(("images", "zones", "parts", "beat_images"), "MemoryquillPicture"),
            "overview": "MemoryquillOverview",
        },
    ),
    "MemoryquillIdeas": (
        shapes.IDEAS,
        {"character": "MemoryquillCharacter", "scenes": "MemoryquillPicture"},
    ),
    "MemoryquillMetadata": (
        shapes.METADATA,
        {"color_palette": "MemoryquillColours", "generation_defaults": "MemoryquillDefaults"},
    ),
    "MemoryquillColours": (shapes.COLOURS, {}),
    "MemoryquillDefaults": (shapes.DEFAULTS, {}),
    "MemoryquillAnchor": (shapes.ANCHORED, {}),
    "MemoryquillCharacter": (shapes.CHARACTER, {}),
    "MemoryquillLocation": (shapes.LOCATION, {"zones": "MemoryquillContext"}),
    "MemoryquillContext": (shapes.CONTEXT, {}),
    "MemoryquillListed": (shapes.LISTED, {"content": "MemoryquillContent"}),
    "MemoryquillContent": (shapes.CONTENT, {}),
    "MemoryquillOverview": (lists.VIEWS, dict.fromkeys(lists.VIEWS, "MemoryquillPicture")),
    "MemoryquillPicture": (
        shapes.PICTURE,
        {
            "images": "MemoryquillPicture",
            **dict.fromkeys(lists.INNER, "MemoryquillPicture"),
            **{key: f"Memoryquill{key.capitalize()}" for key in shapes.MAPS},
            **dict.fromkeys((*words.PEOPLE, "character_states"), "MemoryquillPerson"),
            **dict.fromkeys(words.PLACES, "MemoryquillPlace"),
            "references": "MemoryquillReference",
            "character_portrait_refs": "MemoryquillPortrait",
            "generated_images": "MemoryquillRow",
        },
    ),
    **{f"Memoryquill{key.capitalize()}": (known, {}) for key, known in shapes.MAPS.items()},
    "MemoryquillPerson": (shapes.PERSON, {}),
    "MemoryquillPlace": (shapes.PLACE, {}),
    "MemoryquillReference": (shapes.REFERENCE, {}),
    "MemoryquillPortrait": (shapes.PORTRAIT, {}),
    "MemoryquillRow": (shapes.ROW, {}),
}
_LISTS: Final = frozenset({"images", "zones", "parts", "beat_images", "scenes"})
_TOPS: Final = {"MemoryquillFile", "MemoryquillIdeas"}
# Values that an editor offers; others say what they say, or nothing.
_OFFERED: Final[Mapping[str, list[Any]]] = {
    "entity_type": [form for kind in KINDS for form in (kind, f"{kind}-imagery")],
    "aspect_ratio": list(RATIOS_10),
    "is_reference_portrait": [True],
    "archived": [True],
}
FILES: Final = {
    "memoryquill.schema.json": ("MemoryquillFile", "imagery.yaml in the memoryquill shape"),
    "image-ideas.schema.json": ("MemoryquillIdeas", "image-ideas.yaml"),
}


def memoryquill_schema(name: str, meant: Words) -> dict[str, Any]:
    """The schema of one file; `meant` says what a key means that no table of the docs explains. KeyError: nothing does."""
    top, title = FILES[name]
    used = [top]
    for shape in used:  # grows as it goes
        used += [below for below in _SHAPES[shape][1].values() if below not in used]
    parts = {shape: _part(shape, meant) for shape in dict.fromkeys(used)}
    return {
        **parts.pop(top),
        "$defs": dict(sorted(parts.items())),
        "title": title,
        "type": ["object", "null"],
    }


def _part(shape: str, meant: Words) -> dict[str, Any]:
    keys, below = _SHAPES[shape]
    fields = {
        key: _value(shape, key, below.get(key, "")) | {"description": _meaning(shape, key, meant)}
        for key in sorted(keys)
    }
    made = {"properties": fields, "additionalProperties": True}
    return made | ({"$ref": "#/$defs/MemoryquillPicture"} if shape == "MemoryquillOverview" else {})


def _value(shape: str, key: str, below: str) -> dict[str, Any]:
    """What may stand there: anything, but where pictures are looked for."""
    if not below:
        return {"examples": _offered(shape, key)} if _offered(shape, key) else {}
    there = {"$ref": f"#/$defs/{below}"}
    if shape in _TOPS and key in _LISTS:
        return {"type": ["array", "null"], "items": {**there, "type": "object"}}
    if shape in _TOPS and key == lists.OVERVIEW:
        picture = {"$ref": "#/$defs/MemoryquillPicture", "type": "object"}
        return {**there, "type": ["object", "array", "null"], "items": picture}
    return {**there, "items": there}


def _offered(shape: str, key: str) -> list[Any]:
    if key == "status":
        return sorted(words.STATUSES) if shape == "MemoryquillPicture" else sorted(APPROVED)
    return list(_OFFERED.get(key, ()))


def _meaning(shape: str, key: str, meant: Words) -> str:
    """What a key means: in a picture and in its defaults as the table of the docs has it, else in words of its own."""
    said = meant[shape].get(key)
    if said is None and shape in {"MemoryquillPicture", "MemoryquillDefaults"}:
        said = next((memoryquill_table.said_of(row) for row in memoryquill_table.ROWS if key in row[1]), None)
    if said is None:
        raise KeyError(f"docs/fields.toml has no words for [{shape}] {key}")
    return said
