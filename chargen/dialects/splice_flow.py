"""Cuts for rows in flow style, `{id: a, generated_images: [...]}`, JSON included: each row stays on one line. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from chargen.dialects.row_text import flow_row
from chargen.dialects.splice_owner import Cut, Owner, refused
from chargen.dialects.yaml_extent import colon_end, is_empty, pair_end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.dialects.row_edit import Decision
    from chargen.dialects.yaml_nodes import Node

_COMMENT: Final = re.compile(r"#[^\r\n]*")


def new_key(owner: Owner, rows: tuple[Mapping[str, Any], ...]) -> Cut:
    """
    The list and its key, behind the mapping's last value.

    Raises:
        SpliceRefused: the mapping is a lone pair in a list, which holds one key and no more.
    """
    text, node = owner.text, owner.node
    name = f'"{owner.key}"' if owner.as_json else owner.key
    entry = f"{name}: [{_items(owner, rows)}]"
    if not node.pairs:
        inside = text.index("{", node.start) + 1
        return Cut(inside, inside, entry)
    if _is_lone_pair(text, node):
        raise refused(owner, node, "a lone pair in [ ] holds one key", "put braces around it: [{key: value}]")
    key, value = node.pairs[-1]
    at = pair_end(text, key, value)
    if value.kind != "scalar" or value.value or value.style or colon_end(text, key) is None:
        return Cut(at, at, f", {entry}")
    # A comma right behind a colon, an anchor or a tag would become part of it.
    return Cut(at + 1, at + 1, f", {entry}") if text[at : at + 1] == " " else Cut(at, at, f" , {entry}")


def _is_lone_pair(text: str, node: Node) -> bool:
    """Whether this is the `a: b` of `[a: b]`; its anchor or tag would be the key's."""
    return node.anchor is None and node.tag is None and text[node.start] != "{"


def new_list(
    owner: Owner, name: Node, value: Node, behind: int | None, rows: tuple[Mapping[str, Any], ...]
) -> Cut:
    """The list in place of null, `[]` or nothing; `behind` is the end of the key's colon, if it has one."""
    items = f"[{_items(owner, rows)}]"
    if not is_empty(value):
        return Cut(value.start, value.end, items)
    return Cut(name.end, name.end, f": {items}") if behind is None else Cut(behind, behind, f" {items}")


def changed_list(owner: Owner, value: Node, decision: Decision) -> list[Cut]:
    """Rows replaced, dropped and added in a list that is there."""
    text = owner.text
    cuts = [
        Cut(value.items[index].start, value.items[index].end, flow_row(row, as_json=owner.as_json))
        for index, row in decision.replaced.items()
    ]
    cuts += _removals(text, value, decision.dropped)
    if decision.added:
        at = value.items[-1].end if value.items else text.index("[", value.start) + 1
        comma = ", " if value.items else ""
        cuts.append(Cut(at, at, comma + _items(owner, decision.added)))
    return cuts


def _removals(text: str, value: Node, dropped: frozenset[int]) -> list[Cut]:
    """Each dropped item goes with the comma behind it; the last ones with the comma before them."""
    cuts = []
    last = len(value.items) - 1
    for index in sorted(dropped):
        item = value.items[index]
        cuts.append(Cut(item.start, item.end, ""))
        until = value.items[index + 1].start if index < last else value.end
        comma = _comma(text, item.end, until)
        if comma is None and (before := max(set(range(index)) - dropped, default=None)) is not None:
            comma = _comma(text, value.items[before].end, item.start)
        if comma is not None:
            blank = text[comma + 1 : comma + 2] == " "
            cuts.append(Cut(comma, comma + 1 + blank, ""))
    return cuts


def _comma(text: str, start: int, end: int) -> int | None:
    """The comma between two items; between them lie only blanks, comments and that comma."""
    bare = _COMMENT.sub(lambda comment: " " * len(comment[0]), text[start:end])
    found = bare.find(",")
    return None if found < 0 else start + found


def _items(owner: Owner, rows: tuple[Mapping[str, Any], ...]) -> str:
    return ", ".join(flow_row(row, as_json=owner.as_json) for row in rows)
