"""Live: workers on one queue and one bucket; what is brought in is booked, what is told to stop stops."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from tenacity import wait_fixed, wait_incrementing

from chargen.core.digest import sha256
from chargen.core.job import Failure, Status
from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.submission import Came, Move, Owner, State, Submission
from chargen.core.work import Work
from chargen.errors import BooksConflict, StalePlan
from chargen.pipeline.live import LiveRun
from chargen.pipeline.rate import Bucket
from tests.answers import a_block, an_answer, nothing
from tests.fakes import FakeProvider
from tests.pipeline.conftest import Office
from tests.worlds import PIER, a_picture, one_shot

DOWN = ProviderTrouble(Trouble.UNAVAILABLE, "503", code=503)
LOST = ProviderTrouble(Trouble.TRANSPORT, "reset")
THROTTLED = ProviderTrouble(Trouble.THROTTLED, "slow down", code=429, retry_after_s=30.0)
DAILY = ProviderTrouble(Trouble.DAILY_QUOTA, "come back tomorrow", code=429)
DENIED = ProviderTrouble(Trouble.DENIED, "API key not valid", code=403)
REFUSED = ProviderTrouble(Trouble.REFUSED, "bad request", code=400)
LETTERS = "abcdefghij"


@dataclass
class Session:
    """One live run of shots a, b, c ... (subject `shot a`), and everything about it."""

    office: Office
    work: tuple[Work, ...]
    run: LiveRun
    provider: FakeProvider
    told: list[str]

    def go(self, *, workers: int = 1) -> Submission:
        return self.run.run(self.work, workers)

    def came(self) -> dict[str, str]:
        """What is on the books for each shot, by its letter."""
        submission = self.office.submission(self.run.submission.id)
        return {
            item.job_ids[0].split(".")[3]: str(item.outcome.came) if item.outcome else "-"
            for item in submission.requests
        }

    def statuses(self) -> dict[str, Status]:
        return {name.split(".")[3]: status for name, status in self.office.store.statuses().items()}


def session(office: Office, count: int = 3, *, retries: int = 2, files: Any = None, **bucket: int) -> Session:
    """A run that has claimed its work."""
    shots = ", ".join(f"{{id: {name}, subject: shot {name}}}" for name in LETTERS[:count])
    work = office.work(files or {PIER: f"kind: location\nslug: pier\nscenes: [{{id: d, shots: [{shots}]}}]"})
    intent = office.intent(work, mode="live")
    told: list[str] = []
    provider = FakeProvider(lambda prompt: an_answer(a_picture(prompt)))
    limits: Any = {"requests": 1000, "images": 1000, "tokens": 10**9} | bucket
    run = LiveRun(
        desk=office.desk(),
        submission=office.desk().advance(intent.id, Move.GO_LIVE, "Live"),
        provider=provider,
        bench=office.bench,
        images=office.images,
        bucket=Bucket(office.clock, **limits),
        retries=retries,
        told=lambda item, laid: told.append(item.job_id.split(".")[3]),
        stop=threading.Event(),
        waits=wait_fixed(0),
    )
    return Session(office, work, run, provider, told)


@pytest.mark.parametrize("workers", [1, 4, 50])
def test_every_request_is_asked_once_booked_and_told(office: Office, workers: int) -> None:
    live = session(office, 10)

    done = live.go(workers=workers)

    assert done.state is State.COLLECTED
    assert set(live.came().values()) == {"image"}
    assert set(live.statuses().values()) == {Status.SUCCEEDED}
    assert sorted(live.told) == list(LETTERS)
    assert max(Counter(live.provider.asked).values()) == 1
    for item in done.requests:
        assert item.outcome is not None
        prompt = next(
            work.shot.prompt() for work in live.work if work.request.request_hash == item.request_hash
        )
        assert item.outcome.sha256 == sha256(a_picture(prompt)), "each answer lies with its own request"
        assert office.tracking.fetch(done.id, item.outcome.file) == a_picture(prompt)
    assert (
        done.actual_usd
        == sum((item.outcome.cost_usd for item in done.requests if item.outcome), Decimal(0))
        > 0
    )
    assert done.reserved_usd == 0


def test_what_is_sent_is_what_a_batch_would_send(office: Office) -> None:
    live = session(office, 1)
    bodies: list[Any] = []
    generate = live.provider.generate

    def watched(model: str, body: Any, sent: Any) -> Any:
        bodies.append((model, body))
        return generate(model, body)

    object.__setattr__(live.provider, "generate", watched)
    live.go()

    (work,) = live.work
    assert bodies == [(work.model, work.body([]))]


# ---- trouble --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [DOWN, LOST])
def test_passing_trouble_is_tried_again_with_the_given_wait(office: Office, trouble: ProviderTrouble) -> None:
    live = session(office, 1)
    live.run.waits = wait_incrementing(start=5, increment=5)
    live.provider.said["shot a"].extend([trouble, trouble])

    live.go()

    assert live.came() == {"a": "image"}
    assert len(live.provider.asked) == 3
    assert 15 <= office.clock.passed < 16
    assert office.store.jobs()[0].attempts == 2


def test_trouble_that_does_not_pass_is_given_up_after_so_many_tries(office: Office) -> None:
    live = session(office, 2, retries=2)
    live.provider.said["shot a"].extend([DOWN] * 9)

    live.go()

    assert live.came() == {"a": "failed", "b": "image"}
    assert live.provider.asked.count(live.work[0].shot.prompt()) == 3
    record = office.store.jobs()[0]
    assert (record.status, record.failure) == (Status.FAILED, Failure.TRANSPORT)
    assert record.last_error == "unavailable: 503"


def test_a_refusal_fails_at_once_and_leaves_the_others(office: Office) -> None:
    live = session(office, 2)
    live.provider.said["shot a"].append(REFUSED)

    live.go()

    assert live.came() == {"a": "failed", "b": "image"}
    assert len(live.provider.asked) == 2


def test_a_block_is_asked_once(office: Office) -> None:
    live = session(office, 1)
    live.provider.said["shot a"].append(a_block())

    live.go()

    assert live.came() == {"a": "blocked"}
    assert len(live.provider.asked) == 1


def test_an_answer_without_a_picture_is_asked_again_and_every_try_is_paid(office: Office) -> None:
    live = session(office, 2, retries=2)
    live.provider.said["shot a"].extend([nothing(), nothing()])
    live.provider.said["shot b"].extend([nothing(), DOWN, DOWN])

    done = live.go()

    assert live.came() == {"a": "image", "b": "failed"}
    a, b = (item.outcome for item in done.requests)
    assert a is not None
    assert b is not None
    assert a.cost_usd == Decimal("0.0338") + 2 * Decimal("0.0090")
    assert b.cost_usd == Decimal("0.0090")
    assert [record.cost_usd for record in office.store.jobs()] == [a.cost_usd, b.cost_usd]


def test_a_429_pauses_the_whole_bucket_and_is_no_attempt(office: Office) -> None:
    live = session(office, 2, retries=1)
    live.provider.said["shot a"].extend([THROTTLED] * 5)

    live.go()

    assert live.came() == {"a": "image", "b": "image"}
    assert office.clock.passed >= 5 * 30
    assert [record.attempts for record in office.store.jobs()] == [0, 0]


def test_a_429_that_names_no_time_waits_all_the_same(office: Office) -> None:
    live = session(office, 1)
    live.provider.said["shot a"].append(ProviderTrouble(Trouble.THROTTLED, "slow down", code=429))

    live.go()

    assert 10 <= office.clock.passed < 11


@pytest.mark.parametrize("trouble", [DAILY, DENIED])
def test_a_daily_quota_or_a_denied_key_stops_the_run_with_what_is_done_kept(
    office: Office, trouble: ProviderTrouble
) -> None:
    live = session(office, 4)
    live.provider.said["shot b"].append(trouble)

    done = live.go()

    assert done.state is State.COLLECTED
    assert live.run.trouble is trouble
    assert live.run.stop.is_set()
    assert live.came() == {"a": "image", "b": "-", "c": "-", "d": "-"}
    assert live.statuses() == {
        "a": Status.SUCCEEDED,
        "b": Status.QUEUED,
        "c": Status.QUEUED,
        "d": Status.QUEUED,
    }
    assert [item.job_id.split(".")[3] for item in office.work({PIER: shots(4)})] == ["b", "c", "d"], (
        "what was not made is free again"
    )


def shots(count: int) -> str:
    names = ", ".join(f"{{id: {name}, subject: shot {name}}}" for name in LETTERS[:count])
    return f"kind: location\nslug: pier\nscenes: [{{id: d, shots: [{names}]}}]"


# ---- stopping -------------------------------------------------------------------------------------------------------


def test_nothing_starts_after_stop(office: Office) -> None:
    live = session(office, 4)
    live.provider.before = lambda prompt: live.run.stop.set() if "shot b" in prompt else None

    live.go()

    assert live.came() == {"a": "image", "b": "image", "c": "-", "d": "-"}, "what was under way is finished"
    assert len(live.provider.asked) == 2


def test_stop_ends_a_wait_for_the_next_try(office: Office) -> None:
    live = session(office, 1)
    live.run.waits = wait_fixed(10_000)
    live.provider.said["shot a"].append(DOWN)
    sleep = office.clock.sleep

    def stop_meanwhile(seconds: float) -> None:
        sleep(seconds)
        live.run.stop.set()

    object.__setattr__(office.clock, "sleep", stop_meanwhile)
    live.go()

    assert office.clock.passed < 1
    assert live.came() == {"a": "-"}
    assert live.statuses() == {"a": Status.QUEUED}, "it is not under way any more"


def test_stop_ends_a_wait_for_the_bucket(office: Office) -> None:
    live = session(office, 2, requests=1)
    sleep = office.clock.sleep

    def stop_meanwhile(seconds: float) -> None:
        sleep(seconds)
        live.run.stop.set()

    object.__setattr__(office.clock, "sleep", stop_meanwhile)
    live.go()

    assert live.came() == {"a": "image", "b": "-"}
    assert live.statuses() == {"a": Status.SUCCEEDED, "b": Status.QUEUED}


def test_a_bug_in_a_worker_is_raised_after_what_is_done_is_booked(office: Office) -> None:
    """It stays SUBMITTED: a bundle may lie on disk that was not told, and whoever settles it books that too."""
    live = session(office, 3)
    live.provider.said["shot b"].append(ZeroDivisionError("oops"))

    with pytest.raises(ZeroDivisionError):
        live.go()

    assert live.came() == {"a": "image", "b": "-", "c": "-"}
    assert office.submission(live.run.submission.id).state is State.SUBMITTED


def test_a_reference_that_changed_meanwhile_stops_the_run(office: Office) -> None:
    files = {
        PIER: one_shot("references: [{path: images/o.png}]\n"),
        "locations/pier/images/o.png": a_picture(),
    }
    live = session(office, files=files)
    office.files.contents["locations/pier/images/o.png"] = a_picture("another")

    with pytest.raises(StalePlan):
        live.go()

    assert live.provider.asked == []


# ---- the books meanwhile --------------------------------------------------------------------------------------------


def pass_time(office: Office, until: threading.Event) -> None:
    """Let minutes pass until the main thread has noticed."""
    for _ in range(500):
        office.clock.sleep(61)
        if until.wait(0.01):
            return
    raise AssertionError("nobody noticed")


def test_what_was_brought_is_booked_every_minute(office: Office) -> None:
    live = session(office, 4)
    minute = threading.Event()
    booked: list[int] = []

    live.provider.before = lambda prompt: pass_time(office, minute) if "shot c" in prompt else None
    write = office.tracking.write

    def watched(*arguments: Any) -> str:
        tip = write(*arguments)
        booked.append(list(live.came().values()).count("image"))
        minute.set()
        return tip

    object.__setattr__(office.tracking, "write", watched)
    live.go()

    assert list(dict.fromkeys(booked)) == [2, 4]


def test_a_run_that_waits_long_keeps_its_lease(office: Office) -> None:
    live = session(office, 1)
    renewed = threading.Event()

    live.provider.before = lambda _: pass_time(office, renewed)
    write = office.tracking.write

    def watched(*arguments: Any) -> str:
        tip = write(*arguments)
        renewed.set()
        return tip

    object.__setattr__(office.tracking, "write", watched)
    assert office.submission(live.run.submission.id).lease_until == "2026-11-23T04:15:00Z"
    live.go()

    booked = [subject.startswith(("Keep results", "Collect")) for subject in office.tracking.commits]
    assert "Still at work" in office.tracking.commits[: booked.index(True)]


def taken_over_during(live: Session, letter: str, state: State) -> None:
    """While a picture is made, somebody else takes the submission for a dead man's."""

    def take(prompt: str) -> None:
        if f"shot {letter}" in prompt:
            live.office.booked(
                live.office.submission(live.run.submission.id), owner=Owner("you"), state=state
            )

    live.provider.before = take


