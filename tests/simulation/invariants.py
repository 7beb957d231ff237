"""
What must hold on the way: at every write of the books, at every create, at every push, after every step.

Where it can, a rule asks the service's own account, the repository and what people did, not chargen's word.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chargen.core.books import Books
from chargen.core.digest import sha256
from chargen.core.proposal import TRANSITIONS as PROPOSAL_MOVES
from chargen.core.proposal import Standing
from chargen.core.request import seed
from chargen.core.submission import HOLDS, TRANSITIONS, Came, State, Submission
from chargen.pipeline.booking import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.provider import Paid
    from tests.simulation.session import Town
    from tests.simulation.tree import Commit

_NEXT: Final = frozenset((state, after) for (state, _), after in TRANSITIONS.items())
_NEXT_STANDING: Final = frozenset((state, after) for (state, _), after in PROPOSAL_MOVES.items())


# ---- at every write of the books


@dataclass(frozen=True, slots=True)
class Write:
    """One write: the books before and after it, and each submission that it changes, with what it was (None: new)."""

    before: Books
    after: Books
    changed: tuple[tuple[Submission | None, Submission], ...]
    nonce: str = ""  # of the process that writes; empty: a person

    @classmethod
    def of(cls, before: Books, after: Books, nonce: str) -> Write:
        """What is changed, and by whom."""
        old = before.submissions
        pairs = ((old.get(name), now) for name, now in after.submissions.items())
        return cls(before, after, tuple((was, now) for was, now in pairs if was is not now), nonce)


def moves_are_in_the_table(town: Town, write: Write) -> Iterator[str]:
    """No submission and no proposal goes where its table has no move to."""
    before, after = write.before, write.after
    for was, now in write.changed:
        if was is None:
            if now.state is not State.INTENT:
                yield f"submission {now.id} begins as {now.state}"
        elif was.state is not now.state:
            town.machine.tally[f"move: {was.state} -> {now.state}"] += 1
            if (was.state, now.state) not in _NEXT:
                yield f"submission {now.id} went from {was.state} to {now.state}"
    gone = before.submissions.keys() - after.submissions.keys()
    if gone:
        yield f"submissions {sorted(gone)} are gone"
    for entity, every in after.proposals.items():
        if every == before.proposals.get(entity):
            continue
        old = {item.n: item for item in before.proposals.get(entity, ())}
        for item in every:
            was_standing = old[item.n].standing if item.n in old else Standing.OPEN
            if was_standing is not item.standing:
                town.machine.tally[f"proposal: {was_standing} -> {item.standing}"] += 1
                if (was_standing, item.standing) not in _NEXT_STANDING:
                    yield f"{item.branch} went from {was_standing} to {item.standing}"


def outcomes_stay(town: Town, write: Write) -> Iterator[str]:
    """What is booked of a request is never changed, its cost included; what was asked for stays, too."""
    for was, now in write.changed:
        if was is None or not was.requests:
            continue
        pairs = zip(was.requests, now.requests, strict=False)
        if len(was.requests) != len(now.requests) or not all(
            new.request_hash.startswith(old.request_hash) for old, new in pairs
        ):
            yield f"submission {now.id} asks for something else by now"
        for old, new in zip(was.requests, now.requests, strict=False):
            if old.outcome is not None and old.outcome != new.outcome:
                yield f"the outcome of {old.key} in {now.id} was changed"


def a_request_is_claimed_once(town: Town, write: Write) -> Iterator[str]:
    """No two submissions hold one request."""
    held = Counter(
        request.request_hash
        for item in write.after.submissions.values()
        if item.state in HOLDS
        for request in item.requests
        if request.outcome is None
    )
    for request_hash, count in held.items():
        if count > 1:
            yield f"{request_hash[:23]} is held {count} times"


def the_caps_hold(town: Town, write: Write) -> Iterator[str]:
    """What is reserved and what was paid never come to more than the month's cap, nor a run's to more than its own."""
    if town.lost:
        return
    new = [now for was, now in write.changed if was is None]
    if not new:
        return
    budget = town.repository.base.world()[0].config.budget
    month = f"{town.machine.now():%Y-%m}"
    of_month = [item for item in write.after.submissions.values() if item.created_at.startswith(month)]
    booked = sum(map(_booked_usd, of_month), Decimal(0))
    if booked > budget.month_usd:
        yield f"{booked} USD are booked, and a month has {budget.month_usd}"
    spent = sum(map(_booked_usd, new), Decimal(0))
    if spent > budget.run_usd:
        yield f"one run claims {spent} USD, and may spend {budget.run_usd}"


def _booked_usd(item: Submission) -> Decimal:
    """What a submission cost, or may cost yet."""
    open_usd = Decimal(1) if item.state in HOLDS else Decimal(0)
    costs = (
        one.reserved_usd * open_usd if one.outcome is None else one.outcome.cost_usd for one in item.requests
    )
    return sum(costs, item.lost_usd)


def a_live_lease_is_not_stolen(town: Town, write: Write) -> Iterator[str]:
    """Only who has gone, or let a lease run out, is taken over."""
    if town.lost:
        return
    for was, item in write.changed:
        if was is None or was.owner == item.owner:
            continue
        if not was.holds:
            yield f"submission {item.id} had ended, and was taken from {was.owner.nonce}"
            continue
        town.machine.tally["taken over"] += 1
        gone = was.owner.host == "laptop" and was.owner.pid not in town.laptop.pids
        if stamp(town.machine.now()) <= was.lease_until and not gone:
            yield f"submission {item.id} was taken from {was.owner.nonce}, who had it until {was.lease_until}"


def only_the_owner_goes_on(town: Town, write: Write) -> Iterator[str]:
    """What has no batch yet is moved by its owner alone; a batch may be brought in by anybody."""
    for was, now in write.changed:
        unsent = (
            was is not None and was.state in (State.INTENT, State.CREATING) and was.state is not now.state
        )
        if unsent and was is not None and write.nonce not in ("", was.owner.nonce):
            yield f"submission {now.id} of {was.owner.nonce} was moved to {now.state} by {write.nonce}"


def collected_means_kept(town: Town, write: Write) -> Iterator[str]:
    """A picture that is booked is kept, byte for byte, before it is booked."""
    if town.lost:
        return
    for _, item in write.changed:
        kept = town.remote.kept.get(item.id, {})
        for request in item.requests:
            outcome = request.outcome
            if outcome is None or outcome.came is not Came.IMAGE:
                continue
            if sha256(kept.get(outcome.file, b"")) != outcome.sha256:
                yield f"{request.key} of {item.id} is booked and not kept"


def what_has_ended_is_told(town: Town, write: Write) -> Iterator[str]:
    """A submission whose batch has ended says of each request what came of it."""
    for _, item in write.changed:
        for request in item.requests if item.batch and item.state not in HOLDS else ():
            if request.outcome is None:
                yield f"submission {item.id} is {item.state}, and says nothing of {request.key}"


def attempts_are_counted(town: Town, write: Write) -> Iterator[str]:
    """Without an order, a request is tried so often and no more."""
    if town.lost:
        return
    if all(was is not None for was, _ in write.changed):
        return
    most = town.repository.base.world()[0].config.limits.retries + 1
    tried = Counter(
        request.request_hash
        for item in write.after.submissions.values()
        for request in item.requests
        if not request.orders and item.state is not State.FENCED and (item.holds or request.outcome)
    )
    for request_hash, count in tried.items():
        if count > most:
            yield f"request {request_hash[:23]} is tried for the {count}th time, of {most}"


def quarantine_only_when_unsure(town: Town, write: Write) -> Iterator[str]:
    """Nothing is quarantined whose input is known to be gone: no batch can come of it any more."""
    for was, item in write.changed:
        entered = was is not None and was.state is not item.state and item.state is State.QUARANTINED
        if entered and item.input_file in town.service.confirmed_gone:
            yield f"submission {item.id} was quarantined, though its input was seen to be gone"


def no_double_is_left_that_may_answer(town: Town, write: Write) -> Iterator[str]:
    """A batch is booked as ended in vain only where no other of its create is listed that brought something, or may yet."""
    service, states = town.service, (State.FAILED, State.CANCELLED, State.EXPIRED)
    looked_s = service.looked.get(write.nonce, town.machine.now_s)
    for was, now in write.changed:
        if was is None or was.state is not State.SUBMITTED or now.state not in states or not write.nonce:
            continue
        others = (service.made[name] for name in service.twins(now.batch) if name != now.batch)
        for made in others:
            state = made.batch.state
            if made.listed_s <= looked_s and (state.has_results or not state.ended):
                yield f"{now.batch} of {now.id} is booked as {now.state}, and {made.batch.name} is {state}"


AT_WRITES: Final = (
    moves_are_in_the_table,
    outcomes_stay,
    a_request_is_claimed_once,
    the_caps_hold,
    a_live_lease_is_not_stolen,
    only_the_owner_goes_on,
    collected_means_kept,
    what_has_ended_is_told,
    attempts_are_counted,
    quarantine_only_when_unsure,
    no_double_is_left_that_may_answer,
)


# ---- at every create, and at every push


def create_only_while_creating(town: Town, display_name: str) -> Iterator[str]:
    """A batch is only ever begun for a submission that the books say is being created, or may have been."""
    if town.lost:
        return
    name = display_name.rpartition("/")[2]
    found = town.remote.books.submissions.get(name)
    state = found.state if found else None
    if state not in (State.CREATING, State.QUARANTINED):
        yield f"a batch was created for {name}, which is {state}"


def nothing_is_asked_for_that_a_late_batch_may_answer(town: Town, display_name: str) -> Iterator[str]:
    """Nobody who saw the batch of a fenced submission listed after all asks for the same again, unless somebody else had."""
    if town.lost:
        return
    books, service = town.remote.books, town.service
    mine = books.submissions[display_name.rpartition("/")[2]]
    looked_s = service.sent.get(display_name, service.looked.get(mine.owner.nonce, town.machine.now_s))
    for name, made in service.made.items():
        fenced = books.submissions.get(made.batch.display_name.rpartition("/")[2])
        useful = made.late and (made.batch.state.has_results or not made.batch.state.ended)
        if fenced is None or fenced.state is not State.FENCED or made.listed_s > looked_s or not useful:
            continue
        others = [item for item in books.submissions.values() if item not in (mine, fenced)]
        if _shares(fenced, mine) and not any(_shares(fenced, item) for item in others):
            yield f"{mine.id} asks for what {name} of {fenced.id} may answer, which is {made.batch.state}"


def _shares(one: Submission, other: Submission) -> bool:
    """Whether they have a request or an order in common."""
    hashes = {item.request_hash for item in one.requests} & {item.request_hash for item in other.requests}
    orders = {name for item in one.requests for name in item.orders}
    return bool(hashes) or not orders.isdisjoint(name for item in other.requests for name in item.orders)


AT_CREATES: Final = (create_only_while_creating, nothing_is_asked_for_that_a_late_batch_may_answer)


def people_s_commits_stay(town: Town, before: Commit | None, after: Commit) -> Iterator[str]:
    """What a person committed to a review branch is below whatever we push there."""
    if before is None:
        return
    base = town.repository.base
    dropped = {before.id, *before.ancestors} - {after.id, base.id} - after.ancestors - base.ancestors
    for name in sorted(dropped):
        if town.repository.commits[name].human:
            yield f"a push of ours dropped a person's commit {name[:8]}"


# ---- after each step


def paid_once(town: Town) -> Iterator[str]:
    """A request is paid once, and once more for each order; an order pays once, however often it is replayed."""
    if len(town.service.account) == town.judged:
        return
    town.judged = len(town.service.account)
    account = [item for item in town.service.account if not _is_double(town, item)]
    ordered = {
        seed(variant=int(order.job_id.rpartition(".v")[2]), order=order.id)
        for order in town.remote.books.orders.values()
    }
    plain = Counter((item.key.partition("@")[2], item.seed) for item in account)
    for (request_hash, number), count in plain.items():
        if count > 1 and (number < 16 or not town.lost):
            yield f"request {request_hash} was paid {count} times with the seed {number}"
    by_order = Counter(item.seed for item in account if item.seed in ordered and not town.lost)
    for number, count in by_order.items():
        if count > 1:
            yield f"an order (seed {number}) was paid {count} times"
    for number in {item.seed for item in account} - ordered:
        if number > 16 and not town.lost:
            yield f"something was paid for an order that is not on the books (seed {number})"


def _is_double(town: Town, paid: Paid) -> bool:
    """Whether it was paid for the other batch of a create that made two, by what is booked; or for one that was listed late."""
    made = town.service.made
    if _is_late(town, paid.batch):
        return True
    twins = town.service.twins(paid.batch)
    if sorted(made[name].doubled for name in twins) != [False, True]:
        return paid.doubled
    booked = _booked(town)
    return paid.batch not in booked if booked & {*twins} else paid.doubled


def _is_late(town: Town, name: str) -> bool:
    """Whether a batch was listed later than anybody waited for, and answers for no submission."""
    return town.service.made[name].late and name not in _booked(town)


def _booked(town: Town) -> set[str]:
    return {item.batch for item in town.remote.books.submissions.values()}


def paid_bytes_are_reachable(town: Town) -> Iterator[str]:
    """A picture that was paid is kept, or with the service under a batch that the books will collect."""
    if town.lost and not town.rebuilt:
        return
    kept = town.remote.digests
    books = town.remote.books
    waiting = {item.batch for item in books.submissions.values() if item.state is State.SUBMITTED}
    unclear = {item.display_name for item in books.submissions.values() if item.holds}
    for paid in town.service.account:
        if not paid.sha256 or paid.sha256 in kept or waiting & {*town.service.twins(paid.batch)}:
            continue
        if len(town.service.twins(paid.batch)) > 1 or _is_late(town, paid.batch):
            continue
        if town.service.made[paid.batch].batch.display_name not in unclear:
            yield f"the picture of {paid.key} in {paid.batch} was paid, and nobody will ever fetch it"


AT_STEPS: Final = (paid_once, paid_bytes_are_reachable)
