"""Live under limits: the provider sees no sliding minute over the limit, and money and answers stay within bounds."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargen.core.job import Event, Status
from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.submission import Came, State
from chargen.pipeline.live import OPEN_ANSWERS, PATIENCE_S
from chargen.pipeline.purse import Purse
from tests.answers import an_answer, nothing
from tests.fakes import FakePictures, FakeRun
from tests.pipeline.conftest import Office
from tests.pipeline.test_live import DOWN, LOST, THROTTLED, Session, session
from tests.worlds import PIER, a_picture

if TYPE_CHECKING:
    from chargen.core.picture_facts import PictureFacts

NAMELESS = ProviderTrouble(Trouble.THROTTLED, "slow down", code=429)


def numbered(count: int) -> dict[str, str]:
    """A world of so many shots: `shot 000`, `shot 001` ..."""
    shots = "".join(f"  - {{id: s{i:03}, subject: shot {i:03}}}\n" for i in range(count))
    return {PIER: f"kind: location\nslug: pier\nscenes:\n{shots}"}


def live_run(office: Office, count: int, **options: Any) -> Session:
    return session(office, files=numbered(count), **options)


def outcomes(live: Session) -> list[str]:
    submission = live.office.submission(live.run.submission.id)
    return [str(item.outcome.came) if item.outcome else "-" for item in submission.requests]


@pytest.mark.parametrize("workers", [1, 8, 50, 200])
def test_the_provider_sees_no_minute_over_the_limit_retries_included(office: Office, workers: int) -> None:
    live = live_run(office, 100, requests=20, images=17)
    arrived: list[float] = []
    live.provider.before = lambda _: arrived.append(office.clock.monotonic())
    for i in range(0, 100, 7):
        live.provider.said[f"shot {i:03}"].extend([DOWN, NAMELESS, THROTTLED, LOST])

    live.go(workers=workers)

    assert outcomes(live) == ["image"] * 100
    arrived.sort()
    assert len(arrived) == 100 + 15 * 4
    assert min(later - first for first, later in zip(arrived, arrived[17:], strict=False)) >= 60


# ---- 429 ------------------------------------------------------------------------------------------------------------


def test_a_request_that_waits_after_a_429_is_not_in_flight(office: Office) -> None:
    """A kill meanwhile would otherwise count it as lost money, though the provider has refused it."""
    live = live_run(office, 1)
    live.provider.said["shot 000"].append(THROTTLED)
    seen: list[tuple[Status, dict[str, Decimal]]] = []
    sleep = office.clock.sleep

    def watched(seconds: float) -> None:
        (record,) = office.store.jobs()
        seen.append((record.status, dict(live.run.under_way)))
        sleep(seconds)

    object.__setattr__(office.clock, "sleep", watched)
    live.go()

    assert set(map(repr, seen)) == {repr((Status.QUEUED, {}))}
    assert outcomes(live) == ["image"]


@pytest.mark.parametrize("asks", [THROTTLED, NAMELESS])
def test_a_429_that_never_ends_ends_the_run_with_what_is_done_kept(
    office: Office, asks: ProviderTrouble
) -> None:
    live = live_run(office, 3)
    live.provider.said["shot 001"].extend([asks] * 1000)

    done = live.go()

    assert outcomes(live) == ["image", "-", "-"]
    assert live.run.trouble is asks
    assert PATIENCE_S - 60 <= office.clock.passed <= PATIENCE_S + 60
    assert done.state is State.COLLECTED
    assert [record.attempts for record in office.store.jobs()] == [0, 0, 0]


def test_a_wait_that_is_longer_than_any_patience_is_not_waited_for(office: Office) -> None:
    live = live_run(office, 2)
    hours = ProviderTrouble(Trouble.THROTTLED, "tomorrow", code=429, retry_after_s=9 * 3600)
    live.provider.said["shot 001"].append(hours)

    live.go()

    assert outcomes(live) == ["image", "-"]
    assert office.clock.passed < 60


# ---- told to stop ---------------------------------------------------------------------------------------------------


def test_what_is_told_to_stop_before_it_left_is_not_sent(office: Office) -> None:
    live = live_run(office, 2)
    move = office.store.move

    def stopping(job_id: str, event: Event, note: Any = None) -> Any:
        if event is Event.START and "s001" in job_id:
            live.run.stop.set()
        return move(job_id, event, note)

    object.__setattr__(office.store, "move", stopping)
    live.go()

    assert len(live.provider.asked) == 1
    assert [(job.status, job.attempts) for job in office.store.jobs()] == [
        (Status.SUCCEEDED, 0),
        (Status.QUEUED, 0),
    ]


@pytest.mark.parametrize("workers", [8, 50, 200])
def test_what_is_under_way_when_told_to_stop_is_finished_and_nothing_else_is_started(
    office: Office, workers: int
) -> None:
    live = live_run(office, 100, requests=workers, images=workers)
    under_way = threading.Barrier(min(workers, 100))

    def told(_: str) -> None:
        if under_way.wait(30) == 0:
            live.run.stop.set()
        live.run.stop.wait(30)

    live.provider.before = told
    live.go(workers=workers)

    assert outcomes(live).count("image") == min(workers, 100)
    assert len(live.provider.asked) == min(workers, 100)


def test_what_is_in_flight_at_a_second_ctrl_c_is_known(office: Office) -> None:
    live = live_run(office, 3)
    asked, end = threading.Event(), threading.Event()

    def hang(prompt: str) -> None:
        if "shot 001" in prompt:
            asked.set()
            end.wait(30)

    class Twice(BaseException):
        pass

    def second(_: float) -> None:
        asked.wait(30)
        raise Twice

    live.provider.before = hang
    object.__setattr__(live.run, "_book_meanwhile", second)
    with pytest.raises(Twice):
        live.go()
    known = dict(live.run.under_way)
    end.set()

    assert list(known) == [live.work[1].job_id]
    assert known[live.work[1].job_id] == live.work[1].request.reserved_usd
    assert live.run.stop.is_set()


# ---- money ----------------------------------------------------------------------------------------------------------

_WASTE: dict[str, Mapping[str, Any] | Exception] = {"empty": nothing(), "lost": LOST, "down": DOWN}


@given(
    spare=st.decimals(0, "0.2", places=4),
    wasted=st.lists(st.lists(st.sampled_from([*_WASTE]), max_size=4), min_size=4, max_size=4),
    workers=st.integers(1, 4),
)
@settings(deadline=None, max_examples=60)
def test_what_is_spent_never_passes_the_cap_whatever_is_paid_in_vain(
    tmp_path_factory: pytest.TempPathFactory, spare: Decimal, wasted: list[list[str]], workers: int
) -> None:
    live = live_run(Office(FakeRun(tmp_path_factory.mktemp("run"))), 4, retries=4)
    live.run.purse = Purse(spare)
    for i, names in enumerate(wasted):
        live.provider.said[f"shot {i:03}"].extend(_WASTE[name] for name in names)

    done = live.go(workers=workers)

    cap = sum((item.request.reserved_usd for item in live.work), spare)
    assert done.actual_usd <= cap
    assert done.actual_usd + live.run.purse.spare_usd == cap, "every cent is spent, or spare again"
    assert "-" not in outcomes(live)


def test_a_try_that_was_paid_in_vain_is_repeated_only_with_money_to_spare(office: Office) -> None:
    live = live_run(office, 2)
    live.run.purse = Purse(Decimal("0.0089"))  # an answer without a picture costs 0.0090
    for name in ("shot 000", "shot 001"):
        live.provider.said[name].append(nothing())

    live.go()

    assert outcomes(live) == ["failed", "image"], "the first gave back what it did not cost"
    assert len(live.provider.asked) == 3


def test_pictures_dearer_than_their_upper_bound_end_the_run_at_the_cap(office: Office) -> None:
    live = live_run(office, 5)
    reserved = live.work[0].request.reserved_usd
    live.run.purse = Purse(reserved / 2)
    dear = an_answer(a_picture("dear"))
    usage = {**dear["usageMetadata"], "thoughtsTokenCount": 5000}
    live.provider.said["shot 001"].append({**dear, "usageMetadata": usage})

    done = live.go()

    assert outcomes(live) == ["image", "image", "-", "-", "-"]
    assert live.run.purse.overdrawn
    assert done.state is State.COLLECTED
    assert not live.run.stop.is_set(), "nobody told it to stop"


# ---- answers --------------------------------------------------------------------------------------------------------


@dataclass
class Shut(Mapping[str, Any]):
    """An answer that is told when it is looked into."""

    inside: Mapping[str, Any]
    looked: list[str] = field(default_factory=list)
    trouble: ProviderTrouble | None = None

    def __getitem__(self, name: str) -> Any:
        self.looked.append(name)
        if self.trouble:
            raise self.trouble
        return self.inside[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.inside)

    def __len__(self) -> int:
        return len(self.inside)


class SlowPictures(FakePictures):
    """Notes how many pictures are looked at at once; each waits until as many are as ever may be."""

    def __init__(self) -> None:
        self.together = threading.Barrier(OPEN_ANSWERS)
        self.most = self.now = 0
        self.lock = threading.Lock()

    def check(self, data: bytes) -> PictureFacts:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.together.wait(30)
        with self.lock:
            self.now -= 1
        return super().check(data)


def test_only_a_few_answers_are_in_memory_at_once(office: Office) -> None:
    live = live_run(office, 10 * OPEN_ANSWERS)
    pictures = SlowPictures()
    live.run.bench = replace(live.run.bench, pictures=pictures)

    live.go(workers=10 * OPEN_ANSWERS)

    assert set(outcomes(live)) == {"image"}
    assert pictures.most == OPEN_ANSWERS


def test_an_answer_that_turns_out_unreadable_is_asked_for_again(office: Office) -> None:
    live = live_run(office, 1)
    torn = ProviderTrouble(Trouble.TRANSPORT, "the answer could not be read")
    live.provider.said["shot 000"].append(Shut({}, trouble=torn))

    done = live.go()

    (request,) = done.requests
    assert request.outcome is not None
    assert request.outcome.came is Came.IMAGE
    assert request.outcome.cost_usd > request.reserved_usd, "the first may have been paid"
    assert len(live.provider.asked) == 2


def test_tokens_the_provider_counts_more_of_slow_the_bucket(office: Office) -> None:
    live = live_run(office, 2, tokens=10_000)
    first = an_answer(a_picture("first"))
    usage = {**first["usageMetadata"], "promptTokenCount": 9_990}
    live.provider.said["shot 000"].append({**first, "usageMetadata": usage})

    live.go()

    assert outcomes(live) == ["image", "image"]
    assert office.clock.passed >= 60
