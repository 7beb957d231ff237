"""What of the writer's files the shots of a world use: every place their words come from. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chargen.core.shot import Origin, YamlPath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World

# Said by a level and no words of the prompt: how the shot is asked for, or whether it is.
_HOW: Final = ("aspect_ratio", "size", "model", "variants", "status", "image_type")


@dataclass
class UsedPlaces:
    """The paths of each file that some shot uses, and the prose that reaches one."""

    exactly: set[tuple[str, YamlPath]] = field(default_factory=set)
    above: set[tuple[str, YamlPath]] = field(default_factory=set)  # every mapping that holds one of them
    prose: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def add(self, origin: Origin) -> None:
        """One more place."""
        self.exactly.add((origin.file, origin.path))
        self.above.update((origin.file, origin.path[:length]) for length in range(len(origin.path) + 1))

    def holds(self, file: str, path: YamlPath) -> bool:
        """Whether what stands at a path, something in it, or what it stands in as a whole, is used."""
        if (file, path) in self.above:
            return True
        return any((file, path[:length]) in self.exactly for length in range(len(path)))


def used_places(
    world: World, shots: Iterable[CompiledShot], whole: Iterable[CompiledShot] = ()
) -> UsedPlaces:
    """What the shots use; of the shots in `whole` all that is written, their ids and titles too."""
    used = UsedPlaces()
    for shot in shots:
        for path in _leaves(shot.source.data, ()):
            origin = shot.source.origin(path)
            if origin is not None and origin.line:
                text = shot.source.data
                used.prose[origin.file].add((str(path), str(_at(text, path))))
            elif origin is not None:
                used.add(origin)
        for sent in shot.references:
            used.add(sent.used.origin)
        for name in _HOW:
            if shot.shot.says(name) is not None:
                used.add(shot.shot.said_at(name))
        _names(used, world, shot)
    for shot in whole:
        used.add(shot.shot.origin)
    _inventory(used, world)
    return used


def _names(used: UsedPlaces, world: World, shot: CompiledShot) -> None:
    """The names of the entities that stand in its prompt."""
    named = [shot.address.entity, *(str(use.get("ref")) for use in shot.source.data.get("characters", ()))]
    named.append(str(shot.source.data.get("location", {}).get("ref")))
    for address in named:
        entity = world.entities.get(address)
        if entity is not None and entity.layer.data.get("name"):
            used.add(entity.layer.at(("name",)))


def _inventory(used: UsedPlaces, world: World) -> None:
    """The pictures that were made before chargen, where one of them stands for a shot."""
    for entity in world.entities.values():
        earlier = {path for shot in entity.shots for path in shot.earlier}
        for listed in entity.inventory:
            if listed.path in earlier:
                used.add(listed.origin)


def _leaves(value: Any, path: YamlPath) -> Iterator[YamlPath]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _leaves(item, (*path, i))
    else:
        yield path


def _at(value: Any, path: YamlPath) -> Any:
    for part in path:
        value = value[part]
    return value
