"""
Which reference pictures a shot is sent with, in which order, and what stands in their way. Pure.

Order: characters as they are named, the shot's own, its scene's, its entity's, its location's, the world's. The nearest
of two with one id wins; a picture named twice is sent once.
"""

from __future__ import annotations

import itertools
import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chargen.core.address import KINDS, Address, parse_address, slugify
from chargen.core.digest import ReferenceDigest
from chargen.core.problem import Problem, Severity, warning
from chargen.core.shot import NO_SUCH_FILE, Entity, Origin, Shot, Unmade
from chargen.core.suggest import did_you_mean
from chargen.core.world import CONFIG_FILE, World
from chargen.core.world_config import WhenChanged
from chargen.core.world_path import is_of_one_machine, resolve_path

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

SCALE_POLICY = (
    "fit1536"  # a picture with a longer edge is sent scaled down to 1536 pixels; see edges/images.py
)
_COPY_IT = "use a file inside the world: copy it there, and name it from the folder of the imagery.yaml"


@dataclass(frozen=True, slots=True)
class UsedReference:
    """One reference of one shot: a file (`path` from the root), or another shot's accepted picture (`shot`)."""

    id: str
    role: str
    must_match: bool
    note: str
    when_changed: WhenChanged
    origin: Origin
    path: str = ""
    shot: Address | None = None
    said: str = ""  # as the writer wrote it
    named: bool = True  # whether its id is the writer's word

    def words(self) -> dict[str, Any]:
        """What the source digest and the prompt know of it: never the path or the bytes."""
        words: dict[str, Any] = {"id": self.id, "role": self.role}
        return (
            words
            | ({"note": self.note} if self.note else {})
            | ({"must_match": True} if self.must_match else {})
        )

    def digest(self, sha256: str) -> ReferenceDigest:
        """How it goes into hashes, with the digest of its file as it lies."""
        return ReferenceDigest(self.id, self.role, sha256, SCALE_POLICY)


def is_short_of_references(world: World, shot: Shot) -> bool:
    """Whether a reference that need not match is named and not there, so that the shot goes without it."""
    named = (item for item in _all(world, shot) if isinstance(item, UsedReference))
    return any(_dangles(world, item) and not item.must_match for item in named)


def used_references(world: World, shot: Shot) -> tuple[tuple[UsedReference, ...], tuple[Problem, ...]]:
    """The references of a shot in the order they are sent, and what is wrong with them."""
    used: dict[str, UsedReference] = {}
    pictures: set[tuple[str, Address | None]] = set()
    problems: list[Problem] = []
    for item in _all(world, shot):
        if isinstance(item, Problem):
            problems.append(item)
        elif _dangles(world, item) and not item.must_match:
            problems.append(_left_out(world, item))
        elif (item.path, item.shot) not in pictures and not (item.named and item.id in used):
            unused = item if item.named else replace(item, id=_free(item.id, used))
            used[unused.id] = unused
            pictures.add((item.path, item.shot))
            problems.extend(_obstacles(world, shot, item))
    return tuple(used.values()), tuple(problems)


def _free(name: str, used: Container[str]) -> str:
    """
    A name for a reference without one: its role and a number, with a dot that no writer's id has.

    Never its file's name: a file that is renamed is the same picture.
    """
    return next(free for n in itertools.count(1) if (free := f"{name}.{n}") not in used)


def _all(world: World, shot: Shot) -> Iterator[UsedReference | Problem]:
    for use in shot.says("characters") or ():
        entity = world.entity("character", str(use["ref"]))
        yield from _must_match(world, entity, demanded=bool(use.get("must_match")))
    of_entity, of_scene, own = shot.layers
    for layer in (own, of_scene, of_entity):
        for i, data in enumerate(layer.data.get("references") or ()):
            yield from _named(world, data, layer.at(("references", i)), shot.folder)
    use = shot.says("location")
    if use:
        entity = world.entity("location", str(use["ref"]))
        yield from _must_match(world, entity, demanded=bool(use.get("must_match")))
    for i, reference in enumerate(world.config.style.references):
        origin = Origin(CONFIG_FILE, ("style", "references", i))
        yield _read(world, reference.model_dump(mode="json", exclude_none=True), origin, "", "")


def _named(
    world: World, data: Mapping[str, Any], origin: Origin, folder: str
) -> Iterator[UsedReference | Problem]:
    """A reference as it was named; `kind/slug` stands for the must-match pictures of that entity."""
    ref = str(data.get("ref") or "")
    kind, _, slug = ref.partition("/")
    if data.get("path") or kind not in KINDS or not slug or "/" in slug:
        yield _read(world, data, origin, folder, "")
        return
    entity = world.entity(kind, ref)
    if entity is None:
        yield _nobody(world, data, ref, origin)
        return
    found = list(_must_match(world, entity, demanded=True))
    if not found:
        hint = "give it one under `references:`, or name one of its shots"
        message = f"{ref} has no reference picture of its own: made without it"
        yield warning(world.locate(origin.below(("ref",))), message, hint=hint, rule="missing-picture")
    for item in found:
        if isinstance(item, Problem):
            yield item
            continue
        role, note = str(data.get("role") or item.role), str(data.get("note") or item.note)
        must = bool(data.get("must_match"))
        # From the root: as it was written, it starts at the folder of the one that is named.
        yield replace(item, role=role, note=note, must_match=must, origin=origin, said=item.path or item.said)


