"""The rows of `jobs.sqlite` as values, and values as rows; money and enumerations are kept as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chargen.core.job import Event, Failure, Status
from chargen.core.job_record import Artifact, JobRecord, Note

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class RunRow:
    """What a run was begun with."""

    run_id: str
    created_at: str
    mode: str
    repo_root: str
    config_json: str = "{}"


@dataclass(frozen=True, slots=True)
class EventRow:
    """One move of one job; `detail` is what was learnt with it, as JSON."""

    id: int
    job_id: str
    event: Event
    from_status: Status
    to_status: Status
    at: str
    detail: str


def columns_of(row: Any) -> dict[str, str | int]:
    """The columns a value is kept in: those of its fields, by name."""
    values = {field.name: _plain(getattr(row, field.name)) for field in fields(row)}
    if "provider" in values:
        values["provider_json"] = values.pop("provider")
    return values


def learnt_from(note: Note) -> dict[str, str]:
    """The columns of a job that a note fills; what it leaves out keeps its value."""
    learnt = {
        "failure": note.failure,
        "last_error": note.error,
        "submission": note.submission,
        "cost_usd": note.cost_usd,
    }
    return {column: _text(value) for column, value in learnt.items() if value is not None}


def job_record(row: sqlite3.Row) -> JobRecord:
    """A job as it stands."""
    values = dict(row)
    return JobRecord(
        **values
        | {
            "status": Status(row["status"]),
            "failure": Failure(row["failure"]) if row["failure"] else None,
            "reserved_usd": Decimal(row["reserved_usd"]),
            "cost_usd": Decimal(row["cost_usd"]),
        }
    )


def artifact(row: sqlite3.Row) -> Artifact:
    """A file a job brought."""
    return Artifact(row["type"], row["path"], row["sha256"], json.loads(row["provider_json"]))


def event_row(row: sqlite3.Row) -> EventRow:
    """A move of a job."""
    moved = {
        "event": Event(row["event"]),
        "from_status": Status(row["from_status"]),
        "to_status": Status(row["to_status"]),
    }
    return EventRow(**dict(row) | moved)


def _plain(value: Any) -> str | int:
    """A value as a column keeps it: money and enumerations as text, never as a binary fraction."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return _text(json.dumps(dict(value), sort_keys=True, ensure_ascii=False))
    return value if isinstance(value, int) else _text(value)


def _text(value: object) -> str:
    """Text that SQLite takes: a provider's error may hold half a surrogate pair, which has no bytes."""
    return str(value).encode("utf-8", "backslashreplace").decode()