@pytest.mark.parametrize("state", [State.SUBMITTED, State.COLLECTED])
def test_what_was_paid_is_booked_although_somebody_took_the_run_over(office: Office, state: State) -> None:
    live = session(office, 2)
    taken_over_during(live, "b", state)

    with pytest.raises(BooksConflict, match="taken over"):
        live.go()

    assert live.came() == {"a": "image", "b": "image"}
    assert office.submission(live.run.submission.id).state is State.COLLECTED


def test_books_that_cannot_be_written_lose_nothing_that_is_under_way(office: Office) -> None:
    live = session(office, 2)
    minute = threading.Event()
    write, tries = office.tracking.write, []

    def failing(*arguments: Any) -> str:
        tries.append(arguments)
        if len(tries) == 1:
            minute.set()
            raise BooksConflict("the disk hiccups")
        return write(*arguments)

    live.provider.before = lambda prompt: pass_time(office, minute) if "shot b" in prompt else None
    object.__setattr__(office.tracking, "write", failing)

    with pytest.raises(BooksConflict, match="hiccups"):
        live.go()

    assert live.came() == {"a": "image", "b": "image"}


def test_the_bundles_of_a_run_that_was_killed_say_all_that_booking_needs(office: Office) -> None:
    from chargen.core.bundle import decode_bundle
    from chargen.pipeline.bundling import Laid
    from chargen.pipeline.keeping import keep_and_book

    live = session(office, 2)
    held = replace(live.run.submission)
    live.go()
    office.booked(held)  # as if nothing had been booked
    bundles = [
        decode_bundle(path.read_bytes()) for path in sorted(office.run.path.glob("results/*/result.json"))
    ]

    laid = [
        Laid(
            replace(
                request, outcome=next(b.outcome for b in bundles if b.request_hash == request.request_hash)
            )
        )
        for request in held.requests
    ]
    keep_and_book(office.desk(), held, laid, office.bench, what=Move.COLLECT, at="2026-11-23T05:00:00Z")

    assert live.came() == {"a": "image", "b": "image"}
    assert {bundle.submission for bundle in bundles} == {held.id}
    assert {bundle.outcome.came for bundle in bundles} == {Came.IMAGE}
