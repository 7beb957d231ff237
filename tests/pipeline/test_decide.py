"""What people did with a pull request takes effect once, and only where they may decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chargen.core.books import Books, Decision
from chargen.core.books_files import changes_for, decode
from chargen.core.proposal import Proposal, Standing
from chargen.core.pull import Pull
from chargen.pipeline.decide import Seen, decide
from tests.worlds import WIDE, books_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.books_files import Thing

OTHER = "location/pier/dawn/narrow"
OPEN = Proposal("location/pier", 1, shots={WIDE: "sha256:a", OTHER: "sha256:b"}, pushed=("c1",), number=7)
CLOSED = replace(OPEN, standing=Standing.CLOSED)
PULL = Pull(
    7, "https://forge/7", "t", "b", OPEN.branch, "c1", "main", "bot", author_is_bot=True, same_repository=True
)
SHUT = replace(PULL, open=False, closed_by="ada")


def after(things: Sequence[Thing]) -> Books:
    """The books once these things are written."""
    lying = changes_for(*things)
    return decode("next", {path: data for path, data in lying.items() if data is not None})


def test_a_merge_ends_the_proposal_and_decides_nothing_else() -> None:
    books = books_of(proposals=[OPEN])

    now = after(decide(books, [Seen(OPEN, replace(PULL, open=False, merged=True))]))

    assert now.proposals["location/pier"][0].standing is Standing.MERGED
    assert not now.decisions


def test_closed_by_a_person_who_may_write_rejects_what_it_showed() -> None:
    books = books_of(proposals=[OPEN])

    now = after(decide(books, [Seen(OPEN, SHUT, closer_may_write=True)]))

    assert now.proposals["location/pier"][0].standing is Standing.CLOSED
    assert {name: item.rejected for name, item in now.decisions.items()} == {
        WIDE: ("sha256:a",),
        OTHER: ("sha256:b",),
    }


def test_closed_by_anybody_else_decides_nothing() -> None:
    books = books_of(proposals=[OPEN])

    now = after(decide(books, [Seen(OPEN, SHUT)]))

    assert now.proposals["location/pier"][0].standing is Standing.CLOSED
    assert not now.decisions


@pytest.mark.parametrize("own", [Decision(WIDE, picked="sha256:a"), Decision(WIDE, locked=True)])
def test_a_shot_with_a_decision_of_its_own_is_not_rejected_by_a_closing(own: Decision) -> None:
    books = books_of(proposals=[OPEN], decisions=[own])

    now = after(decide(books, [Seen(OPEN, SHUT, closer_may_write=True)]))

    assert now.decisions[WIDE] == own
    assert now.decisions[OTHER].rejected == ("sha256:b",)


def test_reopening_undoes_what_closing_rejected_and_nothing_else() -> None:
    rejected = Decision(WIDE, rejected=("sha256:old", "sha256:a"))
    books = books_of(proposals=[CLOSED], decisions=[rejected, Decision(OTHER, rejected=("sha256:b",))])

    now = after(decide(books, [Seen(CLOSED, PULL)]))

    assert now.proposals["location/pier"][0].open
    assert now.decisions == {WIDE: Decision(WIDE, rejected=("sha256:old",))}


WITHDRAWING = replace(OPEN, standing=Standing.WITHDRAWING)


def test_a_person_s_closing_of_what_we_meant_to_close_rejects_what_it_showed() -> None:
    books = books_of(proposals=[WITHDRAWING])

    now = after(decide(books, [Seen(WITHDRAWING, SHUT, closer_may_write=True)]))

    assert now.proposals["location/pier"][0].standing is Standing.CLOSED
    assert now.decisions[WIDE].rejected == ("sha256:a",)


@pytest.mark.parametrize(
    "seen",
    [
        Seen(WITHDRAWING, replace(SHUT, closed_by="eve")),
        Seen(WITHDRAWING, replace(SHUT, closed_by="bot")),
        Seen(WITHDRAWING, replace(SHUT, closed_by="bot"), closer_may_write=True),  # with a person's token
    ],
)
def test_our_own_closing_and_an_outsider_s_end_a_withdrawal_and_decide_nothing(seen: Seen) -> None:
    now = after(decide(books_of(proposals=[WITHDRAWING]), [seen]))

    ended = now.proposals["location/pier"][0]
    assert (ended.standing, ended.shots) == (Standing.WITHDRAWN, {})
    assert not now.decisions


@pytest.mark.parametrize(
    "seen",
    [
        Seen(OPEN, PULL),
        Seen(WITHDRAWING, PULL),
        Seen(CLOSED, SHUT, closer_may_write=True),
        Seen(replace(OPEN, standing=Standing.MERGED), replace(PULL, open=False, merged=True)),
    ],
)
def test_what_is_booked_already_changes_nothing(seen: Seen) -> None:
    booked = replace(seen.proposal, url=seen.pull.url)
    books = books_of(proposals=[booked])

    assert not decide(books, [replace(seen, proposal=booked)])


def test_a_happening_that_somebody_booked_meanwhile_is_not_booked_again() -> None:
    books = books_of(proposals=[replace(CLOSED, url=PULL.url)], decisions=[Decision(WIDE, picked="sha256:a")])

    assert not decide(books, [Seen(OPEN, SHUT, closer_may_write=True)])


def test_a_closing_rejects_what_lay_on_the_branch_then_and_not_what_was_pushed_since() -> None:
    later = replace(OPEN, pushed=("c1", "c2"), shots={WIDE: "sha256:new"}, shown={"c1": OPEN.shots})
    books = books_of(proposals=[later])

    now = after(decide(books, [Seen(later, SHUT, closer_may_write=True)]))

    assert now.decisions[WIDE].rejected == ("sha256:a",)


def test_a_withdrawn_one_that_a_person_opens_is_theirs_and_rejects_nothing_when_it_is_closed_again() -> None:
    withdrawn = replace(OPEN, standing=Standing.WITHDRAWN, shots={}, shown={"c1": dict(OPEN.shots)})
    rejected = Decision(WIDE, rejected=("sha256:a",))
    books = books_of(proposals=[withdrawn], decisions=[rejected])

    opened = after(decide(books, [Seen(withdrawn, PULL)]))
    reopened = opened.proposals["location/pier"][0]
    closed = after(decide(books_of(proposals=[reopened]), [Seen(reopened, SHUT, closer_may_write=True)]))

    assert reopened.standing is Standing.REOPENED
    assert not opened.decisions, "what was rejected elsewhere stays so"
    assert closed.proposals["location/pier"][0].standing is Standing.WITHDRAWN
    assert not closed.decisions


def test_one_seen_open_before_its_withdrawal_was_booked_was_not_opened_again() -> None:
    withdrawing = replace(OPEN, standing=Standing.WITHDRAWING, url=PULL.url)
    books = books_of(proposals=[replace(withdrawing, standing=Standing.WITHDRAWN)])

    assert not decide(books, [Seen(withdrawing, PULL)])
