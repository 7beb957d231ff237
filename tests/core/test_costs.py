"""What pictures have cost: counted once, as the books' month counts it; waste by its kind; rows held against the books."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.books import Decision
from chargen.core.costs import Month, Part, RowCosts, Wasted, months, row_costs
from chargen.core.costs_report import costs_data, month_lines, row_lines
from chargen.core.proposal import Proposal, Standing
from chargen.core.submission import Came, State
from chargen.core.waste import Served, Waste, wasted
from tests.worlds import (
    PIER,
    WIDE,
    Files,
    a_picture,
    a_request,
    a_submission,
    an_outcome,
    books_of,
    made,
    one_shot,
    shot_of,
    shots_of,
    world_of,
)

if TYPE_CHECKING:
    from chargen.core.books import Books

FILES: Files = {PIER: one_shot()}
SHOT = shot_of(FILES)
OLDER = shot_of({PIER: one_shot("mood: grim\n")})
CENTS = Decimal("0.02")


def served(books: Books, files: Files = FILES) -> Served:
    """The books, asked by a world."""
    return Served.by(books, shots_of(files).values())


def paid(shot: Any = SHOT, came: Came = Came.IMAGE, *, number: int = 1, **more: Any) -> Any:
    """A submission of one request that was answered."""
    outcome = an_outcome(came, a_picture(f"{number}"))
    return a_submission(a_request(shot, outcome=outcome, **more), number=number)


def kinds(books: Books, files: Files = FILES) -> list[str]:
    """The waste on the books."""
    return [str(kind) for _, _, kind in wasted(served(books, files))]


def test_what_answers_a_shot_is_no_waste() -> None:
    assert kinds(books_of(paid())) == []


def test_a_picture_that_no_shot_asks_for_is_stale() -> None:
    assert kinds(books_of(paid(OLDER))) == ["stale"]
    assert kinds(books_of(paid()), {"chargen.yaml": "{}"}) == ["stale"], "its shot is gone"


def test_what_was_accepted_was_not_for_nothing() -> None:
    files = made()  # its row shows the picture, whatever it was asked with
    old = a_submission(a_request(OLDER, outcome=an_outcome()))
    shown = {WIDE: an_outcome().sha256}

    assert kinds(books_of(old), files) == []
    for standing, expected in ((Standing.MERGED, []), (Standing.CLOSED, ["stale"])):
        proposal = Proposal("location/pier", 1, standing, shots=shown)
        assert kinds(books_of(old, proposals=[proposal])) == expected


def test_each_other_kind_of_waste_is_told_by_its_name() -> None:
    rejected = Decision(WIDE, rejected=(an_outcome(picture=a_picture("1")).sha256,))

    assert kinds(books_of(paid(), decisions=[rejected])) == ["rejected"]
    assert kinds(books_of(paid(came=Came.BLOCKED))) == ["blocked"]
    assert kinds(books_of(paid(came=Came.INVALID))) == ["failed"]
    assert kinds(books_of(paid(), paid(number=2))) == ["duplicate"]
    assert kinds(books_of(paid(), paid(number=2, order="wish"))) == []


def test_a_failure_that_cost_nothing_is_no_waste() -> None:
    request = a_request(SHOT, outcome=an_outcome(Came.EXPIRED, cost_usd=Decimal(0)))

    assert kinds(books_of(a_submission(request))) == []


def test_a_month_counts_everything_once_by_mode_and_model() -> None:
    open_one = a_submission(a_request(SHOT, variant=2), number=2, state=State.SUBMITTED)
    live = a_submission(
        a_request(OLDER, outcome=an_outcome()), number=3, mode="live", lost_usd=Decimal("0.03")
    )
    books = books_of(paid(), open_one, live)

    (month,) = months(served(books))

    model = "gemini-nano-banana-2.1"
    five = Decimal("0.05")
    assert month == Month(
        "2026-11",
        (
            Part("batch", model, 1, 1, five, CENTS, five),
            Part("live", model, 1, 1, five, CENTS + Decimal("0.03"), Decimal(0)),
        ),
        {Waste.STALE: Wasted(1, CENTS), Waste.LOST: Wasted(1, Decimal("0.03"))},
    )
    assert month.actual_usd + month.reserved_usd == books.month_usd("2026-11")
    assert list(month_lines(month, Decimal(40))) == [
        "2026-11: 0.0700 USD spent, 0.0500 USD reserved, of 40 USD a month",
        (
            f"  batch {model}: 0.0200 USD for 1 picture of 1 answered request, estimated 0.0500 USD at most, "
            "0.0500 USD reserved"
        ),
        f"  live  {model}: 0.0500 USD for 1 picture of 1 answered request, estimated 0.0500 USD at most",
        "  waste 0.0500 USD, of what was spent:",
        "    stale         1  0.0200 USD",
        "    lost          1  0.0300 USD",
    ]


def test_an_estimate_is_of_what_cost_something() -> None:
    nothing = Decimal(0)
    vain = [
        a_submission(
            a_request(SHOT, variant=n, outcome=an_outcome(came, cost_usd=nothing)), number=n, state=state
        )
        for n, (came, state) in enumerate(
            [(Came.FAILED, State.FAILED), (Came.EXPIRED, State.EXPIRED), (Came.CANCELLED, State.CANCELLED)],
            start=2,
        )
    ]
    blocked = paid(OLDER, Came.BLOCKED, number=5)

    (month,) = months(served(books_of(paid(), *vain, blocked)))

    (part,) = month.parts
    assert (part.requests, part.pictures, part.actual_usd) == (5, 1, 2 * CENTS)
    assert part.estimated_usd == 2 * Decimal("0.05")


def test_what_a_month_began_is_that_month_s() -> None:
    times: dict[str, Any] = {"created_at": "2026-10-31T23:59:59Z", "ended_at": "2026-11-01T04:00:00Z"}
    october = a_submission(a_request(SHOT, outcome=an_outcome()), **times)

    found = months(served(books_of(october, paid(number=2))))

    assert [(item.name, item.actual_usd) for item in found] == [("2026-10", CENTS), ("2026-11", CENTS)]
    assert found[1].waste == {Waste.DUPLICATE: Wasted(1, CENTS)}


def row_world(cost: str) -> Files:
    """The world whose row says what its picture cost."""
    metadata = {"mode": "batch", "request_hash": SHOT.request_hash(1), "cost_usd": cost}
    return made(provider_metadata=metadata)


@pytest.mark.parametrize(
    ("cost", "books", "differences"),
    [
        ("0.02", books_of(paid()), []),
        ("0.03", books_of(paid()), ["location.pier.dawn.wide.v1: its row says 0.03 USD, the books 0.02 USD"]),
        (
            "0.02",
            books_of(),
            ["location.pier.dawn.wide.v1: its row says 0.02 USD, and the books know of no such picture"],
        ),
        ("much", books_of(paid()), ["location.pier.dawn.wide.v1: its row says 0 USD, the books 0.02 USD"]),
    ],
)
def test_rows_are_held_against_the_books(cost: str, books: Books, differences: list[str]) -> None:
    found = row_costs(world_of(row_world(cost)).shots(), books)

    assert list(found.differences) == differences
    assert found.count == 1


def test_rows_that_agree_are_one_line_and_a_world_without_rows_is_none() -> None:
    assert list(row_lines(RowCosts(2, CENTS))) == [
        "2 pictures in the files: 0.0200 USD by their rows, and that is what was paid for them"
    ]
    assert list(row_lines(RowCosts())) == []
    assert len(list(row_lines(RowCosts(12, CENTS, ("said",) * 12)))) == 12


def test_data_has_amounts_as_text() -> None:
    data = costs_data(months(served(books_of(paid(OLDER)))), RowCosts(), Decimal(40))

    assert data["months"][0]["waste"] == {"stale": {"count": 1, "usd": "0.02"}}
    assert data["months"][0]["parts"][0]["actualUsd"] == "0.02"
    assert data["monthCapUsd"] == "40"
