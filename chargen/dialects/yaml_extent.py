"""
How far nodes reach in the text: lines, columns, and where a node's own words end.

The parsers' end of a block collection lies behind the comments and blank lines after it, so it is worked out
here from the last leaf. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from chargen.dialects.yaml_nodes import Node

_BREAK: Final = re.compile(r"\r\n|\r|\n")
_COLON: Final = re.compile(r"[ \t]*:")
_DASH: Final = re.compile(r"[\r\n]( *)-(?=\s|\Z)")  # not ^, which knows no lone CR
_HEADER: Final = re.compile(r"[|>][-+0-9]*[^\r\n]*")


def line_start(text: str, at: int) -> int:
    """The offset of the first character of the line that holds an offset."""
    start = text.rfind("\n", 0, at) + 1
    return max(start, text.rfind("\r", start, at) + 1)


def line_end(text: str, at: int) -> int:
    """The offset of the line's end: before its line break, or the end of the text."""
    found = _BREAK.search(text, at)
    return len(text) if found is None else found.start()


def column(text: str, at: int) -> int:
    """How many characters stand before an offset on its line."""
    return at - line_start(text, at)


def line_break(text: str, at: int) -> str:
    """The line break in use around an offset: its own line's, else the one before, else LF."""
    own = _BREAK.search(text, at)
    if own is not None:
        return own[0]
    before = line_start(text, at)
    if before == 0:
        return "\n"
    return "\r\n" if text[max(0, before - 2) : before] == "\r\n" else text[before - 1]


def previous_line_end(text: str, at: int) -> int:
    """The end (before its line break) of the line before the one that holds an offset."""
    start = line_start(text, at)
    return start - 2 if text[max(0, start - 2) : start] == "\r\n" else max(0, start - 1)


def behind_comments(text: str, at: int, *, indent: int) -> int:
    """The end of the line at an offset, or of the comment lines right below it that are indented as far."""
    end = line_end(text, at)
    own = re.compile(rf"(?:\r\n|\r|\n) {{{indent},}}#[^\r\n]*")
    while (comment := own.match(text, end)) is not None:
        end = comment.end()
    return end


def dash_column(text: str, sequence: Node) -> int:
    """The column the dashes of a block sequence stand in."""
    behind_anchor = None if text[sequence.start] == "-" else _DASH.search(text, sequence.start)
    return column(text, sequence.start) if behind_anchor is None else len(behind_anchor[1])


def dash_of(text: str, item: Node, *, dash: int) -> int:
    """The offset of an item's dash, which may stand on a line above the item's words."""
    start = line_start(text, item.start)
    while start and not (text[start : start + dash].strip(" ") == "" and text[start + dash] == "-"):
        start = line_start(text, previous_line_end(text, start))
    return start + dash


def colon_end(text: str, key: Node) -> int | None:
    """The offset behind a key's colon, or None where the key has none."""
    found = _COLON.match(text, key.end)
    return None if found is None else found.end()


def is_empty(node: Node) -> bool:
    """Whether a node is written with no character at all."""
    return node.kind == "scalar" and not (node.value or node.style or node.anchor or node.tag)


def content_end(text: str, node: Node) -> int:
    """The offset behind the last character that belongs to a node, comments and blank lines after it left out."""
    if node.kind == "scalar" and node.style in {"|", ">"}:
        return _block_scalar_end(text, node)
    if node.kind in {"scalar", "alias"} or node.flow:
        return node.end
    if node.kind == "sequence":
        return content_end(text, node.items[-1])
    return pair_end(text, *node.pairs[-1])


def pair_end(text: str, key: Node, value: Node) -> int:
    """The offset behind a mapping's key and value."""
    if is_empty(value):
        behind = colon_end(text, key)
        return key.end if behind is None else behind
    return content_end(text, value)


def last_leaf(node: Node) -> Node:
    """The scalar, alias or flow collection a node ends with."""
    while not node.flow and (node.items or node.pairs):
        node = node.items[-1] if node.items else node.pairs[-1][1]
    return node


def is_stripped(text: str, block: Node) -> bool:
    """Whether a text block's header (`|-`) takes all line ends off its text."""
    header = _HEADER.search(text, block.start)
    return header is not None and "-" in header[0].partition("#")[0]


def _block_scalar_end(text: str, node: Node) -> int:
    header = _HEADER.search(text, node.start)
    body = header.end() if header is not None else node.end
    lines = _BREAK.split(text[body : node.end])
    if header is not None and "+" in header[0].partition("#")[0]:
        return max(body, previous_line_end(text, node.end) if column(text, node.end) == 0 else node.end)
    first = next((line for line in lines if line.strip(" ")), "")
    indent = len(first) - len(first.lstrip(" "))
    end = node.end
    while end > body:
        start = line_start(text, end)
        line = text[start:end]
        if line.strip(" ") or len(line) > indent:
            return end
        end = previous_line_end(text, end)
    return body
