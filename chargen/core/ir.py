"""
From a shot's source to its prompt IR: six sections and no more. Pure.

Nearest level wins for single values and for each key of camera, lighting and palette; canon, donts and must-includes
add up. Every value keeps the path in the source that it came from, for `explain`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chargen.core.digest import canonical
from chargen.core.prose import Trimmed
from chargen.core.shot import YamlPath

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.source import Source

LEVELS: Final = ("shot", "scene", "entity")  # nearest first
FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PromptIR:
    """The six sections, where each field came from, and what the prose budget cut."""

    sections: Mapping[str, Any]
    trace: Mapping[FieldPath, YamlPath] = field(default_factory=dict)
    trimmed: tuple[Trimmed, ...] = ()


class _Draft:
    """The IR while it is written; used by `build_ir` alone."""

    def __init__(self, source: Source) -> None:
        self.data = canonical(
            source.data
        )  # one spelling of white space and accents, before lines are compared
        self.sections: dict[str, Any] = {}
        self.trace: dict[FieldPath, YamlPath] = {}

    def put(self, field_path: FieldPath, value: Any, source: YamlPath) -> None:
        if value in (None, "", [], {}, ()):
            return
        node: Any = self.sections
        for name in field_path[:-1]:
            node = node.setdefault(name, {})
        node[field_path[-1]] = value
        self.trace[field_path] = source

    def add(self, field_path: FieldPath, values: Sequence[str], source: YamlPath) -> None:
        """Append to a list, leaving out what it has already."""
        if not values:
            return
        node: Any = self.sections
        for name in field_path[:-1]:
            node = node.setdefault(name, {})
        known = node.setdefault(field_path[-1], [])
        for i, value in enumerate(values):
            if value not in known:
                self.trace[*field_path, len(known)] = (*source, i)
                known.append(value)

    def nearest(self, name: str) -> tuple[Any, YamlPath]:
        for level in LEVELS:
            value = self.data.get(level, {}).get(name)
            if value not in (None, "", [], {}):
                return value, (level, name)
        return None, ()


def build_ir(source: Source) -> PromptIR:
    """Compile a resolved source."""
    draft = _Draft(source)
    _subject(draft)
    _setting(draft)
    _mood(draft)
    _composition(draft)
    _continuity(draft)
    draft.put(("references",), list(source.data.get("references", ())), ("references",))
    return PromptIR(
        {name: part for name, part in draft.sections.items() if part}, draft.trace, source.trimmed
    )


def _subject(draft: _Draft) -> None:
    draft.put(("subject", "text"), *draft.nearest("subject"))
    people = [
        {key: use[key] for key in ("name", "action") if use.get(key)}
        for use in draft.data.get("characters", ())
    ]
    draft.put(("subject", "characters"), people, ("characters",))


def _setting(draft: _Draft) -> None:
    draft.put(("setting", "text"), *draft.nearest("setting"))
    location = draft.data.get("location", {})
    canon = draft.data.get("canon", {})
    if location:
        draft.put(("setting", "place"), location.get("name"), ("location", "ref"))
        _prose(draft, ("setting", "location_prose"), location.get("canon", {}), ("location", "canon"))
    kind = draft.data.get("kind", "")
    if kind == "location":
        draft.put(("setting", "place"), canon.get("name"), ("entity", "name"))
    if kind != "character":
        _prose(draft, ("setting", "prose"), canon, ("canon",))


def _mood(draft: _Draft) -> None:
    draft.put(("mood", "name"), *draft.nearest("mood"))
    draft.put(("mood", "note"), *draft.nearest("mood_note"))
    world = draft.data.get("mood", {})
    draft.put(("mood", "look"), list(world.get("look") or ()), ("mood", "look"))
    for name in ("lighting", "palette"):
        _merge(draft, ("mood", name), name, base=world.get(name) or {}, base_path=("mood", name))


def _composition(draft: _Draft) -> None:
    draft.put(("composition", "medium"), draft.data.get("style", {}).get("medium"), ("style", "medium"))
    for name in ("shot_type", "focal_length", "framing", "composition"):
        draft.put(("composition", name), *draft.nearest(name))
    _merge(draft, ("composition", "camera"), "camera", base={}, base_path=())


def _merge(draft: _Draft, to: FieldPath, name: str, *, base: Mapping[str, Any], base_path: YamlPath) -> None:
    """A mapping whose keys are each said by the nearest level that has them."""
    for key, value in base.items():
        draft.put((*to, key), value, (*base_path, key))
    for level in reversed(LEVELS):
        for key, value in (draft.data.get(level, {}).get(name) or {}).items():
            draft.put((*to, key), value, (level, name, key))


def _continuity(draft: _Draft) -> None:
    canon = draft.data.get("canon", {})
    if draft.data.get("kind") == "character":
        draft.put(("continuity", "name"), canon.get("name"), ("entity", "name"))
        _prose(draft, ("continuity", "prose"), canon, ("canon",))
    _canon(draft, ("continuity",), canon, ("canon",))
    _people(draft)
    location = draft.data.get("location", {})
    _canon(draft, ("continuity", "location"), location.get("canon", {}), ("location", "canon"))
    for level in reversed(LEVELS):
        draft.add(
            ("continuity", "must_include"),
            draft.data.get(level, {}).get("must_include", ()),
            (level, "must_include"),
        )
    _donts(draft, canon, location)


def _canon(draft: _Draft, to: FieldPath, canon: Mapping[str, Any], source: YamlPath) -> None:
    draft.add((*to, "canonical"), canon.get("canonical", ()), (*source, "canonical"))
    state = canon.get("state") or {}
    draft.put((*to, "state"), state_lines(state), (*source, "state", "look"))


def state_lines(state: Mapping[str, Any]) -> list[str]:
    """A named state as lines: its look where the entity describes it, else its name."""
    return list(state.get("look") or ()) or ([state["name"]] if state.get("name") else [])


def _people(draft: _Draft) -> None:
    """The canon of the characters in the picture; one without any is not among them."""
    people: list[dict[str, Any]] = []
    for i, use in enumerate(draft.data.get("characters", ())):
        at: FieldPath = ("continuity", "characters", len(people))
        person = _person(draft, at, i, use)
        if len(person) > 1:
            people.append(person)
            draft.trace[at] = ("characters", i)
    draft.put(("continuity", "characters"), people, ("characters",))


def _person(draft: _Draft, at: FieldPath, i: int, use: Mapping[str, Any]) -> dict[str, Any]:
    canon = use.get("canon") or {}
    person: dict[str, Any] = {"name": use.get("name", "")}
    for key, lines in (
        ("canonical", canon.get("canonical", ())),
        ("state", state_lines(canon.get("state") or {})),
        ("donts", canon.get("donts", ())),
    ):
        if lines:
            person[key] = list(lines)
            tail = ("state", "look") if key == "state" else (key,)
            draft.trace.update(
                {(*at, key, j): ("characters", i, "canon", *tail, j) for j in range(len(lines))}
            )
    prose = _texts(canon, ("characters", i, "canon"))
    if prose:
        person["prose"] = [text for text, _ in prose]
        draft.trace.update({(*at, "prose", j): path for j, (_, path) in enumerate(prose)})
    if not canon and use.get("state"):
        person["state"] = [use["state"]]
    return person


def _donts(draft: _Draft, canon: Mapping[str, Any], location: Mapping[str, Any]) -> None:
    to: FieldPath = ("continuity", "donts")
    draft.add(to, draft.data.get("style", {}).get("donts", ()), ("style", "donts"))
    draft.add(to, location.get("canon", {}).get("donts", ()), ("location", "canon", "donts"))
    draft.add(to, canon.get("donts", ()), ("canon", "donts"))
    for level in reversed(LEVELS):
        draft.add(to, draft.data.get(level, {}).get("donts", ()), (level, "donts"))


def _prose(draft: _Draft, to: FieldPath, canon: Mapping[str, Any], source: YamlPath) -> None:
    for j, (text, path) in enumerate(_texts(canon, source)):
        draft.add(to, [text], path)
        draft.trace[*to, j] = path


def _texts(canon: Mapping[str, Any], source: YamlPath) -> list[tuple[str, YamlPath]]:
    """The prose of an entity, in its order; the source holds no more of it than the budget."""
    return [(str(item["text"]), (*source, "prose", i)) for i, item in enumerate(canon.get("prose", ()))]
