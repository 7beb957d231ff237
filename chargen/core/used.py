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
_HOW: Final = ("aspect_ratio", "size", "model", "variants", "status", "moved_from")
_OF_REFERENCE: Final = ("id", "path", "ref", "role", "must_match", "note", "when_changed")
_NAMES_IT: Final = ("kind", "slug", "entity_type", "location_slug", "chapter_slug", "character_slug")
_OF_LISTED: Final = ("id", "path", "file_path", "status", "is_reference_portrait")


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

    def add_keys(self, origin: Origin, keys: Iterable[str]) -> None:
        """Some keys of a mapping; what stands there itself, when it is none."""
        for key in keys:
            self.add(origin.below((key,)))

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
            used.add_keys(sent.used.origin, (*_OF_REFERENCE, *_OF_LISTED))
        by_type = shot.image_type in world.config.provider.image_types
        for name in (*_HOW, "image_type") if by_type else _HOW:
            if shot.shot.says(name) is not None:
                used.add(shot.shot.said_at(name))
    for shot in whole:
        used.add(shot.shot.origin)
        used.add_keys(Origin(shot.shot.file), _NAMES_IT)
    _inventory(used, world)
    return used


def _inventory(used: UsedPlaces, world: World) -> None:
    """The pictures that were made before chargen, where one of them stands for a shot."""
    for entity in world.entities.values():
        earlier = {path for shot in entity.shots for path in shot.earlier}
        for listed in entity.inventory:
            if listed.path in earlier:
                used.add_keys(listed.origin, _OF_LISTED)


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
