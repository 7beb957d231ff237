"""What the emulator remembers: files, batches, every answer it gave, and how it has been told to behave."""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chargen.emulator.clock import EmulatorClock
from chargen.emulator.switchboard import Switchboard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chargen.emulator.batch import Batch
    from chargen.emulator.faults import Fault
    from chargen.emulator.stored_file import StoredFile, Upload

MAX_OPEN_BATCHES: Final = 100


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the emulator is. With `polls`, a batch is over at its n-th `get`, however little time has passed."""

    pending_s: float = 0.1
    running_s: float = 0.2
    polls: int = 0
    answer_s: float = 0.0  # added to every live answer


@dataclass(frozen=True, slots=True)
class Answer:
    """One request the model has looked at; `outcome` is `picture` when it was drawn, and so paid for."""

    key: str
    model: str
    sha256: str
    batch: str
    outcome: str
    width: int = 0
    height: int = 0


class State:
    """Everything that lasts from one call to the next; safe from any thread."""

    def __init__(
        self, *, faults: Iterable[str | Fault] = (), pace: Pace | None = None, flat: bool = False
    ) -> None:
        self.first_faults = tuple(faults)
        self.faults = Switchboard(self.first_faults)
        self.first_pace = self.pace = pace or Pace()
        self.flat = flat
        self.key = ""  # of the latest call: what a service that gossips repeats
        self.clock = EmulatorClock()
        self.lock = threading.RLock()
        self.calls: Counter[str] = Counter()
        self.answers: list[Answer] = []
        self.files: dict[str, StoredFile] = {}
        self.uploads: dict[str, Upload] = {}
        self.batches: dict[str, Batch] = {}
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.stop = threading.Event()  # set at a reset: what was asked before it is not done
        self.live_pool = ThreadPoolExecutor(2, "emulator-live")
        self.batch_pool = ThreadPoolExecutor(2, "emulator-batch")
        self._folder = tempfile.TemporaryDirectory(prefix="chargen-emulator-", ignore_cleanup_errors=True)

    @property
    def paid(self) -> list[Answer]:
        """Every picture that was drawn, in order of time."""
        with self.lock:
            return [answer for answer in self.answers if answer.outcome == "picture"]

    def new_id(self, length: int) -> str:
        """An id no other run of the emulator has given out."""
        return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(length))

    def path(self, name: str) -> Path:
        """Where to keep bytes of this name."""
        return Path(self._folder.name) / name.replace("/", "-")

    def record(self, answer: Answer, stop: threading.Event) -> None:
        """Put an answer on the record, unless the work it belongs to was stopped in the meantime."""
        with self.lock:
            if not stop.is_set():
                self.answers.append(answer)

    def settle(self) -> None:
        """Do what has become due: late creates, batches that end, files that expire."""
        with self.lock:
            now = self.clock.now()
            due = [action for at, action in self.later if at <= now]
            self.later = [(at, action) for at, action in self.later if at > now]
            for action in due:
                action()
            for batch in self.batches.values():
                batch.advance(self.pace, now)
            for name in [name for name, file in self.files.items() if file.gone_at <= now]:
                self.forget_file(name)

    def forget_file(self, name: str) -> None:
        """Delete a file from the books and the disk."""
        with self.lock:
            self.files.pop(name).path.unlink(missing_ok=True)

    def reset(self) -> None:
        """Back to the beginning: no files, no batches, nothing paid, the faults and the pace given at the start."""
        self._stop_work()
        with self.lock:
            for name in list(self.files):
                self.forget_file(name)
            self.later.clear()
            self.uploads.clear()
            self.batches.clear()
            self.answers.clear()
            self.calls.clear()
            self.clock.rewind()
            self.pace = self.first_pace
            self.faults = Switchboard(self.first_faults)

    def close(self) -> None:
        """Stop all work and remove the folder."""
        self._stop_work()
        self.live_pool.shutdown(cancel_futures=True)
        self.batch_pool.shutdown(cancel_futures=True)
        self._folder.cleanup()

    def _stop_work(self) -> None:
        """Stop every batch and wait for the line in hand, which would meet the faults of whoever comes next."""
        with self.lock:
            self.stop.set()
            self.stop = threading.Event()
            batches = list(self.batches.values())
        for batch in batches:
            batch.stop.set()
        wait([batch.work for batch in batches if batch.work and not batch.work.cancel()])

    def as_json(self) -> dict[str, Any]:
        """The whole record, as `GET /emulator/state` shows it."""
        with self.lock:
            now = self.clock.now()
            return {
                "paid": [asdict(answer) for answer in self.paid],
                "answers": [asdict(answer) for answer in self.answers],
                "calls": dict(sorted(self.calls.items())),
                "files": [file.resource("") | {"resultOf": file.result_of} for file in self.files.values()],
                "batches": [batch.operation(now=now, whole=False) for batch in self.batches.values()],
                "faults": self.faults.as_json(),
            }
