"""The checks of `chargen doctor` on the world's pictures: those its rows and inventories name, and those nothing names."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING

from chargen.core import checkup
from chargen.core.checkup_inventory import Inventory, about_inventories
from chargen.core.picture_format import PICTURES
from chargen.core.shot import NO_SUCH_FILE, picture_path
from chargen.core.world_path import resolve_path

if TYPE_CHECKING:
    from chargen.commands.examining import Examined
    from chargen.core.checkup import Finding
    from chargen.core.world import World


class _Lying:
    """Which files lie in the world, and in which entity's folder."""

    def __init__(self, examined: Examined) -> None:
        self.root = examined.session.root
        self.world: World = examined.world[0]

    @cached_property
    def files(self) -> frozenset[str]:
        from chargen.edges.work_tree import WorkTree

        return frozenset(WorkTree(self.root).files())

    def owner(self, path: str) -> str:
        """The entity in whose folder a file lies; empty: none's."""
        folder = posixpath.dirname(path)
        while folder and folder not in self._folders:
            folder = posixpath.dirname(folder)
        return self._folders.get(folder, "")

    @cached_property
    def _folders(self) -> dict[str, str]:
        return {posixpath.dirname(entity.file): entity.address for entity in self.world.entities.values()}


def pictures(examined: Examined) -> Finding:
    """Rows without their files, files without a row."""
    lying = _Lying(examined)
    found = lying.world
    shots = list(found.shots())
    rows = [resolve_path(shot.folder, row.file_path) for shot in shots for row in shot.rows if row.file_path]
    lost = [path for path in rows if found.picture(path).problem == NO_SUCH_FILE]
    awaited = {picture_path(shot, found.config.storage.format) for shot in shots} - set(rows)
    listed = {item.path for entity in found.entities.values() for item in entity.inventory}
    named = ({*found.index.pictures} - awaited) | listed | {path for shot in shots for path in shot.earlier}
    images = [path for path in sorted(lying.files) if path.lower().endswith(PICTURES) and lying.owner(path)]
    unnamed = [path for path in images if path not in named and path not in awaited]
    return checkup.about_pictures(
        len(rows) - len(lost),
        lost,
        unnamed,
        in_the_way=[path for path in images if path in awaited],
        owners=[lying.owner(path) for path in unnamed],
    )


def inventory(examined: Examined) -> Finding:
    """What files list as their pictures, and whether it is there."""
    lying = _Lying(examined)
    world = lying.world
    found = {}
    for entity in world.entities.values():
        lost = [item for item in entity.inventory if item.path not in lying.files]
        if entity.inventory:
            places = [f"{world.locate(item.origin)} ({item.said})" for item in lost]
            found[entity.address] = Inventory(len(entity.inventory), places)
    return about_inventories(found)
