"""What the earlier attempts at a variant came to, and whether it is tried again. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.core.counted import counted
from chargen.core.digest import match
from chargen.core.plan import Action, Item, Reason
from chargen.core.submission import AGAIN, Came, exhausted, sends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.case import Case
    from chargen.core.submission import Outcome


def attempt(case: Case, variant: int, reason: Reason, detail: str) -> Item:
    """A variant's item: as the shot needs it, or by what its earlier attempts came to."""
    job_id, most = case.shot.address.job_id(variant), case.world.config.limits.retries
    tried = [
        (submission, request.outcome)
        for name, submission, request in case.records
        if name == job_id and request.outcome and match(case.shot.ask(), request.ask, case.regenerate_on)
    ]
    outcomes = [outcome for _, outcome in tried]
    if any(outcome.came is Came.BLOCKED for outcome in outcomes):
        blocked = next(outcome for outcome in reversed(outcomes) if outcome.came is Came.BLOCKED)
        return replace(case.make(variant, Reason.BLOCKED, blocked.reason), action=Action.SKIP)
    if exhausted([outcome.came for outcome in outcomes], most):
        gave_up = f"{counted(len(outcomes), 'attempt')}; --force tries again: {outcomes[-1].reason}".rstrip(
            ": "
        )
        return replace(case.make(variant, Reason.GAVE_UP, gave_up), action=Action.SKIP)
    if outcomes:
        submission, last = tried[-1]
        number, times = _counted(outcomes, last.came, most)
        nth = f"{number} of {times} ({last.reason})".replace(" ()", "")
        expired = submission.id if last.came is Came.EXPIRED else ""
        return replace(case.make(variant, Reason.RETRY, nth), expired=expired)
    return case.make(variant, reason, detail)


def _counted(outcomes: Sequence[Outcome], last: Came, most: int) -> tuple[int, int]:
    """Which attempt the next one is, of how many: those that ran out of time are counted apart."""
    if last not in AGAIN:
        return len(outcomes), most
    return sum(item.came is last for item in outcomes), sends(last, most) - 1
