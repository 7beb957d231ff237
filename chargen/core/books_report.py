"""The books in words for a person: who holds what, what waits for whom, and what to do about it. Pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

from chargen.core.alarm import EXPIRES_H, alarms, seconds_since
from chargen.core.counted import counted, lasting
from chargen.core.one_line import one_line
from chargen.core.submission import State, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chargen.core.books import Decision, Order
    from chargen.core.job import Counts
    from chargen.core.proposal import Proposal

_INDENT: Final = " " * 13
_GEMINI: Final = "https://generativelanguage.googleapis.com"


def submission_lines(
    item: Submission, *, lapsed: bool, now: datetime | None = None, base_url: str = ""
) -> Iterator[str]:
    """
    A submission and who holds it, how long by `now`; for one that needs a person, why, and what to do.

    `base_url` is where Gemini is asked, if not at its own address.
    """
    requests = (
        counted(len(item.requests), "request") if item.requests or not item.holds else "requests unknown"
    )
    name = item.batch or item.mode
    run = f", run {item.run_id}" if item.run_id else ""
    age = f" ({lasting(seconds_since(item.created_at, now))})" if now and item.holds else ""
    yield f"{item.state:<12} {item.id}  {requests}, {name}{run}, since {item.created_at}{age}"
    if item.holds:
        left = f" ({lasting(-seconds_since(item.lease_until, now))} more)" if now and item.lease_until else ""
        yield f"{_INDENT}{_holder(item, lapsed=lapsed, left=left)}"
    for alarm in alarms([item], now) if now else ():
        if alarm.hours:
            yield f"{_INDENT}late: open for more than {alarm.hours} hours, expires after {EXPIRES_H}"
    if item.error:
        yield f"{_INDENT}{one_line(item.error)}"
    yield from (f"{_INDENT}{one_line(name)} is a double of it, counted as waste" for name in item.doubles)
    if item.pruned_at:
        yield f"{_INDENT}its pictures are not kept any more, since {item.pruned_at}"
    if item.state is State.CREATING:
        yield from (f"{_INDENT}{line}" for line in _UNCLEAR)
    if item.state is State.QUARANTINED:
        yield from (f"{_INDENT}{line}" for line in _quarantine(item, base_url))


def run_line(run_id: str, counts: Counts, *, quarantined: int = 0) -> str:
    """What a run stands at: counts that add up, and how many of the open ones only a person can settle."""
    stuck = f" ({quarantined} in quarantine)" if quarantined else ""
    return (
        f"{run_id}: {counts.planned} planned = {counts.succeeded} succeeded + {counts.failed} failed"
        f" + {counts.skipped} skipped + {counts.open} open{stuck}"
    )


_UNCLEAR: Final = (
    "Its batch is being created, or was and nobody wrote it down. Nothing has to be done: once whoever holds it",
    "has gone, the next command that pays or collects looks for it at the provider, and takes it up or fences it.",
)


def list_call(base_url: str = "") -> str:
    """The command that shows the provider's list of batches, as a shell takes it."""
    url = shlex.quote(f"{base_url or _GEMINI}/v1beta/batches?pageSize=100")
    return f'curl -s -H "x-goog-api-key: $GEMINI_API_KEY" {url}'


def _quarantine(item: Submission, base_url: str) -> Iterator[str]:
    yield f"Nobody can say whether its batch exists. Look for the name {item.display_name} in the"
    yield "provider's list of batches. Until then its requests are not sent again. This shows the list:"
    yield f"  {list_call(base_url)}"
    yield "It is there:"
    yield f"  chargen state adopt {item.id} batches/..."
    yield "It is not there, two days after it was sent:"
    yield f"  chargen state forget {item.id}"


def _holder(item: Submission, *, lapsed: bool, left: str) -> str:
    """Who is at work on a submission that holds its requests."""
    if item.state is State.QUARANTINED:
        return "held until a person settles it"
    if item.state is State.SUBMITTED and item.mode == "batch":
        return "with the provider; any chargen collects it"
    who = " ".join(
        filter(
            None,
            [f"process {item.owner.pid} on {item.owner.host}" if item.owner.pid else "", item.owner.run_url],
        )
    )
    if lapsed:
        return f"held by {who or 'nobody'}, which has gone: the next command settles it"
    return f"held by {who} until {item.lease_until}{left}"


def request_lines(item: Submission) -> Iterator[str]:
    """What a submission asked for, one line a request, and what came of each."""
    for request in item.requests:
        outcome = request.outcome
        came = (
            f"{outcome.came}, {outcome.cost_usd} USD"
            if outcome
            else f"open, {request.reserved_usd} USD at most"
        )
        why = f": {one_line(outcome.reason)}" if outcome and outcome.reason else ""
        also = f" (also {', '.join(request.job_ids[1:])})" if request.job_ids[1:] else ""
        yield f"  {request.job_ids[0]}{also}  {came}{why}"


def order_line(order: Order) -> str:
    """A wish that nothing has answered yet."""
    by = f" by {one_line(order.by)}" if order.by else ""
    note = f": {one_line(order.note or order.reason)}" if order.note or order.reason else ""
    return f"order {order.id}  {order.kind} {order.job_id}{by}, since {order.created_at}{note}"


def proposal_line(item: Proposal) -> str:
    """A review branch with its pull request."""
    where = item.url or (f"#{item.number}" if item.number else "no pull request yet")
    shared = ", with commits of a person" if item.shared else ""
    return f"{item.standing} {item.branch}  {counted(len(item.shots), 'shot')}{shared}  {where}"


def decision_line(item: Decision) -> str:
    """What a person decided of a shot."""
    said = [
        f"rejected {counted(len(item.rejected), 'picture')}" if item.rejected else "",
        f"picked {item.picked}" if item.picked else "",
        "locked" if item.locked else "",
    ]
    return f"{item.address}  {', '.join(filter(None, said))}"


def order_data(order: Order) -> dict[str, Any]:
    """An order as plain data."""
    return {
        "id": order.id,
        "job": order.job_id,
        "kind": order.kind,
        "createdAt": order.created_at,
        "by": order.by or None,
        "note": order.note or None,
        "reason": order.reason or None,
    }


def proposal_data(item: Proposal) -> dict[str, Any]:
    """A proposal as plain data."""
    return {
        "entity": item.entity,
        "branch": item.branch,
        "standing": str(item.standing),
        "number": item.number or None,
        "url": item.url or None,
        "shots": dict(item.shots),
        "shared": item.shared,
    }


def decision_data(item: Decision) -> dict[str, Any]:
    """A decision as plain data."""
    return {
        "address": item.address,
        "rejected": list(item.rejected),
        "picked": item.picked or None,
        "locked": item.locked,
    }
