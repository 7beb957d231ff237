"""
A tree of what stands where: nodes with character offsets, aliases as nodes of their own, nothing resolved.

Built from the same events the data is built from; serves positions in messages and the splice. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["scalar", "sequence", "mapping", "alias"]


@dataclass(slots=True, eq=False)
class Node:
    """One node; `start` includes its anchor and tag, `end` of a block collection is no use (see `content_end`)."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    style: str = ""  # of a scalar: '' ' " | >
    flow: bool = False
    anchor: str | None = None
    tag: str | None = None
    target: Node | None = None  # of an alias
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)

    @property
    def real(self) -> Node:
        """The node itself, or what an alias stands for."""
        return self.target if self.target is not None else self

    @property
    def is_merge(self) -> bool:
        """Whether this key is the plain `<<`."""
        return self.kind == "scalar" and self.value == "<<" and not self.style and self.tag is None

    def pair(self, key: str) -> tuple[Node, Node] | None:
        """The mapping's own key node and value node, merged ones left out."""
        return next((pair for pair in self.pairs if pair[0].real.value == key and not pair[0].is_merge), None)

    def merged_pair(self, key: str) -> tuple[Node, Node] | None:
        """The key and value nodes as the data has them: its own, else from the first merge that has them."""
        if (own := self.pair(key)) is not None:
            return own
        sources = (value.real for name, value in self.pairs if name.is_merge)
        flat = (part.real for source in sources for part in (source.items or [source]))
        return next((pair for part in flat if (pair := part.merged_pair(key)) is not None), None)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the file's order; aliases are not followed."""
        yield self
        for child in self.items:
            yield from child.walk()
        for key, value in self.pairs:
            yield from key.walk()
            yield from value.walk()


def tree(events: Iterable[Any]) -> Node | None:
    """The tree of a stream of events that `yaml_data.build` has accepted; None for an empty document.

    Raises:
        Problem: the text is no YAML.
    """
    import yaml

    root = Node("sequence", 0, 0)
    stack, anchors = [root], dict[str, Node]()
    keys: list[Node | None] = [None]
    for event in events:
        kind = type(event)
        if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            stack.pop().end = event.end_mark.index
            keys.pop()
            continue
        node = _node(event, anchors)
        if node is None:
            continue
        _attach(node, stack[-1], keys)
        if node.kind in {"mapping", "sequence"}:
            stack.append(node)
            keys.append(None)
    return root.items[0] if root.items else None


def _node(event: Any, anchors: dict[str, Node]) -> Node | None:
    import yaml

    kind, start, end = type(event), event.start_mark.index, event.end_mark.index
    if kind is yaml.AliasEvent:
        return Node("alias", start, end, anchor=event.anchor, target=anchors[event.anchor])
    if kind is yaml.ScalarEvent:
        plain = event.implicit[0] and event.tag is None
        style = "" if plain else event.style or ""
        node = Node("scalar", start, end, event.value, style, anchor=event.anchor, tag=event.tag)
    elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
        name: Kind = "mapping" if kind is yaml.MappingStartEvent else "sequence"
        node = Node(name, start, end, flow=bool(event.flow_style), anchor=event.anchor, tag=event.tag)
    else:
        return None
    if event.anchor is not None:
        anchors[event.anchor] = node
    return node


def _attach(node: Node, parent: Node, keys: list[Node | None]) -> None:
    if parent.kind == "sequence":
        parent.items.append(node)
    elif (key := keys[-1]) is None:
        keys[-1] = node
    else:
        parent.pairs.append((key, node))
        keys[-1] = None


def find(
    root: Node | None, path: tuple[str | int, ...]
) -> tuple[Node | None, list[tuple[Node, Node | None]]]:
    """Walk a path of keys and indexes: the node there (None: no such path), and each step's value and key node."""
    if root is None:
        return None, []
    node = root
    steps: list[tuple[Node, Node | None]] = [(root, None)]
    for part in path:
        found = _child(node.real, part)
        if found is None:
            return None, steps
        steps.append(found)
        node = found[0]
    return node, steps


def _child(node: Node, part: str | int) -> tuple[Node, Node | None] | None:
    if isinstance(part, int):
        return (node.items[part], None) if 0 <= part < len(node.items) else None
    pair = node.merged_pair(part)
    return None if pair is None else (pair[1], pair[0])
