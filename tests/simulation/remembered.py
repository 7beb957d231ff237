"""
What pure functions of chargen said of the same world and the same books: asked again, they would say it again.

A command plans anew in each of its processes; here most of them stand on the very same values, which nobody changes.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from chargen.core.books import Books


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of (world, shots, books, ...) that answers from memory; what it said is kept with the books."""

    @functools.wraps(function)
    def ask(world: Any, shots: Any, books: Books, *others: Any, **named: Any) -> Any:
        said = vars(books).setdefault("_said", {})
        key = (function, id(world), id(shots), *others, *named.items())
        known = said.get(key)
        if known is None or known[0] is not world or known[1] is not shots:
            known = said[key] = (world, shots, function(world, shots, books, *others, **named))
        return known[2]

    return ask
