"""
The memoryquill dialect: chapters with `images`, locations with `overview`, `zones` and `beat_images`, characters with
scenes in image-ideas.yaml -> an entity and its shots. Pure; nothing of such a file is migrated or reformatted.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chargen.core.address import Address, slugify
from chargen.core.problem import Problem, note, warning
from chargen.core.shot import Entity, Layer, Listed, Origin, Shot, YamlPath
from chargen.core.suggest import did_you_mean
from chargen.core.world_config import WorldConfig
from chargen.dialects.left_out import LeftOut, addressed
from chargen.dialects.memoryquill_entity import entity_layer, inventory, whose
from chargen.dialects.memoryquill_lists import wanted_pictures, zone_names
from chargen.dialects.memoryquill_made import listed_pictures, own_pictures
from chargen.dialects.memoryquill_names import Wanted, distinct, place_of
from chargen.dialects.memoryquill_picture import Unmatched, picture_layer
from chargen.dialects.memoryquill_words import PLACES, TITLES, ZONES, first_said, listed, mapping, plain
from chargen.dialects.naming import MAIN, displaced_rows, homeless, own_rows
from chargen.dialects.yaml_text import YamlDocument

KEYS: Final = frozenset(
    {"images", "zones", "parts", "overview", "beat_images", "image_inventory", "entity_type"}
)
IDEAS: Final = ("image-ideas.yaml", "image_ideas.yaml")


def claims(data: Any) -> bool:
    """Whether a file is in this shape: it names no schema, and has a key that only this shape has."""
    if not isinstance(data, Mapping) or "schema" in data:
        return False
    return not KEYS.isdisjoint(data) or "entity_type" in mapping(data.get("metadata"))


@dataclass(frozen=True, slots=True)
class _Reading:
    """One entity's files while they are read."""

    document: YamlDocument
    ideas: YamlDocument | None
    config: WorldConfig
    kind: str
    slug: str
    entity: Layer
    inventory: tuple[Listed, ...]
    contexts: Mapping[tuple[str, str], tuple[str, Origin]]

    def place(self, origin: Origin) -> Any:
        """Where an origin stands."""
        return place_of(origin, self.document, self.ideas)


def read_entity(
    document: YamlDocument, *, file: str, config: WorldConfig, ideas: YamlDocument | None = None
) -> tuple[Entity | None, tuple[Problem, ...]]:
    """The entity of a file, `ideas` being the scenes beside a character's; None with the problems when it cannot be read."""
    kind, slug, problems = whose(document, file)
    if problems:
        return None, problems
    listing = inventory(document.data, Origin(document.path), folder=posixpath.dirname(file))
    layer = entity_layer(kind, document, ideas)
    reading = _Reading(document, ideas, config, kind, slug, layer, listing, _zone_contexts(document))
    wanted, misshapen, of_lists = wanted_pictures(kind, slug, document, ideas)
    wanted = [picture.described(prompt_first=config.prompt_override is not None) for picture in wanted]
    named, doubled = distinct([picture for picture in wanted if picture.text], document, ideas)
    undescribed = [_undescribed(reading, picture) for picture in wanted if not picture.text]
    homes = [(picture, homeless(document, picture.home)) for picture in named]
    unwritable = [LeftOut(*picture.address, problem) for picture, problem in homes if problem is not None]
    shots, of_shots = _shots(reading, [picture for picture, problem in homes if problem is None], named)
    left_out = sorted([*misshapen, *undescribed, *unwritable], key=lambda item: item.problem)
    unmade = addressed(
        left_out, Address(kind, slug, MAIN, MAIN), file=file, taken=[shot.address for shot in shots]
    )
    entity = Entity(kind, slug, file, layer, shots, dialect="memoryquill", inventory=listing, unmade=unmade)
    of_unmade = [item.problem for item in unmade]
    return entity, tuple(sorted([*of_lists, *of_unmade, *doubled, *of_shots]))


def _undescribed(reading: _Reading, picture: Wanted) -> LeftOut:
    hint = "say what is to be seen, e.g. visual_description: ..."
    message = f"nothing describes this {picture.what}, {picture.name}"
    problem = Problem(reading.place(picture.origin), message, hint, rule="undescribed")
    return LeftOut(*picture.address, problem)


def _zone_contexts(document: YamlDocument) -> dict[tuple[str, str], tuple[str, Origin]]:
    """What a chapter says of each zone while it plays there, by location and zone."""
    found = {}
    for i, location in enumerate(listed(document.data.get("locations"))):
        for j, zone in enumerate(listed(mapping(location).get("zones"))):
            text = plain(mapping(zone).get("chapter_context"))
            key = (plain(mapping(location).get("ref")), plain(mapping(zone).get("id")))
            if text and all(key):
                at = Origin(document.path, ("locations", i, "zones", j, "chapter_context"))
                found[key] = text, at
    return found


