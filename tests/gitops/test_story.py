"""The whole story on a forge: push, order, tick, pull request, merge, empty plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.gitops.conftest import Town


def test_from_a_push_to_an_empty_plan(town: Town) -> None:
    town.done("submit")
    assert [item["state"] for item in town.submissions()] == ["SUBMITTED"]

    town.done("tick")
    assert sorted(town.open_pulls()) == ["chargen/character/mara.1", "chargen/location/pier.1"]

    assert town.merge_all() == 2
    town.done("tick")  # the chapter waited for the pier
    town.done("tick")
    assert sorted(town.open_pulls()) == ["chargen/chapter/one.1"]
    assert town.merge_all() == 1
    town.done("tick")

    said = town.done("submit", "--dry-run")
    assert "Nothing to make: 5 unchanged" in said.out
    assert len(town.gemini.paid) == 5
