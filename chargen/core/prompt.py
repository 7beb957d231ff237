"""
From the IR to the words that are sent: one labelled line a field, in the order of the six sections. Pure.

What is rendered here is not hashed (the IR is), so a change of wording bills nobody; each line knows its fields. No field
is left out: one that has no words here is said by its own key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chargen.core.digest import is_empty
from chargen.core.ir import FieldPath

OPENING: Final = "One finished illustration, full frame, without any lettering, caption, border or watermark."
Said = tuple[str, tuple[FieldPath, ...]]  # words, and the IR fields they say


@dataclass(frozen=True, slots=True)
class PromptLine:
    """One line of the prompt and the IR fields it says: none for words of chargen's own."""

    text: str
    fields: tuple[FieldPath, ...] = ()


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
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())


def _words(key: str) -> str:
    return key.replace("_", " ")


def _said(value: Any, at: FieldPath, first: Sequence[str] = ()) -> Iterator[Said]:
    """What a value says, piece by piece: an item of a list, a key of a mapping; keys in `first` need no name."""
    if isinstance(value, Mapping):
        for key in (*first, *sorted(value.keys() - set(first))):
            if not is_empty(value.get(key)):
                said, fields = _joined(", ", _said(value[key], (*at, key)))
                yield said if key in first else f"{_words(key)}: {said}", fields
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _said(item, (*at, i))
    elif not is_empty(value):
        yield _one_line(value), (at,)


def _joined(joint: str, pieces: Iterator[Said]) -> Said:
    found = [piece for piece in pieces if piece[0]]
    ends = (
        "" if i == len(found) else joint.replace(";", "") if _is_sentence(said) else joint
        for i, (said, _) in enumerate(found, start=1)
    )
    text = "".join(said + end for (said, _), end in zip(found, ends, strict=True))
    return text, tuple(field for _, fields in found for field in fields)


def _is_sentence(said: str) -> bool:
    """Whether a piece ends as a sentence does, so that a semicolon would be one mark too many."""
    return said.rstrip("\"'”’)").endswith((".", "!", "?", "…"))


def _labelled(label: str, pieces: Iterator[Said], joint: str = "; ") -> Iterator[PromptLine]:
    said, fields = _joined(joint, pieces)
    if said:
        yield PromptLine(f"{label}: {said}", fields)


def _listed(
    label: str, values: Any, at: FieldPath, *, named_by: tuple[FieldPath, ...] = ()
) -> Iterator[PromptLine]:
    lines = [PromptLine(f"- {said}", fields) for said, fields in _said(values, at)]
    if lines:
        yield PromptLine(f"{label}:", named_by)
        yield from lines


def _others(part: Mapping[str, Any], known: Collection[str], at: FieldPath) -> Iterator[PromptLine]:
    """The fields of a section that have no words of their own: `Mood note: ...`."""
    section = str(at[0])
    for key in sorted(part.keys() - set(known)):
        name = _words(key if key.startswith(section) else f"{section} {key}")
        yield from _labelled(name.capitalize(), _said(part[key], (*at, key)))


