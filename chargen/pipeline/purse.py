"""What a live run may spend beyond what its requests have set aside: tries that follow a paid one come out of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Purse:
    """Spare money of one command; safe for many threads."""

    spare_usd: Decimal = Decimal("Infinity")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, usd: Decimal) -> bool:
        """Set aside so much more, if there is so much."""
        with self._lock:
            if usd > self.spare_usd:
                return False
            self.spare_usd -= usd
            return True

    def give(self, usd: Decimal) -> None:
        """Back what was set aside and not spent; less than nothing where a request cost more than was set aside."""
        with self._lock:
            self.spare_usd += usd

    @property
    def overdrawn(self) -> bool:
        """Whether requests cost more than was set aside, and nothing is spare: what is set aside for others is gone."""
        with self._lock:
            return self.spare_usd < 0
