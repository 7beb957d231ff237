"""The run's own record: moves by the table, counts that add up, and a file that may be locked, damaged or foreign."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from chargen.core.job import TRANSITIONS, Event, Failure, IllegalTransition, Status, advance, count
from chargen.core.job_record import Artifact, BatchRow, JobRecord, Note
from chargen.edges.job_reader import read_jobs
from chargen.edges.job_rows import RunRow
from chargen.edges.job_store import SqliteJobStore
from chargen.errors import ConfigurationError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
RUN = RunRow("2026-11-23_04-02-11Z_run-001", "2026-11-23T04:02:11Z", "live", "/world", '{"workers": 4}')


class Ticking:
    """A clock that goes on one second with each look."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a store does not sleep")


def record(name: str = "a", **more: str | Decimal) -> JobRecord:
    return JobRecord(f"location.x.y.{name}.v1", RUN.run_id, "sha256:1", "sha256:2", **more)  # type: ignore[arg-type]


A = record().job_id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteJobStore]:
    with SqliteJobStore(path, Ticking()) as opened:
        opened.begin(RUN)
        yield opened


def test_a_run_begins_once(store: SqliteJobStore) -> None:
    store.begin(RUN)

    assert store.run() == RUN
    with pytest.raises(ConfigurationError, match="is the store of 2026-11-23_04-02-11Z_run-001"):
        store.begin(RunRow("other", "", "live", ""))


def test_jobs_come_back_as_they_were_added_in_order(store: SqliteJobStore) -> None:
    store.add([record("b", reserved_usd=Decimal("0.0390")), record("a")])

    assert store.jobs() == [
        record("a", updated_at="2026-11-23T04:00:02Z"),
        record("b", updated_at="2026-11-23T04:00:01Z", reserved_usd=Decimal("0.0390")),
    ]


def test_adding_again_leaves_what_is_there(store: SqliteJobStore) -> None:
    store.add([record()])
    moved = store.move(A, Event.QUEUE)

    store.add([record(), record("b")])

    assert store.job(A) == moved
    assert len(store.jobs()) == 2


def test_a_job_begins_as_planned(store: SqliteJobStore) -> None:
    done = JobRecord(A, RUN.run_id, "", "", status=Status.SUCCEEDED)

    with pytest.raises(ValueError, match="would begin as SUCCEEDED"):
        store.add([record("b"), done])

    assert store.jobs() == []


def test_a_note_fills_what_it_names_and_leaves_the_rest(store: SqliteJobStore) -> None:
    store.add([record()])
    picture = Artifact("image", "results/a/image.png", "sha256:9", {"finishReason": "STOP", "grün": [1]})

    store.move(A, Event.QUEUE, Note(submission="s1"))
    store.move(A, Event.START)
    store.move(A, Event.RETRY, Note(failure=Failure.QUOTA, error="429: slow down \ud800"))
    store.move(A, Event.START)
    after = store.move(A, Event.SUCCEED, Note(cost_usd=Decimal("0.0390"), artifact=picture))

    assert after == store.job(A)
    assert (after.status, after.attempts, after.submission) == (Status.SUCCEEDED, 1, "s1")
    assert (after.failure, after.last_error) == (Failure.QUOTA, "429: slow down \\ud800")
    assert after.cost_usd == Decimal("0.0390")
    assert store.artifacts(A) == [picture]


def test_every_move_leaves_an_event(store: SqliteJobStore) -> None:
    store.add([record()])
    store.move(A, Event.QUEUE, Note(submission="s1"))
    store.move(A, Event.START)

    assert [(e.event, e.from_status, e.to_status, e.at, e.detail) for e in store.events(A)] == [
        (Event.QUEUE, Status.PLANNED, Status.QUEUED, "2026-11-23T04:00:02Z", '{"submission": "s1"}'),
        (Event.START, Status.QUEUED, Status.RUNNING, "2026-11-23T04:00:03Z", ""),
    ]


def test_it_says_what_was_started_since_a_time(store: SqliteJobStore) -> None:
    jobs = [record("a"), record("b")]
    store.add(jobs)
    first, second = (job.job_id for job in jobs)
    for job_id in (first, second):
        store.move(job_id, Event.QUEUE)
        store.move(job_id, Event.START)
    store.move(first, Event.DEFER)
    store.move(first, Event.START)
    every = store.started("2026-11-23T04:00:00Z")

    assert [job_id for job_id, _ in every] == [first, second, first]
    assert store.started(every[1][1]) == every[1:]
    assert store.started("2026-11-23T05:00:00Z") == []


