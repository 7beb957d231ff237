"""A world as it was read: its configuration, its entities by address, its pictures, and what is wrong with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chargen.core.problem import Problem, Severity
from chargen.core.shot import Entity, Origin, Picture, PictureIndex, Shot, Unmade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.core.address import Address
from collections.abc import Callable, Mapping

from chargen.core.world_config import WorldConfig
from chargen.errors import Place

CONFIG_FILE = "chargen.yaml"


def _whole_file(origin: Origin) -> Place:
    return Place(origin.file, origin.line)


@dataclass(frozen=True, slots=True)
class World:
    """Everything the words of one tree say."""

    config: WorldConfig
    entities: Mapping[str, Entity] = field(default_factory=dict)
    index: PictureIndex = field(default_factory=PictureIndex)
    problems: tuple[Problem, ...] = ()
    digest: str = ""  # of the files as they lie: all that was read
    locate: Callable[[Origin], Place] = _whole_file
    committed: bool = False  # read from a commit: a picture in Git LFS is fetched when it is needed
    digests: Mapping[str, str] = field(default_factory=dict)  # of each file that was read, by its path
    left_out: Mapping[str, str] = field(default_factory=dict)  # kind/slug -> the file that could not be read

    def shots(self) -> Iterator[Shot]:
        """Every shot, in the order of addresses."""
        found = (shot for entity in self.entities.values() for shot in entity.shots)
        yield from sorted(found, key=lambda shot: shot.address)

    def unmade(self) -> Iterator[Unmade]:
        """Every wanted picture that cannot be made, in the order of addresses."""
        found = (unmade for entity in self.entities.values() for unmade in entity.unmade)
        yield from sorted(found, key=lambda unmade: unmade.address)

    def wanted(self) -> Iterator[Address]:
        """The addresses of all that is wanted, whether it can be made or not."""
        shots, unmade = (item.address for item in self.shots()), (item.address for item in self.unmade())
        yield from sorted([*shots, *unmade])

    def shot(self, address: Address) -> Shot | None:
        """The shot at an address, or None."""
        entity = self.entities.get(address.entity)
        return next((shot for shot in entity.shots if shot.address == address), None) if entity else None

    def entity(self, kind: str, ref: str) -> Entity | None:
        """The entity a `ref` names: a slug of that kind, or `kind/slug`."""
        return self.entities.get(ref if "/" in ref else f"{kind}/{ref}")

    def picture(self, path: str) -> Picture:
        """The image file at a path."""
        return self.index.get(path)

    def made_before(self, shot: Shot) -> str:
        """The first of a shot's earlier pictures that is there, an LFS pointer included; empty when none is."""
        return next((path for path in shot.earlier if not self.picture(path).problem), "")

    def errors(self) -> tuple[Problem, ...]:
        """The problems that left something out."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)
