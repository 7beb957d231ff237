"""A refresh that was overtaken: by a person who ended what no book has yet, by a run that proposed more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chargen.commands.gitops_refresh import propose
from chargen.commands.wiring import open_session
from chargen.pipeline.decide import with_proposals
from tests.gitops.test_proposals import BRANCH, ROPE, WIDE

if TYPE_CHECKING:
    from chargen.core.books import Books
    from tests.gitops.conftest import Town


@pytest.fixture
def unbooked(proposed: Town) -> Town:
    """A pull request is open, and the run that opened it was killed before the books had its number."""

    def forgotten(books: Books) -> list[object]:
        (proposal,) = books.proposals["location/quay"]
        return [with_proposals(books, "location/quay", [replace(proposal, number=0, url="", told="")])]

    open_session(proposed.runner().root).desk().book(forgotten, "test")  # type: ignore[arg-type]
    return proposed


def refreshed(town: Town) -> list[str]:
    """Refresh without a look at what people did, as one does that had looked before; what went wrong."""
    session = open_session(town.runner().root)
    done, _ = propose(session.on_base(), session.desk())
    return [str(problem) for problem in done.problems]


def test_what_a_person_closed_is_not_opened_again_and_the_next_run_hears_of_it(
    unbooked: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    (pull,) = unbooked.open_pulls().values()
    unbooked.github.set_permission("ada", "write")
    unbooked.github.close(pull.number, by="ada")

    assert refreshed(unbooked) == []
    assert f"{BRANCH} was decided while it was refreshed" in capsys.readouterr().err
    assert [item.number for item in unbooked.github.pulls()] == [pull.number]

    unbooked.done("refresh")

    assert not unbooked.open_pulls()
    assert unbooked.whys()[WIDE].startswith("rejected")
    assert unbooked.whys()[ROPE].startswith("rejected")


def test_what_stands_open_is_taken_up(unbooked: Town) -> None:
    (pull,) = unbooked.open_pulls().values()

    assert refreshed(unbooked) == []

    assert [item.number for item in unbooked.github.pulls()] == [pull.number]
    assert unbooked.whys()[WIDE] == f"proposed: #{pull.number}"
