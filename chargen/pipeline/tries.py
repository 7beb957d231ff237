"""One request on its way: how often it is tried, how long it rests in between, and what that has cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.core.work import Work

if TYPE_CHECKING:
    from tenacity.wait import wait_base

    from chargen.pipeline.purse import Purse


@dataclass
class Tries:
    """One request's failed tries: how many, and what they have cost."""

    item: Work
    number: int = 0
    spent_usd: Decimal = Decimal(0)

    def again(self, cost_usd: Decimal, *, most: int, purse: Purse) -> bool:
        """Whether there is another try, and the money for it: what this one cost was set aside for the picture."""
        if self.number >= most or not purse.take(cost_usd):
            return False
        self.number += 1
        self.spent_usd += cost_usd
        return True

    def backoff_s(self, waits: wait_base) -> float:
        """How long to rest before the next."""
        from tenacity import RetryCallState, Retrying

        state = RetryCallState(Retrying(), None, (), {})
        state.attempt_number = self.number
        return float(waits(state))
