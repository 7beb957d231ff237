"""Where the workers of a live run wait for the bucket, one at a time; nobody passes once it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chargen.errors import BooksConflict
from chargen.pipeline.booking import stamp
from chargen.pipeline.purse import Purse
from chargen.pipeline.rate import Bucket
from chargen.ports import Clock

if TYPE_CHECKING:
    from chargen.pipeline.rate import Permit

SLICE_S: Final = 0.25


@dataclass
class Turnstile:
    """Lets a worker pass while the bucket, the purse and the lease allow it."""

    clock: Clock
    bucket: Bucket
    purse: Purse
    stop: threading.Event
    lease_until: Callable[[], str]
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def permit(self, tokens: int) -> Permit | None:
        """Wait for the bucket; None when nothing more is to be started. BooksConflict when the lease ran out."""
        while not self.stop.is_set():
            if self._turn.acquire(timeout=SLICE_S):
                try:
                    return self._next(tokens)
                finally:
                    self._turn.release()
        return None

    def _next(self, tokens: int) -> Permit | None:
        while not self.stop.is_set() and not self.purse.overdrawn:
            if stamp(self.clock.now()) >= self.lease_until():  # this machine slept
                hint = "somebody else may be making the rest; run the command again"
                raise BooksConflict("the lease ran out", hint=hint)
            permit = self.bucket.take(tokens)
            if permit is not None:
                return permit
            self.clock.sleep(min(self.bucket.wait_s(tokens), SLICE_S))
        return None

    def wait(self, seconds: float) -> None:
        """Wait so long, or until it is told to stop."""
        until = self.clock.monotonic() + seconds
        while not self.stop.is_set() and self.clock.monotonic() < until:
            self.clock.sleep(min(SLICE_S, seconds))
