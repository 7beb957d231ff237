"""Blank lines and comments that begin with a tab: YAML allows them, and neither parser reads them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from chargen.dialects.yaml_events import Problem
from chargen.dialects.yaml_extent import line_start

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE: Final = re.compile(r" *\t[ \t]*(?=[#\r\n]|\Z)")
_FROM_A_TAB: Final = re.compile(r"(?:(?<=[\r\n])|\A)\t[ \t]*(?=[#\r\n]|\Z)")
_BLANK: Final = re.compile(r"(?:(?<=[\r\n])|\A) *\t[ \t]*(?=[\r\n]|\Z)")
_TRIES: Final = 12  # before all blank lines are taken for blank, those of a text block too


def despite_tabs(read: Callable[[str], Any], text: str) -> tuple[Any, str]:
    """What `read` makes of a text, and the text it was given: of the same length, with no such tab where one was refused.

    Raises:
        Problem: the text is no YAML with or without them.
    """
    for _ in range(_TRIES):
        try:
            return read(text), text
        except Problem as problem:
            blank = _without_tabs(text, problem.at)
            if blank == text:
                raise
            text = blank
    text = _BLANK.sub(_blank, text)
    return read(text), text


def _without_tabs(text: str, at: int) -> str:
    """The text without the tabs of the line that was refused at an offset, and of all lines that begin with one."""
    line = _LINE.match(text, line_start(text, at)) if 0 <= at < len(text) else None
    if line is None or not line.start() <= at < line.end():
        return text
    text = text[: line.start()] + _blank(line) + text[line.end() :]
    return _FROM_A_TAB.sub(_blank, text)


def _blank(line: re.Match[str]) -> str:
    """
    As many characters that say nothing, wherever they stand: more of a comment's own #, a space, and line ends.

    More spaces might reach into a text block above; a single tab becomes one, so that the block has no line more.
    """
    white = line[0]
    spaces = white[: white.index("\t")]
    tabs = len(white) - len(spaces)
    if line.string[line.end() : line.end() + 1] == "#":
        return spaces + "#" * tabs
    return f"{spaces} " + "\n" * (tabs - 1)
