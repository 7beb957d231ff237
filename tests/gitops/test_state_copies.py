"""Copies of lost books: wherever one still lies, what it says is not lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.gitops.conftest import TRACKING, git
from tests.gitops.test_state_rebuild import BOOKS, lose, rebuilt, state

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

LOCK = {"location/quay/noon/wide": {"address": "location/quay/noon/wide", "locked": True}}


def locked(town: Town) -> None:
    """A decision on the books: nothing but a copy can tell of it again."""
    runner = town.runner()
    git(runner.root, "fetch", "-q", "origin", TRACKING)
    git(runner.root, "checkout", "-q", "FETCH_HEAD")
    runner.write("decisions/location/quay.json", json.dumps(LOCK))
    git(runner.root, "add", "-A")
    git(runner.root, "commit", "-qm", "lock")
    git(runner.root, "push", "-q", "origin", f"HEAD:{TRACKING}")


def test_a_clone_that_has_followed_a_push_back_still_has_what_was_there(proposed: Town) -> None:
    locked(proposed)
    git(proposed.writer.root, "fetch", "-q", "origin")
    git(proposed.bare, "update-ref", BOOKS, git(proposed.bare, "rev-parse", f"{TRACKING}~2"))
    git(proposed.writer.root, "fetch", "-q", "origin", f"+{TRACKING}:refs/remotes/origin/{TRACKING}")

    rebuilt(proposed, runner=proposed.writer)

    assert proposed.whys()["location/quay/noon/wide"] == "locked"
    assert [item["state"] for item in proposed.submissions()] == ["COLLECTED"]


def test_a_shallow_clone_s_copy_is_written_anew(proposed: Town) -> None:
    locked(proposed)
    runner = proposed.runner()
    assert state(proposed, "list", runner=runner).code == 0  # it has read the books
    lose(proposed)

    rebuilt(proposed, runner=runner)

    assert proposed.commits() == ["Rebuild: 4 things"]
    assert proposed.whys()["location/quay/noon/wide"] == "locked"
    assert len(proposed.gemini.paid) == 2


def test_books_from_before_the_world_was_in_git_come_in_with_their_pictures(quay: Town) -> None:
    root, town = quay.writer.root, quay
    town.monkeypatch.chdir(root)
    (root / ".git").rename(root / "git-elsewhere")
    assert town.writer("batch", "run", "--yes").code == 0
    (root / "git-elsewhere").rename(root / ".git")
    git(root, "remote", "remove", "origin")
    refused = town.writer("batch", "run", "--yes")

    here = rebuilt(town, runner=town.writer)
    git(root, "remote", "add", "origin", f"file://{town.bare}")
    town.push()
    there = rebuilt(town, runner=town.writer)

    assert refused.code == 5, refused.text
    assert "books.git" in here.err
    assert "refs/chargen/books" in there.err
    assert [ref for ref in town.refs() if ref.startswith("refs/chargen/results/")]
    town.done("submit")
    assert len(town.gemini.paid) == 2


def test_books_of_another_world_that_lie_here_are_not_mixed_in(proposed: Town) -> None:
    root = proposed.writer.root
    proposed.monkeypatch.chdir(root)
    git(root, "fetch", "-q", "origin")
    assert proposed.writer("batch", "run", "--local", "--yes").code == 0
    git(root, "checkout", "-q", "--", ".")
    before = proposed.refs()[BOOKS]
    lose(proposed)

    rebuilt(proposed, runner=proposed.writer)

    assert proposed.refs()[BOOKS] == before
    assert len(proposed.submissions()) == 1


def test_a_copy_that_is_broken_is_passed_over(proposed: Town) -> None:
    root, mirror = proposed.writer.root, f"refs/remotes/origin/{TRACKING}"
    git(root, "fetch", "-q", "origin")
    before = proposed.refs()[BOOKS]
    git(root, "checkout", "-q", "--detach", mirror)
    proposed.writer.write("world.json", "{")
    git(root, "commit", "-qam", "not JSON")
    git(root, "update-ref", "--create-reflog", mirror, "HEAD")
    git(root, "checkout", "-q", "main")
    lose(proposed)

    rebuilt(proposed, runner=proposed.writer)

    assert proposed.refs()[BOOKS] == before
