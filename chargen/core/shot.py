"""
What a dialect makes of a file: entities, their shots, and where each thing was said. Pure values.

A layer is what one level (world, entity, scene, shot) says, in the field names of the native shape, only keys present;
a dialect whose own keys differ says beside it where each field was really written.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chargen.core.address import Address
from chargen.core.out_of_world import may_lie_at
from chargen.core.problem import Problem
from chargen.core.row import Row

YamlPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was said: a file and a path inside its data (a line number for prose)."""

    file: str
    path: YamlPath = ()
    line: int = 0

    def below(self, path: YamlPath) -> Origin:
        """The origin of something inside this one."""
        return Origin(self.file, (*self.path, *path), self.line)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one level says, and where; `said` names the places of fields that do not stand under their own names."""

    data: Mapping[str, Any]
    origin: Origin
    said: Mapping[YamlPath, Origin] = field(default_factory=dict)

    def at(self, path: YamlPath) -> Origin:
        """Where the field at a path of `data` was written."""
        for length in range(len(path), 0, -1):
            base = self.said.get(path[:length])
            if base is not None:
                return base.below(path[length:])
        return self.origin.below(path)


@dataclass(frozen=True, slots=True)
class Prose:
    """A markdown section or a front-matter value that the world lets into prompts."""

    name: str
    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Shot:
    """One wanted picture: its layers from entity to shot, its rows, and its words for people."""

    address: Address
    file: str
    at: YamlPath  # the mapping that owns the rows
    layers: tuple[Layer, ...]
    rows: tuple[Row, ...] = ()
    title: str = ""
    caption: str = ""
    alt_text: str = ""
    tags: tuple[str, ...] = ()
    own_id: str = ""  # the writer's own custom_id, where rows keep it and the job id goes beside it
    written: Origin | None = None  # where the shot is written, when its rows go elsewhere
    formerly: Address | None = None  # where it stood before, as its writer says
    displaced: tuple[
        str, ...
    ] = ()  # rows of chargen's in its own list that are another address's, as of a renamed shot
    earlier: tuple[str, ...] = ()  # pictures made before chargen, from the root, the one to show first

    @property
    def origin(self) -> Origin:
        """Where the shot is written."""
        return self.written or Origin(self.file, self.at)

    @property
    def folder(self) -> str:
        """The entity's folder, relative to the root."""
        return self.file.rpartition("/")[0]

    def says(self, name: str) -> Any:
        """What the nearest level says for one field; None when none does."""
        return next((layer.data[name] for layer in reversed(self.layers) if name in layer.data), None)

    def said_at(self, name: str) -> Origin:
        """Where the nearest level says one field; the shot itself when none does."""
        found = self.layer_saying(name)
        return found.at((name,)) if found else self.origin

    def layer_saying(self, name: str) -> Layer | None:
        """The nearest level that says one field."""
        return next((layer for layer in reversed(self.layers) if name in layer.data), None)

    @property
    def row(self) -> Row | None:
        """The row of the shot's current picture."""
        return self.rows[0] if self.rows else None


EXTENSIONS: Final = {"png": "png", "webp": "webp", "jpeg": "jpg"}  # of the storage formats


def picture_path(shot: Shot, storage: str) -> str:
    """Where a shot's current picture lies, from the root: always the same place, so that a review can compare."""
    row, extension = shot.row, EXTENSIONS[storage]
    if row is not None and row.file_path.endswith(f".{extension}"):
        named = posixpath.normpath(posixpath.join(shot.folder, row.file_path))
        if may_lie_at(named):  # a row is a writer's to edit: it says where in the world, and nowhere else
            return named
    return posixpath.normpath(posixpath.join(shot.folder, "images", shot.address.file_name(extension)))


@dataclass(frozen=True, slots=True)
class Unmade:
    """A wanted picture that is no shot: the address it would have, the file its rows would go to, and what is wrong."""

    address: Address
    file: str
    problem: Problem

    @property
    def folder(self) -> str:
        """The entity's folder, relative to the root."""
        return posixpath.dirname(self.file)


@dataclass(frozen=True, slots=True)
class Listed:
    """A picture that a file's own inventory lists: its path from the root, and as written."""

    path: str
    said: str
    origin: Origin
    id: str = ""
    title: str = ""
    approved: bool = False
    portrait: bool = False  # the reference portrait of its character


@dataclass(frozen=True, slots=True)
class Entity:
    """A character, location or chapter: its canon and its shots."""

    kind: str
    slug: str
    file: str
    layer: Layer
    shots: tuple[Shot, ...] = ()
    prose: tuple[Prose, ...] = ()
    dialect: str = "native"
    inventory: tuple[Listed, ...] = ()
    unmade: tuple[Unmade, ...] = ()  # wanted beside the shots: told and counted, and in no hash

    @property
    def address(self) -> str:
        """`kind/slug`."""
        return f"{self.kind}/{self.slug}"

    @property
    def name(self) -> str:
        """What the entity is called in a prompt: its name, else its slug in words."""
        return str(self.layer.data.get("name") or self.slug.replace("-", " "))

    @property
    def canon(self) -> Mapping[str, Any]:
        """Its `continuity`: canonical, donts, states."""
        found = self.layer.data.get("continuity")
        return found if isinstance(found, Mapping) else {}


NO_SUCH_FILE: Final = "no such file"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file as it lies in the tree: its digest (an LFS pointer's oid), or why it cannot be used."""

    path: str
    sha256: str = ""
    mime: str = ""
    lfs: bool = False
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PictureIndex:
    """Every image file a world's words or rows name."""

    pictures: Mapping[str, Picture] = field(default_factory=dict)

    def get(self, path: str) -> Picture:
        """The picture at a path relative to the root; one with a problem when it was not found."""
        return self.pictures.get(path) or Picture(path, problem=NO_SUCH_FILE)
