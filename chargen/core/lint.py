"""
What is odd in the words that go into prompts, each finding where it was written. Pure.

Every layer is looked at once, however many shots stand below it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chargen.core.explanation import sources_of
from chargen.core.lint_words import odd_words, says_nothing, things
from chargen.core.problem import Problem, warning
from chargen.core.shot import Origin
from chargen.core.source import WORDS
from chargen.core.world import CONFIG_FILE
from chargen.core.world_path import is_of_one_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from chargen.core.compiled import CompiledShot
    from chargen.core.ir import FieldPath
    from chargen.core.shot import Layer, YamlPath
    from chargen.core.world import World
    from chargen.errors import Place

    Where = Callable[[], Origin]

_PAINTED: Final = frozenset({*WORDS, "name", "continuity", "state", "characters", "location", "references"})
_NAMES: Final = frozenset(
    {"ref", "path", "id", "role", "when_changed"}
)  # of other things: they paint nothing
_WANTED: Final[tuple[FieldPath, ...]] = (("continuity", "must_include"), ("continuity", "canonical"))
_COLOURS: Final[tuple[FieldPath, ...]] = (("mood", "palette", "dominant"), ("mood", "palette", "accent"))


def lint(world: World, shots: Iterable[CompiledShot]) -> tuple[Problem, ...]:
    """Everything odd, each once."""
    compiled = list(shots)
    contradictions = (problem for shot in compiled for problem in _contradictions(world, shot))
    found = [*_in_words(world), *_elsewhere(world), *contradictions]
    return tuple(dict.fromkeys(found))


def _in_words(world: World) -> Iterator[Problem]:
    for text, origin in _texts(world):
        for odd in odd_words(text):
            yield warning(world.locate(origin()), odd.message, hint=odd.hint, rule=odd.rule)


def _elsewhere(world: World) -> Iterator[Problem]:
    """Pictures that rows and inventories name by a path which holds on one machine only."""
    for said, where, origin in _paths(world):
        if is_of_one_machine(where):
            message, hint = (
                f"picture {said!r} is on one machine only",
                "name it from this file's folder: images/...",
            )
            yield warning(world.locate(origin), message, hint=hint, rule="absolute-path")


def _paths(world: World) -> Iterator[tuple[str, str, Origin]]:
    """Every path as written, as it was taken (one of a site's root leads into the world), and where it stands."""
    for entity in world.entities.values():
        yield from ((item.said, item.path, item.origin) for item in entity.inventory)
        for shot in entity.shots:
            rows = Origin(shot.file, (*shot.at, "generated_images"))
            for i, row in enumerate(shot.rows):
                yield row.file_path, row.file_path, rows.below((i, "file_path"))


def _texts(world: World) -> Iterator[tuple[str, Where]]:
    """Every text that prompts are made of; where it stands is worked out only when asked."""
    for name in ("style", "moods"):
        said = world.config.model_dump(mode="json", include={name}, exclude_unset=True)
        yield from _below(said, (), Origin(CONFIG_FILE).below)
    for entity in world.entities.values():
        layers = {id(layer): layer for shot in entity.shots for layer in (entity.layer, *shot.layers)}
        for layer in layers.values() or (entity.layer,):
            yield from _said(layer)
        for prose in entity.prose:
            yield prose.text, functools.partial(prose.origin.below, ())


def _said(layer: Layer) -> Iterator[tuple[str, Where]]:
    words = {key: value for key, value in layer.data.items() if key in _PAINTED}
    if says_nothing(str(words.get("subject") or "-")):
        words.pop("subject", None)  # which is told as an empty subject
    yield from _below(words, (), layer.at)


def _below(value: Any, path: YamlPath, at: Callable[[YamlPath], Origin]) -> Iterator[tuple[str, Where]]:
    if isinstance(value, str):
        yield value, lambda: at(path)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in _NAMES:
                yield from _below(item, (*path, key), at)
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _below(item, (*path, i), at)


def _contradictions(world: World, shot: CompiledShot) -> Iterator[Problem]:
    """What a prompt asks for and forbids."""
    yield from _both(world, shot, _WANTED, ("continuity", "donts"), "is to be seen and to be avoided")
    yield from _both(
        world, shot, _COLOURS, ("mood", "palette", "avoid"), "is a colour of the palette and to be avoided"
    )


def _both(
    world: World, shot: CompiledShot, wanted: tuple[FieldPath, ...], avoided: FieldPath, what: str
) -> Iterator[Problem]:
    against = [(_things_avoided(text), field) for text, field in _lines(shot, avoided)]
    if not against:
        return
    for field in wanted:
        for text, here in _lines(shot, field):
            for avoid, there in against:
                for thing in sorted(things(text) & avoid):
                    hint = f"it is asked for at {_place(world, shot, here)}: take one of the two away"
                    yield warning(
                        _place(world, shot, there), f"{thing!r} {what}", hint=hint, rule="contradiction"
                    )


def _things_avoided(text: str) -> frozenset[str]:
    """`no lanterns` under the things to avoid is no other wish than `lanterns`."""
    return frozenset(thing.removeprefix("no ").removeprefix("without ") for thing in things(text))


def _lines(shot: CompiledShot, field: FieldPath) -> Iterator[tuple[str, FieldPath]]:
    node: Any = shot.ir.sections
    for name in field:
        node = node.get(name, {}) if isinstance(node, Mapping) else {}
    for i, text in enumerate(node if isinstance(node, (list, tuple)) else ()):
        yield str(text), (*field, i)


def _place(world: World, shot: CompiledShot, field: FieldPath) -> Place:
    origins = (shot.source.origin(path) for path in sources_of(shot.ir, field))
    return world.locate(next((origin for origin in origins if origin is not None), shot.shot.origin))
