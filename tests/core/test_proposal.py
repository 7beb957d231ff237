"""Which picture goes into which pull request: a shot stays where it was, what was decided ends, room is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.proposal import Happening, Proposal, Standing, allot, shows

ENTITY = "location/pier"


def proposal(n: int = 1, /, standing: Standing = Standing.OPEN, **shots: str) -> Proposal:
    return Proposal(ENTITY, n, standing, shots)


def test_a_branch_is_named_after_its_entity_and_its_number() -> None:
    assert proposal(3).branch == "chargen/location/pier.3"
    assert (proposal(3).name, replace(proposal(3), number=12).name) == ("chargen/location/pier.3", "#12")


def test_pictures_go_into_as_few_proposals_as_may_be() -> None:
    made = allot(ENTITY, {"a": "1", "b": "2", "c": "3"}, [], most=2, may_open=5)

    assert [(item.n, dict(item.shots)) for item in made.proposals] == [
        (1, {"a": "1", "b": "2"}),
        (2, {"c": "3"}),
    ]
    assert not made.left


def test_a_shot_stays_where_it_was_proposed_with_its_new_picture() -> None:
    made = allot(ENTITY, {"a": "9", "b": "2"}, [proposal(1, a="1"), proposal(2, b="2")], most=25, may_open=5)

    assert [dict(item.shots) for item in made.proposals] == [{"a": "9"}, {"b": "2"}]


def test_a_further_shot_joins_an_open_proposal_unless_a_person_spoke_there() -> None:
    silent = allot(ENTITY, {"a": "1", "b": "2"}, [proposal(1, a="1")], most=25, may_open=5)
    spoken = allot(ENTITY, {"a": "1", "b": "2"}, [proposal(1, a="1")], closed_to={1}, most=25, may_open=5)

    assert [dict(item.shots) for item in silent.proposals] == [{"a": "1", "b": "2"}]
    assert [dict(item.shots) for item in spoken.proposals] == [{"a": "1"}, {"b": "2"}]


@pytest.mark.parametrize("standing", [Standing.MERGED, Standing.CLOSED, Standing.WITHDRAWN])
def test_a_proposal_that_was_decided_ends_and_its_number_is_not_used_again(standing: Standing) -> None:
    made = allot(ENTITY, {"a": "2"}, [proposal(4, standing, a="1")], most=25, may_open=5)

    assert [(item.n, dict(item.shots)) for item in made.proposals] == [(5, {"a": "2"})]


def test_an_open_proposal_with_nothing_left_comes_back_empty_and_takes_no_new_shot() -> None:
    made = allot(ENTITY, {"b": "2"}, [proposal(1, a="1")], most=25, may_open=5)

    assert [(item.n, dict(item.shots)) for item in made.proposals] == [(1, {}), (2, {"b": "2"})]


def test_without_room_for_another_proposal_pictures_wait() -> None:
    made = allot(ENTITY, {"a": "1", "b": "2"}, [], most=1, may_open=1)

    assert [dict(item.shots) for item in made.proposals] == [{"a": "1"}]
    assert made.left == ("b",)


@given(
    due=st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("123")),
    before=st.lists(st.frozensets(st.sampled_from("abcdefgh")), max_size=4),
    most=st.integers(1, 4),
    may_open=st.integers(0, 4),
)
def test_every_due_picture_is_in_one_proposal_or_left(
    due: dict[str, str], before: list[frozenset[str]], most: int, may_open: int
) -> None:
    seen: set[str] = set()
    proposals = []
    for n, names in enumerate(before, start=1):
        proposals.append(Proposal(ENTITY, n, shots=dict.fromkeys(sorted(names - seen), "0")))
        seen |= names

    made = allot(ENTITY, due, proposals, most=most, may_open=may_open)
    again = allot(ENTITY, due, made.proposals, most=most, may_open=0)

    placed = [name for item in made.proposals for name in item.shots]
    assert sorted([*placed, *made.left]) == sorted(due)
    assert all(item.shots[name] == due[name] for item in made.proposals for name in item.shots)
    assert {item.n: item.shots for item in again.proposals if item.shots}.keys() >= {
        item.n for item in made.proposals if item.shots
    }
    assert all(
        len(item.shots) <= max(most, len(next((old.shots for old in proposals if old.n == item.n), {})))
        for item in made.proposals
    )


def test_what_was_decided_stays_decided_but_for_a_reopening() -> None:
    closed = proposal(1, a="1").after(Happening.CLOSE)

    assert closed.standing is Standing.CLOSED
    assert closed.after(Happening.REOPEN).open
    with pytest.raises(ValueError, match="cannot"):
        closed.after(Happening.WITHDRAW)
    with pytest.raises(ValueError, match="cannot"):
        proposal(1).after(Happening.MERGE).after(Happening.CLOSE)


def test_a_withdrawal_is_a_person_s_closing_until_it_is_known_who_closed_it() -> None:
    withdrawing = proposal(1, a="1").after(Happening.WITHDRAW)

    assert not withdrawing.open
    assert withdrawing.after(Happening.CLOSE).standing is Standing.CLOSED
    assert withdrawing.after(Happening.MERGE).standing is Standing.MERGED
    assert withdrawing.after(Happening.END).standing is Standing.WITHDRAWN
    with pytest.raises(ValueError, match="cannot"):
        withdrawing.after(Happening.END).after(Happening.CLOSE)


def test_the_newest_proposal_of_a_picture_is_found() -> None:
    proposals = [proposal(1, Standing.CLOSED, a="1"), proposal(2, a="1"), proposal(3, a="2")]

    found = shows(proposals, "a", "1")

    assert found is not None
    assert found.n == 2
    assert shows(proposals, "b", "1") is None
