"""The emulator's time: real time, plus whatever a test or a demo adds so that nobody has to wait for a day to pass."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class EmulatorClock:
    """Seconds since the epoch that never run backwards and can be pushed forward."""

    def __init__(self) -> None:
        self._start = time.time() - time.monotonic()
        self._ahead = 0.0

    def now(self) -> float:
        """The present, in seconds since the epoch."""
        return self._start + time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once: batches end, files expire, lagging lists catch up."""
        self._ahead += seconds

    def rewind(self) -> None:
        """Forget what `advance` added."""
        self._ahead = 0.0


class StillClock(EmulatorClock):
    """A clock that stands, but for `advance`: the same calls get the same times and commits."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self._start = start

    def now(self) -> float:
        """The present, in seconds since the epoch."""
        return self._start + self._ahead


def stamp(seconds: float) -> str:
    """A time as Google writes it in JSON."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
