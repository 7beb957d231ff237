"""
Events to plain data, by the few rules of this project: null, bool and int are read, all other scalars are
text as written; keys are text and unique; merge keys are merged; aliases are shared, and counted as copies.

Pure, and safe on hostile text: depth, node count (aliases expanded) and self-reference are checked on the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chargen.dialects.yaml_events import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH: Final = 100
MAX_NODES: Final = 1_000_000

_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_LONGEST_WORD: Final = 5
# Python refuses to convert much longer numbers; nothing a writer means as a number is that long.
_INT: Final = re.compile(r"[-+]?[0-9]{1,1000}")
_INT_START: Final = frozenset("+-0123456789")
_CORE: Final = "tag:yaml.org,2002:"
_ODD_SPACES: Final = frozenset("\u00a0\u2007\u200b\u202f\u3000")
_NO_KEY: Final = object()
_MERGE: Final = object()


def resolved(value: str) -> str | int | bool | None:
    """A plain scalar as data: null, bool, int, or the text itself."""
    if len(value) <= _LONGEST_WORD and value in _WORDS:
        return _WORDS[value]
    if value[0] in _INT_START and _INT.fullmatch(value):
        return int(value)
    return value


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read; `value` is filled in place."""

    value: Any
    start: Any
    counted: int
    key: Any = _NO_KEY
    height: int = 1
    merges: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Any
    nodes: int
    height: int


class _Builder:
    def __init__(self) -> None:
        self.nodes = 0
        self.root: Any = None
        self.anchors: dict[str, _Anchored | None] = {}
        self.stack: list[_Open] = []

    def read(self, events: Iterable[Any]) -> Any:
        import yaml

        documents = 0
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(event, {})
            elif kind is yaml.SequenceStartEvent:
                self._open(event, [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise _at(
                        event, "a second document starts here", "one file, one document: delete this ---"
                    )
        return self.root

    def _scalar(self, event: Any) -> None:
        self._count(1, event)
        stack = self.stack
        is_key = stack and stack[-1].key is _NO_KEY and type(stack[-1].value) is dict
        if is_key:
            value = _key(event)
        elif event.tag is not None:
            value = _tagged(event)
        else:
            value = resolved(event.value) if event.implicit[0] else event.value
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, 1, 0)
        if is_key:
            _set_key(stack[-1], value, event)
        else:
            self._put(value, event)

    def _open(self, event: Any, value: Any) -> None:
        if event.tag is not None and event.tag not in {"!", _CORE + ("map" if value == {} else "seq")}:
            raise _bad_tag(event)
        if self.stack and (top := self.stack[-1]).key is _NO_KEY and type(top.value) is dict:
            raise _at(event, "a key has to be text", "put quotes around text that starts with { or [")
        if len(self.stack) >= MAX_DEPTH:
            raise _too_deep(event)
        self.stack.append(_Open(value, event, self.nodes))
        self._count(1, event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    def _close(self) -> None:
        done = self.stack.pop()
        if done.merges:
            merged = {key: value for part in reversed(done.merges) for key, value in part.items()}
            done.value.update({**merged, **done.value})
        if done.start.anchor is not None:
            nodes = self.nodes - done.counted
            self.anchors[done.start.anchor] = _Anchored(done.value, nodes, done.height)
        if self.stack:
            self.stack[-1].height = max(self.stack[-1].height, done.height + 1)
        self._put(done.value, done.start)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise _at(event, f"*{event.anchor} names nothing", f"no &{event.anchor} stands above it")
        target = self.anchors[event.anchor]
        if target is None:
            raise _at(
                event, f"*{event.anchor} stands inside itself", f"move &{event.anchor} or write the value out"
            )
        self._count(target.nodes, event)
        if len(self.stack) + target.height > MAX_DEPTH:
            raise _too_deep(event)
        top = self.stack[-1]
        top.height = max(top.height, target.height + 1)
        if top.key is _NO_KEY and type(top.value) is dict:
            if not isinstance(target.value, str):
                raise _at(event, "a key has to be text", "write the key out instead of an alias")
            _set_key(top, target.value, event)
        else:
            self._put(target.value, event)

    def _put(self, value: Any, event: Any) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if type(top.value) is list:
            top.value.append(value)
            return
        if top.key is _MERGE:
            top.merges.extend(_mergeable(value, event))
        else:
            top.value[top.key] = value
        top.key = _NO_KEY

    def _count(self, more: int, event: Any) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            raise _at(
                event,
                f"more than {MAX_NODES:,} values, aliases written out",
                "split the file, or use fewer aliases",
            )


class Duplicate(Problem):
    """A key that its mapping already has; the caller knows how to find the first."""

    def __init__(self, key: str, at: int, mapping_at: int) -> None:
        super().__init__(f"the key {key!r} is there twice", at=at, hint="delete or rename one of the two")
        self.key = key
        self.mapping_at = mapping_at


def build(events: Iterable[Any]) -> Any:
    """The data of a stream of events.

    Raises:
        Problem: the text breaks a rule of this module, or is no YAML.
    """
    return _Builder().read(events)


def _set_key(top: _Open, key: Any, event: Any) -> None:
    if key is not _MERGE and key in top.value:
        raise Duplicate(key, event.start_mark.index, top.start.start_mark.index)
    top.key = key


def _key(event: Any) -> Any:
    plain = event.tag is None and event.implicit[0]
    if plain and event.value == "<<":
        return _MERGE
    if plain and event.value == "":
        raise _at(event, "a key is missing before the colon", "write the key, or put quotes around the text")
    if plain and event.value[0] in _ODD_SPACES:
        hint = "delete what stands before the first word, and indent the line with plain spaces"
        raise _at(event, "this line is indented with a no-break space", hint)
    if event.tag is not None:
        _tagged(event)
    return event.value


def _tagged(event: Any) -> Any:
    tag = event.tag
    if tag in {"!", _CORE + "str"}:
        return event.value
    value = resolved(event.value)
    name = {type(None): "null", bool: "bool", int: "int"}.get(type(value))
    if name is None or tag != _CORE + name:
        raise _bad_tag(event)
    return value


def _mergeable(value: Any, event: Any) -> list[Any]:
    parts = value if type(value) is list else [value]
    if not all(type(part) is dict for part in parts):
        raise _at(event, "<< can only merge mappings", "give it an alias of a mapping, or a list of them")
    return parts


def _at(event: Any, message: str, hint: str) -> Problem:
    return Problem(message, at=event.start_mark.index, hint=hint)


def _too_deep(event: Any) -> Problem:
    return _at(event, f"nested deeper than {MAX_DEPTH} levels", "flatten the structure")


def _bad_tag(event: Any) -> Problem:
    shown = event.tag.replace(_CORE, "!!")
    return _at(
        event,
        f"the tag {shown} is not read here",
        "delete the tag; put quotes around text that starts with !",
    )
