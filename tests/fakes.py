"""Stand-ins we own for every port, in memory: no network, no clock, no git; each does what its port promises."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargen.core.digest import sha256
from chargen.core.job import Event, Status, advance
from chargen.core.job_record import BatchRow, JobRecord
from chargen.core.out_of_world import OutOfWorld
from chargen.core.picture_facts import BadPicture, PictureFacts
from chargen.core.picture_format import PNG, WEBP, sniff
from chargen.core.provider_reply import Batch, BatchState, ProviderTrouble, Trouble
from chargen.errors import LostRace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chargen import ports
    from chargen.core.job_record import Note

START = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """Time that passes only where somebody sleeps; safe for many threads."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.passed += seconds


@dataclass
class FakeTree:
    """A tree of files; an exception in place of bytes is raised when the file is read."""

    contents: Mapping[str, bytes | Exception]

    def files(self) -> list[str]:
        return sorted(self.contents, reverse=True)  # discover must not rely on the order

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise FileNotFoundError(path)
        data = self.contents[path]
        if isinstance(data, Exception):
            raise data
        return data


@dataclass
class FakeTracking:
    """The books in memory, compare-and-swap; `others` are writers who get in first, one before each write."""

    contents: dict[str, bytes] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)
    kept: dict[str, dict[str, bytes]] = field(default_factory=dict)
    others: deque[Callable[[], object]] = field(default_factory=deque)

    @property
    def tip(self) -> str:
        return f"tip-{len(self.commits)}" if self.commits else ""

    def read(self) -> tuple[str, Mapping[str, bytes]]:
        return self.tip, dict(self.contents)

    def write(self, tip: str, changes: Mapping[str, bytes | None], message: str) -> str:
        if self.others:
            self.others.popleft()()
        if tip != self.tip:
            raise LostRace(f"{tip} is no longer {self.tip}")
        for path, data in changes.items():
            if data is None:
                self.contents.pop(path, None)
            else:
                self.contents[path] = data
        self.commits.append(message)
        return self.tip

    def keep(self, submission_id: str, files: Mapping[str, Path], message: str) -> str:
        found = self.kept.setdefault(submission_id, {})
        found.update({name: path.read_bytes() for name, path in files.items()})
        return sha256(repr(sorted(found.items())).encode())

    def fetch(self, submission_id: str, name: str) -> bytes:
        try:
            return self.kept[submission_id][name]
        except KeyError:
            raise FileNotFoundError(name) from None


@dataclass
class FakeBatches:
    """A batch service: what is uploaded and created is kept; troubles are raised in the order they were put in."""

    troubles: defaultdict[str, deque[ProviderTrouble | None]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    lost_answers: int = 0  # creates that are accepted although their caller hears nothing
    uploads: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    results: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)  # noqa: A003  # the port has a method of this name

    def _called(self, what: str, about: str) -> None:
        self.calls.append(f"{what} {about}")
        if self.troubles[what] and (trouble := self.troubles[what].popleft()) is not None:
            raise trouble

    def upload(self, path: Path, display_name: str) -> str:
        self._called("upload", display_name)
        name = f"files/{len(self.uploads) + 1}"
        self.uploads[name] = path.read_bytes()
        return name

    def delete_file(self, name: str) -> None:
        self._called("delete", name)
        self.uploads.pop(name, None)

    def create(self, model: str, input_file: str, display_name: str) -> Batch:
        self._called("create", input_file)
        batch = self.add(display_name, model=model, input_file=input_file)
        if self.lost_answers:
            self.lost_answers -= 1
            raise ProviderTrouble(Trouble.TRANSPORT, "the connection was reset")
        return batch

    def add(self, display_name: str, *, state: BatchState = BatchState.PENDING, **more: Any) -> Batch:
        """A batch that somebody created."""
        number = len(self.batches) + 1
        created_at = more.pop("created_at", f"2026-11-23T04:00:{number:02}Z")
        batch = Batch(f"batches/{number}", state, display_name, created_at=created_at, **more)
        self.batches[batch.name] = batch
        return batch

    def get(self, name: str) -> Batch:
        self._called("get", name)
        return self.batches[name]

    def list(self) -> Iterator[Batch]:
        self._called("list", "")
        yield from [batch for name, batch in self.batches.items() if name not in self.unlisted]

    def cancel(self, name: str) -> None:
        self._called("cancel", name)
        self.batches[name] = replace(self.batches[name], state=BatchState.CANCELLED)

    def download(self, name: str, destination: Path) -> None:
        self._called("download", name)
        destination.write_bytes(self.results[name])


