"""
The life of a job in a run: one table of moves, nowhere else. Pure.

A job is one request of one run; why it failed is data, not a status. docs/job-states.md is drawn from TRANSITIONS.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Status(enum.StrEnum):
    """Where a job stands."""

    PLANNED = "PLANNED"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    APPLIED = "APPLIED"


class Event(enum.StrEnum):
    """What happens to a job."""

    QUEUE = "queue"
    START = "start"
    SUCCEED = "succeed"
    FAIL = "fail"
    RETRY = "retry"
    DEFER = "defer"
    SKIP = "skip"
    APPLY = "apply"


class Failure(enum.StrEnum):
    """Why a job failed."""

    BLOCKED = "blocked"
    INVALID = "invalid"
    QUOTA = "quota"
    EXPIRED = "expired"
    TRANSPORT = "transport"
    REFUSED = "refused"
    MISSING = "missing"


TRANSITIONS: Final[Mapping[tuple[Status, Event], Status]] = {
    (Status.PLANNED, Event.QUEUE): Status.QUEUED,
    (Status.PLANNED, Event.SKIP): Status.SKIPPED,
    (Status.QUEUED, Event.START): Status.RUNNING,
    (Status.QUEUED, Event.SKIP): Status.SKIPPED,
    (Status.RUNNING, Event.SUCCEED): Status.SUCCEEDED,
    (Status.RUNNING, Event.FAIL): Status.FAILED,
    (Status.RUNNING, Event.RETRY): Status.QUEUED,  # attempts + 1
    (
        Status.RUNNING,
        Event.DEFER,
    ): Status.QUEUED,  # not taken by the provider, or not sent after all: no attempt
    (Status.RUNNING, Event.SKIP): Status.SKIPPED,  # taken over by another submission, or cancelled
    (Status.SUCCEEDED, Event.APPLY): Status.APPLIED,
}
OPEN: Final = frozenset({Status.PLANNED, Status.QUEUED, Status.RUNNING})


class IllegalTransition(ValueError):  # noqa: N818  # the field's word
    """A move the table does not have: a bug."""


def advance(status: Status, event: Event) -> Status:
    """The status after an event; IllegalTransition when the table has no such move."""
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        raise IllegalTransition(f"a {status} job cannot {event}") from None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs stand where; they add up at any moment."""

    planned: int
    succeeded: int
    failed: int
    skipped: int
    open: int

    @property
    def add_up(self) -> bool:
        """Whether planned = succeeded (applied included) + failed + skipped + open."""
        return self.planned == self.succeeded + self.failed + self.skipped + self.open


def count(statuses: Iterable[Status]) -> Counts:
    """Count jobs by what became of them."""
    every = list(statuses)
    return Counts(
        planned=len(every),
        succeeded=sum(status in (Status.SUCCEEDED, Status.APPLIED) for status in every),
        failed=every.count(Status.FAILED),
        skipped=every.count(Status.SKIPPED),
        open=sum(status in OPEN for status in every),
    )
