"""
What a plan does for one shot, asked question by question in one order. Pure.

Each question either settles the matter or passes on; budget and waiting for other shots are the plan's, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from chargen.core.books import Books, Candidate, Decision, Order, Record
from chargen.core.compiled import CompiledShot
from chargen.core.counted import counted
from chargen.core.current import Shown, current, kept_of
from chargen.core.digest import Difference, differences, match, same
from chargen.core.plan import Action, Item, Reason
from chargen.core.proposal import Standing
from chargen.core.references import is_short_of_references, resolve_path
from chargen.core.shot import NO_SUCH_FILE, picture_path
from chargen.core.submission import AGAIN, Came, Deliver, exhausted, sends
from chargen.core.world import World
from chargen.core.world_config import WhenChanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.shot import Picture
    from chargen.core.submission import Outcome


CANNOT_GO_THERE: Final = "this shot's picture cannot go there:"
IN_THE_WAY: Final = "a file that is not chargen's lies where this shot's picture should go"


@dataclass(frozen=True)  # no slots: what it shows is worked out once
class Case:
    """One shot before the judge: its words, the books about it, and whether it is forced."""

    world: World
    books: Books
    shot: CompiledShot
    forced_variants: tuple[int, ...] = ()
    waits_for: str = ""  # a shot whose picture is not settled yet
    records: tuple[Record, ...] = field(default=())

    @property
    def decision(self) -> Decision | None:
        """What a person decided of this shot."""
        return self.books.decision(self.shot.address, self.shot.formerly)

    @property
    def regenerate_on(self) -> tuple[str, ...]:
        """The provider fields whose change asks for a new picture."""
        return tuple(self.world.config.provider.regenerate_on)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The pictures that were paid for this shot, or for just what it asks."""
        return self.books.candidates(self.shot.address, self.shot.wishes(), self.shot.formerly)

    @property
    def picture(self) -> Picture | None:
        """The file the row points at, as it lies."""
        row = self.shot.shot.row
        return self.world.picture(resolve_path(self.shot.shot.folder, row.file_path)) if row else None

    @cached_property
    def shown(self) -> Shown:
        """What the shot shows, by its row, the pictures paid for, and what people decided."""
        return current(
            self.shot.ask(),
            self.shot.shot.row,
            self.candidates,
            decision=self.decision,
            regenerate_on=self.regenerate_on,
        )

    def skip(self, reason: Reason, detail: str = "") -> list[Item]:
        """One item that does nothing."""
        request = self.shot.request_hash(1) if self.shot.complete else ""
        return [
            Item(self.shot.address, 1, Action.SKIP, reason, detail, compiled=self.shot, request_hash=request)
        ]


def judge(case: Case) -> list[Item]:
    """The items for one shot."""
    shot = case.shot
    case = replace(case, records=case.books.about(shot.address, shot.wishes(), shot.formerly))
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
        _short_of_references,
        _asks_first,
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


def by_hand(case: Case) -> list[Item] | None:
    """A picture that a person retouched is never replaced, whatever the words say by now."""
    row, picture = case.shot.shot.row, case.picture
    if (
        row is None
        or picture is None
        or not row.sha256
        or not picture.sha256
        or same(picture.sha256, row.sha256)
    ):
        return None
    if any(item.outcome.bears(picture.sha256) for item in case.candidates):
        return None  # ours: a run ended between writing the picture and its row
    fits = match(case.shot.ask(), row.ask, case.regenerate_on)
    return case.skip(
        Reason.EDITED, "" if fits and not case.forced_variants else "remove its row to have it made anew"
    )


def in_the_way(case: Case) -> list[Item] | None:
    """Something that is not ours stands where the picture should go: found before anything is paid."""
    path = picture_path(case.shot.shot, case.world.config.storage.format)
    lying, row = case.world.picture(path), case.shot.shot.row
    if lying.problem and not lying.sha256 and lying.problem != NO_SUCH_FILE:
        return case.skip(Reason.PROBLEM, f"{path}: {CANNOT_GO_THERE} {lying.problem}")
    ours = row is not None and same(row.sha256, lying.sha256)
    if not lying.sha256 or ours or case.books.bought(lying.sha256):
        return None
    return case.skip(Reason.PROBLEM, f"{path}: {IN_THE_WAY}")


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
        else _item(case, variant, Reason.FORCED)
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
    item = _item(case, variant, reason)
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
    item = _item(case, kept[-1].variant, Reason.PAID_BEFORE, "its file is missing")
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
        request for _, submission, request in case.records if submission.holds and request.outcome is None
    ]
    if any(match(case.shot.ask(), request.ask, case.regenerate_on) for request in held):
        return case.skip(Reason.IN_FLIGHT, _holders(case))
    if held and case.world.config.limits.debounce == "until_batch_ends":
        return case.skip(Reason.DEBOUNCED)
    return None


