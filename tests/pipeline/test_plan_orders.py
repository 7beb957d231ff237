"""What is asked for again on purpose: `--force`, `--variants`, `--only`, and paid wishes on the books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chargen.core.books import Books, Order
from chargen.core.plan import Action
from chargen.core.submission import Came, State
from chargen.core.work import affordable, work_of
from tests.worlds import (
    PIER,
    a_picture,
    a_request,
    a_submission,
    address,
    an_outcome,
    books_of,
    item_of,
    made,
    one_shot,
    plan_of,
    shot_of,
    whys,
)

V1, V2, V3 = (f"location.pier.dawn.wide.v{n}" for n in (1, 2, 3))
TWO = {
    PIER: "kind: location\nslug: pier\nscenes: [{id: dawn, shots: [{id: a, subject: a}, {id: b, subject: b}]}]",
    "x/imagery.yaml": "kind: chapter\nslug: x\nscenes: [{id: s, subject: c}]",
}
REROLL = Order("comment-7", "reroll", V1, "2026-11-23T04:00:00Z", note="less fog")


def test_force_makes_what_is_unchanged() -> None:
    assert whys(plan_of(made(), force=("location/*",))) == {V1: "generate: forced"}
    assert whys(plan_of(made(), force=("character/*",))) == {V1: "skip: unchanged"}


def test_force_takes_the_number_of_variants() -> None:
    assert list(whys(plan_of(made(), force=("*",), variants=3))) == [V1, V2, V3]
    assert list(whys(plan_of(made("variants: 2\n"), force=("*",)))) == [V1, V2]


def test_variants_alone_makes_nothing() -> None:
    assert whys(plan_of(made(), variants=3)) == {V1: "skip: unchanged"}


def test_only_leaves_the_others_out_of_the_plan() -> None:
    assert list(whys(plan_of(TWO, only=("location/pier/dawn/b",)))) == ["location.pier.dawn.b.v1"]
    assert list(whys(plan_of(TWO, only=("chapter/x", "location/*/a")))) == [
        "chapter.x.s.main.v1",
        "location.pier.dawn.a.v1",
    ]
    assert list(whys(plan_of(TWO, only=("location",), force=("chapter",)))) == [
        "location.pier.dawn.a.v1",
        "location.pier.dawn.b.v1",
    ]


def test_a_forced_shot_with_a_problem_stays_one() -> None:
    files: dict[str, Any] = {PIER: one_shot("references: [{path: gone.png, must_match: true}]\n")}

    assert whys(plan_of(files, force=("*",)))[V1].startswith("skip: problem")


# ---- orders ---------------------------------------------------------------------------------------------------------


def test_a_forced_job_carries_an_order_that_a_resumed_run_gives_again() -> None:
    plan = plan_of(made(), force=("*",), order_prefix="run-001-nonce")

    (work,) = work_of(plan, at="2026-11-23T04:00:00Z")

    assert work.orders == (Order(f"run-001-nonce.{V1}", "force", V1, "2026-11-23T04:00:00Z"),)
    assert work.request.orders == (f"run-001-nonce.{V1}",)


def test_two_forced_shots_with_one_request_book_both_their_orders() -> None:
    files = {PIER: one_shot() + one_shot().partition("shots:\n")[2].replace("id: wide", "id: same")}

    (work,) = work_of(plan_of(files, force=("*",), order_prefix="r"), at="2026-11-23T04:00:00Z")

    assert work.request.orders == ("r.location.pier.dawn.same.v1", "r.location.pier.dawn.wide.v1")
    assert {order.id for order in work.orders} == set(work.request.orders)


def test_a_forced_job_takes_up_the_order_that_is_open() -> None:
    """One picture answers both wishes."""
    books = books_of(orders=[Order("old", "force", V1, "2026-11-22T00:00:00Z")])

    (work,) = work_of(plan_of(made(), books, force=("*",), order_prefix="r"), at="2026-11-23T04:00:00Z")

    assert work.request.orders == ("old", f"r.{V1}")


def test_what_a_run_has_ordered_it_does_not_order_again() -> None:
    order = Order(f"run-001-nonce.{V1}", "force", V1, "2026-11-23T04:00:00Z")
    files = made()
    request = a_request(shot_of(files), order=order.id, outcome=an_outcome(picture=a_picture("forced")))
    books = books_of(a_submission(request), orders=[order])

    found = plan_of(files, books, force=("*",), order_prefix="run-001-nonce")
    other = plan_of(files, books, force=("*",), order_prefix="run-002-nonce")

    assert whys(found) == {V1: "restore: paid before"}, "the picture that was forced becomes current"
    assert whys(other) == {V1: "generate: forced"}


def test_an_open_order_is_made_with_its_note() -> None:
    files = made()
    item = item_of(plan_of(files, books_of(orders=[REROLL])))

    assert (item.action, item.why, item.order, item.note) == (
        Action.GENERATE,
        "rerolled",
        REROLL,
        "less fog",
    )
    assert item.request_hash == shot_of(files).request_hash(1, note="less fog")
    assert item.request_hash != shot_of(files).request_hash(1), "the note is sent, so it is hashed"


@pytest.mark.parametrize(
    ("state", "came", "open_still"),
    [
        (State.INTENT, None, False),
        (State.SUBMITTED, None, False),
        (State.COLLECTED, Came.IMAGE, False),
        (State.COLLECTED, Came.BLOCKED, False),
        (State.COLLECTED, Came.FAILED, True),
        (State.COLLECTED, Came.MISSING, True),
        (State.FENCED, None, True),
        (State.CANCELLED, None, True),
    ],
)
def test_an_order_is_paid_once_and_not_lost(state: State, came: Came | None, *, open_still: bool) -> None:
    files = made()
    outcome = None if came is None else an_outcome(came)
    request = a_request(shot_of(files), order=REROLL.id, note=REROLL.note, outcome=outcome)
    books = books_of(a_submission(request, state=state), orders=[REROLL])

    assert books.open_orders(retries=3) == ((REROLL,) if open_still else ())
    assert ("generate: rerolled" in whys(plan_of(files, books)).values()) is open_still


def test_an_order_that_always_fails_is_given_up() -> None:
    request = a_request(shot_of(made()), order=REROLL.id, note=REROLL.note, outcome=an_outcome(Came.FAILED))
    tries = [a_submission(request, number=n) for n in range(1, 5)]

    assert books_of(*tries[:3], orders=[REROLL]).open_orders(retries=3) == (REROLL,)
    assert books_of(*tries, orders=[REROLL]).open_orders(retries=3) == ()


def test_an_order_whose_batch_expires_twice_is_given_up() -> None:
    request = a_request(shot_of(made()), order=REROLL.id, note=REROLL.note, outcome=an_outcome(Came.EXPIRED))
    tries = [a_submission(request, number=n) for n in (1, 2)]

    assert books_of(*tries[:1], orders=[REROLL]).open_orders(retries=3) == (REROLL,)
    assert books_of(*tries, orders=[REROLL]).open_orders(retries=3) == ()


def test_an_order_waits_for_what_is_in_flight() -> None:
    files = made()
    books = books_of(a_submission(a_request(shot_of(files)), state=State.SUBMITTED), orders=[REROLL])

    assert whys(plan_of(files, books))[V1].startswith("skip: in flight")


def test_two_orders_for_one_job_are_two_pictures_one_after_the_other() -> None:
    second = Order("comment-8", "reroll", V1, "2026-11-23T05:00:00Z", note="less fog")
    plan = plan_of(made(), books_of(orders=[REROLL, second]))

    (work,) = work_of(plan, at="now")

    assert work.request.job_ids == (V1,)
    assert work.request.order == REROLL.id


def test_an_order_for_another_shot_is_not_mine() -> None:
    other = Order("comment-9", "reroll", "location.pier.dawn.wider.v1", "2026-11-23T04:00:00Z")

    assert whys(plan_of(made(), books_of(orders=[other]))) == {V1: "skip: unchanged"}


# ---- from items to paid work ----------------------------------------------------------------------------------------


def test_work_is_what_the_plan_makes_with_all_that_the_books_must_know() -> None:
    plan = plan_of({PIER: one_shot("variants: 2\n")}, mode="batch")
    shot = shot_of({PIER: one_shot("variants: 2\n")})

    work = work_of(plan, at="now")

    assert [item.job_id for item in work] == [V1, V2]
    assert [item.variant for item in work] == [1, 2]
    assert work[1].request.ask == shot.ask()
    assert work[1].request.request_hash == shot.request_hash(2)
    assert work[1].request.reserved_usd == plan.items[1].cost_usd
    assert work[1].request.key == f"{V2}@{shot.request_hash(2)[7:23]}"
    assert work[1].request.tokens > 0
    assert work[1].body([])["generationConfig"]["seed"] == 2


def test_only_what_expired_goes_into_a_smaller_batch() -> None:
    files: dict[str, Any] = {PIER: one_shot()}

    def expired(came: Came, reason: str) -> str:
        request = a_request(shot_of(files), outcome=an_outcome(came, reason=reason))
        (work,) = work_of(plan_of(files, books_of(a_submission(request))), at="now")
        return work.expired

    assert expired(Came.EXPIRED, "expired: the batch ran out of time") == a_submission().id
    assert not expired(Came.FAILED, "INTERNAL: no luck")


def test_the_month_s_budget_is_spent_in_order() -> None:
    work = work_of(plan_of({PIER: one_shot("variants: 3\n")}), at="now")
    each = work[0].request.reserved_usd

    assert affordable(work, each * 3) == (work, ())
    assert affordable(work, each * 3 - Decimal("0.0001")) == (work[:2], work[2:])
    assert affordable(work, Decimal(-1)) == ((), work)


def test_books_know_nothing_of_a_world_that_is_new() -> None:
    assert Books().candidates(address()) == ()
    assert Books().attempts("sha256:x") == 0
