"""
Gather what every level says about one shot: its resolved source, before compiling. Pure.

The source digest hashes what `gather` returns, for ever: later compilers may read it otherwise, but for files that
exist today it keeps returning the same data. New optional fields appear in it only where a writer uses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import slugify
from chargen.core.canon import canon_of
from chargen.core.gathering import Gathering
from chargen.core.lint_words import says_nothing
from chargen.core.problem import Problem
from chargen.core.prose import Trimmed
from chargen.core.references import UsedReference, used_references
from chargen.core.shot import Origin, YamlPath
from chargen.core.suggest import did_you_mean, nearest
from chargen.core.world import CONFIG_FILE

if TYPE_CHECKING:
    from chargen.core.shot import Shot
    from chargen.core.world import World

# How a picture is to look, in the order in which a person thinks of it.
LOOK: Final = (
    "mood",
    "mood_note",
    "shot_type",
    "camera",
    "focal_length",
    "framing",
    "composition",
    "lighting",
    "palette",
    "must_include",
    "donts",
)
# The fields that are words of the prompt. What is not here (status, variants, size, titles, rows) bills nobody.
WORDS: Final = ("subject", "setting", *LOOK)


@dataclass(frozen=True, slots=True)
class Source:
    """A shot's resolved source, and where each part of it was written."""

    data: Mapping[str, Any]
    bases: Mapping[YamlPath, Origin] = field(default_factory=dict)
    trimmed: tuple[Trimmed, ...] = ()

    def origin(self, path: YamlPath) -> Origin | None:
        """Where the part at a path was written: the nearest base above it, with the rest of the path."""
        for length in range(len(path), 0, -1):
            base = self.bases.get(path[:length])
            if base is not None:
                return base.below(path[length:])
        return None


@dataclass(frozen=True, slots=True)
class Gathered:
    """A shot's source, its references in the order they are sent, and the problems met on the way."""

    source: Source
    references: tuple[UsedReference, ...]
    problems: tuple[Problem, ...]


def gather(world: World, shot: Shot) -> Gathered:
    """The resolved source of a shot; dangling references, unknown moods and states come back as problems."""
    parts = Gathering(world, shot)
    _subject(parts)
    _world_style(parts)
    _mood(parts)
    _levels(parts)
    _characters(parts)
    _location(parts)
    references, obstacles = used_references(world, shot)
    if references:
        parts.data["references"] = [item.words() for item in references]
        parts.bases.update({("references", i): item.origin for i, item in enumerate(references)})
    source = Source(parts.data, parts.bases, tuple(parts.trimmed))
    return Gathered(source, references, (*parts.problems, *obstacles))


def _subject(parts: Gathering) -> None:
    """Dots, dashes or `TBD` would be painted, and paid for."""
    said = str(parts.shot.says("subject") or "")
    if said and says_nothing(said):
        hint = "say in a sentence what is to be seen"
        parts.fail(
            "empty-subject", parts.shot.said_at("subject"), f"the subject says nothing: {said!r}", hint
        )


def _world_style(parts: Gathering) -> None:
    style = parts.world.config.style.model_dump(mode="json", exclude_unset=True, exclude={"references"})
    parts.put(("style",), style, Origin(CONFIG_FILE, ("style",)))


def _mood(parts: Gathering) -> None:
    name = parts.shot.says("mood")
    if not name:
        return
    moods = parts.world.config.moods
    if name in moods:
        look = moods[name].model_dump(mode="json", exclude_unset=True, exclude_none=True)
        parts.put(("mood",), look, Origin(CONFIG_FILE, ("moods", name)))
    elif moods:
        parts.warn(
            "unknown-mood",
            parts.shot.said_at("mood"),
            f"mood {name!r} is not among the world's moods",
            did_you_mean(name, moods),
        )