def test_an_illegal_move_changes_nothing(store: SqliteJobStore) -> None:
    store.add([record(), record("b")])
    before = store.jobs()

    with pytest.raises(IllegalTransition):
        store.move_many([(record("b").job_id, Event.QUEUE, None), (A, Event.SUCCEED, None)])

    assert store.jobs() == before
    assert store.events(record("b").job_id) == []


def test_an_unknown_job_is_a_key_error(store: SqliteJobStore) -> None:
    with pytest.raises(KeyError, match="nobody"):
        store.move("nobody", Event.QUEUE)


def test_batches_are_recorded_as_they_stand(store: SqliteJobStore) -> None:
    store.record_batch(BatchRow("s1", "batches/abc", "SUBMITTED", "chargen/0-w/s1"))
    store.record_batch(BatchRow("s1", "batches/abc", "COLLECTED", "chargen/0-w/s1"))

    assert store.batches() == [
        BatchRow("s1", "batches/abc", "COLLECTED", "chargen/0-w/s1", "2026-11-23T04:00:02Z")
    ]


def test_it_is_there_after_the_process_was_killed(path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from chargen.edges.clock import SystemClock\n"
        "from chargen.edges.job_store import SqliteJobStore; from chargen.core.job import Event\n"
        "from chargen.core.job_record import JobRecord\n"
        "store = SqliteJobStore(Path(sys.argv[1]), SystemClock()); store.add([JobRecord('a', 'r', '', '')])\n"
        "store.move('a', Event.QUEUE); store._database.execute('BEGIN'); \n"
        "store._database.execute('UPDATE jobs SET status = 0'); os._exit(9)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    subprocess.run([sys.executable, "-c", program, path], env=env, check=False)

    with SqliteJobStore(path, Ticking()) as store:
        assert [job.status for job in store.jobs()] == [Status.QUEUED]


def test_many_threads_move_each_job_once(store: SqliteJobStore) -> None:
    jobs = [record(f"s{number}") for number in range(40)]
    store.add(jobs)
    refused: list[str] = []

    def work() -> None:
        for job in jobs:
            try:
                store.move(job.job_id, Event.QUEUE)
            except IllegalTransition:
                refused.append(job.job_id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 3 * len(jobs)
    assert {job.status for job in store.jobs()} == {Status.QUEUED}


def test_stores_opened_at_once_agree_on_the_tables(path: Path) -> None:
    trouble: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with SqliteJobStore(path, Ticking()) as store:
                store.add([record(f"s{number}")])
        except BaseException as error:  # noqa: BLE001  # told by the assertion
            trouble.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert trouble == []
    with SqliteJobStore(path, Ticking()) as store:
        assert len(store.jobs()) == 8


def test_it_writes_ahead_and_syncs_every_commit(store: SqliteJobStore) -> None:
    assert store._database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store._database.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_the_tables_are_those_of_the_design(store: SqliteJobStore) -> None:
    """The columns people query by hand; a change here is a migration."""
    tables = ("runs", "jobs", "artifacts", "batches", "events")
    columns = {
        table: [row["name"] for row in store._database.execute(f"PRAGMA table_info({table})")]
        for table in tables
    }

    assert columns == {
        "runs": ["run_id", "created_at", "mode", "repo_root", "config_json"],
        "jobs": [
            *(
                "job_id",
                "run_id",
                "status",
                "prompt_hash",
                "request_hash",
                "attempts",
                "failure",
                "last_error",
            ),
            *("submission", "reserved_usd", "cost_usd", "updated_at"),
        ],
        "artifacts": ["job_id", "type", "path", "sha256", "provider_json"],
        "batches": ["submission_id", "batch", "state", "display_name", "updated_at"],
        "events": ["id", "job_id", "event", "from_status", "to_status", "at", "detail"],
    }


def test_a_locked_file_says_who_may_hold_it(path: Path, store: SqliteJobStore) -> None:
    store.add([record()])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with SqliteJobStore(path, Ticking(), wait_s=0.05) as ours:
        with pytest.raises(ConfigurationError, match=r"jobs\.sqlite is locked") as caught:
            ours.move(A, Event.QUEUE)
        assert "another chargen" in caught.value.hint
        other.execute("ROLLBACK")
        other.close()

        assert ours.move(A, Event.QUEUE).status is Status.QUEUED


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be read as one" * 40, b"SQLite"]
)
def test_what_is_no_database_says_that_it_is_rebuilt(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match="damaged or no job store") as caught:
        SqliteJobStore(path, Ticking())

    assert caught.value.hint == "move the file away: it is rebuilt from the books where it is needed"


def test_a_database_with_holes_says_that_it_is_rebuilt(path: Path) -> None:
    with SqliteJobStore(path, Ticking()) as store:
        store.add([record(f"s{number}") for number in range(200)])
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)

    with (
        pytest.raises(ConfigurationError, match="damaged or no job store"),
        SqliteJobStore(path, Ticking()) as store,
    ):
        store.jobs()


