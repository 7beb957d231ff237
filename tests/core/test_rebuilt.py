"""What lost books can be made of: each place adds what is missing, and nothing that was paid is free again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.books import Books, Decision, Decisions, Identity, Order, Proposals
from chargen.core.books_files import changes_for, decode
from chargen.core.digest import sha256
from chargen.core.identified import UNKNOWN, identified, recognised
from chargen.core.plan import Reason
from chargen.core.proposal import Proposal, Standing
from chargen.core.rebuilt import from_branches, from_records, from_rows, joined, refuse_older_books
from chargen.core.row import stamped_anew
from chargen.core.submission import Came, State, Submission
from chargen.core.unread import most_usd
from chargen.errors import BooksConflict
from tests.worlds import (
    PIER,
    WIDE,
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
    world_of,
)

if TYPE_CHECKING:
    from chargen.core.row import Row

AT = "2026-11-24T00:00:00Z"
SHOT = shot_of({PIER: one_shot()})
BROUGHT = a_submission(a_request(SHOT, outcome=an_outcome()), kept="c0ffee", ended_at="2026-11-23T04:12:09Z")
METADATA = {"mode": "batch", "batch": "batches/1", "request_hash": SHOT.request_hash(1), "cost_usd": "0.0168"}


def rows(**changes: Any) -> list[Row]:
    """The rows of the one-shot world after a run."""
    told = {"provider_metadata": METADATA, "generated_at": "2026-11-23T04:12:09Z", "run_id": "run-001"}
    return [row for shot in world_of(made(**(told | changes))).shots() for row in shot.rows]


# ---- rows -----------------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_picture_that_was_collected_and_is_not_kept() -> None:
    (found,) = from_rows(Books(), rows(), at=AT)

    (request,) = found.requests
    assert (found.state, found.mode, found.batch, found.pruned_at) == (
        State.COLLECTED,
        "batch",
        "batches/1",
        AT,
    )
    assert (found.created_at, found.actual_usd) == ("2026-11-23T04:12:09Z", Decimal("0.0168"))
    assert request.request_hash == SHOT.request_hash(1)
    assert request.outcome is not None
    assert request.outcome.bears(sha256(a_picture()))


def test_what_a_row_shows_is_not_paid_again_when_the_row_goes() -> None:
    found = from_rows(Books(), rows(), at=AT)

    plan = plan_of({PIER: one_shot()}, books_of(*found))

    assert item_of(plan).reason is Reason.IMAGE_MISSING


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"request_hash": ""}, {"request_hash": "sha256:zz"}, "a word", ["a", "list"]],
)
def test_a_row_that_says_no_request_tells_nothing(metadata: Any) -> None:
    assert from_rows(Books(), rows(provider_metadata=metadata), at=AT) == []


def test_a_row_that_was_stamped_anew_tells_what_was_asked_then() -> None:
    """So that old words that are put back are known to be paid for."""
    grim = one_shot("mood: grim\n")
    (row,) = rows()
    stamped = stamped_anew(row, shot_of({PIER: grim}).ask())

    (found,) = from_rows(Books(), [replace(row, data=stamped, ask=shot_of({PIER: grim}).ask())], at=AT)

    (request,) = found.requests
    assert request.ask.prompt_hash == SHOT.prompt_hash
    assert [item.reason for item in plan_of({PIER: one_shot()}, books_of(found)).items] == [
        Reason.IMAGE_MISSING
    ]


def test_what_hands_have_written_into_a_row_is_read_with_care() -> None:
    odd = METADATA | {"cost_usd": "a lot", "mode": "fast", "batch": "../../etc"}

    (found,) = from_rows(Books(), rows(provider_metadata=odd, run_id="../../../root"), at=AT)

    assert (found.actual_usd, found.mode, found.batch, found.run_id) == (Decimal(0), "batch", "", "rebuilt")


def test_what_the_books_know_is_not_told_again() -> None:
    known = books_of(BROUGHT)
    under_way = books_of(a_submission(a_request(SHOT), state=State.SUBMITTED))
    again = books_of(*from_rows(Books(), rows(), at=AT))

    assert [from_rows(books, rows(), at=AT) for books in (known, under_way, again)] == [[], [], []]


def test_another_picture_of_a_known_request_is_told() -> None:
    other = a_submission(a_request(SHOT, outcome=an_outcome(picture=a_picture("other"))))

    assert len(from_rows(books_of(other), rows(), at=AT)) == 1


def test_rows_of_one_batch_are_one_submission_and_a_shared_request_is_one() -> None:
    (row,) = rows()
    twin = replace(row, job_id="location.pier.dawn.twin.v1")
    other = replace(row, data={**row.data, "provider_metadata": METADATA | {"batch": "batches/2"}})

    first, second = from_rows(Books(), [row, twin, other], at=AT)

    assert [item.job_ids for item in first.requests] == [(row.job_id, twin.job_id)]
    assert (first.batch, second.batch) == ("batches/1", "batches/2")
    assert first.id != second.id


# ---- kept pictures --------------------------------------------------------------------------------------------------


def test_kept_pictures_tell_of_their_submission() -> None:
    assert from_records(Books(), [BROUGHT], lambda _: False) == [BROUGHT]
    assert from_records(books_of(BROUGHT), [BROUGHT], lambda _: False) == []


def test_they_say_more_than_a_copy_that_is_older() -> None:
    older = replace(BROUGHT, state=State.SUBMITTED, kept="", requests=(a_request(SHOT),))

    assert from_records(books_of(older), [BROUGHT], lambda _: False) == [BROUGHT]
    assert from_records(books_of(older), [BROUGHT], lambda _: True) == [], "its owner is at work"


def test_what_ended_without_knowing_of_them_learns_what_they_brought() -> None:
    unaware = replace(BROUGHT, kept="", requests=(a_request(SHOT),), error="killed")

    (told,) = from_records(books_of(unaware), [BROUGHT], lambda _: False)

    assert told == replace(BROUGHT, error="killed")


def test_what_a_killed_run_lost_is_learnt_from_what_it_kept() -> None:
    """The copy is from before the run was settled: outcomes it knows, the waste it does not."""
    live = replace(BROUGHT, mode="live", batch="")
    record = replace(live, lost_usd=Decimal("0.07"))

    told = from_records(books_of(live), [record], lambda _: False)

    assert told == [record]
    assert from_records(books_of(record), [live], lambda _: False) == []


def test_pictures_that_the_books_do_not_know_stop_everything() -> None:
    held = replace(BROUGHT, state=State.SUBMITTED, kept="")
    pruned = replace(BROUGHT, kept="", pruned_at=AT)
    for known in (BROUGHT, held, pruned):
        refuse_older_books(books_of(known), {BROUGHT.id: "c0ffee"})

    for unaware in (books_of(), books_of(replace(BROUGHT, kept=""))):
        with pytest.raises(BooksConflict, match=BROUGHT.id):
            refuse_older_books(unaware, {BROUGHT.id: "c0ffee"})


# ---- copies ---------------------------------------------------------------------------------------------------------


def test_a_copy_adds_what_is_missing_and_changes_nothing() -> None:
    order, lock = Order("o", "force", "location.pier.dawn.wide.v1", AT), Decision(WIDE, locked=True)
    picked = replace(lock, locked=False, picked="sha256:aa")
    one, two = Proposal("location/pier", 1), Proposal("location/pier", 2)
    mine = books_of(replace(BROUGHT, error="mine"), decisions=[picked], proposals=[replace(one, number=7)])
    copy = replace(
        books_of(
            BROUGHT, orders=[order], decisions=[lock, replace(lock, address=f"{WIDE}r")], proposals=[one, two]
        ),
        identity=Identity("w0rld", 42),
    )

    things = joined(mine, copy)

    assert things == [
        order,
        Identity("w0rld", 42),
        Decisions("location/pier", {WIDE: picked, f"{WIDE}r": replace(lock, address=f"{WIDE}r")}),
        Proposals("location/pier", (replace(one, number=7), two)),
    ]
    whole = decode("tip", {path: data for path, data in changes_for(*joined(Books(), copy)).items() if data})
    assert joined(whole, copy) == []


# ---- review branches ------------------------------------------------------------------------------------------------


def test_a_review_branch_is_a_proposal_that_is_only_added_to() -> None:
    (row,) = rows()

    (found,) = from_branches(books_of(BROUGHT), {"chargen/location/pier.2": ("5ha", [row])})

    assert found.every == (
        Proposal("location/pier", 2, shots={WIDE: sha256(a_picture())}, pushed=("5ha",), shared=True),
    )


def test_one_that_brings_nothing_was_merged_and_keeps_its_number() -> None:
    (found,) = from_branches(books_of(BROUGHT), {"chargen/location/pier.1": ("5ha", [])})

    assert [(item.n, item.standing) for item in found.every] == [(1, Standing.MERGED)]


def test_what_is_no_review_branch_or_is_booked_is_left() -> None:
    known = books_of(BROUGHT, proposals=[Proposal("location/pier", 1)])
    branches = {
        "chargen/location/pier.1": ("5ha", rows()),
        "chargen/tracking": ("5ha", []),
        "main": ("5ha", []),
    }

    assert from_branches(known, branches) == []


# ---- a batch of which only the name is known ------------------------------------------------------------------------

UNREAD = a_submission(number=9, state=State.SUBMITTED)


def test_nothing_is_made_while_nobody_knows_what_a_batch_asked_for() -> None:
    assert whys(plan_of({PIER: one_shot("variants: 2\n")}, books_of(UNREAD))) == {
        f"location.pier.dawn.wide.v{n}": f"skip: in flight: nobody knows what submission {UNREAD.id} asked for "
        "until it is collected"
        for n in (1, 2)
    }
    ended = replace(UNREAD, state=State.EXPIRED)
    assert item_of(plan_of({PIER: one_shot()}, books_of(ended))).reason is Reason.NEW


def key(request_hash: str, job_id: str = "location.pier.dawn.wide.v1") -> str:
    return f"{job_id}@{request_hash.removeprefix('sha256:')[:16]}"


def told(*keys: str, submission: Submission = UNREAD, books: Books | None = None) -> list[tuple[str, str]]:
    shots = {address(WIDE): SHOT}
    found = identified(submission, keys, shots, books or Books())
    return [(item.job_ids[0], item.request_hash) for item in found]


def test_what_the_tree_would_send_is_what_was_sent() -> None:
    (found,) = identified(UNREAD, [key(SHOT.request_hash(1))], {address(WIDE): SHOT}, Books())

    assert found == a_request(SHOT, reserved_usd=found.reserved_usd)
    assert found.reserved_usd > 0


def test_a_variant_is_known_though_the_tree_asks_for_fewer() -> None:
    job_id = "location.pier.dawn.wide.v3"

    assert told(key(SHOT.request_hash(3), job_id)) == [(job_id, SHOT.request_hash(3))]


def test_words_that_are_gone_make_a_request_that_answers_no_shot() -> None:
    unknown = "location.pier.dawn.wide.v1@" + "ab" * 8
    (found,) = identified(UNREAD, [unknown], {address(WIDE): SHOT}, Books())

    assert (found.key, found.ask) == (unknown, UNKNOWN)
    assert found.reserved_usd == most_usd(UNREAD.model), "of any size"
    came = replace(found, outcome=an_outcome())
    assert (
        item_of(plan_of({PIER: one_shot()}, books_of(replace(BROUGHT, requests=(came,))))).reason
        is Reason.NEW
    )


def test_what_the_books_say_of_the_same_request_is_believed_first() -> None:
    renamed = replace(SHOT, status="paused")
    books = books_of(a_submission(a_request(SHOT, outcome=an_outcome(Came.FAILED)), batch="batches/7"))

    (found,) = identified(UNREAD, [key(SHOT.request_hash(1))], {}, books)

    assert (found.request_hash, found.ask) == (SHOT.request_hash(1), renamed.ask())


def test_what_rows_have_told_of_the_batch_is_not_told_twice() -> None:
    of_rows = from_rows(Books(), rows(), at=AT)
    same_batch = replace(UNREAD, batch="batches/1")

    assert told(key(SHOT.request_hash(1)), submission=same_batch, books=books_of(*of_rows)) == []
    assert len(told(key(SHOT.request_hash(1)), books=books_of(*of_rows))) == 1


def test_keys_of_others_and_repeated_ones_are_left_out() -> None:
    mine = key(SHOT.request_hash(1))

    assert len(told("1", "a@b", f"x.v1@{'ab' * 8}", f"../../x.v1@{'ab' * 8}", mine, mine)) == 1


def test_a_request_known_by_its_key_is_named_in_full_once_the_tree_says_it() -> None:
    (known,) = identified(UNREAD, [key(SHOT.request_hash(1))], {}, Books())
    books = books_of(replace(UNREAD, requests=(known,)))

    (told,) = recognised(books, {address(WIDE): SHOT})

    assert known.ask == UNKNOWN
    assert [(item.request_hash, item.ask) for item in told.requests] == [(SHOT.request_hash(1), SHOT.ask())]
    assert recognised(books_of(told), {address(WIDE): SHOT}) == []
    assert recognised(books, {}) == []
