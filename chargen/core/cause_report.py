"""One cause in words: its first place, what is wrong, what to do, and where else it is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.core.counted import counted
from chargen.core.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chargen.core.findings import Cause
    from chargen.errors import Place

CAUSES: Final = 8  # of a kind, and how many more
PLACES: Final = 3  # of a cause, and how many more


def cause_lines(cause: Cause, *, told: str = "", everything: bool = False) -> Iterator[str]:
    """For a terminal; what to do is left out where it is what was `told` above."""
    problem = cause.problem
    yield one_line(f"{problem.place}: {problem.severity}: {problem.message}")
    if problem.hint and problem.hint != told:
        yield f"    {one_line(problem.hint)}"
    if cause.others:
        yield f"    {also_at(cause, everything=everything)}"


def also_at(cause: Cause, *, everything: bool = False) -> str:
    """The further places, the first few of them."""
    return f"{counted(len(cause.others), 'more place')}: {_some(cause.others, everything=everything)}"


def _some(found: Sequence[Place], *, everything: bool) -> str:
    shown = found if everything else found[:PLACES]
    more = len(found) - len(shown)
    return ", ".join(one_line(str(place)) for place in shown) + (f" and {more} more" if more else "")
