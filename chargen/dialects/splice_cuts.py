"""
Where rows go in a YAML text: decided rows to cuts (offsets and the text that takes their place).

Every cut lies in a machine-owned span (DESIGN.md 4.1). Refuses what has no safe place. Pure.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from chargen.dialects import splice_flow
from chargen.dialects.row_text import block_row, flow_row
from chargen.dialects.splice_owner import Cut, Owner, is_explicit, owner_at, refused
from chargen.dialects.yaml_extent import (
    behind_comments,
    colon_end,
    column,
    content_end,
    dash_column,
    dash_of,
    is_empty,
    is_stripped,
    last_leaf,
    line_break,
    line_end,
    line_start,
    pair_end,
    previous_line_end,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.dialects.row_edit import Decision
    from chargen.dialects.yaml_nodes import Node
    from chargen.dialects.yaml_text import YamlDocument
    from chargen.errors import SpliceRefused

_EMPTY_LIST: Final = re.compile(r"\[\s*\]")
_TAB: Final = re.compile(r" *\t[ \t]*")
_STEP: Final = 2


def cuts_for(document: YamlDocument, at: tuple[str | int, ...], key: str, decision: Decision) -> list[Cut]:
    """The cuts that bring a list of rows into its decided state.

    Raises:
        SpliceRefused: the mapping or its list is written in a way that leaves no safe place.
    """
    owner = owner_at(document, at, key)
    pair = owner.node.pair(key)
    if pair is None:
        if owner.node.merged_pair(key) is not None:
            raise refused(
                owner, owner.node, f"{key} comes from a merge key (<<)", "give the shot a list of its own"
            )
        return _new_key(owner, decision.added)
    name, value = pair
    if value.kind == "alias":
        raise refused(
            owner, value, f"{key} is an alias (*{value.anchor})", "write the list out in its own place"
        )
    if value.kind == "scalar" or (_EMPTY_LIST.fullmatch(owner.text, value.start, value.end) is not None):
        return _into_nothing(owner, name, value, decision.added)
    if value.flow:
        return splice_flow.changed_list(owner, value, decision)
    return _in_block_list(owner, name, value, decision)


def _new_key(owner: Owner, rows: tuple[Mapping[str, Any], ...]) -> list[Cut]:
    """The list and its key are not there yet: they follow the mapping's last value."""
    if not rows:
        return []
    text, node = owner.text, owner.node
    if node.flow:
        return [splice_flow.new_key(owner, rows)]
    indent = next((column(text, key.start) for key, _ in node.pairs if not is_explicit(text, key)), None)
    if indent is None:
        raise refused(
            owner, node, "all keys are written as explicit keys (?)", "write one of them as key: value"
        )
    pairs = node.pairs
    if _opens(text, pairs[-1][1], pairs[-1][1]):
        pairs = pairs[:-1]  # a line end behind it would become part of the text; an earlier place is as good
    if not pairs:
        raise _open_end(owner, node)
    at = behind_comments(text, pair_end(text, *pairs[-1]), indent=indent)
    new_line = line_break(text, at) + " " * indent
    dash = indent + _list_offset(owner)
    return [Cut(at, at, f"{new_line}{owner.key}:{_block_items(text, at, rows, dash=dash)}")]


def _into_nothing(owner: Owner, name: Node, value: Node, rows: tuple[Mapping[str, Any], ...]) -> list[Cut]:
    """The key is there with null, `[]` or nothing behind it."""
    text = owner.text
    if value.anchor or value.tag:
        raise refused(owner, value, f"{owner.key} carries an anchor or a tag", "delete it, or write []")
    behind = colon_end(text, name)
    if is_explicit(text, name) or (behind is None and not owner.node.flow):
        raise refused(owner, name, f"{owner.key} is an explicit key (?)", f"write it as {owner.key}: []")
    if owner.node.flow:
        return [splice_flow.new_list(owner, name, value, behind, rows)]
    dash = column(text, name.start) + _list_offset(owner)
    end = behind if is_empty(value) and behind is not None else value.end
    rest = line_end(text, end)
    items = _block_items(text, rest, rows, dash=dash)
    if is_empty(value):
        return [Cut(rest, rest, items)]
    if text[end:rest].strip():
        return [Cut(value.start, value.end, ""), Cut(rest, rest, items)]
    if text[value.start - 2 : value.start] == ": ":
        # The blank before [] is the writer's: it serves on as the one behind the first dash.
        first, _, others = items.partition("- ")
        return [Cut(value.start - 1, value.start - 1, f"{first}-"), Cut(value.start, value.end, others)]
    return [Cut(value.start, value.end, items)]