@dataclass
class FakeProvider:
    """A model that answers each call with the next thing put in for its prompt, else with `otherwise`."""

    otherwise: Callable[[str], Mapping[str, Any]]
    said: defaultdict[str, deque[Mapping[str, Any] | Exception]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], object] = lambda _: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def generate(
        self, model: str, request: Mapping[str, Any], sent: Callable[[], object] | None = None
    ) -> Mapping[str, Any]:
        prompt = str(request["contents"][0]["parts"][-1]["text"])
        self.before(prompt)
        with self._lock:
            self.asked.append(prompt)
            waiting = next((q for word, q in self.said.items() if word in prompt and q), None)
            answer = waiting.popleft() if waiting else self.otherwise(prompt)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeFiles:
    """The world's files; a write that is listed in `full` fails."""

    contents: dict[str, bytes] = field(default_factory=dict)
    full: Mapping[str, Exception] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def read(self, path: str) -> bytes:
        if path.startswith(("/", "../")):
            raise OutOfWorld(f"{path!r} leads out of the world")
        if path not in self.contents:
            raise FileNotFoundError(path)
        return self.contents[path]

    def write(self, path: str, data: bytes) -> None:
        if path.startswith(("/", "../")):
            raise OutOfWorld(f"{path!r} leads out of the world")
        if path in self.full:
            raise self.full[path]
        self.writes.append(path)
        self.contents[path] = data


@dataclass
class FakeRun:
    """A run's directory below a temporary folder."""

    path: Path
    run_id: str = "run-001"

    def shard(self, index: int) -> Path:
        return self.path / "requests" / f"shard-{index:03}.jsonl"

    def result(self, job_id: str) -> Path:
        return self.path / "results" / job_id

    def write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


class FakePictures:
    """Pictures of our own making (`tests.worlds.a_picture`): magic bytes, then `<width>x<height> <name>`."""

    def check(self, data: bytes) -> PictureFacts:
        try:
            width, height = data[8:].split(b" ")[0].split(b"x")
            return PictureFacts(int(width), int(height), sniff(data), sha256(data))
        except ValueError:
            raise BadPicture("no picture of ours") from None

    def fit(self, data: bytes) -> tuple[bytes, str]:
        return b"fit " + data, self.check(data).mime

    def convert(self, data: bytes, to: str) -> bytes:
        mimes = {"png": PNG, "webp": WEBP}
        return data if sniff(data) == mimes.get(to) else _MAGIC[to] + data[8:]


_MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF\0\0\0\0WEBP", "jpeg": b"\xff\xd8\xff....."}


@dataclass
class FakeStore:
    """The run's own record in memory: every move by the table; safe for many threads."""

    records: dict[str, JobRecord] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    batches: dict[str, BatchRow] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, records: Sequence[JobRecord]) -> None:
        for record in records:
            self.records.setdefault(record.job_id, record)

    def move(self, job_id: str, event: Event, note: Note | None = None) -> JobRecord:
        with self._lock:
            record = self.records[job_id]
            known: dict[str, Any] = {"status": advance(record.status, event)}
            known["attempts"] = record.attempts + (event is Event.RETRY)
            if note is not None:
                learnt = {
                    "failure": note.failure,
                    "last_error": note.error,
                    "submission": note.submission,
                    "cost_usd": note.cost_usd,
                }
                known |= {name: value for name, value in learnt.items() if value is not None}
            self.records[job_id] = replace(record, **known)
            self.history.append(f"{job_id} {event}")
            return self.records[job_id]

    def job(self, job_id: str) -> JobRecord:
        return self.records[job_id]

    def jobs(self) -> Sequence[JobRecord]:
        return [self.records[name] for name in sorted(self.records)]

    def record_batch(self, batch: BatchRow) -> None:
        self.batches[batch.submission_id] = batch

    def statuses(self) -> dict[str, Status]:
        return {name: record.status for name, record in sorted(self.records.items())}


if TYPE_CHECKING:  # mypy holds them to their ports
    _clock: ports.Clock = FakeClock()
    _tree: ports.Tree = FakeTree({})
    _tracking: ports.Tracking = FakeTracking()
    _batches: ports.BatchProvider = FakeBatches()
    _provider: ports.Provider = FakeProvider(lambda _: {})
    _files: ports.WorldFiles = FakeFiles()
    _pictures: ports.Pictures = FakePictures()
    _store: ports.JobStore = FakeStore()

    def _run(run: FakeRun) -> ports.RunFiles:
        return run
