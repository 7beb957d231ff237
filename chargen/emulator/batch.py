"""A batch and its life by time or by polls: PENDING, RUNNING, then what fate and faults have decided."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chargen.emulator.clock import stamp

if TYPE_CHECKING:
    from chargen.emulator.state import Pace

FINAL: Final = frozenset(("SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"))
EXPIRES_AFTER_S: Final = 48 * 3600.0
TYPE: Final = "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch"


@dataclass(slots=True)
class Batch:
    """One batch job; its requests and results lie on disk."""

    id: str
    model: str
    display_name: str
    input_file: str  # "" when the requests came inline
    source: Path  # the requests, one a line
    result: Path
    created: float
    requests: int
    fate: str = "SUCCEEDED"  # where it ends, or a state it stays in
    error: dict[str, Any] | None = None
    older_by: float = 0.0
    visible_at: float = 0.0
    hidden_lists: int = 0
    state: str = "PENDING"
    ended: float = 0.0
    polls: int = 0
    done_lines: int = 0
    failed_lines: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    work: Future[None] | None = None

    @property
    def name(self) -> str:
        """The resource name."""
        return f"batches/{self.id}"

    @property
    def result_name(self) -> str:
        """The result file's name: 42 characters after `files/`, more than `files.get` takes."""
        return f"files/batch-{self.id}"

    def advance(self, pace: Pace, now: float) -> None:
        """Move to the state this moment calls for."""
        if self.state in FINAL:
            return
        age = now - self.created
        started = self.polls >= 1 if pace.polls else age >= pace.pending_s
        over = self.polls >= pace.polls if pace.polls else age >= pace.pending_s + pace.running_s
        worked = self.work is None or self.work.done()
        if self.fate not in FINAL:
            self.state = self.fate
        elif started:
            self.state = self.fate if over and worked else "RUNNING"
        if self.state not in FINAL and age >= EXPIRES_AFTER_S:
            self.state = "EXPIRED"
        if self.state == "SUCCEEDED" and self.work and (crash := _crash(self.work)):
            self.state, self.error = "FAILED", {"code": 13, "message": f"the emulator failed: {crash!r}"}
        if self.state in FINAL:
            self.ended = now

    def cancel(self, now: float) -> None:
        """Stop the work; a batch that is over stays as it is."""
        if self.state not in FINAL:
            self.stop.set()
            self.state, self.ended = "CANCELLED", now

    def operation(self, *, now: float, whole: bool = True) -> dict[str, Any]:
        """The long-running operation the API shows; `whole` includes inline results."""
        updated = self.ended or now
        metadata: dict[str, Any] = {
            "@type": TYPE,
            "model": f"models/{self.model}",
            "displayName": self.display_name,
            "inputConfig": {"fileName": self.input_file} if self.input_file else {},
            "createTime": stamp(self.created - self.older_by),
            "updateTime": stamp(updated - self.older_by),
            "batchStats": self._stats(),
            "state": f"BATCH_STATE_{self.state}",
            "name": self.name,
        }
        body: dict[str, Any] = {"name": self.name, "metadata": metadata}
        if self.state not in FINAL:
            return body
        metadata["endTime"] = stamp(self.ended - self.older_by)
        body["done"] = True
        if self.state == "SUCCEEDED":
            output = self._output(whole=whole)
            metadata["output"] = output
            body["response"] = {"@type": f"{TYPE}Output", **output}
        elif self.state == "FAILED":
            body["error"] = self.error or {"code": 13, "message": "Internal error occurred."}
        return body

    def _stats(self) -> dict[str, str]:
        done = self.done_lines if self.state in {"RUNNING", "SUCCEEDED"} else 0
        counts = {
            "successfulRequestCount": done - self.failed_lines if done else 0,
            "failedRequestCount": self.failed_lines if done else 0,
            "pendingRequestCount": self.requests - done if self.state not in FINAL else 0,
        }
        return {"requestCount": str(self.requests)} | {key: str(n) for key, n in counts.items() if n}

    def _output(self, *, whole: bool) -> dict[str, Any]:
        if self.input_file:
            return {"responsesFile": self.result_name}
        if not whole:
            return {"inlinedResponses": {}}
        with self.result.open(encoding="utf-8-sig") as lines:
            return {"inlinedResponses": {"inlinedResponses": [json.loads(line) for line in lines]}}


def _crash(work: Future[None]) -> BaseException | None:
    return None if work.cancelled() else work.exception()
