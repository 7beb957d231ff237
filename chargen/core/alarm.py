"""
What a person should know of before it ends badly: batches open for a day, and for long; submissions in quarantine. Pure.

A batch that is not done after 48 hours expires and brings nothing (https://ai.google.dev/gemini-api/docs/batch-api,
read 2026-11-23).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chargen.core.address import parse_job_id
from chargen.core.counted import counted
from chargen.core.submission import State, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EXPIRES_H: Final = 48
AFTER_H: Final = (40, 24)  # the last one passed is told
MARKER: Final = "<!-- chargen:status -->"
_OVER: Final = f"""{MARKER}
No batch with pictures for this pull request is late any more.
"""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One submission that a person should know of: open for more than `hours`, or (0) in quarantine."""

    submission: Submission
    hours: int = 0

    @property
    def name(self) -> str:
        """What is told, in a word: the same as long as nothing else has to be said."""
        return f"{self.submission.id}:{self.hours or 'quarantined'}"

    @property
    def level(self) -> str:
        """Of its annotation."""
        return "warning" if self.hours == min(AFTER_H) else "error"

    @property
    def title(self) -> str:
        """Of its annotation."""
        return f"Batch open for {self.hours} hours" if self.hours else "Quarantined"

    @property
    def entities(self) -> frozenset[str]:
        """Whose pictures it is about."""
        names = (name for request in self.submission.requests for name in request.job_ids)
        return frozenset(parse_job_id(name)[0].entity for name in names)

    @property
    def said(self) -> str:
        """What is the matter."""
        item = self.submission
        asked = counted(len(item.requests), "picture") if item.requests else "pictures nobody knows"
        if not self.hours:
            return (
                f"nobody can say whether the batch of {item.id} ({asked}, since {item.created_at}) exists, "
                "and nothing of it is sent again before a person has looked"
            )
        return (
            f"{item.batch} ({asked}) is with Gemini since {item.created_at}, for more than {self.hours} hours; "
            f"it expires after {EXPIRES_H}"
        )

    @property
    def do(self) -> str:
        """What to do about it."""
        item = self.submission
        if not self.hours:
            return (
                f"`chargen state show {item.id[:8]}` says what to look for, and how `chargen state adopt` or "
                "`chargen state forget` ends it."
            )
        waits = "Nothing has to be done: what expires is sent again once, in batches of half the size."
        if self.hours == min(AFTER_H):
            return waits
        return (
            f"{waits} To have them sooner, at the live price: `chargen batch cancel --run {item.run_id}` (what it "
            "has made by then may be charged), then `chargen batch run --mode live`."
        )


def alarms(submissions: Iterable[Submission], now: datetime) -> tuple[Alarm, ...]:
    """What is to be said of these at this moment, oldest first."""
    in_order = sorted(submissions, key=lambda item: (item.created_at, item.id))
    return tuple(alarm for item in in_order if (alarm := _alarm(item, now)) is not None)


def _alarm(item: Submission, now: datetime) -> Alarm | None:
    if item.state is State.QUARANTINED:
        return Alarm(item)
    if item.state is not State.SUBMITTED or item.mode != "batch":
        return None
    passed = (hours for hours in AFTER_H if seconds_since(item.created_at, now) > hours * 3600)
    found = next(passed, 0)
    return Alarm(item, found) if found else None


def seconds_since(stamp: str, now: datetime) -> float:
    """How long ago a time of the books was; negative for one that is to come, 0 for what is none."""
    try:
        return (now - datetime.fromisoformat(stamp)).total_seconds()
    except (ValueError, TypeError):  # TypeError: no time zone
        return 0.0


def status_comment(every: Iterable[Alarm]) -> str:
    """What the one status comment of a pull request says of these; nothing is late any more where there are none."""
    lines = list(_lines(every))
    return "\n".join([MARKER, "**Some pictures are late.**", "", *lines, ""]) if lines else _OVER


def _lines(every: Iterable[Alarm]) -> Iterator[str]:
    for alarm in every:
        yield f"- {alarm.said[:1].upper()}{alarm.said[1:]}. {alarm.do}"
