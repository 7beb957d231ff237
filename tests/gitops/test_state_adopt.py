"""A repository that was copied with its books: nothing is written before they are adopted, and then they are its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.gitops.conftest import TRACKING, git
from tests.gitops.test_state_rebuild import state

if TYPE_CHECKING:
    from tests.gitops.conftest import Town


def test_a_copy_pays_nothing_until_its_books_are_adopted(proposed: Town) -> None:
    proposed.merge_all()
    proposed.done("tick")
    before = json.loads(proposed.show(f"{TRACKING}:world.json"))
    proposed.monkeypatch.setenv("GITHUB_REPOSITORY_ID", "4712")
    proposed.pull()
    proposed.writer.edit("quay/imagery.yaml", "subject: a coil of rope", "subject: a frayed rope")
    proposed.push()

    refused = proposed.gitops("submit")
    asked = state(proposed, "adopt")
    adopted = state(proposed, "adopt", "--yes")

    assert (refused.code, asked.code, adopted.code) == (5, 64, 0), adopted.text
    assert "chargen state adopt" in refused.err
    world = json.loads(proposed.show(f"{TRACKING}:world.json"))
    assert world["repository_id"] == 4712
    assert world["world_id"] != before["world_id"]
    proposed.done("submit")
    assert proposed.whys()["location/quay/noon/wide"] == "unchanged"
    assert len(proposed.submissions()) == 2


def test_what_is_adopted_already_is_left(proposed: Town) -> None:
    before = proposed.refs()

    said = state(proposed, "adopt", "--yes")

    assert (said.code, proposed.refs()) == (0, before)
    assert "already" in said.out


def test_what_the_other_repository_holds_and_proposes_stays_there(proposed: Town) -> None:
    proposed.pull()
    runner = proposed.runner()
    runner.edit("quay/imagery.yaml", "a coil of rope", "a frayed rope")
    git(runner.root, "commit", "-qam", "words")
    git(runner.root, "push", "-q", "origin", "HEAD:main")
    done = proposed.runner().process("gitops", "submit")
    assert done.code == 0, done.text
    intended = next(
        commit
        for commit in git(proposed.bare, "rev-list", TRACKING).splitlines()
        if git(proposed.bare, "log", "-1", "--format=%s", commit).startswith("Intend 1 request")
    )
    git(proposed.bare, "update-ref", f"refs/heads/{TRACKING}", intended)
    proposed.monkeypatch.setenv("GITHUB_REPOSITORY_ID", "4712")
    exchanges = len(proposed.github.exchanges)

    assert state(proposed, "adopt", "--yes").code == 0

    assert sorted(item["state"] for item in proposed.submissions()) == ["CANCELLED", "COLLECTED"]
    (file,) = [path for path in proposed.files(TRACKING) if path.startswith("proposals/")]
    assert [(one["standing"], one["number"]) for one in json.loads(proposed.show(f"{TRACKING}:{file}"))] == [
        ("withdrawn", 0)
    ]
    assert len(proposed.github.exchanges) == exchanges
