"""
From the IR to the words that are sent: one labelled line a field, in the order of the six sections. Pure.

What is rendered here is not hashed (the IR is), so a change of wording bills nobody; each line knows its field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chargen.core.ir import FieldPath

OPENING: Final = "One finished illustration, full frame, without any lettering, caption, border or watermark."


@dataclass(frozen=True, slots=True)
class PromptLine:
    """One line of the prompt and the IR field it says."""

    text: str
    field: FieldPath = ()


def render(ir: Mapping[str, Any], *, note: str = "") -> tuple[PromptLine, ...]:
    """The lines of the prompt; a reviewer's note is the last."""
    lines = [
        PromptLine(OPENING),
        *_subject(ir.get("subject", {})),
        *_setting(ir.get("setting", {})),
        *_mood(ir.get("mood", {})),
        *_composition(ir.get("composition", {})),
        *_continuity(ir.get("continuity", {})),
        *_references(ir.get("references", ())),
    ]
    if note:
        lines.append(PromptLine(f"Note from the reviewer: {_one_line(note)}"))
    return tuple(lines)


def text(lines: Sequence[PromptLine]) -> str:
    """The prompt as it is sent."""
    return "\n".join(line.text for line in lines)


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def _labelled(label: str, value: Any, field: FieldPath) -> Iterator[PromptLine]:
    if value:
        said = (
            "; ".join(_one_line(item) for item in value)
            if isinstance(value, (list, tuple))
            else _one_line(value)
        )
        yield PromptLine(f"{label}: {said}", field)


def _listed(label: str, values: Sequence[Any], field: FieldPath) -> Iterator[PromptLine]:
    if values:
        yield PromptLine(f"{label}:")
        for i, value in enumerate(values):
            yield PromptLine(f"- {_one_line(value)}", (*field, i))


def _subject(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    yield from _labelled("Subject", part.get("text"), ("subject", "text"))
    people = part.get("characters", ())
    if people:
        yield PromptLine("Characters:")
        for i, person in enumerate(people):
            doing = f": {_one_line(person['action'])}" if person.get("action") else ""
            yield PromptLine(f"- {_one_line(person['name'])}{doing}", ("subject", "characters", i))


def _setting(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    yield from _labelled("Place", part.get("place"), ("setting", "place"))
    yield from _labelled("Setting", part.get("text"), ("setting", "text"))
    for name in ("location_prose", "prose"):
        yield from _listed(
            "About the place" if name == "location_prose" else "Background",
            part.get(name, ()),
            ("setting", name),
        )


def _mood(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    look = "; ".join(_one_line(line) for line in part.get("look", ()))
    name = _one_line(part.get("name", ""))
    yield from _labelled("Mood", ": ".join(filter(None, (name, look))), ("mood", "look" if look else "name"))
    lighting = part.get("lighting", {})
    light = [lighting[key] for key in ("source", "quality", "direction") if lighting.get(key)]
    yield from _labelled("Lighting", light, ("mood", "lighting"))
    palette = part.get("palette", {})
    colours = [
        f"{weight} {', '.join(_one_line(c) for c in palette[weight])}"
        for weight in ("dominant", "accent", "avoid")
        if palette.get(weight)
    ]
    yield from _labelled("Palette", colours, ("mood", "palette"))


def _composition(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    for label, name in (
        ("Medium", "medium"),
        ("Shot", "shot_type"),
        ("Camera", "camera"),
        ("Lens", "focal_length"),
        ("Framing", "framing"),
        ("Composition", "composition"),
    ):
        value = part.get(name)
        yield from _labelled(
            label, _camera(value) if isinstance(value, Mapping) else value, ("composition", name)
        )


def _camera(camera: Mapping[str, Any]) -> list[str]:
    angle = (
        [f"{camera['angle']} angle" if " " not in str(camera["angle"]) else str(camera["angle"])]
        if camera.get("angle")
        else []
    )
    return angle + [str(camera[key]) for key in ("position", "movement") if camera.get(key)]


def _continuity(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    at: FieldPath = ("continuity",)
    about = part.get("name")
    yield from _listed(
        f"Always true of {_one_line(about)}" if about else "Always true here",
        part.get("canonical", ()),
        (*at, "canonical"),
    )
    yield from _listed("At this moment", part.get("state", ()), (*at, "state"))
    yield from _listed("Background", part.get("prose", ()), (*at, "prose"))
    location = part.get("location", {})
    yield from _listed(
        "Always true of the place", location.get("canonical", ()), (*at, "location", "canonical")
    )
    yield from _listed("The place at this moment", location.get("state", ()), (*at, "location", "state"))
    for i, person in enumerate(part.get("characters", ())):
        name = _one_line(person["name"])
        for label, key in (
            (f"Always true of {name}", "canonical"),
            (f"{name} at this moment", "state"),
            (f"About {name}", "prose"),
            (f"Never of {name}", "donts"),
        ):
            yield from _listed(label, person.get(key, ()), (*at, "characters", i, key))
    yield from _listed("Must be seen", part.get("must_include", ()), (*at, "must_include"))
    yield from _listed("Never show", part.get("donts", ()), (*at, "donts"))


def _references(items: Sequence[Mapping[str, Any]]) -> Iterator[PromptLine]:
    for i, item in enumerate(items):
        must = ", match it exactly" if item.get("must_match") else ""
        note = f": {_one_line(item['note'])}" if item.get("note") else ""
        yield PromptLine(
            f"Reference {i + 1}: {_one_line(item['role'])} ({item['id']}){must}{note}", ("references", i)
        )
