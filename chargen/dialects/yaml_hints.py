"""
What a writer did where a text is no YAML, in a writer's words: the place to mend, what is wrong, and how to write it.

The parsers tell what they met; most often that is a line below, or the middle of a text that needed quotes. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chargen.core.one_line import one_line
from chargen.dialects.yaml_events import SYNTAX, Problem
from chargen.dialects.yaml_extent import line_end, line_start, previous_line_end

if TYPE_CHECKING:
    from collections.abc import Callable

_SPACES: Final = "\u00a0\u2000-\u200b\u202f\u3000"
_ODD_SPACE: Final = re.compile(rf"[ \t]*(?:- +)*[\w-]*:?[ \t]*(?P<it>[{_SPACES}])")
# Of a line: dashes and a key, then its value.
_LINE: Final = re.compile(r"[ \t]*(?:- +)*(?:[^\s\"'#\[{&*!|>%@`][^:#]*:[ \t]+)?(?P<value>[^\r\n]*)")
_NO_SPACE: Final = re.compile(r"[ \t]*(?:- +)*(?P<key>[A-Za-z_][\w-]*)(?P<it>:)(?P<value>[^\s:/\\][^\r\n]*)")
_QUOTED: Final = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*"'),
    "'": re.compile(r"'(?:[^']|'')*'"),
    "[": re.compile(r"\[[^\[\]]*\]"),
    "{": re.compile(r"\{[^{}]*\}"),
}
_CLOSING: Final = {"[": "]", "{": "}"}
_CURLY: Final = re.compile("[“”„‟‘‛«»]")
_STAR: Final = re.compile(r"\*(?P<name>[\w-]*)[^\s,\[\]{}]*")
_COMMENT: Final = re.compile(r"[ \t]+#.*|[ \t]+$")
_EXCERPT: Final = 50
_LONGEST: Final = 2000  # of a line's text; what is longer was not written by hand
_LINES_UP: Final = 200


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a parser stopped, and the line that holds the place."""

    text: str
    at: int
    said: str
    start: int

    @property
    def line(self) -> str:
        return self.text[self.start : line_end(self.text, self.start)]

    @property
    def value_at(self) -> int:
        """Where the line's value begins, behind dashes and a key."""
        found = _LINE.match(self.text, self.start)
        return self.start if found is None else found.start("value")

    @property
    def value(self) -> str:
        """The rest of the line from there, a comment left out."""
        return _rest(self, self.value_at)

    def above(self) -> _Spot | None:
        """The line above that is not blank."""
        start = self.start
        while start:
            start = line_start(self.text, previous_line_end(self.text, start))
            spot = _Spot(self.text, start, self.said, start)
            if spot.line.strip():
                return spot
        return None


def in_words(problem: Problem, text: str) -> Problem:
    """The problem as a writer can mend it, or as it was where nothing better is known."""
    if not problem.message.startswith(SYNTAX) and not problem.message.endswith("names nothing"):
        return problem
    at = max(0, min(problem.at, len(text)))
    spot = _Spot(text, at, problem.message, line_start(text, at))
    return next((better for rule in _RULES if (better := rule(spot)) is not None), problem)


def _told(at: int, message: str, hint: str) -> Problem:
    return Problem(f"{SYNTAX}: {message}", at=at, hint=hint)


def _odd_space(spot: _Spot) -> Problem | None:
    for line in (spot, spot.above()):
        found = None if line is None else _ODD_SPACE.match(spot.text, line.start)
        if found is not None:
            message = "a no-break space stands where YAML needs a plain one"
            return _told(found.start("it"), message, "delete it, and type a space (or spaces) in its place")
    return None


def _tab(spot: _Spot) -> Problem | None:
    if spot.text[spot.at : spot.at + 1] != "\t":
        return None
    if spot.text[spot.start : spot.at].strip():
        return _told(spot.at, "a tab where a space belongs", "type a space in its place")
    return _told(spot.at, "a tab indents this line", "a tab cannot indent in YAML: use spaces")


def _first_character(spot: _Spot) -> Problem | None:
    """A text that begins with what YAML keeps for itself."""
    first = spot.text[spot.at : spot.at + 1]
    if "cannot start any token" in spot.said and first in "%@`":
        return _told(spot.at, f"a text cannot begin with {first}", _quote(spot, spot.at))
    value = spot.value
    begins = value[:1] == "&" and value[1:2].isspace() and spot.value_at <= spot.at
    if begins or "mapping keys are not allowed" in spot.said:
        return _told(spot.value_at, f"a text cannot begin with {value[:1]}", _quote(spot, spot.value_at))
    return None


def _directive(spot: _Spot) -> Problem | None:
    """A line that begins with %, which says something to the parser."""
    found = re.compile(r"(?:\A|(?<=[\r\n]))%(?!YAML|TAG)").search(spot.text)
    if found is None or not ("document start" in spot.said or "directive name" in spot.said):
        return None
    return _told(
        found.start(), "a line cannot begin with %", "put quotes around the text, or indent the line"
    )


def _star(spot: _Spot) -> Problem | None:
    at = spot.value_at if spot.value[:1] == "*" else spot.at
    word = _STAR.match(spot.text, at)
    if word is None or not ("names nothing" in spot.said or "alphabetic or numeric" in spot.said):
        return None
    hint = f"a text that begins with * needs quotes: {_quoted(_rest(spot, at))}"
    if word["name"] == _rest(spot, at)[1:]:
        hint = f"write &{word['name']} above, before the value it stands for; a text that begins with * needs quotes"
    return Problem(f"{one_line(word[0], longest=_EXCERPT)} names nothing", at=at, hint=hint)


