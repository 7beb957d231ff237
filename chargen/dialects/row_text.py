"""
A row as YAML text: keys in the order given, plain where every reader agrees it is text, else double-quoted.

Pure. Nothing is ever folded over lines, so that a row's diff is a line a key.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Letters first and no colon, hash, bracket, quote or trailing blank: text to YAML 1.1 and 1.2 alike.
_PLAIN: Final = re.compile(r"[^\W_](?:[\w ./()+'%&=!?;@$,–—…’“”-]*[\w./()+'%!?;…’”-])?")
# PyYAML's own scanner stumbles over a ? in flow style.
_PLAIN_IN_FLOW: Final = re.compile(r"[^\W_](?:[\w ./()+'%&=!;@$–—…’“”-]*[\w./()+'%!;…’”-])?")
# What some reader takes for a number or date, hexadecimal prefixes of hashes (9c41d0aa, 12e34567) included.
_NUMBER: Final = re.compile(r"[0-9][0-9a-fA-FxXoOtTzZ_.+ -]*")
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})
# DESIGN.md 3 writes this key's time bare, as the author's site has it.
_TIME_KEYS: Final = frozenset({"generated_at"})
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
# Not printable in YAML, or a line end to some reader; json.dumps has escaped what lies below the blank.
_UNPRINTABLE: Final = re.compile(
    "[\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]"
)


class Spelled(str):
    """A text that stood plain in a file and is written plain again: some readers take it for a number, date or word."""

    __slots__ = ()


def block_row(row: Mapping[str, object], *, indent: str, line_end: str) -> str:
    """A row as a block mapping whose first line the caller has indented; no line end after the last line."""
    lines = (
        f"{_scalar(key, flow=False)}: {_value(value, key=key, flow=False)}" for key, value in row.items()
    )
    return f"{line_end}{indent}".join(lines) if row else "{}"


def flow_row(row: Mapping[str, object], *, as_json: bool = False) -> str:
    """A row in flow style on one line; `as_json` keeps a file that is JSON what it is."""
    return _quoted_json(row) if as_json else _mapping(row)


def flow_value(value: object) -> str:
    """Any value of a row in flow style, on one line."""
    return _value(value, flow=True)


def scalar(text: str) -> str:
    """A text on one line of block style: plain where every reader takes it for text, else in double quotes."""
    return _scalar(text, flow=False)


def is_printable(text: str) -> bool:
    """Whether a text may stand in a block scalar as it is: no tab or carriage return, nothing that would be escaped."""
    return not (_UNPRINTABLE.search(text) or any(char < " " and char != "\n" for char in text))


def quoted(text: str) -> str:
    """A text in double quotes, with every character escaped that some reader would not take as it is."""
    return _escaped(json.dumps(text, ensure_ascii=False))


def _quoted_json(value: object) -> str:
    return _escaped(json.dumps(value, ensure_ascii=False))


def _escaped(text: str) -> str:
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _value(value: object, *, key: str = "", flow: bool) -> str:
    match value:
        case None:
            return "null"
        case Spelled():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str() if key in _TIME_KEYS and _TIME.fullmatch(value):
            return value if not flow else quoted(value)
        case str():
            return _scalar(value, flow=flow)
        case dict():
            return _mapping(value)
        case list() | tuple():
            return f"[{', '.join(_value(part, flow=True) for part in value)}]"
        case _:
            raise TypeError(f"a row cannot hold {type(value).__name__}")


def _mapping(value: Mapping[str, object]) -> str:
    parts = (f"{_scalar(key, flow=True)}: {_value(part, flow=True)}" for key, part in value.items())
    return f"{{{', '.join(parts)}}}"


def _scalar(text: str, *, flow: bool) -> str:
    shape = _PLAIN_IN_FLOW if flow else _PLAIN
    plain = shape.fullmatch(text) and not _NUMBER.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else quoted(text)
