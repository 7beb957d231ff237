"""
One bucket for all workers: requests, images and tokens a minute, never exceeded in any sliding minute.

A log of what was granted in the last window; a 429 moves the whole bucket. Time comes from the clock it is given.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chargen.ports import Clock

if TYPE_CHECKING:
    from chargen.core.world_config import Limits

# The server sees jitter: two calls a minute apart may arrive closer together.
WINDOW_S: Final = 60.6


@dataclass
class Bucket:
    """Grants permits, oldest first out; safe for many threads."""

    clock: Clock
    requests: int
    images: int
    tokens: int
    _granted: deque[tuple[float, int]] = field(default_factory=deque)
    _tokens: int = 0
    _not_before: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, tokens: int) -> float:
        """Take a permit and return 0, or say how many seconds to wait before asking again."""
        with self._lock:
            now = self.clock.monotonic()
            self._forget(now - WINDOW_S)
            if now < self._not_before:
                return self._not_before - now
            if self._fits(tokens):
                self._granted.append((now, tokens))
                self._tokens += tokens
                return 0.0
            return max(self._granted[0][0] + WINDOW_S - now, 0.001)

    def pause(self, seconds: float) -> None:
        """Grant nothing for a while: the provider said so."""
        with self._lock:
            self._not_before = max(self._not_before, self.clock.monotonic() + seconds)

    def _fits(self, tokens: int) -> bool:
        if not self._granted:
            return True  # a single request larger than the limit would otherwise wait for ever
        room = len(self._granted) < min(self.requests, self.images)  # one image a request
        return room and self._tokens + tokens <= self.tokens

    def _forget(self, before: float) -> None:
        while self._granted and self._granted[0][0] <= before:
            _, tokens = self._granted.popleft()
            self._tokens -= tokens


def bucket(limits: Limits, clock: Clock) -> Bucket:
    """The bucket of one model under a world's limits."""
    return Bucket(clock, limits.requests_per_minute, limits.images_per_minute, limits.tokens_per_minute)
