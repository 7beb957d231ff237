"""A shot that is renamed and says so keeps its pull request and what was decided; nothing is paid again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

BRANCH = "chargen/location/quay.1"
IMAGERY = "quay/imagery.yaml"
HAWSER = "location/quay/noon/hawser"


def renamed(town: Town) -> None:
    """The writer renames the rope, and says what it was."""
    town.writer.edit(IMAGERY, "{id: rope,", "{id: hawser, moved_from: location/quay/noon/rope,")
    town.push("a better name")


def test_what_is_proposed_stays_in_its_pull_request_under_the_new_name(proposed: Town) -> None:
    (before,) = proposed.open_pulls().values()
    renamed(proposed)

    proposed.done("tick")

    (pull,) = proposed.open_pulls().values()
    assert (pull.number, pull.title) == (before.number, "Pictures for location/quay: 2 shots")
    text = proposed.show(f"{BRANCH}:{IMAGERY}")
    assert "custom_id: location.quay.noon.hawser.v1" in text
    assert "custom_id: location.quay.noon.rope.v1" not in text
    proposed.merge_all()
    assert set(proposed.whys().values()) == {"unchanged"}
    assert len(proposed.gemini.paid) == 2


def test_after_merging_a_new_name_changes_nothing(proposed: Town) -> None:
    proposed.merge_all()
    proposed.done("tick")
    proposed.pull()
    before = proposed.refs()
    text = proposed.writer.read(IMAGERY)
    proposed.writer.write(
        IMAGERY, text.replace("{id: rope,", "{id: hawser, moved_from: location/quay/noon/rope,")
    )
    proposed.push()

    proposed.done("tick")

    assert proposed.whys()[HAWSER] == "unchanged"
    after = proposed.refs()
    assert {name for name in after if after[name] != before.get(name)} == {"refs/heads/main"}


@pytest.mark.parametrize(
    ("permission", "why"), [("write", "rejected"), ("read", "proposed: #1, closed: reopen it")]
)
def test_what_was_closed_is_not_proposed_again_by_a_new_name(
    proposed: Town, permission: str, why: str
) -> None:
    proposed.github.set_permission("ada", permission)
    (pull,) = proposed.open_pulls().values()
    proposed.github.close(pull.number, by="ada")
    proposed.done("tick")
    renamed(proposed)

    proposed.done("tick")
    proposed.done("tick")

    assert proposed.whys()[HAWSER].startswith(why)
    assert not proposed.open_pulls()
    assert len(proposed.gemini.paid) == 2
