"""
Annotations of a workflow run, as the commands its runner reads. Pure.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands (read 2026-11-23): `%`, CR and LF are
escaped in messages, `:` and `,` in properties too. A step shows ten of each level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.core.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chargen.core.problem import Problem
    from chargen.errors import Place

SHOWN: Final = 10  # of one level, in one step


def annotation(level: str, message: str, *, place: Place | None = None, title: str = "") -> str:
    """One command: `level` is notice, warning or error; `place` is relative to the repository's top."""
    said = {
        "file": place.path if place else "",
        "line": str(place.line) if place and place.line else "",
        "col": str(place.column) if place and place.column else "",
        "title": one_line(title),
    }
    properties = ",".join(f"{name}={_property(value)}" for name, value in said.items() if value)
    # some runners take the last `::` of a line for the end of the properties
    said_on = one_line(message).replace("::", ": :")
    return f"::{level}{f' {properties}' if properties else ''}::{_message(said_on)}"


def annotation_lines(problems: Sequence[Problem], *, prefix: str = "") -> Iterator[str]:
    """The findings of a plan, as many of each level as a step shows; the last one says how many more there are."""
    from dataclasses import replace

    for level in ("error", "warning"):
        found = sorted({item for item in problems if item.severity == level})
        shown = found if len(found) <= SHOWN else found[: SHOWN - 1]
        for item in shown:
            place = replace(item.place, path=f"{prefix}{item.place.path}")
            yield annotation(level, f"{item.message}. {item.hint}".rstrip(". "), place=place)
        if len(found) > len(shown):
            yield annotation(level, f"{len(found) - len(shown)} more are in the summary of this run")


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
