"""Who and where, in a picture of the memoryquill shape: characters with what they do, location and zone. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chargen.core.address import KINDS
from chargen.core.shot import Origin
from chargen.core.suggest import did_you_mean
from chargen.dialects.memoryquill_entity import beside, from_root
from chargen.dialects.memoryquill_words import PEOPLE, PLACES, ZONES, Draft, in_order, listed, plain, spoken

WHO: Final = ("slug", "ref", "character", "id", "name")
DOING: Final = ("role", "action", "pose", "state", "description")
PORTRAIT: Final = "character_portrait"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A state for somebody who is not in the picture: where, whom it names, and a hint."""

    origin: Origin
    name: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Person:
    ref: str
    origin: Origin
    doing: str = ""
    doing_at: Origin | None = None

    @property
    def said_at(self) -> Origin:
        """Where it is written what they do."""
        return self.doing_at or self.origin


def say_people(draft: Draft, data: Mapping[str, Any], at: Origin, *, own: str) -> None:
    """The characters of a picture, each with what they do; of `own`, whose picture it is, only that."""
    for person in _people(draft, data, at):
        if person.ref == own:
            draft.line("subject", person.doing, person.said_at)
        else:
            _put(draft, person)


def say_states(draft: Draft, data: Mapping[str, Any], at: Origin, *, own: str) -> list[Unmatched]:
    """How the characters that a picture has are in it; the states of others come back."""
    there = {person["ref"]: i for i, person in enumerate(draft.data.get("characters", ()))}
    unmatched = []
    for name, text, origin in _states(data.get("character_states"), at.below(("character_states",))):
        if name == own:
            draft.line("subject", text, origin)
        elif name in there:
            _does(draft, there[name], text, origin)
        else:
            unmatched.append(Unmatched(origin, name, did_you_mean(name, there)))
    return unmatched


def _put(draft: Draft, person: _Person) -> None:
    """A person, once; who is named again does that, too."""
    known = draft.data.setdefault("characters", [])
    i = next((i for i, other in enumerate(known) if other["ref"] == person.ref), len(known))
    if i == len(known):
        known.append({"ref": person.ref})
        draft.said["characters", i] = person.origin
    _does(draft, i, person.doing, person.said_at)


def _does(draft: Draft, i: int, text: str, origin: Origin) -> None:
    person = draft.data["characters"][i]
    if text and "action" not in person:
        person["action"] = text
        draft.said["characters", i, "action"] = origin
    elif text and text not in person["action"]:
        person["action"] += f"; {text}"


def _people(draft: Draft, data: Mapping[str, Any], at: Origin) -> Iterator[_Person]:
    for key in PEOPLE:
        value = data.get(key)
        if isinstance(value, Mapping):
            for name, doing in in_order(value):
                yield _Person(str(name), at.below((key, name)), plain(doing))
            continue
        for i, item in enumerate(listed(value)):
            origin = at.below((key, i)) if isinstance(value, list) else at.below((key,))
            if not isinstance(item, Mapping):
                yield from [_Person(plain(item), origin)] if plain(item) else []
                continue
            person = _of_map(item, origin)
            if person.ref:
                yield person
            else:  # a crowd without names: `{generic_count: 3, description: onlookers}`
                count = plain(item.get("generic_count"))
                crowd = f"{count} people" if count else ""
                words = f"{person.doing} ({crowd})" if person.doing and crowd else person.doing or crowd
                draft.line("must_include", words, person.said_at)


def _of_map(item: Mapping[str, Any], origin: Origin) -> _Person:
    """Whom a mapping names, perhaps nobody, and what it says they do."""
    name = next((plain(item[key]) for key in WHO if plain(item.get(key))), "")
    doing = {key: plain(item[key]) for key in DOING if plain(item.get(key))}
    words = "; ".join(dict.fromkeys(doing.values()))
    return _Person(name, origin, words, origin.below((next(iter(doing)),)) if doing else None)


def _states(value: Any, at: Origin) -> Iterator[tuple[str, str, Origin]]:
    """Each state: whose, its words, where."""
    if isinstance(value, Mapping):
        found = [_Person(str(name), at.below((name,)), plain(text)) for name, text in in_order(value)]
    else:
        items = enumerate(listed(value))
        found = [_of_map(item, at.below((i,))) for i, item in items if isinstance(item, Mapping)]
    yield from ((person.ref, person.doing, person.said_at) for person in found if person.ref and person.doing)


def say_place(
    draft: Draft,
    data: Mapping[str, Any],
    at: Origin,
    *,
    own: str,
    contexts: Mapping[tuple[str, str], tuple[str, Origin]],
) -> None:
    """The location with its zone; `contexts` is what the chapter says of a zone while it plays there."""
    key = next((key for key in PLACES if data.get(key)), "")
    named = data.get(key)
    ref = plain(named if not isinstance(named, Mapping) else named.get("slug") or named.get("ref"))
    zone_key = next((key for key in ZONES if plain(data.get(key))), "")
    zone = plain(data.get(zone_key))
    if "/" in ref and ref.partition("/")[0] not in KINDS:
        ref, _, inside = ref.partition("/")
        zone = zone or inside
    if ref and ref != own:
        if "location" not in draft.data:
            draft.said["location", "zone"] = at.below((zone_key or key,))
        draft.put(("location",), {"ref": ref} | ({"zone": zone} if zone else {}), at.below((key,)))
    if zone:
        draft.line("setting", spoken(zone), at.below((zone_key or key,)))
        text, origin = contexts.get((ref, zone), ("", at))
        draft.line("setting", text, origin)


def say_portraits(draft: Draft, data: Mapping[str, Any], at: Origin, *, in_the_picture: bool) -> None:
    """
    The character portraits a picture refers to: people of a beat, which names them nowhere else; else references alone.

    `character_portrait_refs` name the file itself.
    """
    for i, item in enumerate(listed(data.get("references"))):
        if not isinstance(item, Mapping) or item.get("type") != PORTRAIT or not plain(item.get("slug")):
            continue
        slug, reason, origin = plain(item["slug"]), plain(item.get("reason")), at.below(("references", i))
        if in_the_picture:
            _put(draft, _Person(slug, origin, reason, origin.below(("reason",))))
        else:
            words = {"ref": f"character/{slug}", "role": "character"}
            _refer(draft, words | ({"note": reason} if reason else {}), origin)
    for i, item in enumerate(listed(data.get("character_portrait_refs"))):
        if isinstance(item, Mapping) and plain(item.get("portrait")):
            path = beside(at.file, from_root(posixpath.dirname(at.file), plain(item["portrait"])))
            slug = plain(item.get("slug"))
            words = {"path": path, "role": "character"} | ({"id": slug} if slug else {})
            _refer(draft, words, at.below(("character_portrait_refs", i)))


def _refer(draft: Draft, words: Mapping[str, str], origin: Origin) -> None:
    known = draft.data.setdefault("references", [])
    draft.said["references", len(known)] = origin
    known.append(dict(words))