def _nobody(world: World, data: Mapping[str, Any], ref: str, origin: Origin) -> Problem:
    """Naming an entity that is not there, or could not be read."""
    kind, place = ref.partition("/")[0], world.locate(origin.below(("ref",)))
    if ref in world.left_out:
        hint = f"mend {world.left_out[ref]} first"
        return Problem(place, f"{ref} could not be read", hint, rule="unread-entity")
    hint = did_you_mean(ref, (entity.address for entity in world.entities.values() if entity.kind == kind))
    severity = Severity.ERROR if data.get("must_match") else Severity.WARNING
    return Problem(place, f"no {ref} in this world", hint, severity, rule="dangling-reference")


def _unmade(world: World, address: Address) -> Unmade | None:
    return next((item for item in world.unmade() if item.address == address), None)


def _dangles(world: World, item: UsedReference) -> bool:
    """Whether what is named is not there at all: a file, or a shot of an entity that could be read."""
    if item.shot is not None:
        return not (world.shot(item.shot) or item.shot.entity in world.left_out or _unmade(world, item.shot))
    elsewhere = is_of_one_machine(item.said)
    return world.picture(item.path).problem == NO_SUCH_FILE and not elsewhere


def _left_out(world: World, item: UsedReference) -> Problem:
    """A dangling reference that need not be matched: its shot is made without it, and the plan says so."""
    if item.shot is not None:
        place = world.locate(item.origin.below(("ref",)))
        hint = did_you_mean(str(item.shot), (str(known.address) for known in world.shots()))
        message = f"no shot {item.shot} in this world: made without it"
        return warning(place, message, hint=hint, rule="dangling-reference")
    place, hint = world.locate(item.origin.below(("path",))), world.picture(item.path).hint
    message = f"reference {item.said!r}: {NO_SUCH_FILE}: made without it"
    return warning(place, message, hint=hint, rule="missing-picture")


def _must_match(world: World, entity: Entity | None, *, demanded: bool) -> Iterator[UsedReference | Problem]:
    """The references naming an entity brings: those marked must-match; where it is demanded, at least the first."""
    if entity is None:
        return
    all_of_it = list(enumerate(entity.layer.data.get("references") or ()))
    chosen = [(i, data) for i, data in all_of_it if data.get("must_match")] or (
        all_of_it[:1] if demanded else []
    )
    for i, data in chosen:
        origin = entity.layer.at(("references", i))
        yield _read(
            world, {**data, "must_match": True}, origin, posixpath.dirname(entity.file), f"{entity.slug}/"
        )


def _read(
    world: World, data: Mapping[str, Any], origin: Origin, folder: str, prefix: str
) -> UsedReference | Problem:
    path, ref = str(data.get("path") or ""), str(data.get("ref") or "")
    if bool(path) == bool(ref):
        message, hint = "a reference names either a path or a ref", "give it one of the two"
        return Problem(world.locate(origin), message, hint, rule="bad-reference")
    address: Address | None = None
    if ref:
        try:
            address = parse_address(ref)
        except ValueError as error:
            place, hint = world.locate(origin.below(("ref",))), "name a shot by its whole address"
            return Problem(place, str(error), hint, rule="bad-reference")
    role = str(data.get("role") or "style")
    return UsedReference(
        id=prefix + (slugify(str(data["id"])) if data.get("id") else ref or slugify(role)),
        named=bool(data.get("id") or ref),
        role=role,
        must_match=bool(data.get("must_match")),
        note=str(data.get("note") or ""),
        when_changed=WhenChanged(data.get("when_changed") or "regenerate"),
        origin=origin,
        path=resolve_path(folder, path) if path else "",
        shot=address,
        said=path or ref,
    )


def _obstacles(world: World, shot: Shot, item: UsedReference) -> Iterator[Problem]:
    """What keeps a shot from being made: a missing picture that it must match, one that cannot be used, a shot that never comes."""
    if item.shot is not None:
        yield from _unmakeable(world, shot, item, item.shot)
        return
    picture = world.picture(item.path)
    place = world.locate(item.origin.below(("path",)))
    if picture.lfs and not world.committed:
        hint = "git lfs pull, before it can be sent"
        message = f"reference {item.said!r} is only a Git LFS pointer here"
        yield warning(place, message, hint=hint, rule="lfs-pointer")
    if picture.problem:
        rule = "missing-picture" if picture.problem == NO_SUCH_FILE else "unusable-picture"
        elsewhere = is_of_one_machine(item.said)
        message, hint = f"reference {item.said!r}: {picture.problem}", _COPY_IT if elsewhere else picture.hint
        yield Problem(place, message, hint, rule="absolute-path" if elsewhere else rule)


def _unmakeable(world: World, shot: Shot, item: UsedReference, other: Address) -> Iterator[Problem]:
    """Why another shot's picture can never come."""
    place = world.locate(item.origin.below(("ref",)))
    if other == shot.address:
        message = f"{other} refers to itself"
        yield Problem(world.locate(item.origin), message, "name another shot", rule="circular-reference")
    elif other.entity in world.left_out:
        hint = f"mend {world.left_out[other.entity]} first"
        yield Problem(place, f"{other.entity} could not be read", hint, rule="unread-entity")
    elif (unmade := _unmade(world, other)) is not None:
        message = f"{other} is wanted, and cannot be made: {unmade.problem.message}"
        yield Problem(place, message, f"mend {unmade.problem.place} first", rule="unmade-reference")
    elif world.shot(other) is None:
        hint = did_you_mean(str(other), (str(known.address) for known in world.shots()))
        yield Problem(place, f"no shot {other} in this world", hint, rule="dangling-reference")
