"""
Bugs, planted one at a time in the process that simulates: each must be found, or the rule it breaks proves nothing.

A mutant puts another function, or another table, in the place of one of chargen's while it is planted.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from chargen.commands import ordering, paying, refreshing, settling
from chargen.core import attempts, current, digest, in_place, verdict
from chargen.core.books import Books
from chargen.core.submission import Move, move
from chargen.core.work import orders_for
from chargen.errors import LostRace
from chargen.pipeline import booking, bundling, collect, execute, keeping, plan, settle
from tests.simulation.mutant import Mutant
from tests.simulation.mutants_of_doubles import OF_DOUBLES
from tests.simulation.mutants_of_proposals import OF_PROPOSALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from chargen.core.submission import Submission


@contextlib.contextmanager
def planted(name: str) -> Iterator[None]:
    """The mutant's code in place of chargen's; nothing for no name."""
    places = MUTANTS[name].places if name else ()
    before = [(owner, attribute, vars(owner)[attribute]) for owner, attribute, _ in places]
    for owner, attribute, value in places:
        setattr(owner, attribute, value)
    try:
        yield
    finally:
        for owner, attribute, value in before:
            setattr(owner, attribute, value)


def _everywhere(name: str, value: Any, *modules: ModuleType) -> tuple[tuple[Any, str, Any], ...]:
    return tuple((module, name, value) for module in modules)


# ---- claims, leases, fences


def _never(*_: Any, **__: Any) -> None:
    return None


def _write_anyway(self: booking.Desk, books: Books, things: Any, message: str) -> Books:
    """Where the race is lost, the same things go on top of whatever was written meanwhile."""
    try:
        return _DESK_WRITE(self, books, things, message)
    except LostRace:
        return _DESK_WRITE(self, self.read(), things, message)


_DESK_WRITE = booking.Desk.write


def _fence_at_once(
    desk: booking.Desk, submission: Submission, provider: Any, *, list_lag_s: float
) -> Submission:
    at = booking.stamp(desk.clock.now())
    return desk.advance(submission.id, Move.FENCE, f"Fenced {submission.id}", ended_at=at)


def _create_again(
    desk: booking.Desk, submission: Submission, provider: Any, *, list_lag_s: float
) -> Submission:
    batch = provider.create(submission.model, submission.input_file, submission.display_name)
    return desk.advance(submission.id, Move.ACCEPT, "Again", batch=batch.name)


def _take_anyway(desk: booking.Desk, submission: Submission) -> Submission:
    """Whoever has it by now."""

    def decide(books: Books) -> list[Any]:
        now = books.submissions[submission.id]
        return [replace(now, owner=desk.owner, lease_until=desk.lease())]

    return desk.book(decide, f"Take {submission.id}").submissions[submission.id]


# ---- orders and outcomes


def _open_for_ever(self: Books, retries: int) -> tuple[Any, ...]:
    return tuple(self.orders.values())


def _no_open_orders(self: Books, retries: int) -> tuple[Any, ...]:
    return ()


def _forget_attempts(case: Any, variant: int, reason: Any, detail: str) -> Any:
    return case.make(variant, reason, detail)


def _book_only(
    desk: Any,
    submission: Any,
    laid: Any,
    bench: Any,
    *,
    what: Any,
    at: str,
    error: str = "",
    lost_usd: Any = 0,
) -> Any:
    """The outcomes first; the pictures afterwards."""
    told = {item.request.request_hash: item.request for item in laid}

    def decide(books: Books) -> list[Any]:
        now = books.submissions[submission.id]
        merged = replace(now, requests=keeping.merge(now.requests, told))
        return [move(merged, what, ended_at=at)] if now.holds else []

    booked = desk.book(decide, "Book first").submissions[submission.id]
    files = keeping._files(bench, booked, laid)
    if files:
        desk.tracking.keep(submission.id, files, "Pictures")
    return booked


def _drop_missing(bench: Any, submission: Any, request: Any, outcome: Any, *, attempts_left: bool) -> Any:
    return bundling.Laid(request)


_ORDERS_FOR = orders_for


# ---- what people decide


_told = iter(range(10**9))


def _another_each_time(_: bytes) -> str:
    return f"sha256:{next(_told):064x}"


def _always(*_: Any, **__: Any) -> bool:
    return True


MUTANTS: Final[Mapping[str, Mutant]] = {
    **OF_DOUBLES,
    "claims ignored": Mutant(
        "what is in flight is ordered again",
        ((verdict, "_in_flight", _never),),
        seed=0,
        rule="a_request_is_claimed_once",
    ),
    "race ignored": Mutant(
        "a lost race writes its claims all the same",
        ((booking.Desk, "write", _write_anyway),),
        seed=6,
        rule="moves_are_in_the_table",
    ),
    "lease ignored": Mutant(
        "whoever is somebody else has gone",
        ((booking.Desk, "lapsed", lambda self, item: item.owner.nonce != self.owner.nonce),),
        seed=41,
        rule="a_live_lease_is_not_stolen",
    ),
    "takeover unchecked": Mutant(
        "a submission is taken over by what was read of it before",
        _everywhere("take_over", _take_anyway, settle, settling),
        seed=764,
        rule="a_live_lease_is_not_stolen",
    ),
    "owner unchecked": Mutant(
        "one who lost a submission goes on with it",
        ((booking.Desk, "mine", lambda self, books, name: books.submissions[name]),),
        seed=283,
        rule="_no_bug",
    ),
    "fence skipped": Mutant(
        "the input is not deleted",
        ((settle, "_delete_input", _always),),
        seed=283,
        rule="create_only_while_creating",
    ),
    "no second look": Mutant(
        "the list is not asked before fencing",
        _everywhere("settle_creating", _fence_at_once, settle, execute),
        seed=23,
        rule="create_only_while_creating",
    ),
    "create repeated": Mutant(
        "an unclear create is sent again",
        _everywhere("settle_creating", _create_again, execute),
        seed=23,
        rule="paid_once",
    ),
    "list not believed": Mutant(
        "nothing listed is ours",
        ((settle, "_listed", lambda *_: []),),
        seed=478,
        rule="paid_bytes_are_reachable",
    ),
    "orders never close": Mutant(
        "an answered order is open still", ((Books, "open_orders", _open_for_ever),), seed=4, rule="paid_once"
    ),
    "orders forgotten": Mutant(
        "no order is ever open",
        ((Books, "open_orders", _no_open_orders),),
        seed=4,
        rule="orders_are_answered",
    ),
    "run not remembered": Mutant(
        "a repeated run places its orders anew",
        (
            (
                ordering,
                "orders_for",
                lambda options, shots, at: _ORDERS_FOR(replace(options, order_prefix=at), shots, at=at),
            ),
        ),
        seed=4,
        rule="a_run_orders_once",
    ),
    "attempts forgotten": Mutant(
        "what failed or was blocked is sent again",
        ((verdict, "attempt", _forget_attempts),),
        seed=13,
        rule="paid_once",
    ),
    "rejected made anew": Mutant(
        "a rejected picture is made again", ((verdict, "_paid_before", _never),), seed=0, rule="paid_once"
    ),
    "month unbounded": Mutant(
        "the month's cap is not asked",
        ((paying, "affordable", lambda work_, left: (tuple(work_), ())),),
        seed=145,
        rule="the_caps_hold",
    ),
    "reservations dropped": Mutant(
        "only what was paid counts for the month",
        (
            (
                Books,
                "month_usd",
                lambda self, month: sum((item.actual_usd for item in self.submissions.values()), Decimal(0)),
            ),
        ),
        seed=145,
        rule="the_caps_hold",
    ),
    "run unbounded": Mutant(
        "the run's cap is not asked",
        ((plan, "within", lambda cap, items: items), (plan, "why_held", lambda *_: ("", Decimal(0)))),
        seed=106,
        rule="the_caps_hold",
    ),
    "booked before kept": Mutant(
        "outcomes are booked before pictures are kept",
        _everywhere("keep_and_book", _book_only, collect),
        seed=0,
        rule="collected_means_kept",
    ),
    "missing untold": Mutant(
        "a missing line is nobody's failure",
        ((collect, "lay_failure", _drop_missing),),
        seed=14,
        rule="what_has_ended_is_told",
    ),
    "a lost line costs nothing": Mutant(
        "a line that is missing from a result, or torn, is booked at nothing",
        ((collect, "_at_its_bound", lambda gone, _: gone),),
        seed=14,
        rule="nothing_is_lost_of_the_money",
    ),
    "cost forgotten": Mutant(
        "pictures cost nothing",
        ((bundling, "actual", lambda *_: Decimal(0)),),
        seed=0,
        rule="nothing_is_lost_of_the_money",
    ),
    "stale shown": Mutant(
        "a picture of other words counts as current",
        _everywhere("match", _always, current, verdict, attempts, in_place),
        seed=0,
        rule="proposals_match_the_words",
    ),
    "references ignored": Mutant(
        "another reference is no difference",
        ((digest, "_changed_references", lambda *_: ()),),
        seed=2,
        rule="satisfied_means_it_matches",
    ),
    **OF_PROPOSALS,
    "held back each time": Mutant(
        "that a push is held back is written each time",
        ((ordering, "sha256", _another_each_time),),
        seed=106,
        rule="_quiet_at_last",
    ),
    "told each time": Mutant(
        "a pull request is told each time",
        ((refreshing, "sha256", _another_each_time),),
        seed=0,
        rule="_quiet_at_last",
    ),
}