def _in_block_list(owner: Owner, name: Node, value: Node, decision: Decision) -> list[Cut]:
    text, dash = owner.text, dash_column(owner.text, value)
    kept = [item for index, item in enumerate(value.items) if index not in decision.dropped]
    if kept and (decision.added or kept[-1] is not value.items[-1]) and _opens(text, kept[-1], value):
        raise _open_end(owner, value)
    cuts = [_block_replacement(owner, value.items[index], row) for index, row in decision.replaced.items()]
    cuts += [_block_removal(text, value.items[index], dash=dash) for index in decision.dropped]
    if len(decision.dropped) == len(value.items):
        behind = colon_end(text, name)
        if behind is None or value.anchor or value.tag or is_explicit(text, name):
            what = f"{owner.key} is an explicit key (?), or carries an anchor or a tag"
            raise refused(owner, value, what, f"write it as a plain {owner.key}: list")
        cuts.append(_empty_list(text, behind))
    if decision.added:
        at = behind_comments(text, content_end(text, value), indent=dash + 1)
        cuts.append(Cut(at, at, _block_items(text, at, decision.added, dash=dash)))
    return cuts


def _empty_list(text: str, behind: int) -> Cut:
    """`[]` behind the colon, using a blank that stands there already unless a comment needs it."""
    if text[behind : behind + 1] == " " and text[behind + 1 : behind + 2] != "#":
        return Cut(behind + 1, behind + 1, "[]")
    return Cut(behind, behind, " []")


def _block_replacement(owner: Owner, item: Node, row: Mapping[str, Any]) -> Cut:
    text = owner.text
    if item.flow:
        return Cut(item.start, item.end, flow_row(row, as_json=owner.as_json))
    indent = " " * column(text, item.start)
    new = block_row(row, indent=indent, line_end=line_break(text, item.start))
    return Cut(item.start, content_end(text, item), new)


def _block_removal(text: str, item: Node, *, dash: int) -> Cut:
    start, end = dash_of(text, item, dash=dash), content_end(text, item)
    rest = line_end(text, end)
    if text[end:rest].strip():  # the comment behind the row stays, and a tab before it cannot begin a line
        tab = _TAB.match(text, end)
        return Cut(line_start(text, start), end if tab is None else tab.end(), "")
    return Cut(previous_line_end(text, start), rest, "")


def _block_items(text: str, at: int, rows: tuple[Mapping[str, Any], ...], *, dash: int) -> str:
    new_line, indent = line_break(text, at), " " * (dash + _STEP)
    return "".join(
        f"{new_line}{' ' * dash}- {block_row(row, indent=indent, line_end=new_line)}" for row in rows
    )


def _list_offset(owner: Owner) -> int:
    """How far this file indents a list under its key: as beside the new one, else as around it, else as anywhere."""
    around = [(key, value) for value, key in reversed(owner.steps) if key is not None]
    anywhere = (pair for node in owner.steps[0][0].walk() for pair in node.pairs)
    for key, value in chain(reversed(owner.node.pairs), around, anywhere):
        if value.kind == "sequence" and not value.flow and not is_explicit(owner.text, key):
            offset = dash_column(owner.text, value) - column(owner.text, key.start)
            if offset >= 0:
                return offset
    return _STEP


def _opens(text: str, value: Node, last: Node) -> bool:
    """Whether a value ends in a text that a line end behind it would grow by, where `last` ends the file without one."""
    leaf = last_leaf(value)
    if leaf.kind != "scalar" or leaf.style not in {"|", ">"} or is_stripped(text, leaf):
        return False
    return line_end(text, content_end(text, last)) == len(text)


def _open_end(owner: Owner, node: Node) -> SpliceRefused:
    what = "the file ends in a text block without a line end"
    return refused(owner, node, what, "end the last line of the file with a line end")
