"""
collect: a submitted batch that has ended -> result bundles, then every picture under its results ref, then COLLECTED.

Read line by line, joined by key alone; a good line is kept whatever the others are. From COLLECTED on nothing depends
on the provider any more. Doing it again gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chargen.core.answer import Kind
from chargen.core.provider_reply import Batch, BatchState
from chargen.core.result_line import BOM, ResultLine, read_line
from chargen.core.submission import Came, Move, Outcome, Request, Submission
from chargen.pipeline.booking import Desk, stamp, whole_seconds
from chargen.pipeline.bundling import Bench, Laid, lay_answer, lay_failure
from chargen.pipeline.keeping import keep_and_book

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.ports import BatchProvider


@dataclass(frozen=True, slots=True)
class Collected:
    """What a submission brought, and what was odd about it."""

    submission: Submission
    warnings: tuple[str, ...] = ()


@dataclass
class _Lines:
    """The lines of a result file by request, and what was wrong with the file."""

    by_key: dict[str, Request]
    warnings: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def good(self, path: Path) -> Iterator[tuple[Request, ResultLine]]:
        """Each request's line: its first picture, else the first thing said of it."""
        said: dict[str, ResultLine] = {}
        for number, line in self._read(path):
            if line.key in self.seen:
                self.warnings.append(
                    f"line {number} of the result repeats the key {line.key!r}: the first picture counts"
                )
            elif line.answer is not None and line.answer.kind is Kind.IMAGE:
                self.seen.add(line.key)
                yield self.by_key[line.key], line
            else:
                said.setdefault(line.key, line)
        for key, line in said.items():
            if key not in self.seen:
                self.seen.add(key)
                yield self.by_key[key], line

    def _read(self, path: Path) -> Iterator[tuple[int, ResultLine]]:
        with path.open("rb", buffering=1 << 22) as file:
            for number, raw in enumerate(file, start=1):
                line = read_line(raw) if raw.removeprefix(BOM).strip() else None
                if line is None:
                    continue
                if line.unreadable:
                    self.warnings.append(f"line {number} of the result cannot be read: {line.unreadable}")
                elif line.key not in self.by_key:
                    self.warnings.append(
                        f"line {number} of the result has a key nobody asked for: {line.key!r}"
                    )
                else:
                    yield number, line


_LOST = {
    BatchState.FAILED: (Move.FAIL, Came.FAILED, "the batch failed"),
    BatchState.CANCELLED: (Move.CANCEL, Came.CANCELLED, "the batch was cancelled"),
    BatchState.EXPIRED: (Move.EXPIRE, Came.EXPIRED, "expired: the batch ran out of time"),
}
Attempts = Callable[[Request], bool]  # asked with the outcome, where one thing came of all


def collect(
    desk: Desk,
    submission: Submission,
    batch: Batch,
    provider: BatchProvider,
    bench: Bench,
    *,
    attempts_left: Attempts,
) -> Collected:
    """Bring in one batch that has ended; `attempts_left` says which requests that failed go back to the queue."""
    at = whole_seconds(batch.ended_at) or stamp(desk.clock.now())
    if batch.state in _LOST:
        return _lost(desk, submission, batch, bench, at=at, attempts_left=attempts_left)
    path = bench.run.path / f"download-{submission.id}" / "results.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    provider.download(batch.output_file, path)
    lines = _Lines({request.key: request for request in submission.requests})
    laid = [
        _lay_line(bench, submission, request, line, at=at, attempts_left=attempts_left(request))
        for request, line in lines.good(path)
    ]
    missing = [request for request in submission.requests if request.key not in lines.seen]
    gone = Outcome(Came.MISSING, reason="the result has no line for it that can be read", at=at)
    laid += [
        lay_failure(
            bench, submission, request, _at_its_bound(gone, request), attempts_left=attempts_left(request)
        )
        for request in missing
    ]
    warnings = [
        *lines.warnings,
        *(f"{item.request.job_ids[0]}: {item.warning}" for item in laid if item.warning),
    ]
    warnings += [f"{request.job_ids[0]}: {gone.reason}" for request in missing]
    booked = keep_and_book(desk, submission, laid, bench, what=Move.COLLECT, at=at)
    path.unlink()
    path.parent.rmdir()
    return Collected(booked, tuple(warnings))


def _at_its_bound(gone: Outcome, request: Request) -> Outcome:
    """The line is lost, not the bill: the picture may have been made, so that it counts at its upper bound."""
    return replace(gone, cost_usd=request.reserved_usd)


def _lay_line(
    bench: Bench, submission: Submission, request: Request, line: ResultLine, *, at: str, attempts_left: bool
) -> Laid:
    if line.answer is not None:
        size = request.ask.provider.get("size", "1K")
        return lay_answer(
            bench, submission, request, line.answer, at=at, size=size, attempts_left=attempts_left
        )
    reason = f"{line.error.name}: {line.error.message}" if line.error else "no answer"
    again = attempts_left and line.error is not None and line.error.transient
    return lay_failure(
        bench, submission, request, Outcome(Came.FAILED, reason=reason, at=at), attempts_left=again
    )


def _lost(
    desk: Desk, submission: Submission, batch: Batch, bench: Bench, *, at: str, attempts_left: Attempts
) -> Collected:
    """A batch that ended without results: each of its requests is an attempt that brought nothing."""
    what, came, words = _LOST[batch.state]
    reason = f"{words}: {batch.error}" if batch.error else words
    outcome = Outcome(came, reason=reason, at=at)
    laid = [
        lay_failure(
            bench,
            submission,
            request,
            outcome,
            attempts_left=attempts_left(replace(request, outcome=outcome)),
        )
        for request in submission.requests
    ]
    return Collected(keep_and_book(desk, submission, laid, bench, what=what, at=at, error=reason), (reason,))