def _curly(spot: _Spot) -> Problem | None:
    """Typographic quotes around a text, which quote nothing."""
    value = spot.value
    opens = _CURLY.match(value)
    closes = value[:1] in {'"', "'"} and _CURLY.fullmatch(value[-1:]) and value.count(value[0]) == 1
    if not opens and not closes:
        return None
    at = spot.value_at + (0 if opens else len(value) - 1)
    plain = _CURLY.sub("", value).strip("\"'")
    return _told(at, "a curly quote is no quote to YAML", f"write straight ones: {_quoted(plain)}")


def _no_space(spot: _Spot) -> Problem | None:
    for line in (spot, spot.above()):
        found = None if line is None else _NO_SPACE.match(spot.text, line.start)
        if found is not None and (found.end("it") > spot.at or line is not spot or not _has_key(line)):
            value = one_line(found["value"], longest=_EXCERPT)
            hint = f"write {found['key']}: {value}"
            return _told(found.start("it"), "there is no space behind the colon", hint)
    return None


def _has_key(spot: _Spot) -> bool:
    return spot.value_at > spot.start and spot.text[: spot.value_at].rstrip().endswith(":")


def _behind_quotes(spot: _Spot) -> Problem | None:
    """Text that goes on behind a closing quote or bracket."""
    value = spot.value
    first = value[:1]
    quoted = _QUOTED[first].match(value) if first in _QUOTED else None
    if quoted is None or not value[quoted.end() :].strip() or spot.at < spot.value_at + quoted.end():
        return None
    at, behind = spot.value_at + quoted.end(), value[quoted.end() :]
    if first in _CLOSING:
        return _told(
            at,
            f"text goes on behind the closing {_CLOSING[first]}",
            f"put quotes around it: {_quoted(value)}",
        )
    inner = value[1:-1] if value.endswith(first) or first in behind else value
    return _told(at, f"text goes on behind the closing {first}", _other_quotes(first, inner, value))


def _other_quotes(mark: str, inner: str, value: str) -> str:
    other = "'" if mark == '"' else '"'
    if other in value:
        return "write |- behind the colon, and the text on the next line, indented: there quotes are free"
    whole = inner if value.endswith(mark) and not value[:-1].endswith("\\") else value
    return f"put quotes of the other kind around the whole: {other}{one_line(whole, longest=_EXCERPT)}{other}"


def _unclosed(spot: _Spot) -> Problem | None:
    """A quote of a line above that was closed only by the next quote of its kind."""
    line: _Spot | None = spot
    for _ in range(_LINES_UP):
        if line is None:
            return None
        mark = line.value[:1]
        if mark in {'"', "'"} and _QUOTED[mark].match(line.value) is None:
            hint = f"write another {mark} where the text ends"
            if mark == "'":
                hint += '; a text with an apostrophe in it needs "double quotes"'
            return _told(line.value_at, f"the {mark} that opens here is not closed on its line", hint)
        if "block" not in spot.said and "expected key" not in spot.said and "end of stream" not in spot.said:
            return None
        line = line.above() if "end of stream" not in spot.said else None
    return None


def _second_colon(spot: _Spot) -> Problem | None:
    if "mapping values are not allowed" not in spot.said:
        return None
    if spot.value_at <= spot.at and _has_key(spot):
        hint = f"put quotes around the text: {_quoted(spot.value)}"
        return _told(spot.at, "a colon and a space stand in a text without quotes", hint)
    return None


def _deeper(spot: _Spot) -> Problem | None:
    """A key that is indented below one that has its value already."""
    above = spot.above()
    if "mapping values are not allowed" not in spot.said or above is None:
        return None
    if _indent(spot) > _indent(above) and _has_key(above) and above.value:
        hint = (
            "indent it like the line above; or is that one's text meant to go on here? Then it needs quotes"
        )
        return _told(spot.start + _indent(spot), "this line is indented below one that has its value", hint)
    return None


def _indent(spot: _Spot) -> int:
    return len(spot.line) - len(spot.line.lstrip(" "))


def _list_on_line(spot: _Spot) -> Problem | None:
    if "sequence entries are not allowed" not in spot.said:
        return None
    hint = "put the - on a line of its own below; or, if it belongs to the text, quotes around that"
    return _told(spot.at, "a list cannot begin behind its key", hint)


def _block_on_line(spot: _Spot) -> Problem | None:
    first = spot.value[:1]
    if "comment or " not in spot.said or first not in {"|", ">"}:
        return None
    hint = f"behind {first} the text begins on the next line; a text that begins with {first} needs quotes"
    return _told(spot.at, f"text stands on the line of the {first}", hint)


def _rest(spot: _Spot, at: int) -> str:
    return _COMMENT.sub("", spot.text[at : min(line_end(spot.text, at), at + _LONGEST)])


def _quote(spot: _Spot, at: int) -> str:
    return f"put quotes around the text: {_quoted(_rest(spot, at))}"


def _quoted(value: str) -> str:
    """A text as it can be written."""
    mark = "'" if '"' in value and "'" not in value else '"'
    escaped = value.replace("\\", "\\\\").replace('"', '\\"') if mark == '"' else value
    return f"{mark}{one_line(escaped, longest=_EXCERPT)}{mark}"


_RULES: Final[tuple[Callable[[_Spot], Problem | None], ...]] = (
    _star,
    _odd_space,
    _tab,
    _first_character,
    _directive,
    _curly,
    _behind_quotes,
    _second_colon,
    _no_space,
    _deeper,
    _list_on_line,
    _block_on_line,
    _unclosed,
)
