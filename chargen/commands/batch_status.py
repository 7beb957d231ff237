"""`chargen batch status`: what runs and submissions stand at, from the books and the run's own record; no network."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from chargen.commands import options
from chargen.commands.quarantine import in_quarantine
from chargen.commands.telling import as_json, result
from chargen.commands.wiring import Session, open_session
from chargen.core.alarm import alarms
from chargen.core.books_report import run_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.core.submission import Submission
    from chargen.edges.run_folder import RunFolder

_EVERY_S = 2.0


@click.command("status")
@options.root
@options.run_id
@click.option("--watch", is_flag=True, help="Show it again every two seconds until nothing is open.")
@options.local
@options.output_format("text", "json")
def command(root: Path | None, run_id: str | None, watch: bool, local: bool, style: str) -> None:
    """What runs and submissions stand at. Without --run: the newest run, and everything that is open."""
    session = open_session(root, local=local)
    while True:
        books = session.desk().read()
        run = _chosen(session, run_id, books)
        if style == "json":
            as_json(_data(session, run, books))
        else:
            if watch and sys.stdout.isatty():
                click.clear()
            for line in _lines(session, run, books):
                result(line)
        if not watch or not _open(run, books):
            return
        session.clock.sleep(_EVERY_S)


def _chosen(session: Session, run_id: str | None, books: Books) -> RunFolder | None:
    """The run that is named, else the newest that has asked for anything: one that lost a race has not."""
    from chargen.edges.run_folder import list_runs, open_run

    if run_id:
        return open_run(session.root, run_id)
    known = {item.run_id for item in books.submissions.values()}
    every = reversed(list_runs(session.root))
    return next((run for run in every if run.run_id in known or _has_jobs(session, run, books)), None)


def _has_jobs(session: Session, run: RunFolder, books: Books) -> bool:
    with session.record(run, books) as store:
        return store.counts().planned > 0


def _shown(run: RunFolder | None, books: Books) -> list[Submission]:
    every = sorted(books.submissions.values(), key=lambda item: (item.created_at, item.id))
    return [item for item in every if item.holds or (run is not None and item.run_id == run.run_id)]


def _open(run: RunFolder | None, books: Books) -> bool:
    return any(item.holds for item in _shown(run, books))


def _data(session: Session, run: RunFolder | None, books: Books) -> dict[str, Any]:
    import dataclasses

    data: dict[str, Any] = {
        "books": books.tip,
        "monthUsd": str(books.month_usd(f"{session.clock.now():%Y-%m}")),
        "submissions": [submission_data(item) for item in _shown(run, books)],
        "run": None,
    }
    if run is not None:
        with session.record(run, books) as store:
            jobs = [
                {"jobId": job.job_id, "status": job.status, "attempts": job.attempts, "error": job.last_error}
                for job in store.jobs()
            ]
            data["run"] = {"runId": run.run_id, "counts": dataclasses.asdict(store.counts()), "jobs": jobs}
    return data


def submission_data(item: Submission) -> dict[str, Any]:
    """A submission as plain data."""
    return {
        "id": item.id,
        "state": item.state,
        "mode": item.mode,
        "model": item.model,
        "batch": item.batch or None,
        "runId": item.run_id,
        "requests": len(item.requests),
        "pictures": sum(bool(request.outcome and request.outcome.sha256) for request in item.requests),
        "createdAt": item.created_at,
        "leaseUntil": item.lease_until,
        "owner": {"host": item.owner.host, "pid": item.owner.pid, "run": item.owner.run_url},
        "reservedUsd": str(item.reserved_usd),
        "actualUsd": str(item.actual_usd),
        "error": item.error or None,
    }


def _lines(session: Session, run: RunFolder | None, books: Books) -> Iterator[str]:
    if run is None and not books.submissions:
        yield "Nothing was made here yet: start with `chargen batch plan`."
        return
    if run is not None:
        yield from _run_lines(session, run, books)
    for item in _shown(run, books):
        pictures = sum(bool(request.outcome and request.outcome.sha256) for request in item.requests)
        name = item.batch or item.mode
        yield f"  {item.state:<12} {item.id}  {pictures}/{len(item.requests)} pictures  {name}  since {item.created_at}"
        if item.error:
            yield f"               {item.error}"
        for late in alarms([item], session.clock.now()):
            yield f"               {late.level}: {late.said}. {late.do}"
    month = f"{session.clock.now():%Y-%m}"
    yield f"Month {month}: {books.month_usd(month):.4f} USD spent or reserved."


def _run_lines(session: Session, run: RunFolder, books: Books) -> Iterator[str]:
    with session.record(run, books) as store:
        counts, jobs = store.counts(), store.jobs()
    stuck = sum(len(item.requests) for item in in_quarantine(books, run.run_id))
    yield run_line(run.run_id, counts, quarantined=stuck)
    for job in jobs:
        if job.status in ("FAILED", "SKIPPED"):
            why = f"{job.failure}: {job.last_error}" if job.failure else job.last_error
            yield f"  {job.status:<12} {job.job_id}  {why}"
