"""Kept pictures go when nothing needs them any more; what is needed, or cannot be judged, stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.gitops.conftest import TRACKING, git
from tests.gitops.test_state_rebuild import state

if TYPE_CHECKING:
    from tests.gitops.conftest import Town


@pytest.fixture
def merged(proposed: Town) -> Town:
    """Both pictures accepted."""
    proposed.merge_all()
    proposed.done("tick")
    return proposed


def kept(town: Town) -> list[str]:
    """The submissions whose pictures the remote keeps."""
    return [ref.rpartition("/")[2] for ref in town.refs() if ref.startswith("refs/chargen/results/")]


def older(town: Town) -> None:
    """Let every submission on the books have ended a year ago."""
    runner = town.runner()
    git(runner.root, "fetch", "-q", "origin", TRACKING)
    git(runner.root, "checkout", "-q", "FETCH_HEAD")
    for path in sorted((runner.root / "submissions").iterdir()):
        data = json.loads(path.read_text())
        path.write_text(json.dumps(data | {"ended_at": "2025-11-23T04:00:00Z"}))
    git(runner.root, "commit", "-qam", "a year passes")
    git(runner.root, "push", "-q", "origin", f"HEAD:{TRACKING}")


def test_what_was_accepted_long_ago_is_pruned_and_never_paid_again(merged: Town) -> None:
    older(merged)
    (name,) = kept(merged)

    said = state(merged, "prune", "--yes", "--format", "json")

    assert said.code == 0, said.text
    assert [(item["id"], item["pictures"]) for item in json.loads(said.out)["pruned"]] == [(name, 2)]
    assert kept(merged) == []
    (submission,) = merged.submissions()
    assert submission["pruned_at"]
    merged.done("submit")
    merged.done("tick")
    merged.pull()
    git(merged.writer.root, "rm", "-q", "quay/images/noon.rope.png")
    merged.push()
    merged.done("tick")
    assert merged.whys()["location/quay/noon/rope"].startswith("image missing")
    assert len(merged.gemini.paid) == 2


def test_again_there_is_nothing_to_prune_and_a_ref_that_was_left_goes(merged: Town) -> None:
    older(merged)
    (name,) = kept(merged)
    commit = merged.refs()[f"refs/chargen/results/{name}"]
    state(merged, "prune", "--yes")
    git(merged.bare, "update-ref", f"refs/chargen/results/{name}", commit)  # killed before it was deleted
    books = merged.refs()[f"refs/heads/{TRACKING}"]

    said = state(merged, "prune", "--yes")

    assert (said.code, said.out) == (0, "Nothing to prune.\n"), said.text
    assert kept(merged) == []
    assert merged.refs()[f"refs/heads/{TRACKING}"] == books


def test_what_is_proposed_is_kept(proposed: Town) -> None:
    older(proposed)

    assert state(proposed, "prune", "--yes", "--older-than", "0").out == "Nothing to prune.\n"
    assert len(kept(proposed)) == 1


def test_what_came_and_is_not_proposed_yet_is_kept(quay: Town) -> None:
    quay.done("submit")
    quay.done("collect")
    older(quay)

    assert state(quay, "prune", "--yes").out == "Nothing to prune.\n"


def test_what_is_young_is_kept(merged: Town) -> None:
    assert state(merged, "prune", "--yes").out == "Nothing to prune.\n"
    assert len(kept(merged)) == 1


def test_the_only_bytes_of_an_accepted_picture_are_kept(merged: Town) -> None:
    older(merged)
    merged.pull()
    git(merged.writer.root, "rm", "-q", "quay/images/noon.rope.png")
    merged.push()

    assert state(merged, "prune", "--yes").out == "Nothing to prune.\n"
    assert len(kept(merged)) == 1


def test_a_world_with_a_file_that_cannot_be_read_keeps_what_may_be_its(merged: Town) -> None:
    older(merged)
    merged.pull()
    merged.writer.write("quay/imagery.yaml", "kind: [")
    merged.push()

    assert state(merged, "prune", "--yes").out == "Nothing to prune.\n"
    assert len(kept(merged)) == 1


def test_rejected_pictures_go(proposed: Town) -> None:
    (pull,) = proposed.open_pulls().values()
    proposed.github.set_permission("ada", "write")
    proposed.github.close(pull.number, by="ada")
    proposed.done("tick")
    older(proposed)

    said = state(proposed, "prune", "--yes")

    assert said.out == "Pictures of 1 submission are kept no longer.\n", said.text
    assert set(proposed.whys().values()) == {"rejected"}


def test_closed_and_not_decided_is_kept(proposed: Town) -> None:
    (pull,) = proposed.open_pulls().values()
    proposed.github.close(pull.number, by="a-passer-by")
    proposed.done("tick")
    older(proposed)

    assert state(proposed, "prune", "--yes").out == "Nothing to prune.\n"
    assert len(kept(proposed)) == 1


def test_it_asks_and_without_the_base_it_does_nothing(merged: Town) -> None:
    older(merged)
    runner = merged.runner()

    assert state(merged, "prune", runner=runner).code == 64
    git(runner.root, "remote", "set-url", "origin", f"file://{merged.bare}-gone")
    assert state(merged, "prune", "--yes", runner=runner).code == 5
    assert len(kept(merged)) == 1


def test_how_large_it_is_is_said_where_it_lies_here(merged: Town) -> None:
    older(merged)
    runner = merged.runner()
    (name,) = kept(merged)
    git(runner.root, "fetch", "-q", "origin", f"refs/chargen/results/{name}")

    said = state(merged, "prune", "--yes", "--format", "json", runner=runner)

    assert json.loads(said.out)["pruned"][0]["bytes"] > 1000
