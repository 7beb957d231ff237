"""The bucket against a simulated server: whatever arrives when, no sliding minute holds more than is allowed."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargen.pipeline.rate import WINDOW_S, Bucket, Permit
from tests.fakes import FakeClock

JITTER_S = WINDOW_S - 60


@dataclass(frozen=True)
class Call:
    """One call: how long it takes to leave, when the server counts it in between, how long the answer takes."""

    leaves_s: float = 0.0
    underway_s: float = 0.0  # from our socket to the server
    counted: float = 1.0  # where between grant and the server's end of the wire: 0 to 1
    answers_s: float = 1.0
    refused_s: float | None = None  # a 429, and what it asks for
    tokens: int = 1


CALLS = st.builds(
    Call,
    leaves_s=st.floats(0, 90),
    underway_s=st.floats(0, JITTER_S),
    counted=st.floats(0, 1),
    answers_s=st.floats(0.05, 20),
    refused_s=st.none() | st.none() | st.floats(0, 40),
    tokens=st.integers(0, 90),
)


@dataclass
class Shop:
    """Workers, one bucket and a server, on a clock that jumps from one event to the next."""

    one: Bucket
    clock: FakeClock
    todo: deque[Call]
    arrived: list[tuple[float, int]] = field(default_factory=list)
    granted: list[float] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    _events: list[tuple[float, int, Call, Permit | None, str]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def play(self, starts: list[float]) -> None:
        """Each worker begins at its time, and takes call after call; a refused one is asked again by the next."""
        for start in starts:
            self._next(start)
        while self._events:
            at, _, call, permit, what = heapq.heappop(self._events)
            self.clock.passed = max(self.clock.passed, at)
            getattr(self, what)(call, permit)

    def _put(self, after_s: float, call: Call, permit: Permit | None, what: str) -> None:
        at = self.clock.passed + after_s
        heapq.heappush(self._events, (at, next(self._numbers), call, permit, what))

    def _next(self, after_s: float = 0.0) -> None:
        if self.todo:
            self._put(after_s, self.todo.popleft(), None, "ask")

    def ask(self, call: Call, _: None) -> None:
        permit = self.one.take(call.tokens)
        if permit is None:
            self._put(self.one.wait_s(call.tokens), call, None, "ask")
            return
        self.granted.append(self.clock.passed)
        on_the_way = (call.leaves_s + call.underway_s) * call.counted
        self.arrived.append((self.clock.passed + on_the_way, call.tokens))
        self._put(call.leaves_s, call, permit, "leave")

    def leave(self, call: Call, permit: Permit) -> None:
        permit.sent()
        self._put(call.underway_s + call.answers_s, call, permit, "answer")

    def answer(self, call: Call, permit: Permit) -> None:
        permit.done()
        if call.refused_s is not None:
            self.one.pause(call.refused_s)
            self.pauses.append((self.clock.passed, self.clock.passed + call.refused_s))
        self._next()


def most_in_a_minute(arrived: list[tuple[float, int]]) -> tuple[int, int]:
    """The most requests and the most tokens that arrived in any sliding minute."""
    windows = [[tokens for at, tokens in arrived if first <= at < first + 60] for first, _ in arrived]
    return max(map(len, windows)), max(map(sum, windows))


def shop(limit: int, calls: list[Call], *, tokens: int = 10**9) -> Shop:
    clock = FakeClock()
    return Shop(Bucket(clock, limit, limit, tokens), clock, deque(calls))


@given(
    limit=st.integers(1, 12),
    starts=st.lists(st.floats(0, 100), min_size=1, max_size=20),
    calls=st.lists(CALLS, min_size=1, max_size=60),
)
@settings(deadline=None)
def test_no_sliding_minute_at_the_server_holds_more_than_the_limit(
    limit: int, starts: list[float], calls: list[Call]
) -> None:
    played = shop(limit, calls, tokens=250)

    played.play(starts)

    assert len(played.arrived) == len(calls), "every call is made in the end"
    requests, tokens = most_in_a_minute(played.arrived)
    assert requests <= limit
    assert tokens <= 250
    assert not [at for at in played.granted for began, ended in played.pauses if began <= at < ended]


@pytest.mark.parametrize("workers", [1, 8, 50, 200])
def test_the_limit_is_used_however_many_workers_and_long_answers_there_are(workers: int) -> None:
    limit, minutes = 2 * workers, 20
    calls = [
        Call(leaves_s=0.02, underway_s=0.02, answers_s=0.05 + (i * 7919 % 1995) / 100)
        for i in range(limit * minutes)
    ]
    played = shop(limit, calls)

    played.play([0.0] * workers)

    arrived = sorted(at for at, _ in played.arrived)
    cycles = [later - first for first, later in zip(arrived, arrived[limit:], strict=False)]
    assert min(cycles) >= 60
    assert 60 * len(cycles) / sum(cycles) >= 0.98


def test_a_request_that_leaves_late_holds_its_place_until_a_minute_after() -> None:
    clock = FakeClock()
    one = Bucket(clock, 1, 1, 100)
    permit = one.take(10)
    assert permit is not None

    clock.passed = 200
    assert one.take(10) is None, "it may be counted by the server at any moment from now on"
    permit.sent()
    clock.passed = 200 + WINDOW_S - 0.01
    assert one.take(10) is None
    clock.passed = 200 + WINDOW_S
    assert one.take(10) is not None


def test_a_request_that_is_sent_on_counts_from_the_second_time() -> None:
    clock = FakeClock()
    one = Bucket(clock, 2, 2, 100)
    permit = one.take(60)
    assert permit is not None

    permit.sent()
    clock.passed = 30
    permit.sent()
    permit.done()
    clock.passed = WINDOW_S
    assert one.take(60) is None
    clock.passed = 30.01 + WINDOW_S
    assert one.take(60) is not None


def test_what_the_provider_counts_more_is_counted_for_a_minute() -> None:
    clock = FakeClock()
    one = Bucket(clock, 100, 100, 100)
    first = one.take(10)
    assert first is not None
    first.sent()

    first.weigh(95)
    first.weigh(20)

    assert one.take(10) is None
    clock.passed = WINDOW_S
    assert one.take(100) is not None
    first.weigh(500)
    clock.passed = 2 * WINDOW_S
    assert one.take(100) is None, "the second has not left"


def test_what_another_process_sent_counts_until_a_minute_after() -> None:
    clock = FakeClock()
    one = Bucket(clock, 2, 2, 100)

    one.remember(40, 10)
    one.remember(-1, 95)

    assert one.take(1) is None
    clock.passed = WINDOW_S - 40
    assert one.take(10) is None, "the tokens of the second are still there"
    permit = one.take(5)
    assert permit is not None
    permit.sent()
    clock.passed = WINDOW_S + 1
    assert one.take(95) is not None