def _holders(case: Case) -> str:
    holders = [s for _, s, request in case.records if s.holds and request.outcome is None]
    return ", ".join(sorted({f"submission {s.id} {s.state}" for s in holders}))


def _paid_before(case: Case) -> list[Item] | None:
    """A picture that answers these words was paid for: its bytes are put back. All of them rejected: left to a person."""
    shown = case.shown
    if shown.candidate is not None and shown.candidate.submission.pruned_at:
        return case.skip(Reason.IMAGE_MISSING)
    if shown.candidate is not None:
        proposed = _proposed(case, shown.candidate)
        if proposed is not None:
            return proposed
        item = _item(case, shown.candidate.variant, Reason.PAID_BEFORE)
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
    if found is None or found.standing in (Standing.MERGED, Standing.WITHDRAWN):
        return case.skip(Reason.PROPOSED, "in the next pull request")
    closed = ", closed: reopen it, or --force makes another" if found.standing is Standing.CLOSED else ""
    return case.skip(Reason.PROPOSED, f"{found.name}{closed}")


def _short_of_references(case: Case) -> list[Item] | None:
    """All that changed is that references of the accepted picture are gone: to pay for one made without them is nobody's wish."""
    row = case.shot.shot.row
    if row is None or not is_short_of_references(case.world, case.shot.shot):
        return None
    found = {item.what: item.names for item in differences(case.shot.ask(), row.ask, case.regenerate_on)}
    here = {sent.used.id for sent in case.shot.references}
    gone = [name for name in found.get("reference", ()) if name not in here]
    only_words = found.get("prompt", ("references",)) == ("references",)
    if (
        not gone
        or found.keys() - {"prompt", "reference"}
        or not only_words
        or len(gone) != len(found["reference"])
    ):
        return None
    return case.skip(Reason.ASK, f"{', '.join(gone)} is not there; --force makes it without")


def _asks_first(case: Case) -> list[Item] | None:
    """Only references to other shots changed, and each of them says `when_changed: ask`."""
    row = case.shot.shot.row
    if row is None:
        return None
    found = differences(case.shot.ask(), row.ask, case.regenerate_on)
    changed = {name for item in found for name in item.names}
    asking = {
        sent.used.id
        for sent in case.shot.references
        if sent.used.shot is not None and sent.used.when_changed is WhenChanged.ASK
    }
    if all(item.what == "reference" for item in found) and changed <= asking:
        return case.skip(Reason.ASK, ", ".join(sorted(changed)))
    return None


def _generate(case: Case) -> list[Item]:
    reason, detail = _why(case)
    return [_attempt(case, variant, reason, detail) for variant in range(1, case.shot.variants + 1)]


def _attempt(case: Case, variant: int, reason: Reason, detail: str) -> Item:
    """A variant's item: as the shot needs it, or by what its earlier attempts came to."""
    job_id, most = case.shot.address.job_id(variant), case.world.config.limits.retries
    tried = [
        (submission, request.outcome)
        for name, submission, request in case.records
        if name == job_id and request.outcome and match(case.shot.ask(), request.ask, case.regenerate_on)
    ]
    outcomes = [outcome for _, outcome in tried]
    if any(outcome.came is Came.BLOCKED for outcome in outcomes):
        blocked = next(outcome for outcome in reversed(outcomes) if outcome.came is Came.BLOCKED)
        return replace(_item(case, variant, Reason.BLOCKED, blocked.reason), action=Action.SKIP)
    if exhausted([outcome.came for outcome in outcomes], most):
        gave_up = f"{counted(len(outcomes), 'attempt')}; --force tries again: {outcomes[-1].reason}".rstrip(
            ": "
        )
        return replace(_item(case, variant, Reason.GAVE_UP, gave_up), action=Action.SKIP)
    if outcomes:
        submission, last = tried[-1]
        number, times = _counted(outcomes, last.came, most)
        nth = f"{number} of {times} ({last.reason})".replace(" ()", "")
        expired = submission.id if last.came is Came.EXPIRED else ""
        return replace(_item(case, variant, Reason.RETRY, nth), expired=expired)
    return _item(case, variant, reason, detail)


def _counted(outcomes: Sequence[Outcome], last: Came, most: int) -> tuple[int, int]:
    """Which attempt the next one is, of how many: those that ran out of time are counted apart."""
    if last not in AGAIN:
        return len(outcomes), most
    return sum(item.came is last for item in outcomes), sends(last, most) - 1


def _item(case: Case, variant: int, reason: Reason, detail: str = "") -> Item:
    return Item(
        case.shot.address,
        variant,
        Action.GENERATE,
        reason,
        detail,
        compiled=case.shot,
        request_hash=case.shot.request_hash(variant),
    )


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
