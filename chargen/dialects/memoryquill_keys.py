"""
Misspelt keys of a memoryquill file: those that are nearly one that is read at their place. Pure.

An unknown key is no error in this shape, so what is lost by one wrong letter is said, and nothing else.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from chargen.core.problem import Problem, warning
from chargen.dialects import memoryquill_lists as lists
from chargen.dialects import memoryquill_shapes as shapes
from chargen.dialects import memoryquill_words as words
from chargen.dialects.memoryquill_entity import ANCHOR
from chargen.dialects.memoryquill_words import listed, mapping
from chargen.dialects.native_shape import Imagery

if TYPE_CHECKING:
    from chargen.core.shot import YamlPath
    from chargen.dialects.yaml_text import YamlDocument

_NEAR: Final = 0.85
_SHORTEST: Final = 4  # letters: of a shorter key, one letter is too much


def misspelt(kind: str, document: YamlDocument, ideas: YamlDocument | None) -> Iterator[Problem]:
    """A warning for every key of a file, and of the scenes beside it, that is nearly one that is read there."""
    for there, levels in (
        (document, _levels(kind, document.data)),
        (ideas, _of_ideas(ideas.data if ideas else None)),
    ):
        for data, path, known in levels:
            for key, meant in _near_misses(data, known):
                place = there.place(*path, key, key=True) if there is not None else None
                if place is not None:
                    message, hint = f"{key!r} is not a key that is known here", f"did you mean {meant!r}?"
                    yield warning(place, message, hint=hint, rule="misspelt-key")


def misspelt_shape(document: YamlDocument, keys: Iterable[str]) -> Problem | None:
    """The key, nearly one of `keys`, by which a file in no known shape was surely meant to be of this one."""
    native = frozenset(field.alias or name for name, field in Imagery.model_fields.items())
    for key, meant in _near_misses(document.data, frozenset(keys)):
        if key not in native and not _meant(key, native):
            message = f"{key!r} is not a key that is known here, so nothing of this file is read"
            return Problem(
                document.place(key, key=True), message, f"did you mean {meant!r}?", rule="misspelt-key"
            )
    return None


_Level = tuple[Mapping[str, Any], "YamlPath", frozenset[str]]


def _levels(kind: str, data: Mapping[str, Any]) -> Iterator[_Level]:
    """Every mapping of a file that is read by its keys: where it stands, and which keys are read."""
    yield data, (), shapes.TOP[kind]
    yield from _below(data, ("metadata",), shapes.METADATA)
    yield from _below(data, ("metadata", "color_palette"), shapes.COLOURS)
    yield from _below(data, ("generation_defaults",), shapes.DEFAULTS)
    yield from _below(data, ("metadata", "generation_defaults"), shapes.DEFAULTS)
    yield from _below(data, (ANCHOR,), shapes.ANCHORED)
    for item, at in _items(data, ("image_inventory",)):
        yield item, at, shapes.LISTED
    for item, at in _items(data, ("locations",)):
        yield item, at, shapes.LOCATION
        for zone, below in _items(item, ("zones",)):
            yield zone, (*at, *below), shapes.CONTEXT
    for key in ("overview", "zones", "parts", "beat_images", "images"):
        for item, at in _items(data, (key,)):
            yield from _picture(item, at)


def _of_ideas(data: Any) -> Iterator[_Level]:
    if isinstance(data, Mapping):
        yield data, (), shapes.IDEAS
        yield from _below(data, ("character",), shapes.CHARACTER)
        for item, at in _items(data, ("scenes",)):
            yield from _picture(item, at)


def _picture(data: Mapping[str, Any], at: YamlPath) -> Iterator[_Level]:
    """A picture's mapping with those inside it that speak on: its maps, its views, its images."""
    views = [key for key, value in data.items() if lists.is_view(key, value)]
    yield data, at, shapes.PICTURE.union(lists.VIEWS, views) if at == ("overview",) else shapes.PICTURE
    for key, known in shapes.MAPS.items():
        yield from ((item, (*at, *path), known) for item, path, known in _below(data, (key,), known))
    inside = [*lists.INNER, *(views if at == ("overview",) else ())]
    for key in inside:
        for item, path, _ in _below(data, (key,), shapes.PICTURE):
            yield from _picture(item, (*at, *path))
    for item, path in _items(data, ("images",)):
        yield from _picture(item, (*at, *path))


def _below(data: Any, path: YamlPath, known: frozenset[str]) -> Iterator[_Level]:
    for step in path:
        data = mapping(data).get(str(step))
    if isinstance(data, Mapping):
        yield data, path, known


def _items(data: Mapping[str, Any], path: YamlPath) -> Iterator[tuple[Mapping[str, Any], YamlPath]]:
    """The mappings of a list; a mapping alone is itself."""
    value = data.get(str(path[0]))
    for i, item in enumerate(listed(value)):
        if isinstance(item, Mapping):
            yield item, (*path, i) if isinstance(value, list) else path


def _near_misses(data: Mapping[str, Any], known: frozenset[str]) -> Iterator[tuple[str, str]]:
    for key in data:
        meant = "" if str(key) in known | shapes.UNREAD | words.MACHINE_OWNED else _meant(str(key), known)
        if meant and meant not in data:
            yield key, meant


@functools.lru_cache(maxsize=4096)  # the same few unknown keys stand in hundreds of pictures
def _meant(key: str, known: frozenset[str]) -> str:
    """The key that is very near, or one letter away; empty: none."""
    folded = key.casefold().replace("-", "_").replace(" ", "_")
    near = difflib.get_close_matches(folded, sorted(known), n=1, cutoff=_NEAR)
    if near or len(folded) < _SHORTEST - 1:
        return near[0] if near else ""
    return next((name for name in sorted(known) if len(name) >= _SHORTEST and _one_edit(folded, name)), "")


def _one_edit(one: str, other: str) -> bool:
    """Whether one letter more, less, changed, or two turned round, makes the one the other."""
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
