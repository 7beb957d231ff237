"""
What a picture of the memoryquill shape says of itself, in the field names of the native shape. Pure.

The tables here are the whole of it: a key that stands in none of them carries no picture. docs/memoryquill.md is
written from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from chargen.core.shot import Layer, Origin, YamlPath

# The first of these that says something is the subject; the others then say it again in other words.
DESCRIPTIONS: Final = ("visual_description", "description", "zone_description", "narrative_context", "scene")
# A previous prompt: the subject where nothing describes the picture, or where the world says so.
PROMPTS: Final = ("prompt_used", "prompt", "prompt_template")
# What goes on in the picture besides: lines of the subject, with a label where the key says more than the words.
HAPPENINGS: Final = {
    "pose": "pose",
    "what_happens": "",
    "perspective_description": "",
    "character_signature_element": "",
    "activity": "",
    "activity_at_this_time": "",
}
SETTINGS: Final = {
    "setting": "",
    "location_within": "",
    "time_of_day": "time of day",
    "temporal_state": "time",
    "weather": "weather",
    "season": "season",
    "visible_beyond": "visible beyond",
    "approach_from": "approach",
    "atmospheric": "",
    "atmosphere": "",
    "zone_visual_anchor": "",
}
COMPOSITIONS: Final = {
    "composition": "",
    "composition_notes": "",
    "visual_hook": "",
    "style_notes": "style",
}
MUST_INCLUDE: Final = ("required_elements", "key_elements", "key_visual_elements", "must_include")
AVOID: Final = ("negative_prompt", "negative_prompts", "must_avoid", "avoid")
MOODS: Final = ("scene_mood", "mood")
FEELINGS: Final = ("emotional_beat", "mood_shift_from_base")
PEOPLE: Final = ("depicts_characters", "characters_present", "characters")
PLACES: Final = ("location", "location_ref", "location_slug")
ZONES: Final = ("zone_ref", "zone")
PLAIN: Final = ("image_type", "aspect_ratio", "shot_type", "focal_length")
CAMERA: Final = ("angle", "position", "movement", "focus")
# Filled in when a picture is made: no word of the writer's.
MACHINE_OWNED: Final = frozenset(
    {"generated_images", "generated_at", "file_name", "file_path", "provider", "model", "provider_metadata"}
)
TITLES: Final = ("title", "name", "zone_name", "beat_title", "beat_name", "image_title")
STATUSES: Final = frozenset({"wanted", "paused", "locked"})
_LIGHT: Final = {"primary_source": "source", "source": "source"}
_WORDS_OF_A_NAME: Final = 3
_COMMA: Final = re.compile(r"[,;](?![^()]*\))")
_BULLET: Final = re.compile(r"\n\s*[-*•]\s+")  # any other line end is where a paragraph was wrapped


def plain(value: Any) -> str:
    """Any value as one text: lists by semicolons, mappings as `key words: value`; empty where it says nothing."""
    match value:
        case None | bool():
            return ""
        case Mapping():
            return "; ".join(
                f"{spoken(key)}: {text}" for key, item in in_order(value) if (text := plain(item))
            )
        case list():
            return "; ".join(filter(None, map(plain, value)))
        case _:
            return str(value).strip()


def in_order(value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """A mapping's pairs in one order, whatever theirs: the order of keys is in no hash."""
    return sorted(value.items(), key=lambda pair: str(pair[0]))


def spoken(key: object) -> str:
    """A key as words: `focal_point` is `focal point`."""
    return str(key).replace("_", " ").replace("-", " ").strip()


def first_said(data: Mapping[str, Any], keys: Sequence[str]) -> str:
    """The first of the keys that says something; empty when none does."""
    return next((key for key in keys if plain(data.get(key))), "")


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    """The value where it is a list; one text or mapping alone is a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None or value in ("", {}) else [value]


class Draft:
    """One layer while it is written: each field with the place it came from."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.data: dict[str, Any] = {}
        self.said: dict[YamlPath, Origin] = {}

    def put(self, field: YamlPath, value: Any, origin: Origin) -> None:
        """Set a field, or a key of one, unless it has a value already."""
        if value in (None, "", [], {}):
            return
        into = self.data
        for name in field[:-1]:
            into = into.setdefault(str(name), {})
        if field[-1] not in into:
            into[str(field[-1])] = value
            self.said[field] = origin

    def line(self, field: str, text: str, origin: Origin) -> None:
        """Append a line to a list, unless it says so already, perhaps in other letters."""
        lines = self.data.setdefault(field, []) if text else []
        if text and text.casefold() not in map(str.casefold, lines):
            self.said[field, len(lines)] = origin
            lines.append(text)

    def layer(self) -> Layer:
        """The layer; a text of one line is that line."""
        for field in ("subject", "setting", "composition"):
            lines = self.data.get(field)
            if isinstance(lines, list) and len(lines) == 1:
                self.data[field] = lines[0]
                self.said[field,] = self.said.pop((field, 0))
        return Layer(self.data, self.origin, self.said)