def test_somebody_elses_database_is_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE jobs (name)")
    other.close()

    with pytest.raises(ConfigurationError, match="no job store of chargen"):
        SqliteJobStore(path, Ticking())

    other = sqlite3.connect(path)
    assert [row[0] for row in other.execute("SELECT name FROM sqlite_master")] == ["jobs"]
    other.close()


def test_a_store_of_a_later_version_is_not_touched(path: Path) -> None:
    with SqliteJobStore(path, Ticking()) as store:
        store._database.execute("PRAGMA user_version = 99")

    with pytest.raises(ConfigurationError, match="later version of chargen"):
        SqliteJobStore(path, Ticking())


def test_a_place_where_no_file_can_be_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        SqliteJobStore(tmp_path / "missing/jobs.sqlite", Ticking())


def test_a_full_disk_is_said_and_loses_no_earlier_move(store: SqliteJobStore) -> None:
    store.add([record()])
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(WorkFailed, match="disk is full") as caught:
        store.add([record(f"s{number}") for number in range(500)])

    assert "--resume" in caught.value.hint
    assert [job.job_id for job in store.jobs()] == [A]


class Moves(RuleBasedStateMachine):
    """Any sequence of moves, of notes and of restarts: the table is kept, counts add up, events tell the status."""

    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = self.opened()
        self.expected: dict[str, JobRecord] = {}

    def opened(self) -> SqliteJobStore:
        store = SqliteJobStore(Path(self.folder.name, "jobs.sqlite"), Ticking())
        store._database.execute("PRAGMA synchronous = OFF")  # durability is not what is asked here
        return store

    @initialize()
    def begin(self) -> None:
        self.store.begin(RUN)

    @rule(target=jobs, name=st.sampled_from("abcdef"))
    def add(self, name: str) -> str:
        job = record(name)
        self.store.add([job])
        self.expected.setdefault(job.job_id, job)
        return job.job_id

    @rule(
        job_id=jobs,
        event=st.sampled_from(Event),
        failure=st.none() | st.sampled_from(Failure),
        error=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    )
    def move(self, job_id: str, event: Event, failure: Failure | None, error: str | None) -> None:
        before = self.expected[job_id]
        if (before.status, event) not in TRANSITIONS:
            with pytest.raises(IllegalTransition):
                self.store.move(job_id, event, Note(failure, error))
            return
        self.expected[job_id] = JobRecord(
            job_id,
            before.run_id,
            before.prompt_hash,
            before.request_hash,
            TRANSITIONS[before.status, event],
            before.attempts + (event is Event.RETRY),
            failure or before.failure,
            before.last_error if error is None else error,
        )
        self.store.move(job_id, event, Note(failure, error))

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = self.opened()

    @invariant()
    def jobs_stand_where_the_table_says(self) -> None:
        plain = [replace(job, updated_at="") for job in self.store.jobs()]
        assert plain == [self.expected[job_id] for job_id in sorted(self.expected)]

    @invariant()
    def counts_add_up(self) -> None:
        counts = self.store.counts()
        assert counts.add_up
        assert counts == count(job.status for job in self.expected.values())

    @invariant()
    def events_replay_to_the_status(self) -> None:
        for job in self.store.jobs():
            status, error = Status.PLANNED, ""
            for event in self.store.events(job.job_id):
                assert event.from_status is status
                status = advance(status, event.event)
                assert event.to_status is status
                error = json.loads(event.detail or "{}").get("last_error", error)
            assert (status, error) == (job.status, job.last_error)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestMoves = Moves.TestCase
TestMoves.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_a_path_too_long_for_sqlite_is_called_that(tmp_path: Path) -> None:
    folder = tmp_path / "/".join(["x" * 100] * 5)
    folder.mkdir(parents=True)

    with pytest.raises(ConfigurationError, match="the path is too long"):
        SqliteJobStore(folder / "jobs.sqlite", Ticking())


def test_a_store_that_another_command_has_to_itself_is_not_read_past_its_lock(path: Path) -> None:
    with SqliteJobStore(path, Ticking()) as made:
        made.begin(RUN)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")

    with pytest.raises(ConfigurationError, match="is locked"):
        read_jobs(path, Ticking(), wait_s=0)

    holder.close()
