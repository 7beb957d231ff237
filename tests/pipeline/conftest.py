"""One process at its desk: books in memory, a clock that passes only where somebody sleeps, a run's folder, a shop to send to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.books_files import changes_for
from chargen.core.job import Event, Status
from chargen.core.submission import Move, Owner, State, Submission
from chargen.core.work import Work, work_of
from chargen.core.world_config import Limits
from chargen.pipeline.booking import Desk
from chargen.pipeline.bundling import Bench, record_of
from chargen.pipeline.execute import Sent, intend, send
from chargen.pipeline.prepare import Images, Shard, write_shards
from tests.fakes import FakeBatches, FakeClock, FakeFiles, FakePictures, FakeRun, FakeStore, FakeTracking
from tests.worlds import PIER, Files, one_shot, plan_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Office:
    """Everything one paying process has, in memory."""

    run: FakeRun
    clock: FakeClock = field(default_factory=FakeClock)
    tracking: FakeTracking = field(default_factory=FakeTracking)
    provider: FakeBatches = field(default_factory=FakeBatches)
    store: FakeStore = field(default_factory=FakeStore)
    files: FakeFiles = field(default_factory=FakeFiles)
    gone: set[str] = field(default_factory=set)  # nonces of owners whose process has ended
    limits: Limits = field(default_factory=Limits)
    storage: str = "png"

    def desk(self, nonce: str = "me") -> Desk:
        """The desk of a process; another nonce is another process."""
        owner = Owner(nonce, host="host", boot="boot", pid=1)
        return Desk(
            self.tracking,
            self.clock,
            owner,
            lambda who: who.nonce in self.gone,
            lambda: "w0rld",
            repository_id=42,
        )

    @property
    def bench(self) -> Bench:
        """Where results go."""
        return Bench(self.run, self.store, FakePictures(), self.storage)

    @property
    def images(self) -> Images:
        """The reference pictures."""
        return Images(self.files, FakePictures())

    def work(self, files: Files | None = None, **options: Any) -> tuple[Work, ...]:
        """The work of a world of texts, queued in the store; one shot with three variants by default."""
        plan = plan_of(
            files or {PIER: one_shot("variants: 3\n")},
            self.desk().read(),
            max_cost_usd=Decimal(999),
            **options,
        )
        work = work_of(plan, at="2026-11-23T04:00:00Z")
        self.store.add([record_of(item.request, self.run.run_id) for item in work])
        for item in work:
            if self.store.job(item.job_id).status is Status.PLANNED:
                self.store.move(item.job_id, Event.QUEUE)
        return work

    def shards(self, work: tuple[Work, ...]) -> tuple[Shard, ...]:
        """The work on disk."""
        shards, left = write_shards(work, self.images, self.run, self.limits, first=0, most=99)
        assert left == ()
        return shards

    def intent(self, work: tuple[Work, ...], *, mode: str = "batch", nonce: str = "me") -> Submission:
        """One submission of all the work."""
        desk = self.desk(nonce)
        (found,) = intend(desk, desk.read(), [work], mode=mode, run_id=self.run.run_id)
        return found

    def send(self, work: tuple[Work, ...], *, tries: int = 4, nonce: str = "me") -> Sent:
        """One batch: INTENT to what became of it."""
        (shard,) = self.shards(work)
        intent = self.intent(work, nonce=nonce)
        return send(self.desk(nonce), intent, shard, self.provider, tries=tries, list_lag_s=120)

    def submission(self, name: str) -> Submission:
        """A submission as the books have it."""
        return self.desk().read().submissions[name]

    def booked(self, submission: Submission, **changes: Any) -> Submission:
        """Put a submission onto the books as it is not reached by ordinary ways."""
        changed = replace(submission, **changes)
        tip, _ = self.tracking.read()
        self.tracking.write(tip, changes_for(changed), "test")
        return changed

    def creating(self, *, nonce: str = "me") -> Submission:
        """A submission whose create may or may not have been heard."""
        work = self.work()
        intent = self.intent(work, nonce=nonce)
        (shard,) = self.shards(work)
        name = self.provider.upload(shard.path, intent.display_name)
        found = self.desk(nonce).advance(intent.id, Move.CREATE, "Creating", input_file=name)
        assert found.state is State.CREATING
        return found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A process that has done nothing yet."""
    return Office(FakeRun(tmp_path / "run-001"))
