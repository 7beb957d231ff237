"""The books in words for a person: who holds what, what waits for whom, and what to do about it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chargen.core.counted import counted
from chargen.core.one_line import one_line
from chargen.core.submission import State, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.core.books import Decision, Order
    from chargen.core.proposal import Proposal

_INDENT: Final = " " * 13


def submission_lines(item: Submission, *, lapsed: bool) -> Iterator[str]:
    """A submission and who holds it; for one that needs a person, why, and what to do."""
    requests = (
        counted(len(item.requests), "request") if item.requests or not item.holds else "requests unknown"
    )
    name = item.batch or item.mode
    run = f", run {item.run_id}" if item.run_id else ""
    yield f"{item.state:<12} {item.id}  {requests}, {name}{run}, since {item.created_at}"
    if item.holds:
        yield f"{_INDENT}{_holder(item, lapsed=lapsed)}"
    if item.error:
        yield f"{_INDENT}{one_line(item.error)}"
    if item.pruned_at:
        yield f"{_INDENT}its pictures are not kept any more, since {item.pruned_at}"
    if item.state is State.QUARANTINED:
        yield f"{_INDENT}Nobody can say whether its batch exists. Look for the name {item.display_name} in the"
        yield f"{_INDENT}provider's list of batches. Until then its requests are not sent again. It is there:"
        yield f"{_INDENT}  chargen state adopt {item.id} batches/..."
        yield f"{_INDENT}It is not there, two days after it was sent:"
        yield f"{_INDENT}  chargen state forget {item.id}"


def _holder(item: Submission, *, lapsed: bool) -> str:
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
    return f"held by {who} until {item.lease_until}"


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