def _levels(parts: Gathering) -> None:
    entity = parts.world.entities[parts.shot.address.entity]
    parts.data["kind"] = entity.kind
    for name, layer in zip(("entity", "scene", "shot"), parts.shot.layers, strict=True):
        words = {key: layer.data[key] for key in WORDS if key in layer.data}
        parts.put((name,), words, layer.origin)
        parts.bases[name,] = layer.origin
        parts.bases.update({(name, *path): origin for path, origin in layer.said.items()})
    state, said_at = parts.shot.says("state"), parts.shot.said_at("state")
    about = canon_of(parts, entity, str(state or ""), said_at, ("canon",))
    if entity.kind == "chapter" or not entity.layer.data.get("name"):
        del about["name"]  # a chapter's title paints nothing, and a slug is an address: a folder may move
    parts.put(("canon",), about, entity.layer.at(("continuity",)))


def _characters(parts: Gathering) -> None:
    layer = parts.shot.layer_saying("characters")
    if layer is None:
        return
    origins = [layer.at(("characters", i)) for i in range(len(layer.data["characters"] or ()))]
    found = [
        _use(parts, "character", layer.data["characters"][i], origin, ("characters", i))
        for i, origin in enumerate(origins)
    ]
    parts.put(("characters",), found, layer.at(("characters",)))
    parts.bases.update({("characters", i): origin for i, origin in enumerate(origins)})
    parts.bases.update({path: origin for path, origin in layer.said.items() if path[0] == "characters"})


def _location(parts: Gathering) -> None:
    use = parts.shot.says("location")
    if use:
        origin = parts.shot.said_at("location")
        parts.put(("location",), _use(parts, "location", use, origin, ("location",)), origin)
        _zone(parts, use)


def _zone(parts: Gathering, use: Mapping[str, Any]) -> None:
    """A zone that is named must be one of its location's scenes, where it has any."""
    location = parts.world.entity("location", str(use["ref"]))
    zone = str(use.get("zone") or "")
    scenes = {shot.address.scene for shot in location.shots} if location else set()
    if location and zone and scenes and slugify(zone).removeprefix(f"{location.slug}-") not in scenes:
        origin = parts.shot.layer_saying("location")
        at = origin.at(("location", "zone")) if origin else parts.shot.origin
        message = f"{location.address} has no zone {zone!r}"
        parts.warn("dangling-reference", at, message, did_you_mean(zone, scenes))


def _use(
    parts: Gathering, kind: str, use: Mapping[str, Any], origin: Origin, path: YamlPath
) -> dict[str, Any]:
    """What naming another entity brings: its name and canon, the named state, its prose."""
    said = {key: value for key, value in use.items() if key in {"ref", "state", "action", "must_match"}}
    entity = parts.world.entity(kind, str(use["ref"]))
    if entity is None:
        _dangling(parts, kind, use, origin)
        return {**said, "name": str(use["ref"]).rpartition("/")[2].replace("-", " ")}
    canon = canon_of(parts, entity, str(use.get("state") or ""), origin.below(("state",)), (*path, "canon"))
    return {**said, "ref": entity.address, "name": canon.pop("name"), "canon": canon}


def _dangling(parts: Gathering, kind: str, use: Mapping[str, Any], origin: Origin) -> None:
    broken = parts.world.left_out.get(str(use["ref"]) if "/" in str(use["ref"]) else f"{kind}/{use['ref']}")
    if broken is not None:
        said = f"{kind} {use['ref']!r} could not be read"
        parts.fail("unread-entity", origin.below(("ref",)), said, f"mend {broken} first")
        return
    known = {item.slug: (item.name,) for item in parts.world.entities.values() if item.kind == kind}
    near = nearest(str(use["ref"]).removeprefix(f"{kind}/"), known, called=known)
    hint = f"did you mean {near!r}?" if near else "correct the name, or add its folder with an imagery.yaml"
    message = f"no {kind} {use['ref']!r} in this world"
    report = parts.fail if use.get("must_match") else parts.warn
    report("dangling-reference", origin.below(("ref",)), message, hint)
