"""A job as the job store keeps it, and what an event adds to it. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from chargen.core.job import Failure, Status


@dataclass(frozen=True, slots=True)
class Note:
    """What is learnt of a job with an event; fields left out keep their value."""

    failure: Failure | None = None
    error: str | None = None
    submission: str | None = None
    cost_usd: Decimal | None = None
    artifact: Artifact | None = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file a job brought; `path` relative to the run directory."""

    type: str
    path: str
    sha256: str
    provider: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job of one run; `updated_at` RFC 3339."""

    job_id: str
    run_id: str
    prompt_hash: str
    request_hash: str
    status: Status = Status.PLANNED
    attempts: int = 0
    failure: Failure | None = None
    last_error: str = ""
    submission: str = ""
    reserved_usd: Decimal = Decimal(0)
    cost_usd: Decimal = Decimal(0)
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A submission's batch as this run last saw it."""

    submission_id: str
    batch: str
    state: str
    display_name: str
    updated_at: str = ""