def _subject(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    at: FieldPath = ("subject",)
    yield from _labelled("Subject", _said(part.get("text"), (*at, "text")))
    people = part.get("characters", ())
    if people:
        yield PromptLine("Characters:")
        for i, person in enumerate(people):
            name, *more = _said(person, (*at, "characters", i), ("name", "action"))
            doing = _joined("; ", iter(more))
            said, fields = _joined(": ", iter([name, doing] if more else [name]))
            yield PromptLine(f"- {said}", fields)
    yield from _others(part, ("text", "characters"), at)


def _setting(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    at: FieldPath = ("setting",)
    yield from _labelled("Place", _said(part.get("place"), (*at, "place")))
    yield from _labelled("Setting", _said(part.get("text"), (*at, "text")))
    yield from _listed("About the place", part.get("location_prose"), (*at, "location_prose"))
    yield from _listed("Background", part.get("prose"), (*at, "prose"))
    yield from _others(part, ("place", "text", "location_prose", "prose"), at)


def _mood(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    at: FieldPath = ("mood",)
    name = list(_said(part.get("name"), (*at, "name")))
    look = _joined("; ", _said(part.get("look"), (*at, "look")))
    yield from _labelled("Mood", iter([*name, look] if look[0] else name), ": ")
    yield from _labelled("Feeling", _said(part.get("note"), (*at, "note")))
    lighting = _said(part.get("lighting"), (*at, "lighting"), ("source", "quality", "direction"))
    yield from _labelled("Lighting", lighting)
    yield from _labelled("Palette", _palette(part.get("palette") or {}, (*at, "palette")))
    yield from _others(part, ("name", "note", "look", "lighting", "palette"), at)


def _palette(palette: Mapping[str, Any], at: FieldPath) -> Iterator[Said]:
    weights = [weight for weight in ("dominant", "accent", "avoid") if palette.get(weight)]
    for weight in (*weights, *sorted(palette.keys() - set(weights))):
        said, fields = _joined(", ", _said(palette[weight], (*at, weight)))
        if said:
            yield f"{_words(weight)}{'' if weight in weights else ':'} {said}", fields


_COMPOSITION: Final = {
    "medium": "Medium",
    "shot_type": "Shot",
    "camera": "Camera",
    "focal_length": "Lens",
    "framing": "Framing",
    "composition": "Composition",
}


def _composition(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    for name, label in _COMPOSITION.items():
        value = part.get(name)
        if name == "camera" and isinstance(value, Mapping):
            value = {**value, **_angle(value)}
        yield from _labelled(label, _said(value, ("composition", name), ("angle", "position", "movement")))
    yield from _others(part, _COMPOSITION, ("composition",))


def _angle(camera: Mapping[str, Any]) -> Mapping[str, Any]:
    """A camera's angle as words: `low` reads `low angle`."""
    angle = str(camera.get("angle") or "")
    return {"angle": f"{angle} angle"} if angle and " " not in angle else {}


def _continuity(part: Mapping[str, Any]) -> Iterator[PromptLine]:
    at: FieldPath = ("continuity",)
    yield from _own_canon(part, at)
    location = part.get("location", {})
    here: FieldPath = (*at, "location")
    yield from _listed(
        "True of the place wherever it is seen", location.get("canonical"), (*here, "canonical")
    )
    yield from _state("The place at this moment", location, here)
    yield from _rest_of("the place", location, ("canonical", "state"), here)
    for i, person in enumerate(part.get("characters", ())):
        yield from _person(person, (*at, "characters", i))
    yield from _listed("Must be seen", part.get("must_include"), (*at, "must_include"))
    yield from _listed("Never show", part.get("donts"), (*at, "donts"))
    known = ("name", "canonical", "state", "prose", "location", "characters", "must_include", "donts")
    yield from _others(part, known, at)


def _own_canon(part: Mapping[str, Any], at: FieldPath) -> Iterator[PromptLine]:
    """What is always true of the entity whose picture it is."""
    name, named = part.get("name"), ((*at, "name"),)
    if name and not part.get("canonical"):
        yield PromptLine(f"Character: {_one_line(name)}", named)
    label = f"Always true of {_one_line(name)}" if name else "Always true here"
    yield from _listed(label, part.get("canonical"), (*at, "canonical"), named_by=named if name else ())
    yield from _state("At this moment", part, at)
    yield from _listed("Background", part.get("prose"), (*at, "prose"))


def _state(label: str, part: Mapping[str, Any], at: FieldPath) -> Iterator[PromptLine]:
    """The lines of a named state, below a line that knows where it was asked for."""
    yield from _listed(label, part.get("state"), (*at, "state"), named_by=((*at, "state"),))


def _person(person: Mapping[str, Any], at: FieldPath) -> Iterator[PromptLine]:
    """The canon of a character in the picture; its first line knows where the name was written."""
    name = _one_line(person.get("name", ""))
    named: tuple[FieldPath, ...] = ((*at, "name"),)
    labels = {
        "canonical": f"Always true of {name}",
        "state": f"{name} at this moment",
        "prose": f"About {name}",
        "donts": f"Never of {name}",
    }
    for key in filter(person.get, labels):
        asked = ((*at, "state"),) if key == "state" else ()
        yield from _listed(labels[key], person[key], (*at, key), named_by=(*named, *asked))
        named = ()
    yield from _rest_of(name, person, ("name", *labels), at)


def _rest_of(
    name: str, part: Mapping[str, Any], known: Collection[str], at: FieldPath
) -> Iterator[PromptLine]:
    """The lists of an entity's canon that have no words of their own."""
    for key in sorted(part.keys() - set(known)):
        yield from _listed(f"{_words(key).capitalize()} of {name}", part[key], (*at, key))


def _references(items: Sequence[Mapping[str, Any]]) -> Iterator[PromptLine]:
    for i, item in enumerate(items):
        must = ", match it exactly" if item.get("must_match") else ""
        note = f": {_one_line(item['note'])}" if item.get("note") else ""
        more, _ = _joined("; ", _said({key: item[key] for key in item.keys() - _REFERENCE}, ()))
        yield PromptLine(
            f"Reference {i + 1}: {_one_line(item['role'])} ({item['id']}){must}{note}"
            + (f"; {more}" if more else ""),
            (("references", i),),
        )


_REFERENCE: Final = frozenset({"id", "role", "note", "must_match"})
