"""When a call is repeated, how long it waits, and what is never repeated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.provider_reply import Batch, BatchState, ProviderTrouble, Trouble
from chargen.edges.gemini import GeminiBatches, GeminiOptions
from chargen.edges.retrying import Patience, RetriedBatches, retrying

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.emulator.server import Emulator


class QuickClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Flaky:
    """Fails as often as it is told, then gives its answer."""

    def __init__(self, *troubles: ProviderTrouble | Exception) -> None:
        self.troubles = list(troubles)
        self.calls = 0

    def __call__(self, answer: str = "answer") -> str:
        self.calls += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return answer


def said(trouble: Trouble = Trouble.UNAVAILABLE, retry_after_s: float | None = None) -> ProviderTrouble:
    return ProviderTrouble(trouble, "no", retry_after_s=retry_after_s)


def test_waits_grow_and_half_of_each_is_chance() -> None:
    clock, steady = QuickClock(), QuickClock()

    retrying(clock, chance=lambda: 1.0)(Flaky(*[said()] * 4))
    retrying(steady, chance=lambda: 0.0)(Flaky(*[said()] * 4))

    assert clock.slept == [1, 2, 4, 8]
    assert steady.slept == [0.5, 1, 2, 4]


def test_a_provider_that_asks_for_longer_gets_it() -> None:
    clock = QuickClock()

    retrying(clock, chance=lambda: 1.0)(Flaky(said(Trouble.THROTTLED, 53.0), said(Trouble.THROTTLED, 0.1)))

    assert clock.slept == [53.0, 2.0]


def test_growth_ends_at_the_longest_wait() -> None:
    clock = QuickClock()

    retrying(clock, patience=Patience(attempts=9, most_s=5), chance=lambda: 1.0)(Flaky(*[said()] * 8))

    assert clock.slept == [1, 2, 4, 5, 5, 5, 5, 5]


@pytest.mark.parametrize("trouble", [Trouble.DAILY_QUOTA, Trouble.REFUSED, Trouble.DENIED])
def test_what_cannot_get_better_is_not_tried_again(trouble: Trouble) -> None:
    clock, call = QuickClock(), Flaky(said(trouble))

    with pytest.raises(ProviderTrouble) as caught:
        retrying(clock)(call)

    assert (caught.value.trouble, call.calls, clock.slept) == (trouble, 1, [])


def test_a_bug_is_not_tried_again() -> None:
    call = Flaky(AttributeError("bug"))

    with pytest.raises(AttributeError):
        retrying(QuickClock())(call)
    assert call.calls == 1


def test_the_last_trouble_is_the_one_that_is_raised() -> None:
    call = Flaky(*[said()] * 4, said(Trouble.TRANSPORT), said())

    with pytest.raises(ProviderTrouble) as caught:
        retrying(QuickClock())(call)

    assert (caught.value.trouble, call.calls) == (Trouble.TRANSPORT, 5)


def test_nobody_waits_an_hour() -> None:
    clock, call = QuickClock(), Flaky(said(Trouble.THROTTLED, 3600.0))

    with pytest.raises(ProviderTrouble):
        retrying(clock)(call)

    assert clock.slept == []


def test_whoever_asked_hears_of_each_trouble_and_each_wait() -> None:
    heard: list[tuple[Trouble, float]] = []

    retry = retrying(
        QuickClock(), told=lambda trouble, wait: heard.append((trouble.trouble, wait)), chance=lambda: 1.0
    )

    assert retry(Flaky(said(), said(Trouble.THROTTLED, 9.0)), answer="x") == "x"
    assert heard == [(Trouble.UNAVAILABLE, 1.0), (Trouble.THROTTLED, 9.0)]


class FlakyBatches:
    """Every call fails once, wherever it is."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def _once(self, name: str) -> None:
        self.calls.append(name)
        if self.calls.count(name) == 1:
            raise said(Trouble.TRANSPORT)

    def upload(self, path: Path, display_name: str) -> str:
        self._once("upload")
        return "files/a"

    def delete_file(self, name: str) -> None:
        self._once("delete_file")

    def create(self, model: str, input_file: str, display_name: str) -> Batch:
        self._once("create")
        return Batch("batches/a", BatchState.PENDING)

    def get(self, name: str) -> Batch:
        self._once("get")
        return Batch(name, BatchState.PENDING)

    def list(self) -> Iterator[Batch]:
        yield Batch("batches/a", BatchState.PENDING)
        self._once("list")
        yield Batch("batches/b", BatchState.PENDING)

    def cancel(self, name: str) -> None:
        self._once("cancel")

    def download(self, name: str, destination: Path) -> None:
        self._once("download")


def test_every_call_but_create_is_repeated(tmp_path: Path) -> None:
    inner = FlakyBatches()
    batches = RetriedBatches(inner, retrying(QuickClock()))

    batches.upload(tmp_path, "x")
    batches.delete_file("files/a")
    batches.get("batches/a")
    listed = [batch.name for batch in batches.list()]
    batches.cancel("batches/a")
    batches.download("files/a", tmp_path)
    with pytest.raises(ProviderTrouble):
        batches.create("m", "files/a", "x")

    assert listed == ["batches/a", "batches/b"]  # a list that broke off begins again: no batch twice
    assert inner.calls.count("create") == 1
    assert all(inner.calls.count(name) == 2 for name in set(inner.calls) - {"create"})


def test_over_real_http_a_throttled_get_waits_as_it_is_told(emulator: Emulator) -> None:
    emulator.fault("429:delay=7,on=batch-list,times=2", "503:on=batch-list")
    clock = QuickClock()

    with GeminiBatches(GeminiOptions("k", base_url=emulator.url)) as inner:
        listed: list[Any] = [*RetriedBatches(inner, retrying(clock, chance=lambda: 0.0)).list()]

    assert listed == []
    assert clock.slept == [7.0, 7.0, 2.0]
    assert emulator.state.calls["batch-list"] == 4
