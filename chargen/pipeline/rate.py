"""
One bucket for all workers of a model: requests, images and tokens a minute, never exceeded in any sliding minute.

A permit counts from its grant until a window after its request had left: when the server sees it lies in between. A 429
moves the whole bucket. Time comes from the clock it is given.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chargen.ports import Clock

if TYPE_CHECKING:
    from chargen.core.world_config import Limits

# A minute, and what one request may take longer than another from our socket to the server's count.
WINDOW_S: Final = 60.6
_POLL_S: Final = 0.05


@dataclass(eq=False)
class Permit:
    """One request that may go out. `sent` when it has left, `done` when its call is over, whatever came of it."""

    bucket: Bucket
    tokens: int
    left_at: float | None = None
    counts: bool = True

    def sent(self) -> None:
        """The request has left; said again (a redirect), the last time counts."""
        self.bucket.stamp(self, again=True)

    def done(self) -> None:
        """The call is over: a request nobody saw leave has left by now."""
        self.bucket.stamp(self, again=False)

    def weigh(self, tokens: int) -> None:
        """What the provider counted, where that is more than was expected."""
        self.bucket.weigh(self, tokens)


@dataclass
class Bucket:
    """Grants permits; safe for many threads."""

    clock: Clock
    requests: int
    images: int
    tokens: int
    window_s: float = WINDOW_S
    _left: list[tuple[float, int, Permit]] = field(
        default_factory=list
    )  # a heap: who left first is free first
    _leaving: int = 0
    _tokens: int = 0
    _not_before: float = 0.0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, tokens: int) -> Permit | None:
        """A permit; None when there is none yet."""
        with self._lock:
            if self._wait_s(tokens) > 0:
                return None
            self._leaving += 1
            self._tokens += tokens
            return Permit(self, tokens)

    def wait_s(self, tokens: int) -> float:
        """How many seconds to wait before asking for a permit is of use; 0: ask now."""
        with self._lock:
            return self._wait_s(tokens)

    def pause(self, seconds: float) -> None:
        """Grant nothing for a while: the provider said so."""
        with self._lock:
            self._not_before = max(self._not_before, self.clock.monotonic() + seconds)

    def remember(self, ago_s: float, tokens: int) -> None:
        """Count a request that another process sent so many seconds ago."""
        with self._lock:
            permit = Permit(self, tokens, left_at=self.clock.monotonic() - ago_s)
            self._tokens += tokens
            heapq.heappush(self._left, (permit.left_at or 0.0, next(self._numbers), permit))

    def stamp(self, permit: Permit, *, again: bool) -> None:
        """Note that a permit's request has left by now."""
        with self._lock:
            if permit.left_at is not None and not again:
                return
            self._leaving -= permit.left_at is None
            permit.left_at = self.clock.monotonic()
            heapq.heappush(self._left, (permit.left_at, next(self._numbers), permit))

    def weigh(self, permit: Permit, tokens: int) -> None:
        """Correct a permit's tokens upward, while it counts."""
        with self._lock:
            if permit.counts and tokens > permit.tokens:
                self._tokens += tokens - permit.tokens
                permit.tokens = tokens

    def _wait_s(self, tokens: int) -> float:
        now = self.clock.monotonic()
        self._forget(now - self.window_s)
        if now < self._not_before:
            return self._not_before - now
        if self._fits(tokens):
            return 0.0
        return max(self._left[0][0] + self.window_s - now, 0.001) if self._left else _POLL_S

    def _fits(self, tokens: int) -> bool:
        count = self._leaving + len(self._left)
        if not count:
            return True  # a single request larger than the limit would otherwise wait for ever
        return count < min(self.requests, self.images) and self._tokens + tokens <= self.tokens

    def _forget(self, before: float) -> None:
        while self._left and self._left[0][0] <= before:
            left_at, _, permit = heapq.heappop(self._left)
            if left_at == permit.left_at:  # else it was sent again later
                self._tokens -= permit.tokens
                permit.counts = False


def bucket(limits: Limits, clock: Clock) -> Bucket:
    """The bucket of one model under a world's limits."""
    return Bucket(clock, limits.requests_per_minute, limits.images_per_minute, limits.tokens_per_minute)
