"""The words and data of what pictures have cost. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chargen.core.counted import counted
from chargen.core.one_line import one_line
from chargen.core.report import usd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from chargen.core.costs import Month, RowCosts

_NAMED = 10


def month_lines(month: Month, cap: Decimal) -> Iterator[str]:
    """A month: its total against the cap, a line a mode and model, and what of it serves nothing."""
    yield f"{month.name}: {usd(month.actual_usd)} spent, {usd(month.reserved_usd)} reserved, of {cap} USD a month"
    for part in month.parts:
        came = f"{counted(part.pictures, 'picture')} of {counted(part.requests, 'answered request')}"
        held = f", {usd(part.reserved_usd)} reserved" if part.reserved_usd else ""
        yield (
            f"  {part.mode:<6}{part.model}: {usd(part.actual_usd)} for {came}, estimated "
            f"{usd(part.estimated_usd)} at most{held}"
        )
    if month.waste:
        yield f"  waste {usd(month.wasted_usd)}, of what was spent:"
    for kind, item in month.waste.items():
        yield f"    {kind:<10} {item.count:>4}  {usd(item.usd)}"


def row_lines(rows: RowCosts) -> Iterator[str]:
    """What the rows say, and each difference from the books."""
    if not rows.count:
        return
    one = rows.count == 1
    paid = f"that is what was paid for {'it' if one else 'them'}"
    agree = f"and {paid}" if not rows.differences else "but the books say otherwise:"
    yield f"{counted(rows.count, 'picture')} in the files: {usd(rows.usd)} by {'its row' if one else 'their rows'}, {agree}"
    yield from (f"  {one_line(said)}" for said in rows.differences[:_NAMED])
    if len(rows.differences) > _NAMED:
        yield f"  and {len(rows.differences) - _NAMED} more"


def costs_data(months: Iterable[Month], rows: RowCosts, cap: Decimal) -> dict[str, Any]:
    """All of it as plain data; amounts as text, as they are exact."""
    return {
        "monthCapUsd": str(cap),
        "months": [_month_data(month) for month in months],
        "rows": {"count": rows.count, "usd": str(rows.usd), "differences": list(rows.differences)},
    }


def _month_data(month: Month) -> dict[str, Any]:
    return {
        "month": month.name,
        "actualUsd": str(month.actual_usd),
        "reservedUsd": str(month.reserved_usd),
        "wastedUsd": str(month.wasted_usd),
        "parts": [
            {
                "mode": part.mode,
                "model": part.model,
                "requests": part.requests,
                "pictures": part.pictures,
                "estimatedUsd": str(part.estimated_usd),
                "actualUsd": str(part.actual_usd),
                "reservedUsd": str(part.reserved_usd),
            }
            for part in month.parts
        ],
        "waste": {
            str(kind): {"count": item.count, "usd": str(item.usd)} for kind, item in month.waste.items()
        },
    }
