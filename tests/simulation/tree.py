"""
A repository in memory, and the small world in it: real files (JSON is YAML), read fast.

A file's words are discovered and compiled once by the real steps, and remembered; rows and pictures, which change all the
time, are laid on top. tests/simulation/test_tree.py holds that both ways come to the same.
"""

from __future__ import annotations

import copy
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chargen.core.digest import sha256
from chargen.core.row import read_row
from chargen.core.shot import Entity, Picture, PictureIndex
from chargen.core.world import CONFIG_FILE, World
from chargen.core.world_config import WorldConfig
from chargen.dialects.splice import Spliced
from chargen.pipeline.compile import _one_sent, compile_world
from chargen.pipeline.discover import discover
from tests.fakes import FakeTree

if TYPE_CHECKING:
    from chargen.core.address import Address
    from chargen.core.compiled import CompiledShot
    from chargen.dialects.row_edit import RowEdit

ROWS: Final = "generated_images"
PIER: Final = "locations/pier/imagery.yaml"
MIRA: Final = "characters/mira/imagery.yaml"
SHOTS: Final = {  # a shot's file, its scene, and the shot it refers to
    "wide": (PIER, "dawn", ""),
    "near": (PIER, "dawn", "location/pier/dawn/wide"),
    "far": (PIER, "dawn", "location/pier/dawn/near"),
    "face": (MIRA, "studio", ""),
    "twin": (MIRA, "studio", ""),
}
CHAIN: Final = ("wide", "near", "far")
_ENTITIES: Final = {PIER: ("location", "pier", "dawn"), MIRA: ("character", "mira", "studio")}
Compiled = Mapping["Address", "CompiledShot"]


def encode(data: Any) -> bytes:
    """The one spelling of a file."""
    return msgspec.json.encode(data, order="sorted")


decode = functools.partial(msgspec.json.decode)


def a_shot(name: str, letter: str) -> dict[str, Any]:
    """A shot in one of its wordings; face and twin ask for the same where their letters agree."""
    subject = "a portrait" if name in ("face", "twin") else f"the {name} of the pier"
    said: dict[str, Any] = {"id": name, "subject": f"{subject} in wording {letter.rstrip('2PL')}"}
    status = {"P": "paused", "L": "locked"}.get(letter[-1])
    if status:
        said["status"] = status
    if letter.endswith("2"):
        said["variants"] = 2
    if SHOTS[name][2]:
        said["references"] = [{"ref": SHOTS[name][2], "role": "place"}]
    return said


def first_files(config: Mapping[str, Any], letters: Mapping[str, str]) -> dict[str, bytes]:
    """The world as its writer began it."""
    files = {CONFIG_FILE: encode(config)}
    for path, (kind, slug, scene) in _ENTITIES.items():
        shots = [a_shot(name, letters[name]) for name in letters if SHOTS[name][0] == path]
        if shots:
            files[path] = encode({"kind": kind, "slug": slug, "scenes": [{"id": scene, "shots": shots}]})
    return files


