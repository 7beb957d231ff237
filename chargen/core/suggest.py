"""The nearest name to a mistyped one, for did-you-mean hints. Pure."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, options: Iterable[str]) -> str | None:
    """The option closest to `name`, ignoring case, or None when none is close."""
    by_folded = {option.casefold(): option for option in sorted(options)}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    if found:
        return by_folded[found[0]]
    contained = [option for folded, option in by_folded.items() if name.casefold() in folded.split("-")]
    return contained[0] if len(contained) == 1 else None


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """A hint naming the nearest option, or else the options there are."""
    options = sorted(options)
    near = nearest(name, options)
    if near is not None:
        return f"did you mean {near!r}?"
    if not options:
        return ""
    shown = ", ".join(options[:8])
    return f"known: {shown}" + (f" and {len(options) - 8} more" if len(options) > 8 else "")
