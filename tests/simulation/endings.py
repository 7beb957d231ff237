"""
What must hold once nobody does anything more: of the money, of what waits, of what is shown, of what people decided.

Where it can, a rule asks the service's own account, the repository and what people did, not chargen's word.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chargen.core.plan import Action, Item, Plan, Reason
from chargen.core.proposal import Standing
from chargen.core.status_comment import WITHDRAWN
from chargen.core.submission import Came, Deliver
from tests.simulation.forge import BOT, WRITER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chargen.core.submission import Submission
    from tests.simulation.forge import Request
    from tests.simulation.provider import Service
    from tests.simulation.session import Town
    from tests.simulation.tree import Commit


def nothing_is_lost_of_the_money(town: Town) -> Iterator[str]:
    """What the books say was paid is what the service charged; lines it lost and batches it began twice are booked at their bounds."""
    if town.lost:
        return
    books, service = town.remote.books, town.service
    said = sum((item.actual_usd - _doubles_usd(item) for item in books.submissions.values()), Decimal(0))
    known = {item.batch for item in books.submissions.values()}
    charged = sum(
        (
            usd
            for name, usd in service.charged.items()
            if name in known or not (service.made[name].late or known & {*service.twins(name)})
        ),
        Decimal(0),
    )
    unread = sum((_unread_usd(item, service) for item in books.submissions.values()), Decimal(0))
    if said != charged + unread:
        yield f"the books say {said} USD, the service charged {charged}, and {unread} are bounds of lines it lost"
    for item in books.submissions.values():
        twins = [name for name in service.charged if name in item.doubles]
        cost = sum((service.charged[name] for name in twins), Decimal(0))
        if cost > _doubles_usd(item):
            yield f"{item.id} books {_doubles_usd(item)} USD for doubles that cost {cost}"
        most = sum((one.reserved_usd for one in item.requests), Decimal(0)) * len(_others(item, service))
        if _doubles_usd(item) > most:
            yield f"{item.id} books {_doubles_usd(item)} USD for doubles that cost {most} at most"


def _others(item: Submission, service: Service) -> list[str]:
    """The batches of a submission's create that are not its own."""
    every = (name for name, made in service.made.items() if made.batch.display_name == item.display_name)
    return [name for name in every if name != item.batch]


def _unread_usd(item: Submission, service: Service) -> Decimal:
    """What the upper bounds of lines that nobody could read come to, beyond what they were charged at."""
    lost = service.unread.get(item.batch, {})
    return sum((one.reserved_usd - lost[one.key] for one in item.requests if one.key in lost), Decimal(0))


def _doubles_usd(item: Submission) -> Decimal:
    return item.lost_usd if item.mode == "batch" else Decimal(0)


def nobody_waits_for_nothing(town: Town, plan: Plan) -> Iterator[str]:
    """Every shot that is not satisfied waits for a person, or for a picture that does."""
    roots = {str(item.address): item for item in plan.items}
    for item in plan.items:
        reason = _in_vain(town, item, roots)
        if reason:
            yield f"{item.job_id} ({item.action}: {item.why}) waits in vain: {reason}"


def _in_vain(town: Town, item: Item, roots: Mapping[str, Item]) -> str:
    if item.action is Action.GENERATE:
        config = town.repository.base.world()[0].config
        left = config.budget.month_usd - town.remote.books.month_usd(f"{town.machine.now():%Y-%m}")
        first = next(one.cost_usd for one in roots.values() if one.action is Action.GENERATE)
        return "it can be made" if first <= left else ""
    if item.action is Action.RESTORE:
        deliver = item.candidate.submission.deliver if item.candidate else None
        return "" if deliver is Deliver.TREE else _unproposed(town, item)
    if item.reason in (Reason.IN_FLIGHT, Reason.DEBOUNCED):
        return "no batch is under way"
    if item.reason is Reason.PROPOSED:
        return _unproposed(town, item)
    if item.reason is Reason.WAITING:
        root = roots.get(item.detail)
        if root is None or (root.reason is Reason.UNCHANGED and root.action is Action.SKIP):
            return f"{item.detail} is there"
    return ""


