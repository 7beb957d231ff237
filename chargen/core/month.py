"""What the month's budget leaves out of a plan, in words. Pure: the plan itself knows no month."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.core.counted import counted
from chargen.core.plan import Reason
from chargen.core.report import usd
from chargen.core.work import affordable, work_of

if TYPE_CHECKING:
    from chargen.core.books import Books
    from chargen.core.plan import Plan


def over_month(plan: Plan, books: Books, cap_usd: Decimal, month: str) -> str:
    """How much of a plan is left out by what these books leave of a month (`2026-11`); empty where all of it fits."""
    every, left = work_of(plan, at=""), cap_usd - books.month_usd(month)
    return month_line(len(affordable(every, left)[1]), len(every), left, cap_usd, month)


def month_line(rest: int, every: int, left_usd: Decimal, cap_usd: Decimal, month: str) -> str:
    """That so many pictures of a plan do not fit; empty where all of them do."""
    if not rest:
        return ""
    return (
        f"{Reason.OVER_BUDGET}: of {counted(every, 'picture')} to make, {rest} {'does' if rest == 1 else 'do'} not fit into "
        f"what is left of the month's budget, {usd(max(left_usd, Decimal(0)))} of {cap_usd} USD in {month}: left for later"
    )