def _shots(
    reading: _Reading, pictures: Sequence[Wanted], named: Sequence[Wanted]
) -> tuple[tuple[Shot, ...], list[Problem]]:
    """The shots of the pictures that can be made, among all that are `named`."""
    counted = Counter(picture.name for picture in named)
    raw = listed(reading.document.data.get("image_inventory"))
    rows = [(item, mapping(raw[int(item.origin.path[-1])])) for item in reading.inventory]
    made = listed_pictures(rows, frozenset(counted), slug=reading.slug)
    zones = zone_names(reading.document, reading.slug) if reading.kind == "location" else frozenset()
    homes = Counter(picture.home for picture in named)
    shots, problems = [], [*_unclear(reading, counted, made)]
    for picture in pictures:
        layer, unmatched = picture_layer(
            picture, kind=reading.kind, slug=reading.slug, config=reading.config, contexts=reading.contexts
        )
        problems += [*_findings(reading, picture, unmatched), *_no_such_zone(reading, picture, zones)]
        shots.append(
            _shot(
                reading,
                picture,
                layer,
                made.get(picture.name, ()) if counted[picture.name] == 1 else (),
                shared=homes[picture.home] > 1,
            )
        )
    return tuple(shots), problems


def _unclear(
    reading: _Reading, counted: Mapping[str, int], made: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    """The listed pictures whose names fit several shots: to take one for any of them would be a guess."""
    for name, paths in made.items():
        for item in reading.inventory if counted[name] > 1 else ():
            if item.path in paths:
                message = (
                    f"{item.said!r} could be of {counted[name]} pictures called {name!r}: taken for none"
                )
                hint = "name the one in its row: custom_id, or give them names of their own"
                yield warning(reading.place(item.origin), message, hint=hint, rule="unclear-picture")


def _findings(reading: _Reading, picture: Wanted, unmatched: Sequence[Unmatched]) -> Iterator[Problem]:
    for item in unmatched:
        message = f"a state for {item.name!r}, who is not among the characters of this picture: left out"
        yield warning(reading.place(item.origin), message, hint=item.hint, rule="dangling-reference")
    if picture.by_prompt and reading.config.prompt_override is None:
        message = f"nothing but an earlier prompt describes this {picture.what}: it is taken as the subject"
        yield note(reading.place(picture.said_at), message, rule="prompt-as-subject")


def _no_such_zone(reading: _Reading, picture: Wanted, zones: frozenset[str]) -> Iterator[Problem]:
    """A zone of this very location that it does not have; one of another location is looked up with that."""
    for data, at in picture.parts:
        key = first_said(data, ZONES)
        said = plain(data.get(key))
        elsewhere = "/" in said or plain(data.get(first_said(data, PLACES))) not in ("", reading.slug)
        if zones and said and not elsewhere and slugify(said).removeprefix(f"{reading.slug}-") not in zones:
            place = reading.place(at.below((key,)))
            hint = did_you_mean(said, zones)
            yield warning(place, f"this location has no zone {said!r}", hint=hint, rule="dangling-reference")


def _shot(reading: _Reading, picture: Wanted, layer: Layer, made: Sequence[str], *, shared: bool) -> Shot:
    """The shot; where its rows lie among those of other pictures (`shared`, or not its own mapping), an id says whose each is."""
    address = Address(reading.kind, reading.slug, picture.scene, picture.shot)
    folder = posixpath.dirname(reading.document.path)
    owner = _at(reading.document.data, picture.home)
    mine = next(data for data, at in picture.parts if at == picture.origin)
    lodges = shared or not picture.home or picture.home != picture.origin.path
    own = [
        *own_pictures(owner, address, folder=folder, own_id=picture.own_id if lodges else ""),
        *(own_pictures(mine, address, folder=folder) if lodges else ()),
    ]
    return Shot(
        address=address,
        file=reading.document.path,
        at=picture.home,
        layers=(reading.entity, Layer({}, picture.origin), layer),
        rows=own_rows(owner.get("generated_images"), address),
        displaced=()
        if shared or not picture.home
        else displaced_rows(owner.get("generated_images"), address),
        title=picture.says(TITLES) or picture.text,
        caption=picture.says(("caption",)),
        alt_text=picture.says(("alt_text",)),
        tags=_tags(picture),
        own_id=picture.own_id,
        written=picture.origin,
        earlier=tuple(dict.fromkeys([*own, *made])),
    )


def _at(data: Any, path: YamlPath) -> Mapping[str, Any]:
    for step in path:
        data = data[step]
    return mapping(data)


def _tags(picture: Wanted) -> tuple[str, ...]:
    tags = next((data["tags"] for data, _ in reversed(picture.parts) if data.get("tags")), None)
    return tuple(filter(None, map(plain, listed(tags))))
