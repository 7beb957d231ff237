"""The run's own record (ports.JobStore) in one SQLite file: every move by the table, durable before it is believed."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, Final, Self

from chargen.core.job import Counts, Event, Status, advance, count
from chargen.core.job_record import Artifact, BatchRow, JobRecord, Note
from chargen.edges.clock import stamp
from chargen.edges.files import name_too_long
from chargen.edges.job_rows import (
    EventRow,
    RunRow,
    columns_of,
    event_row,
    job_record,
    learnt_from,
)
from chargen.edges.job_schema import migrate
from chargen.errors import ChargenError, ConfigurationError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from chargen.ports import Clock

WAIT_S: Final = 5.0
_LONGEST_PATH: Final = 504  # SQLite takes 512 bytes, its `-journal` included
_REBUILT: Final = "move the file away: it is rebuilt from the books where it is needed"


class SqliteJobStore:
    """
    The jobs of one run; any thread may use it, one at a time; a context manager.

    Every method raises ConfigurationError when the file is locked, damaged or not writable, WorkFailed when the disk
    is full.
    """

    def __init__(self, path: Path, clock: Clock, *, wait_s: float = WAIT_S) -> None:
        """Open the store, or make it."""
        self._path, self._clock = path, clock
        self._lock = threading.RLock()
        with self._told():
            self._database = self._connected(wait_s)
        try:
            with self._told():
                self._database.row_factory = sqlite3.Row
                self._prepare()
        except BaseException:
            self._database.close()
            raise

    def _connected(self, wait_s: float) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=wait_s, isolation_level=None, check_same_thread=False)

    def _prepare(self) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("PRAGMA foreign_keys = ON")
        migrate(self._database, self._path)

    def begin(self, run: RunRow) -> None:
        """Record the run; again with the same id changes nothing. ConfigurationError for the store of another run."""
        with self._writing():
            found = self.run()
            if found is not None and found.run_id != run.run_id:
                hint = f"name that run with --run {found.run_id}"
                raise ConfigurationError(f"{self._path} is the store of {found.run_id}", hint=hint)
            self._insert("INSERT OR IGNORE", "runs", run)

    def add(self, records: Sequence[JobRecord]) -> None:
        """Record jobs as PLANNED; those already there are left as they are. ValueError for another status."""
        with self._writing():
            for record in records:
                if record.status is not Status.PLANNED:
                    raise ValueError(f"{record.job_id} would begin as {record.status}")
                self._insert("INSERT OR IGNORE", "jobs", record, updated_at=self._now())

    def move(self, job_id: str, event: Event, note: Note | None = None) -> JobRecord:
        """Advance one job by the table, with what is known of it. IllegalTransition; KeyError for an unknown job."""
        return self.move_many([(job_id, event, note)])[0]

    def move_many(self, moves: Iterable[tuple[str, Event, Note | None]]) -> list[JobRecord]:
        """Advance jobs in one transaction: all of them or none. IllegalTransition; KeyError for an unknown job."""
        with self._writing():
            return [self._move(job_id, event, note or Note()) for job_id, event, note in moves]

    def jobs(self) -> list[JobRecord]:
        """Every job of the run, in job id order."""
        return [job_record(row) for row in self._rows("SELECT * FROM jobs ORDER BY job_id")]

    def job(self, job_id: str) -> JobRecord:
        """One job. KeyError when the run has none such."""
        found = self._rows("SELECT * FROM jobs WHERE job_id = ?", job_id)
        if not found:
            raise KeyError(job_id)
        return job_record(found[0])

    def counts(self) -> Counts:
        """How many jobs stand where."""
        return count(Status(row["status"]) for row in self._rows("SELECT status FROM jobs"))

    def artifacts(self, job_id: str) -> list[Artifact]:
        """The files a job brought."""
        found = self._rows("SELECT * FROM artifacts WHERE job_id = ? ORDER BY type, path", job_id)
        return [
            Artifact(row["type"], row["path"], row["sha256"], json.loads(row["provider_json"]))
            for row in found
        ]

    def record_batch(self, batch: BatchRow) -> None:
        """Record how a submission's batch stands now."""
        with self._writing():
            self._insert("INSERT OR REPLACE", "batches", batch, updated_at=self._now())

    def batches(self) -> list[BatchRow]:
        """Every batch of the run, in submission id order."""
        return [BatchRow(*row) for row in self._rows("SELECT * FROM batches ORDER BY submission_id")]

    def run(self) -> RunRow | None:
        """What the run was begun with; None before `begin`."""
        found = self._rows("SELECT * FROM runs")
        return RunRow(*found[0]) if found else None

    def events(self, job_id: str) -> list[EventRow]:
        """Every move of a job, oldest first."""
        found = self._rows("SELECT * FROM events WHERE job_id = ? ORDER BY id", job_id)
        return [event_row(row) for row in found]

    def started(self, since: str) -> list[tuple[str, str]]:
        """The jobs that were started since a time (RFC 3339, UTC), each start with its time, oldest first."""
        found = self._rows(
            "SELECT job_id, at FROM events WHERE event = ? AND at >= ? ORDER BY id", Event.START, since
        )
        return [(row["job_id"], row["at"]) for row in found]

    def close(self) -> None:
        """Let go of the file; again is nothing."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _move(self, job_id: str, event: Event, note: Note) -> JobRecord:
        before = self.job(job_id)
        status, now = advance(before.status, event), self._now()
        learnt = learnt_from(note)
        changes = {
            "status": status,
            "updated_at": now,
            "attempts": before.attempts + (event is Event.RETRY),
            **learnt,
        }
        assignments = ", ".join(f"{column} = :{column}" for column in changes)
        self._database.execute(
            f"UPDATE jobs SET {assignments} WHERE job_id = :job_id",  # noqa: S608  # column names of our own
            {**changes, "job_id": job_id},
        )
        if note.artifact is not None:
            self._insert("INSERT OR REPLACE", "artifacts", note.artifact, job_id=job_id)
        detail = json.dumps(learnt, sort_keys=True, ensure_ascii=False) if learnt else ""
        self._database.execute(
            "INSERT INTO events (job_id, event, from_status, to_status, at, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (job_id, event, before.status, status, now, detail),
        )
        return self.job(job_id)

    def _insert(self, how: str, table: str, row: Any, **more: str) -> None:
        values = columns_of(row) | more
        columns, marks = ", ".join(values), ", ".join(f":{column}" for column in values)
        self._database.execute(f"{how} INTO {table} ({columns}) VALUES ({marks})", values)

    def _rows(self, query: str, *values: str) -> list[sqlite3.Row]:
        with self._told():
            return self._database.execute(query, values).fetchall()

    def _now(self) -> str:
        return stamp(self._clock.now())

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction that holds the write lock from its first read on."""
        with self._told():
            self._database.execute("BEGIN IMMEDIATE")
            with self._database:
                yield

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """One thread at a time, and what SQLite says turned into what to do."""
        with self._lock:
            try:
                yield
            except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
                raise  # a bug of ours: the file is as it should be
            except sqlite3.Error as error:
                raise _trouble(self._path, error) from error


def _trouble(path: Path, error: sqlite3.Error) -> ChargenError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        hint = "another chargen, a database browser or a backup holds it: let it end, then run this again"
        return ConfigurationError(f"{path} is locked", hint=hint)
    if code == sqlite3.SQLITE_FULL:
        return WorkFailed(f"{path} cannot grow: the disk is full", hint="make room and run with --resume")
    if code == sqlite3.SQLITE_CANTOPEN and len(bytes(path.absolute())) > _LONGEST_PATH:
        return name_too_long(path)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        hint = "give this user the right to write the file and its folder, on a disk that is not read-only"
        return ConfigurationError(f"{path} cannot be opened for writing: {error}", hint=hint)
    if code == sqlite3.SQLITE_IOERR:
        return WorkFailed(
            f"{path} cannot be read or written: {error}",
            hint="see that the disk is sound and has room, and run it again; should it stay so, " + _REBUILT,
        )
    return ConfigurationError(f"{path} is damaged or no job store of chargen: {error}", hint=_REBUILT)