def labelled(draft: Draft, field: str, data: Mapping[str, Any], table: Mapping[str, str], at: Origin) -> None:
    """Every key of a table that says something, as lines of one field."""
    for key, label in table.items():
        for text, origin in _texts(data.get(key), at.below((key,))):
            draft.line(field, f"{label}: {text}" if label else text, origin)


def _texts(value: Any, at: Origin) -> Iterator[tuple[str, Origin]]:
    """The texts of a value, one a list item or mapping key, each with its place."""
    if isinstance(value, Mapping):
        for key, item in in_order(value):
            if plain(item):
                yield f"{spoken(key)}: {plain(item)}", at.below((key,))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            if plain(item):
                yield plain(item), at.below((i,))
    elif plain(value):
        yield plain(value), at


def say_mood(draft: Draft, data: Mapping[str, Any], at: Origin, *, known: Sequence[str], prose: bool) -> None:
    """The mood where it is a name of the vocabulary or looks like one; a sentence is a feeling, which any words may say."""
    key = first_said(data, MOODS)
    text = plain(data.get(key))
    is_name = text in known or not (prose or _COMMA.search(text) or len(text.split()) > _WORDS_OF_A_NAME)
    if text and is_name:
        draft.put(("mood",), text, at.below((key,)))
    elif text:
        draft.line("mood_note", text, at.below((key,)))
    labelled(draft, "mood_note", data, dict.fromkeys(FEELINGS, ""), at)


def say_light_and_colour(draft: Draft, data: Mapping[str, Any], at: Origin) -> None:
    """Lighting by its keys (`primary_source` is the source), palette by weight; one text or list stands for the main one."""
    light = data.get("lighting")
    if isinstance(light, Mapping):
        for key, value in light.items():
            draft.put(("lighting", _LIGHT.get(str(key), str(key))), plain(value), at.below(("lighting", key)))
    else:
        draft.put(("lighting", "source"), plain(light), at.below(("lighting",)))
    colours = data.get("palette")
    if isinstance(colours, Mapping):
        for key, value in colours.items():
            draft.put(("palette", str(key)), lines(value), at.below(("palette", key)))
    else:
        draft.put(("palette", "dominant"), lines(colours), at.below(("palette",)))


def lines(value: Any) -> list[str]:
    """A list of texts; a text alone is a list of one."""
    return [text for text in map(plain, listed(value)) if text]


def say_frame(draft: Draft, data: Mapping[str, Any], at: Origin) -> None:
    """Composition, framing and camera."""
    labelled(draft, "composition", data, COMPOSITIONS, at)
    draft.put(("framing",), plain(data.get("framing")), at.below(("framing",)))
    camera = data.get("camera")
    if isinstance(camera, Mapping):
        draft.put(("framing",), plain(camera.get("framing")), at.below(("camera", "framing")))
        for key in CAMERA:
            draft.put(("camera", key), plain(camera.get(key)), at.below(("camera", key)))
    else:
        draft.put(("camera", "angle"), plain(camera), at.below(("camera",)))


def say_musts(draft: Draft, data: Mapping[str, Any], at: Origin) -> None:
    """What must be seen, and what must not: a negative prompt is cut at its commas."""
    for key in MUST_INCLUDE:
        for text, origin in _texts(data.get(key), at.below((key,))):
            draft.line("must_include", text, origin)
    for key in AVOID:
        for text, origin in _texts(data.get(key), at.below((key,))):
            for part in _COMMA.split(_BULLET.sub(",", f"\n{text}")):
                draft.line("donts", " ".join(part.split()), origin)


def say_plain(draft: Draft, data: Mapping[str, Any], at: Origin) -> None:
    """What goes over as it is; provider, quality, size and model of such a file are another tool's."""
    for key in PLAIN:
        draft.put((key,), plain(data.get(key)), at.below((key,)))
    status = data.get("status")
    if isinstance(status, str) and status in STATUSES:
        draft.put(("status",), status, at.below(("status",)))
