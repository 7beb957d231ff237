"""The machine's own time (ports.Clock)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Time as it passes; `ahead` is how far the machine's clock is known to be wrong, once that was `checked`."""

    ahead = timedelta(0)
    checked = False

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.machine_time() - self.ahead

    def machine_time(self) -> datetime:
        """What the machine's clock says, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; a time that has passed already is no wait."""
        time.sleep(max(0.0, seconds))


def stamp(moment: datetime) -> str:
    """A time as every record spells it: RFC 3339, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
