"""A world without a file that asks for a picture: most often the wrong folder was looked at. Pure."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from chargen.core.problem import Problem, warning
from chargen.core.shot import Origin
from chargen.core.world import CONFIG_FILE
from chargen.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.core.world import World

_FILE_NAME = "imagery.yaml"


def empty_world(world: World, *, looked_at: str) -> Iterator[Problem]:
    """A warning where no imagery.yaml was found at all, `looked_at` being the root in words."""
    if world.entities or world.left_out or any(map(_is_imagery, world.digests)):
        return
    roots = [root for root in world.config.roots if posixpath.normpath(root) != "."]
    below = f", below {', '.join(roots)}" if roots else ""
    hint = "give --root the world's folder, or begin with `chargen init`"
    if roots:
        hint = f"give --root the world's folder, or correct `roots:` in {CONFIG_FILE}"
    place = world.locate(Origin(CONFIG_FILE, ("roots",))) if roots else Place(".")
    message = f"no {_FILE_NAME} was found in {looked_at}{below}"
    yield warning(place, message, hint=hint, rule="empty-world")


def _is_imagery(path: str) -> bool:
    return posixpath.basename(path) == _FILE_NAME
