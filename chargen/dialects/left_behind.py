"""What a file says that its native form does not: fields that carry no picture, and comments. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import slugify
from chargen.core.digest import canonical
from chargen.dialects.memoryquill_words import PEOPLE, plain

if TYPE_CHECKING:
    from chargen.core.shot import Entity, YamlPath
    from chargen.dialects.yaml_text import YamlDocument

_ROWS: Final = "generated_images"
_INVENTORY: Final = "image_inventory"
_INSIDE: Final = 12  # characters: shorter texts turn up in longer ones by chance
# Who is in the picture and how they are in it become one text.
_JOINED: Final = frozenset({*PEOPLE, "character_states"})
_COMMENT: Final = re.compile(r"(?:^|(?<=[ \t]))#", re.MULTILINE)
Left = tuple[str, int]  # a path with [] for the items of a list, and how many texts stand there


def left_behind(document: YamlDocument, entity: Entity, native: Mapping[str, Any]) -> tuple[Left, ...]:
    """
    The paths whose texts do not come over, each with how many there are, in the file's order.

    Where nothing below a key comes over, the key stands for all of it.
    """
    carried = _Carried(document.path, entity, native)
    kept, gone = set[tuple[str, ...]](), list[tuple[str, ...]]()
    for path, text in _texts(document.data):
        pattern = tuple("[]" if isinstance(step, int) else step for step in path)
        if carried.has(path, text):
            kept.update(pattern[:length] for length in range(1, len(pattern) + 1))
        else:
            gone.append(pattern)
    found = Counter(_top(pattern, kept) for pattern in gone)
    return tuple((".".join(pattern).replace(".[]", "[]"), count) for pattern, count in found.items())


def comment_lines(document: YamlDocument) -> tuple[int, ...]:
    """The lines on which comments stand."""
    tree = document.tree
    texts = [(node.start, node.end) for node in (tree.walk() if tree else ()) if node.kind == "scalar"]
    lines, at = [], 0
    for found in _COMMENT.finditer(document.text):
        while at < len(texts) and texts[at][1] <= found.start():
            at += 1
        if at == len(texts) or found.start() < texts[at][0]:
            lines.append(document.place_at(found.start()).line)
    return tuple(dict.fromkeys(lines))


class _Carried:
    """Knows which texts of one file come over; used by `left_behind` alone."""

    def __init__(self, file: str, entity: Entity, native: Mapping[str, Any]) -> None:
        entity_said = [at for field, at in entity.layer.said.items() if field[0] != "references"]
        shots_said = [at for shot in entity.shots for at in shot.layers[-1].said.values()]
        self.places = {origin.path for origin in (*entity_said, *shots_said) if origin.file == file}
        self.texts = {str(canonical(text)) for _, text in _texts(native)}
        self.whole = "\n".join(self.texts)
        addresses = [shot.address for shot in entity.shots]
        self.names = {entity.slug, entity.kind, f"{entity.kind}-imagery"}
        self.names |= {name for at in addresses for name in (at.scene, at.shot)}
        self.slug = entity.slug

    def has(self, path: YamlPath, text: str) -> bool:
        if path[0] == _INVENTORY:  # what is used of it comes over as references and rows
            return False
        if any(path[:length] in self.places for length in range(1, len(path) + 1)):
            return True
        said = str(canonical(text))
        if said in self.texts or slugify(said).removeprefix(f"{self.slug}-") in self.names:
            return True
        return said in self.whole and (len(said) >= _INSIDE or not _JOINED.isdisjoint(path))


def _texts(data: Any, path: YamlPath = ()) -> Iterator[tuple[YamlPath, str]]:
    """Every text of some data that says anything, rows left out."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key != _ROWS:
                yield from _texts(value, (*path, str(key)))
    elif isinstance(data, Sequence) and not isinstance(data, str):
        for i, value in enumerate(data):
            yield from _texts(value, (*path, i))
    elif plain(data) or isinstance(data, bool):
        yield path, str(data)


def _top(pattern: tuple[str, ...], kept: set[tuple[str, ...]]) -> tuple[str, ...]:
    """The highest path above a text below which nothing comes over."""
    lengths = range(1, len(pattern) + 1)
    return next((pattern[:length] for length in lengths if pattern[:length] not in kept), pattern)