def _unproposed(town: Town, item: Item) -> str:
    """Whether a pull request shows it, or none may be opened."""
    if item.reason is Reason.PROPOSED and item.detail != "in the next pull request":
        number = item.detail.partition(",")[0].removeprefix("#")
        pull = town.forge.pulls.get(int(number)) if number.isdigit() else None
        closed = pull is not None and not pull.open and pull.closed_by == BOT
        ours = (
            closed and "closed" in item.detail and not town.lost
        )  # books gone back know no withdrawal: any bot's closing
        return f"we closed {item.detail} ourselves" if ours else ""
    review = town.repository.base.world()[0].config.review
    standing = town.remote.books.open_proposals()
    if any(one.shared and one.entity == item.address.entity for one in standing):
        return ""  # a person's commits are there, of other words: theirs to merge or to close
    open_now = sum(bool(one.shots) for one in standing)
    return "" if open_now >= review.max_open else "there is room for a pull request"


def satisfied_means_it_matches(town: Town, plan: Plan) -> Iterator[str]:
    """A picture that counts as current was drawn for these very words and references."""
    _, shots = town.repository.base.world()
    by_digest = {item.sha256: item for item in town.service.account if item.sha256}
    for item in plan.items:
        shot = shots[item.address]
        row = shot.shot.row
        if item.reason is not Reason.UNCHANGED or row is None:
            continue
        paid = by_digest.get(row.sha256)
        if paid is None:
            continue
        now = tuple(sent.sha256 for sent in shot.references)
        if paid.prompt != shot.prompt() or paid.references != now:
            yield f"{item.address} counts as current, and shows a picture of other words"


def proposals_match_the_words(town: Town) -> Iterator[str]:
    """What a review branch of ours alone brings answers the words of the default branch."""
    _, shots = town.repository.base.world()
    by_digest = {item.sha256: item for item in town.service.account if item.sha256}
    names = {str(address): shot for address, shot in shots.items()}
    for proposal in town.remote.books.open_proposals():
        if proposal.shared:
            continue
        for name, digest in proposal.shots.items():
            paid, shot = by_digest.get(digest), names.get(name)
            if paid is None or shot is None or paid.prompt != shot.prompt():
                yield f"{proposal.branch} proposes a picture of other words for {name}"


def decided_as_people_did(town: Town) -> Iterator[str]:
    """
    A closing by somebody who may write rejects what it showed, once; nothing else rejects anything.

    What was reopened and closed again between two looks is seen as it was first: by whom, and what it showed. Not ours, by
    the design, is a pull request that no book has the number of, at a commit that no book has.
    """
    if town.lost:
        return
    required: set[tuple[str, str]] = set()
    allowed: set[tuple[str, str]] = set()
    accepted = rows_of(town.repository.base)
    every = [item for of_entity in town.remote.books.proposals.values() for item in of_entity]
    ours = {item.number for item in every} | {commit for item in every for commit in item.pushed}
    for pull in town.forge.pulls.values():
        shown = rows_of(town.repository.commits[pull.head])
        if pull.open or pull.merged or not pull.refused or pull.closed_by == BOT:
            continue
        allowed |= shown
        if pull.closed_by != WRITER or pull.closings > 1 or not ours & {pull.number, pull.head}:
            continue
        required |= {pair for pair in _brought(town, pull) if pair not in accepted}
    said = {
        (name, digest)
        for name, decision in town.remote.books.decisions.items()
        for digest in decision.rejected
    }
    for name, digest in sorted(required - said):
        yield f"a person closed the pull request with {digest[:15]} for {name}, and it is not rejected"
    for name, digest in sorted(said - allowed):
        yield f"{digest[:15]} for {name} is rejected, and nobody rejected it"
    for name, digest in sorted(said & accepted):
        yield f"{digest[:15]} for {name} is rejected, though it is accepted"


