"""The one bucket: never more than the limit in any sliding minute, and hardly less."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargen.core.world_config import Limits
from chargen.pipeline.rate import WINDOW_S, Bucket, bucket
from tests.fakes import FakeClock


def wait_for(one: Bucket, tokens: int) -> float:
    """Take a permit whose request leaves at once, or say how long to wait."""
    permit = one.take(tokens)
    if permit is None:
        return one.wait_s(tokens)
    permit.sent()
    return 0.0


def granted(clock: FakeClock, one: Bucket, wanted: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """When each of these (pause before, tokens) got its permit."""
    found = []
    for pause, tokens in wanted:
        clock.passed += pause
        while (wait_s := wait_for(one, tokens)) > 0:
            clock.passed += wait_s
        found.append((clock.passed, tokens))
    return found


def most_in_a_minute(found: list[tuple[float, int]]) -> tuple[int, int]:
    """The most requests, and the most tokens, in any sliding minute."""
    windows = [[tokens for at, tokens in found if start <= at < start + 60] for start, _ in found]
    return max(map(len, windows)), max(map(sum, windows))


@given(
    requests=st.integers(1, 12),
    images=st.integers(1, 12),
    wanted=st.lists(st.tuples(st.floats(0, 40), st.integers(0, 100)), min_size=1, max_size=60),
)
@settings(deadline=None)
def test_no_sliding_minute_holds_more_than_the_limit(
    requests: int, images: int, wanted: list[tuple[float, int]]
) -> None:
    clock = FakeClock()
    one = Bucket(clock, requests, images, 250)

    count, tokens = most_in_a_minute(granted(clock, one, wanted))

    assert count <= min(requests, images)
    assert tokens <= 250


@given(wanted=st.lists(st.tuples(st.floats(0, 40), st.integers(0, 400)), min_size=1, max_size=40))
@settings(deadline=None)
def test_a_request_larger_than_the_limit_goes_alone(wanted: list[tuple[float, int]]) -> None:
    clock = FakeClock()
    one = Bucket(clock, 50, 50, 100)

    found = granted(clock, one, wanted)

    for at, tokens in found:
        if tokens > 100:
            assert [other for other, _ in found if abs(other - at) < 60] == [at]


@pytest.mark.parametrize("limit", [1, 7, 60])
def test_the_limit_is_used(limit: int) -> None:
    clock = FakeClock()
    one = Bucket(clock, limit, limit, 10**9)
    minutes = 50

    found = [at for at, _ in granted(clock, one, [(0.0, 1)] * (limit * (minutes + 5)))]

    made = sum(at < minutes * 60 for at in found)
    assert made / (limit * minutes) >= 0.98


def test_tokens_are_free_again_after_a_minute_each_for_itself() -> None:
    clock = FakeClock()
    one = Bucket(clock, 100, 100, 250)

    found = granted(clock, one, [(10.0, 50)] * 300)

    assert found[-1][0] <= 300 * 60.6 / 5 + 61
    assert most_in_a_minute(found) == (5, 250)


def test_a_permit_taken_is_told_by_zero_and_a_wait_by_its_length() -> None:
    clock = FakeClock()
    one = Bucket(clock, 1, 1, 100)

    assert wait_for(one, 10) == 0
    clock.passed = 20
    assert wait_for(one, 10) == pytest.approx(WINDOW_S - 20)
    assert wait_for(one, 10) == pytest.approx(WINDOW_S - 20), "asking takes nothing"
    clock.passed = WINDOW_S
    assert wait_for(one, 10) == 0


def test_a_pause_holds_everybody_and_is_never_shortened() -> None:
    clock = FakeClock()
    one = Bucket(clock, 100, 100, 10**9)

    one.pause(30)
    one.pause(5)

    assert wait_for(one, 1) == 30
    clock.passed = 30
    assert wait_for(one, 1) == 0


def test_the_limits_of_a_world_are_the_bucket_s() -> None:
    limits = Limits(requests_per_minute=3, images_per_minute=2, tokens_per_minute=1)

    one = bucket(limits, FakeClock())

    assert (one.requests, one.images, one.tokens) == (3, 2, 1)
