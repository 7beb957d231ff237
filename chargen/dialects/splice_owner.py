"""The mapping that owns a list of rows, found by its own keys: no alias or merge key on the way. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from chargen.dialects.yaml_extent import line_start
from chargen.dialects.yaml_nodes import Node
from chargen.dialects.yaml_text import YamlDocument
from chargen.errors import SpliceRefused


@dataclass(frozen=True, slots=True)
class Cut:
    """What stands from `start` to `end` gives way to `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Owner:
    """The mapping the rows' list belongs to, and the way to it."""

    document: YamlDocument
    node: Node
    steps: list[tuple[Node, Node | None]]
    key: str

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def as_json(self) -> bool:
        root = self.steps[0][0]
        return all(key.style == '"' for key, _ in self.node.pairs or root.pairs)


def owner_at(document: YamlDocument, at: tuple[str | int, ...], key: str) -> Owner:
    """The mapping at a path.

    Raises:
        SpliceRefused: it is not there, or an alias or merge key leads to it.
    """
    root = document.tree
    if root is None:
        raise SpliceRefused("the file is empty", hint="write the shot first", place=document.place())
    owner = Owner(document, root, [(root, None)], key)
    for part in at:
        node = owner.node
        found = _own_child(owner, part)
        if found is None:
            raise refused(owner, node, f"there is no {part!r} here", "plan again: the file has changed")
        owner = Owner(document, found[0], [*owner.steps, found], key)
        if found[0].kind == "alias":
            where = f"the shot is written once and used here by alias (*{found[0].anchor})"
            raise refused(owner, found[0], where, "write it out in its own place")
    if owner.node.kind != "mapping":
        raise refused(
            owner, owner.node, "no mapping stands here to hold rows", "plan again: the file has changed"
        )
    return owner


def _own_child(owner: Owner, part: str | int) -> tuple[Node, Node | None] | None:
    if isinstance(part, int):
        return (owner.node.items[part], None) if 0 <= part < len(owner.node.items) else None
    pair = owner.node.pair(part)
    if pair is None and owner.node.merged_pair(part) is not None:
        raise refused(
            owner, owner.node, f"{part} comes from a merge key (<<)", "write it out in its own place"
        )
    return None if pair is None else (pair[1], pair[0])


def refused(owner: Owner, node: Node, message: str, hint: str) -> SpliceRefused:
    """An error that points at a node."""
    return SpliceRefused(message, hint=hint, place=owner.document.place_at(node.start))


def is_explicit(text: str, key: Node) -> bool:
    """Whether a key is written behind a question mark."""
    return text[line_start(text, key.start) : key.start].rstrip().endswith("?")
