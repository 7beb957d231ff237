"""
The two parsers behind every YAML file, brought to one stream of events with character positions.

`fast_events` is PyYAML's C parser; `truth_events` is ruamel.yaml's, whose word counts where the two differ.
Pure: text in, events out; decides nothing about data.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# libyaml breaks lines at the first three (YAML 1.1) and skips the fourth, so the parsers would read different words.
_ONLY_TRUTH: Final = ("\x85", "\u2028", "\u2029", "\ufeff")
# libyaml ends an anchor before these, YAML 1.2 takes them into its name.
_ODD_ANCHOR: Final = re.compile(r"[&*][0-9A-Za-z_-]+[?:%@`]")

SYNTAX: Final = "not readable as YAML"
_VERSION_HINT: Final = "write %YAML 1.2, or delete the line"
_HINTS: Final = (
    ("'\\t'", "a tab cannot indent in YAML: use spaces"),
    (
        "mapping values are not allowed",
        'a text that holds ": " needs quotes, or this line is indented too far',
    ),
    ("could not find expected ':'", "is a colon missing after the key, or the line above not closed?"),
    ("unexpected end of stream", "a quote or bracket is opened here and not closed"),
    ("expected <block end>", "this line is indented differently from the lines it belongs with"),
    ("expected ',' or", "a comma or the closing bracket is missing"),
    ("special characters", "an invisible control character is in the text: delete it"),
    ("cannot start any token", "text that starts with @ or ` needs quotes"),
    ("incompatible YAML document", _VERSION_HINT),
    ("undefined alias", "no &name above has the name this *name asks for"),
    ("escape", "in double quotes a backslash is written twice, or use single quotes"),
)
_ANY_HINT: Final = "look at the indentation, the quotes and the colons of this line and the one above it"


class Problem(Exception):  # noqa: N818  # internal; becomes BadYaml at the border
    """What is wrong in a text, and the character offset where (-1: not known)."""

    def __init__(self, message: str, *, at: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint


@functools.cache
def c_parser() -> Any:
    """PyYAML's C parser class, or None where PyYAML was built without libyaml."""
    try:
        from yaml._yaml import CParser
    except ImportError:  # pragma: no cover - every wheel has it
        return None
    return CParser


def can_be_fast(text: str) -> bool:
    """Whether the C parser may read this text: it is there, and reads it as YAML 1.2 would."""
    if c_parser() is None or any(mark in text for mark in _ONLY_TRUTH):
        return False
    return "&" not in text or _ODD_ANCHOR.search(text) is None


def fast_events(text: str) -> Iterator[Any]:
    """The events of a text by the C parser.

    Raises:
        Problem: the text is no YAML, or not for this parser.
    """
    import yaml

    try:
        next_event = c_parser()(text).get_event
        while True:
            event = next_event()
            yield event
            if type(event) is yaml.StreamEndEvent:
                return
    except (yaml.YAMLError, UnicodeError) as error:
        raise _problem(error) from None


def truth_events(text: str) -> Iterator[Any]:
    """The events of a text by ruamel.yaml as YAML 1.2, in PyYAML's event classes.

    Raises:
        Problem: the text is no YAML.
    """
    import yaml
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            yield _as_pyyaml(event, yaml.events)
    except YAMLError as error:
        raise _problem(error) from None
    except AssertionError:  # ruamel.yaml's word on a %YAML 1.3
        raise Problem(f"{SYNTAX}: %YAML names another version", at=0, hint=_VERSION_HINT) from None
    except (ValueError, OverflowError):  # chr() of an escape beyond Unicode
        raise Problem(f"{SYNTAX}: an escape names no character", at=-1, hint=_ANY_HINT) from None


def _as_pyyaml(event: Any, events: Any) -> Any:
    name = type(event).__name__
    marks = (event.start_mark, event.end_mark)
    if name == "ScalarEvent":
        value = _joined_surrogates(event)
        return events.ScalarEvent(event.anchor, _tag(event), event.implicit, value, *marks, style=event.style)
    if name in {"SequenceStartEvent", "MappingStartEvent"}:
        start = getattr(events, name)
        return start(event.anchor, _tag(event), event.implicit, *marks, flow_style=event.flow_style)
    if name == "AliasEvent":
        return events.AliasEvent(event.anchor, *marks)
    return getattr(events, name)(*marks)


def _tag(event: Any) -> str | None:
    return None if event.tag is None else str(event.tag)


def _joined_surrogates(event: Any) -> str:
    """JSON writes an emoji as two escapes; ruamel.yaml leaves them as two halves."""
    value = str(event.value)
    if value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value):
        return value
    try:
        return value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        raise Problem(
            f"{SYNTAX}: half of a surrogate pair",
            at=event.start_mark.index,
            hint="write the character itself instead of its \\u escapes",
        ) from None


def _problem(error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = mark.index if mark is not None else getattr(error, "position", None) or 0
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).partition("\n")[0]
    opened = getattr(error, "context_mark", None)
    if opened is not None and ("unexpected end of stream" in said or "could not find expected ':'" in said):
        at = opened.index
    hint = next((hint for words, hint in _HINTS if words in said), _ANY_HINT)
    return Problem(f"{SYNTAX}: {said}", at=at, hint=hint)
