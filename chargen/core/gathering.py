"""The parts of one shot's source while they are gathered: what was said, where, and what is wrong with it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chargen.core.problem import Problem, warning

if TYPE_CHECKING:
    from chargen.core.prose import Trimmed
    from chargen.core.shot import Origin, Shot, YamlPath
    from chargen.core.world import World


class Gathering:
    """Collects the parts of one source; used by `gather` and its parts alone."""

    def __init__(self, world: World, shot: Shot) -> None:
        self.world = world
        self.shot = shot
        self.data: dict[str, Any] = {}
        self.bases: dict[YamlPath, Origin] = {}
        self.problems: list[Problem] = []
        self.trimmed: list[Trimmed] = []

    def put(self, path: YamlPath, value: Any, origin: Origin) -> None:
        if value not in ({}, [], (), None, ""):
            self.data[str(path[0])] = value
            self.bases[path] = origin

    def warn(self, rule: str, origin: Origin, message: str, hint: str = "") -> None:
        self.problems.append(warning(self.world.locate(origin), message, hint=hint, rule=rule))

    def fail(self, rule: str, origin: Origin, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.world.locate(origin), message, hint, rule=rule))