def shots_in(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The shots of a file's data."""
    found: list[dict[str, Any]] = data["scenes"][0]["shots"]
    return found


def splice_plainly(text: str, edits: Sequence[RowEdit], *, path: str) -> Spliced:
    """What `chargen.dialects.splice.splice` does, for files of ours, without the care for a writer's bytes."""
    data = decode(text)
    for edit in edits:
        shots_in(data)[int(edit.at[3])][ROWS] = [dict(edit.row)] if edit.row else []
    return Spliced(encode(data).decode())


@functools.cache
def _config(text: bytes) -> WorldConfig:
    return discover(FakeTree({CONFIG_FILE: text})).config


@functools.cache
def _compiled(model: str, path: str, words: bytes) -> tuple[Entity, Compiled]:
    """What a file's words come to; of the configuration only the model counts here."""
    world = discover(FakeTree({CONFIG_FILE: encode({"provider": {"model": model}}), path: words}))
    assert not world.problems, world.problems
    (entity,) = world.entities.values()
    return entity, compile_world(world)


_REMEMBERED: Final = 4000
_worlds: dict[
    str, tuple[World, Compiled]
] = {}  # a commit's id is made of its files: other schedules have it, too


@dataclass(eq=False)
class Commit:
    """Files, and what they came from."""

    id: str
    parents: tuple[Commit, ...]
    files: Mapping[str, bytes]
    human: bool
    ancestors: frozenset[str]
    number: int
    read: tuple[World, Compiled] | None = field(default=None, repr=False)

    def world(self) -> tuple[World, Compiled]:
        """Discovered and compiled."""
        if self.read is None:
            self.read = _worlds.get(self.id)
        if self.read is None:
            if len(_worlds) > _REMEMBERED:
                _worlds.clear()
            self.read = _worlds[self.id] = world_of(self.files, self.id)
        return self.read


def world_of(files: Mapping[str, bytes], digest: str) -> tuple[World, Compiled]:
    """The world that files describe, and its shots compiled."""
    config, entities = _config(files[CONFIG_FILE]), {}
    found: dict[Address, CompiledShot] = {}
    pictures = tuple(_picture(path, data) for path, data in files.items() if path.endswith(".png"))
    for path in filter(files.__contains__, _ENTITIES):
        folder = path.rpartition("/")[0]
        lying = tuple(picture for picture in pictures if picture.path.startswith(folder))
        entity, compiled = _entity(config.provider.model, path, files[path], lying)
        entities[entity.address] = entity
        found |= compiled
    digests = {path: _digest(files[path]) for path in _ENTITIES if path in files}
    index = PictureIndex({picture.path: picture for picture in pictures})
    world = World(config, entities, index, digest=digest, committed=True, digests=digests)
    return world, dict(sorted(found.items()))


@functools.lru_cache(maxsize=4000)
def _entity(model: str, path: str, data: bytes, lying: tuple[Picture, ...]) -> tuple[Entity, Compiled]:
    """An entity with its rows, and its shots compiled beside the pictures of its folder: no shot here refers elsewhere."""
    words, rows = _parted(data)
    base, compiled = _compiled(model, path, words)
    shots = tuple(
        replace(shot, rows=tuple(filter(None, (read_row(row, shot.address) for row in of_shot))))
        if of_shot
        else shot
        for shot, of_shot in zip(base.shots, rows, strict=True)
    )
    entity = replace(base, shots=shots)
    index = PictureIndex({picture.path: picture for picture in lying})
    world = World(WorldConfig(), {entity.address: entity}, index)
    return entity, {shot.address: _on_top(world, compiled[shot.address], shot) for shot in shots}


def _on_top(world: World, compiled: CompiledShot, shot: Any) -> CompiledShot:
    references = tuple(_one_sent(world, sent.used) for sent in compiled.references)
    if shot is compiled.shot and references == compiled.references:
        return compiled  # with all that was worked out of it before
    return replace(compiled, shot=shot, references=references)


@functools.lru_cache(maxsize=4000)
def _parted(data: bytes) -> tuple[bytes, tuple[tuple[Any, ...], ...]]:
    read = decode(data)
    rows = tuple(tuple(shot.pop(ROWS, ())) for shot in shots_in(read))
    return encode(read), rows


@functools.lru_cache(maxsize=4000)
def _digest(data: bytes) -> str:
    return sha256(data)


@functools.lru_cache(maxsize=4000)
def _picture(path: str, data: bytes) -> Picture:
    return Picture(path, sha256(data), "image/png")


class Repository:
    """Commits, the default branch, and the review branches."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.commits: dict[str, Commit] = {}
        self.base = self.commit((), files, human=True)
        self.heads: dict[str, Commit] = {}

    def copied(self) -> Repository:
        """The same again."""
        other = copy.copy(self)
        other.commits, other.heads = dict(self.commits), dict(self.heads)
        return other

    def commit(self, parents: Sequence[Commit], files: Mapping[str, bytes], *, human: bool) -> Commit:
        """A commit; the same parents and files are the same commit."""
        said = "".join(item.id for item in parents).encode() + b"".join(
            item for path in sorted(files) for item in (path.encode(), hashlib.sha1(files[path]).digest())
        )
        name = hashlib.sha1(said + (b"human" if human else b"")).hexdigest()
        found = self.commits.get(name)
        if found is None:
            above = frozenset().union(*({item.id, *item.ancestors} for item in parents))
            found = Commit(name, tuple(parents), dict(files), human, above, len(self.commits))
            self.commits[name] = found
        return found

    def merged(self, ours: Commit, theirs: Commit) -> dict[str, bytes] | None:
        """The files of a merge, row by row; None where both changed the same."""
        common = (ours.ancestors | {ours.id}) & (theirs.ancestors | {theirs.id})
        ground = max((self.commits[name] for name in common), key=lambda item: item.number).files
        files: dict[str, bytes] = {}
        for path in {**ours.files, **theirs.files, **ground}:
            versions = tuple(side.get(path) for side in (ground, ours.files, theirs.files))
            taken = _three_way(path, *versions)
            if taken is _CONFLICT:
                return None
            if taken is not None:
                files[path] = taken
        return files


_CONFLICT: Final[Any] = object()


def _three_way(path: str, ground: bytes | None, ours: bytes | None, theirs: bytes | None) -> Any:
    if theirs in (ours, ground):
        return ours
    if ours == ground:
        return theirs
    if path.endswith("imagery.yaml") and ground and ours and theirs:
        return _three_way_shots(decode(ground), decode(ours), decode(theirs))
    return _CONFLICT


def _three_way_shots(ground: Any, ours: Any, theirs: Any) -> Any:
    by_id = [{shot["id"]: shot for shot in shots_in(side)} for side in (ground, ours, theirs)]
    merged = []
    for name in dict.fromkeys((*by_id[1], *by_id[2])):
        versions = [side.get(name) for side in by_id]
        taken = _three_way_fields(*versions)
        if taken is _CONFLICT:
            return _CONFLICT
        if taken is not None:
            merged.append(taken)
    shots_in(ours)[:] = merged
    return encode(ours)


def _three_way_fields(ground: Any, ours: Any, theirs: Any) -> Any:
    if theirs in (ours, ground):
        return ours
    if ours == ground:
        return theirs
    if ground is None or ours is None or theirs is None:
        return _CONFLICT
    fields = {}
    for name in {**ours, **theirs}:
        one, left, right = ground.get(name), ours.get(name), theirs.get(name)
        if left not in (right, one) and right != one:
            return _CONFLICT
        value = right if left == one else left
        if value is not None:
            fields[name] = value
    return fields
