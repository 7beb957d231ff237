"""
Reading YAML 1.2: plain data, and on demand the line and column a value or key stands at.

Refuses what a writer cannot have meant (duplicate keys, unknown tags, a second document) and what would hurt
(alias bombs, bottomless nesting). Pure: text in, values out; no files.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any, Final

from chargen.dialects.yaml_data import Duplicate, build
from chargen.dialects.yaml_events import Problem, can_be_fast, fast_events, truth_events
from chargen.dialects.yaml_hints import in_words
from chargen.dialects.yaml_nodes import Node, find, tree
from chargen.dialects.yaml_tabs import despite_tabs
from chargen.errors import Place, WorkFailed

MAX_SIZE: Final = 10_000_000
# ruamel.yaml needs seconds for more: beyond this the C parser's own word on an error is good enough.
_TRUTH_SIZE: Final = 300_000
_BOM: Final = "\ufeff"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_CONFLICT: Final = re.compile(r"^(<{7}|={7}|>{7})(?=[ \r\n]|\Z)", re.MULTILINE)
# An alias, a merge key, an explicit key, or an anchored or tagged value that may be a list of rows.
_ODD: Final = re.compile(
    r"""(?:^|[\s,\[{])\*[^\s,*]|<<|(?:^|\r)[ \t]*(?:- )*\?\s|images["']?\s*:\s*[&!]""", re.MULTILINE
)
_UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


class BadYaml(WorkFailed):
    """A text that cannot be read as the YAML it should be; `place` says where."""


@dataclass(frozen=True)
class YamlDocument:
    """One file's data (dict, list, str, int, bool, None), and where each part of it stands."""

    path: str
    text: str  # without its byte order mark
    data: Any
    fast: bool = False
    without_tabs: str | None = None  # the text, where a parser would not take it as it is

    def place(self, *path: str | int, key: bool = False) -> Place:
        """Where the value (or its key) at a path stands; for a path that is not there, its nearest ancestor."""
        node, steps = find(self.tree, path)
        if not steps:
            return Place(self.path, 1, 1)
        value, name = steps[-1]
        wanted = name if key and name is not None and node is not None else value
        return self.place_at(wanted.start)

    def node(self, *path: str | int) -> Node | None:
        """The node at a path, or None."""
        return find(self.tree, path)[0]

    @cached_property
    def tree(self) -> Node | None:
        """The nodes with their offsets into `text`; parsed again on first use, since most files never need it."""
        return tree(fast_events(self.as_read) if self.fast else truth_events(self.as_read))

    @property
    def as_read(self) -> str:
        """The text as the parsers took it: of the same length, and but for tabs that begin a blank line the same."""
        return self.text if self.without_tabs is None else self.without_tabs

    @cached_property
    def is_odd(self) -> bool:
        """Whether the text may hold something that leaves a row no safe place; most files do not."""
        return _ODD.search(self.text) is not None or not self.text.endswith(("\n", "\r"))

    @cached_property
    def aliased(self) -> frozenset[Node]:
        """The nodes that an alias stands for."""
        nodes = self.tree.walk() if self.tree is not None else ()
        return frozenset(node.target for node in nodes if node.target is not None)

    @cached_property
    def _line_starts(self) -> list[int]:
        return line_starts(self.text)

    def place_at(self, offset: int) -> Place:
        """Where an offset into `text` stands."""
        line = bisect_right(self._line_starts, offset)
        return Place(self.path, line, offset - self._line_starts[line - 1] + 1)


def read_yaml(text: str | bytes, *, path: str) -> YamlDocument:
    """Read one document.

    Raises:
        BadYaml: the text is no YAML, breaks a rule of this module, or is too large.
    """
    decoded = _decoded(text, path=path)
    if not can_be_fast(decoded):
        return _truth(decoded, path=path)
    try:
        data, taken = despite_tabs(lambda text: build(fast_events(text)), decoded)
    except Problem as problem:
        return _second_opinion(problem, decoded, path=path)
    if isinstance(data, str):  # the parsers differ on block scalars at column 1, which only a lone one has
        return _truth(decoded, path=path)
    return YamlDocument(path, decoded, data, fast=True, without_tabs=taken)


def read_truth(text: str, *, path: str) -> YamlDocument:
    """Read one document by ruamel.yaml alone: slow, and the judge where the two parsers differ.

    Raises:
        BadYaml: as `read_yaml`.
    """
    return _truth(_decoded(text, path=path), path=path)


def _truth(text: str, *, path: str, first: Problem | None = None) -> YamlDocument:
    try:
        data, taken = despite_tabs(lambda text: build(truth_events(text)), text)
        return YamlDocument(path, text, data, without_tabs=taken)
    except Problem as problem:
        # ruamel.yaml stops at a tab behind a value, which YAML allows and the C parser takes.
        worse = problem.at < 0 or ("'\\t'" in problem.message and first is not None and problem.at < first.at)
        better = first if first is not None and worse else problem
        raise _bad(better, text, path=path) from None


def _second_opinion(problem: Problem, text: str, *, path: str) -> YamlDocument:
    """What ruamel.yaml makes of a text the C parser refused; the first problem where it has no better word."""
    if len(text) > _TRUTH_SIZE:
        raise _bad(problem, text, path=path)
    return _truth(text, path=path, first=problem)


def line_starts(text: str) -> list[int]:
    """The offset of each line's first character; a line ends with LF, CRLF or CR."""
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def _decoded(text: str | bytes, *, path: str) -> str:
    if len(text) > MAX_SIZE:
        raise BadYaml(f"larger than {MAX_SIZE // 1_000_000} MB", hint="split the file", place=Place(path))
    if isinstance(text, str):
        return text.removeprefix(_BOM)
    if text.startswith(_UTF16_BOMS) or b"\0" in text[:4]:
        raise BadYaml("written in UTF-16, not UTF-8", hint="save the file as UTF-8", place=Place(path, 1, 1))
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8-sig", "replace")
        bad = Problem("not UTF-8 text", at=len(before), hint="save the file as UTF-8")
        raise _bad(bad, before, path=path) from None


def _bad(problem: Problem, text: str, *, path: str) -> BadYaml:
    here = YamlDocument(path, text, None)
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        hint = "keep what is right of the two sides, and delete the lines <<<<<<<, ======= and >>>>>>>"
        return BadYaml("unresolved merge conflict", hint=hint, place=here.place_at(conflict.start()))
    first = _first_of(problem, text, here) if isinstance(problem, Duplicate) else ""
    problem = in_words(problem, text)
    message = problem.message + first
    return BadYaml(message, hint=problem.hint, place=here.place_at(max(0, min(problem.at, len(text)))))


def _first_of(problem: Duplicate, text: str, here: YamlDocument) -> str:
    """Says where the first of two equal keys stands."""
    events = fast_events if can_be_fast(text) else truth_events

    def above(text: str) -> Node | None:
        return tree(takewhile(lambda event: event.start_mark.index < problem.at, events(text)))

    root, _ = despite_tabs(above, text)
    same = [
        node
        for node in (root.walk() if root is not None else ())
        if node.kind == "mapping" and node.start == problem.mapping_at
    ]
    first = same[-1].pair(problem.key) if same else None
    return "" if first is None else f" (first on line {here.place_at(first[0].start).line})"
