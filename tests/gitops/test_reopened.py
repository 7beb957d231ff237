"""A pull request that chargen withdrew and a person opened again: theirs from then on, and told so once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chargen.core.status_comment import WITHDRAWN
from tests.gitops.conftest import TRACKING
from tests.gitops.test_proposals import BRANCH, ROPE, WIDE, writes
from tests.gitops.test_withdrawn import CALM, OMINOUS, reword

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

BOOKED = f"{TRACKING}:proposals/location/quay.json"


@pytest.fixture(params=[1, 2], ids=["at once", "after another run"])
def number(proposed: Town, request: pytest.FixtureRequest) -> int:
    """The pull request that was withdrawn as its words have changed, and that a writer has opened again."""
    (pull,) = proposed.open_pulls().values()
    reword(proposed, CALM, OMINOUS)
    for _ in range(request.param):
        proposed.done("refresh")
    assert not proposed.open_pulls()
    proposed.github.set_permission("ada", "write")
    proposed.github.reopen(pull.number, by="ada")
    return pull.number


def test_it_is_left_open_and_says_once_what_it_is(proposed: Town, number: int) -> None:
    proposed.done("refresh")
    refs, calls = proposed.refs(), writes(proposed)
    proposed.done("refresh")
    proposed.done("refresh")

    assert list(proposed.open_pulls()) == [BRANCH]
    assert [one.body for one in proposed.github.comments(number)] == [WITHDRAWN]
    assert (proposed.refs(), writes(proposed)) == (refs, calls)


def test_it_is_not_pushed_to_and_the_next_picture_comes_in_the_next_one(proposed: Town, number: int) -> None:
    before = proposed.refs()[f"refs/heads/{BRANCH}"]
    proposed.done("tick")
    proposed.done("tick")

    assert list(proposed.open_pulls()) == [BRANCH, "chargen/location/quay.2"]
    assert proposed.refs()[f"refs/heads/{BRANCH}"] == before
    assert [item.number for item in proposed.github.pulls()] == [number, number + 1]
    assert len(proposed.gemini.paid) == 4


def test_closing_it_once_more_rejects_nothing(proposed: Town, number: int) -> None:
    proposed.done("refresh")
    proposed.github.close(number, by="ada")
    proposed.done("refresh")
    reword(proposed, OMINOUS, CALM)
    proposed.done("refresh")

    assert list(proposed.open_pulls()) == ["chargen/location/quay.2"]
    assert '"rejected"' not in "".join(proposed.files(TRACKING))
    assert proposed.whys()[WIDE] == "proposed: #2"


def test_opened_again_and_again_it_is_told_once(proposed: Town, number: int) -> None:
    proposed.done("refresh")
    proposed.github.close(number, by="ada")
    proposed.done("refresh")
    calls = writes(proposed)
    proposed.github.reopen(number, by="ada")
    proposed.done("refresh")

    assert list(proposed.open_pulls()) == [BRANCH]
    assert writes(proposed) == calls


def test_merging_it_is_a_merge(proposed: Town, number: int) -> None:
    proposed.done("refresh")
    proposed.github.merge(number)
    proposed.done("refresh")
    proposed.pull()
    reword(proposed, OMINOUS, CALM)

    assert '"standing": "merged"' in proposed.show(BOOKED)
    assert proposed.whys() == {WIDE: "unchanged", ROPE: "unchanged"}


def test_a_comment_that_cannot_be_written_is_told_and_written_by_the_next_run(
    proposed: Town, number: int
) -> None:
    proposed.github.fault("502:on=comment-create,times=20")
    failed = proposed.gitops("refresh")
    proposed.github.state.faults.clear()
    proposed.done("refresh")

    assert failed.code == 1
    assert [one.body for one in proposed.github.comments(number)] == [WITHDRAWN]
