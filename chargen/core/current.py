"""
Which picture a shot shows: one pure function, asked by plan, apply and review alike.

The picked picture; else the newest ordered one not rejected; else the accepted row if it matches; else the lowest
variant that brought a picture. A picture that does not match the words is never shown: it is stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chargen.core.books import Candidate, Decision
from chargen.core.digest import Ask, match
from chargen.core.row import Row

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Shown:
    """What a shot shows: its row as it is (`candidate` None, `row` set), another picture, or nothing yet."""

    row: Row | None = None
    candidate: Candidate | None = None


def current(
    wanted: Ask,
    row: Row | None,
    candidates: Sequence[Candidate],
    *,
    decision: Decision | None = None,
    regenerate_on: Sequence[str] = (),
) -> Shown:
    """What a shot shows now, by its words, its row, the pictures paid for (oldest first) and what people decided."""
    rejected = decision.rejected if decision else ()
    fitting = [
        item
        for item in candidates
        if match(wanted, item.request.ask, regenerate_on) and not any(map(item.outcome.bears, rejected))
    ]
    picked = [item for item in fitting if decision and item.outcome.bears(decision.picked)]
    ordered = [item for item in fitting if item.ordered]
    accepted = row if row is not None and match(wanted, row.ask, regenerate_on) else None
    chosen = next(iter(reversed(picked or ordered)), None)
    if chosen is None and accepted is None and fitting:
        chosen = min(fitting, key=lambda item: item.variant)
    if chosen is not None and not (accepted and chosen in shown_in(accepted, candidates)):
        return Shown(candidate=chosen)
    return Shown(row=accepted)


def shown_in(row: Row, candidates: Sequence[Candidate]) -> list[Candidate]:
    """
    The candidates a row shows: those of its job and bytes; else of its request and time, stored otherwise since.

    Where some candidate bears its bytes time says nothing: a forced repetition may come in the same second.
    """
    if any(item.outcome.bears(row.sha256) for item in candidates):
        return [item for item in candidates if item.job_id == row.job_id and item.outcome.bears(row.sha256)]
    metadata = row.data.get("provider_metadata")
    request = metadata.get("request_hash") if isinstance(metadata, Mapping) else None
    shown = (row.job_id, request, row.data.get("generated_at"))
    return [item for item in candidates if (item.job_id, item.request.request_hash, item.outcome.at) == shown]


def kept_of(row: Row, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates whose kept bytes would put a row's picture back, whichever job they came by."""
    return [item for item in candidates if item.outcome.bears(row.sha256)] or shown_in(row, candidates)


def stale(
    wanted: Ask, candidates: Sequence[Candidate], regenerate_on: Sequence[str] = ()
) -> tuple[Candidate, ...]:
    """The pictures paid for that no longer match the words: kept, named, never current."""
    return tuple(item for item in candidates if not match(wanted, item.request.ask, regenerate_on))
