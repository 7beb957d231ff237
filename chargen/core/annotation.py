"""
Annotations of a workflow run, as the commands its runner reads. Pure.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands (read 2026-11-23): `%`, CR and LF are
escaped in messages, `:` and `,` in properties too. A step shows ten of each level.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chargen.core.counted import counted
from chargen.core.findings import findings_of, groups_of
from chargen.core.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chargen.core.findings import Cause
    from chargen.core.problem import Problem
    from chargen.errors import Place

_LONGEST_PATH: Final = 4096
SHOWN: Final = 10  # of one level, in one step


def annotation(level: str, message: str, *, place: Place | None = None, title: str = "") -> str:
    """One command: `level` is notice, warning or error; `place` is relative to the repository's top."""
    said = {
        "file": one_line(place.path, longest=_LONGEST_PATH) if place else "",
        "line": str(place.line) if place and place.line else "",
        "col": str(place.column) if place and place.column else "",
        "title": one_line(title),
    }
    properties = ",".join(f"{name}={_property(value)}" for name, value in said.items() if value)
    # some runners take the last `::` of a line for the end of the properties
    said_on = one_line(message).replace("::", ": :")
    return f"::{level}{f' {properties}' if properties else ''}::{_message(said_on)}"


def annotation_lines(problems: Iterable[Problem], *, prefix: str = "") -> Iterator[str]:
    """
    Errors and warnings, one annotation a cause at its first place, as many of each level as a step shows.

    Every kind of finding has its turn before one has its second; the last line says how many more findings there are.
    """
    groups = groups_of(findings_of(problems, ()))
    for level in ("error", "warning"):
        turns = itertools.zip_longest(*(group.causes for group in groups if group.severity == level))
        causes = [cause for turn in turns for cause in turn if cause is not None]
        shown = causes if len(causes) <= SHOWN else causes[: SHOWN - 1]
        for cause in shown:
            yield _of_cause(level, cause, prefix)
        left = sum(len(cause.findings) for cause in causes[len(shown) :])
        if left:
            yield annotation(level, f"{left} more are in the summary of this run")


def _of_cause(level: str, cause: Cause, prefix: str) -> str:
    problem = cause.problem
    place = replace(problem.place, path=f"{prefix}{problem.place.path}")
    said = f"{problem.message}. {problem.hint}".rstrip(". ")
    also = (
        f" (and in {counted(len(cause.others), 'more place')}: see the summary of this run)"
        if cause.others
        else ""
    )
    return annotation(level, f"{said}{also}", place=place, title=problem.rule)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
