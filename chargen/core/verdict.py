"""
What a plan does for one shot, asked question by question in one order. Pure.

Each question either settles the matter or passes on; budget and waiting for other shots are the plan's, not here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.core.asking import asks_first, short_of_references
from chargen.core.attempts import attempt
from chargen.core.current import kept_of
from chargen.core.digest import Difference, differences, match, same
from chargen.core.in_place import by_hand, in_the_way
from chargen.core.plan import Action, Item, Reason
from chargen.core.proposal import Standing
from chargen.core.submission import Came, Deliver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.books import Candidate, Order
    from chargen.core.case import Case


def judge(case: Case) -> list[Item]:
    """The items for one shot."""
    for question in (
        _out_of_question,
        by_hand,
        in_the_way,
        _ordered,
        _satisfied,
        _made_before,
        _waiting,
        _in_flight,
        _paid_before,
        short_of_references,
        asks_first,
    ):
        items = question(case)
        if items is not None:
            return items
    return _generate(case)


def _out_of_question(case: Case) -> list[Item] | None:
    if case.shot.obstacle:
        return case.skip(Reason.PROBLEM, f"{case.shot.obstacle.place}: {case.shot.obstacle.message}")
    if case.shot.status == "locked" or (case.decision and case.decision.locked):
        return case.skip(Reason.LOCKED)
    if case.shot.status == "paused":
        return case.skip(Reason.PAUSED)
    return None


def _ordered(case: Case) -> list[Item] | None:
    """Forced on the command line, or a paid wish on the books that no submission has claimed."""
    orders = [
        order
        for order in case.books.open_orders(case.world.config.limits.retries)
        if order.job_id.rpartition(".")[0] in _stems(case)
    ]
    if not orders and not case.forced_variants:
        return None
    if case.waits_for:
        return case.skip(Reason.WAITING, case.waits_for)
    flying = _in_flight(case)
    if flying is not None:
        return flying
    oldest: dict[int, Order] = {}
    for order in sorted(orders, key=lambda order: (order.created_at, order.id)):
        oldest.setdefault(_variant(order), order)  # a second wish for one job is made after the first
    if not case.forced_variants:
        return [_from_order(case, order) for order in oldest.values()]
    placed = (oldest.get(variant) for variant in case.forced_variants)
    return [
        replace(_from_order(case, order), reason=Reason.FORCED)
        if order
        else case.make(variant, Reason.FORCED)
        for variant, order in zip(case.forced_variants, placed, strict=True)
    ]


def _stems(case: Case) -> set[str]:
    names = (case.shot.address, case.shot.formerly)
    return {name.job_id(1).rpartition(".")[0] for name in names if name is not None}


def _variant(order: Order) -> int:
    return int(order.job_id.rpartition(".v")[2])


def _from_order(case: Case, order: Order) -> Item:
    reason = Reason.FORCED if order.kind == "force" else Reason.REROLLED
    variant = _variant(order)
    item = case.make(variant, reason)
    return replace(
        item, order=order, note=order.note, request_hash=case.shot.request_hash(variant, note=order.note)
    )


def _satisfied(case: Case) -> list[Item] | None:
    """The current row matches: nothing to make, though its file may have to be put back."""
    row = case.shown.row
    if row is None:
        return None
    if case.picture is not None and (same(case.picture.sha256, row.sha256) or not row.sha256):
        return case.skip(Reason.UNCHANGED)
    kept = [item for item in kept_of(row, case.candidates) if not item.submission.pruned_at]
    if not kept:
        return case.skip(Reason.IMAGE_MISSING)
    shown_by = case.books.proposed(case.shot.address, kept[-1].outcome.sha256, case.shot.formerly)
    if shown_by is not None and shown_by.open:
        return _proposed(case, kept[-1])
    lost = case.picture is None or not case.picture.sha256
    what = "its file is missing" if lost else "the sha256 of its row is not that of its file"
    item = case.make(kept[-1].variant, Reason.PAID_BEFORE, what)
    return [replace(item, action=Action.RESTORE, candidate=kept[-1])]


def _made_before(case: Case) -> list[Item] | None:
    """A picture made before chargen answers the shot, until it is brought into a row or another is ordered."""
    path = case.world.made_before(case.shot.shot)
    if not path or case.shot.shot.row is not None or case.records:
        return None
    return case.skip(Reason.UNCHANGED, f"made before chargen: {path}")


def _waiting(case: Case) -> list[Item] | None:
    return case.skip(Reason.WAITING, case.waits_for) if case.waits_for else None


def _in_flight(case: Case) -> list[Item] | None:
    held = [
        (holder, request) for _, holder, request in case.records if holder.holds and request.outcome is None
    ]
    by = tuple({holder.id: holder for holder, _ in held}.values())
    if any(match(case.shot.ask(), request.ask, case.regenerate_on) for _, request in held):
        said = ", ".join(sorted({f"submission {holder.id} {holder.state}" for holder in by}))
        return [replace(item, held_by=by) for item in case.skip(Reason.IN_FLIGHT, said)]
    if held and case.world.config.limits.debounce == "until_batch_ends":
        return [replace(item, held_by=by) for item in case.skip(Reason.DEBOUNCED)]
    return None


def _paid_before(case: Case) -> list[Item] | None:
    """A picture that answers these words was paid for: its bytes are put back. All of them rejected: left to a person."""
    shown = case.shown
    if shown.candidate is not None and shown.candidate.submission.pruned_at:
        return case.skip(Reason.IMAGE_MISSING)
    if shown.candidate is not None:
        proposed = _proposed(case, shown.candidate)
        if proposed is not None:
            return proposed
        item = case.make(shown.candidate.variant, Reason.PAID_BEFORE)
        return [replace(item, action=Action.RESTORE, candidate=shown.candidate)]
    fitting = [
        request for _, _, request in case.records if match(case.shot.ask(), request.ask, case.regenerate_on)
    ]
    came = {request.outcome.came for request in fitting if request.outcome}
    if Came.IMAGE in came:
        return case.skip(Reason.REJECTED)
    return None


def _proposed(case: Case, candidate: Candidate) -> list[Item] | None:
    """A picture that comes by a pull request is not put back by anything else; None for one that was made elsewhere."""
    if candidate.submission.deliver is not Deliver.REVIEW:
        return None
    found = case.books.proposed(case.shot.address, candidate.outcome.sha256, case.shot.formerly)
    if found is None or found.standing not in (Standing.OPEN, Standing.CLOSED):
        return case.skip(Reason.PROPOSED, "in the next pull request")
    closed = ", closed: reopen it, or --force makes another" if found.standing is Standing.CLOSED else ""
    return case.skip(Reason.PROPOSED, f"{found.name}{closed}")


def _generate(case: Case) -> list[Item]:
    reason, detail = _why(case)
    return [attempt(case, variant, reason, detail) for variant in range(1, case.shot.variants + 1)]


def _why(case: Case) -> tuple[Reason, str]:
    row = case.shot.shot.row
    if row is None:
        return Reason.NEW, ""
    return explain_differences(differences(case.shot.ask(), row.ask, case.regenerate_on))


def explain_differences(found: Sequence[Difference]) -> tuple[Reason, str]:
    """Why a recorded picture no longer answers, as a reason and its detail; the prompt first."""
    by_what = {item.what: ", ".join(item.names) for item in found}
    if "prompt" in by_what or "aspect" in by_what:
        said = [by_what.get("prompt", ""), "aspect ratio" if "aspect" in by_what else ""]
        others = f"reference {by_what['reference']}" if "reference" in by_what else ""
        return Reason.PROMPT_CHANGED, ", ".join(filter(None, [*said, others]))
    if "reference" in by_what:
        return Reason.REFERENCE_CHANGED, by_what["reference"]
    first = next(iter(found))
    return Reason.MODEL_CHANGED, " -> ".join(name or "?" for name in first.names)