def what_is_withdrawn_is_closed(town: Town) -> Iterator[str]:
    """
    No pull request of ours stands open that nothing is left of, and it is settled who closed each.

    One that a person opened again after that stays open, and says so.
    """
    if town.lost:
        return
    every = [item for of_entity in town.remote.books.proposals.values() for item in of_entity]
    standing = {item.branch: item.standing for item in every}
    for item in every:
        if item.standing is Standing.WITHDRAWING:
            yield f"nobody looked who closed {item.branch}"
        pull = town.forge.pulls.get(item.number)
        if pull is not None and not pull.open and item.standing in (Standing.OPEN, Standing.REOPENED):
            yield f"{item.branch} is {item.standing}, and its pull request is closed"
    for pull in town.forge.pulls.values():
        now = standing.get(pull.branch)
        if pull.open and now not in (Standing.OPEN, Standing.REOPENED):
            yield f"{pull.branch} is {now}, and its pull request stands open"
        if now is Standing.REOPENED and not pull.reopenings:
            yield f"nobody opened {pull.branch} again, which is {now}"
        if pull.in_vain:
            yield f"a person opened {pull.branch} again, which was withdrawn, and we closed it"
        if pull.open and (now is Standing.REOPENED) is not (pull.status == WITHDRAWN):
            yield f"the status comment of {pull.branch} tells another thing"


def rows_of(commit: Commit) -> set[tuple[str, str]]:
    """Each shot's picture as a commit's rows have it."""
    world, _ = commit.world()
    return {(str(shot.address), shot.row.sha256) for shot in world.shots() if shot.row is not None}


def _brought(town: Town, pull: Request) -> set[tuple[str, str]]:
    """What merging a pull request would bring: what its branch has and no commit of the default branch below it."""
    head = town.repository.commits[pull.head]
    shown = rows_of(head)
    todo, seen = list(head.parents), set[str]()
    while todo:
        here = todo.pop()
        if here.id in seen:
            continue
        seen.add(here.id)
        if here.human:
            shown -= rows_of(here)
            continue
        todo += here.parents
    return shown


def counts_add_up(town: Town) -> Iterator[str]:
    """Every run's jobs are counted once."""
    for store in town.counts:
        if not store.counts().add_up:
            yield f"a run's jobs do not add up: {store.counts()}"


def books_grow_with_what_happens(town: Town) -> Iterator[str]:
    """The books have so many commits for each submission, proposal and person's act, and none for a run."""
    if town.lost:
        return
    books = town.remote.books
    proposals = sum(1 + len(item.pushed) for every in books.proposals.values() for item in every)
    most = 4 + 8 * len(books.submissions) + 6 * proposals + 3 * len(books.orders) + 2 * town.acts
    if len(town.remote.tips) > most:
        yield f"the books have {len(town.remote.tips)} commits, and what happened explains {most}"


def orders_are_answered(town: Town, plan: Plan) -> Iterator[str]:
    """A wish is made, or its shot says what keeps it; none is forgotten."""
    if town.lost:
        return
    books = town.remote.books
    most = town.repository.base.world()[0].config.limits.retries
    items = {str(item.address): item for item in plan.items}
    for order in books.orders.values():
        named = [request for _, request in books.requests() if order.id in request.orders]
        answered = any(one.outcome is not None and one.outcome.came.answers for one in named)
        came = [one.outcome.came for one in named if one.outcome is not None]
        given_up = len(came) > most or came.count(Came.EXPIRED) > 1  # what expired is sent again once
        item = next(
            (one for one in items.values() if order.job_id.startswith(one.address.job_id(1)[:-1])), None
        )
        idle = item is not None and item.reason in (Reason.UNCHANGED, Reason.PROPOSED, Reason.REJECTED)
        if not answered and not given_up and idle and item is not None:
            yield f"the order {order.id} is not answered, and its shot says: {item.why}"


def one_edit_pays_the_chain(town: Town, wanted: int, before: int) -> Iterator[str]:
    """A reworded shot, and each that leans on it, is paid once."""
    paid = {(item.key, item.seed) for item in town.service.account[before:]}
    if len(paid) != wanted:
        yield f"{len(paid)} pictures were paid for, where one edit calls for {wanted}: {sorted(paid)}"


def a_run_orders_once(town: Town) -> Iterator[str]:
    """However often a workflow run is repeated, it places its orders once."""
    for order_id in town.remote.books.orders:
        run = order_id.partition(".")[0].removeprefix("run-")
        if run not in town.runs:
            yield f"the order {order_id} is of no run that anybody began"


AT_THE_END: Final = (
    nothing_is_lost_of_the_money,
    proposals_match_the_words,
    decided_as_people_did,
    what_is_withdrawn_is_closed,
    counts_add_up,
    books_grow_with_what_happens,
    a_run_orders_once,
)
OF_A_PLAN: Final = (nobody_waits_for_nothing, satisfied_means_it_matches, orders_are_answered)
