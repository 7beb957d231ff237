"""Review branches: built by plumbing from any commit, the same each time, pushed only from where they were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chargen.edges.base_tip import Base, ReviewBranches, find_base, find_remote, find_slug, is_merge
from chargen.edges.commit_files import CommitFiles
from chargen.edges.git import Git
from chargen.edges.review_branch import build
from chargen.errors import LostRace, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., str]

BRANCH = "chargen/location/pier.1"


@pytest.fixture
def clone(tmp_path: Path, git: Run) -> Path:
    """A clone of a remote with one commit on main, something staged and something not."""
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    place = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(place))
    (place / "pier").mkdir()
    (place / "pier" / "imagery.yaml").write_text("a: 1\n")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "begin")
    git(place, "push", "-q", "origin", "HEAD:refs/heads/main")
    (place / "staged").write_text("x")
    git(place, "add", "staged")
    (place / "pier" / "imagery.yaml").write_text("a: mine\n")
    return place


def base_of(clone: Path) -> Base:
    return find_base(clone, "")


def test_the_base_is_the_remote_s_default_branch_whatever_is_checked_out(clone: Path, git: Run) -> None:
    tip = git(clone, "rev-parse", "HEAD")
    git(clone, "commit", "-qm", "not pushed")

    base = base_of(clone)

    assert (base.remote, base.branch, base.commit) == ("origin", "main", tip)
    assert base.path("a.png") == "a.png"
    assert find_base(clone, "worlds/sea").path("a.png") == "worlds/sea/a.png"


def test_without_a_remote_there_is_no_base(tmp_path: Path, git: Run) -> None:
    git(tmp_path, "init", "-q")

    assert find_remote(tmp_path) == ""
    with pytest.raises(UsageError, match="no remote `origin`"):
        find_base(tmp_path, "")


def test_a_remote_without_a_branch_yet_is_no_base(tmp_path: Path, git: Run) -> None:
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), "clone")

    with pytest.raises(UsageError, match="no default branch yet"):
        find_base(tmp_path / "clone", "")


def test_the_repository_s_name_on_the_forge_comes_from_its_remote(clone: Path, git: Run) -> None:
    assert find_slug(clone, "https://github.com") == ""
    git(clone, "remote", "set-url", "origin", "git@github.com:acme/world.git")

    assert find_slug(clone, "https://github.com") == "acme/world"
    assert find_slug(clone, "https://forge.example") == ""


def test_a_merge_is_told_from_a_plain_commit(clone: Path, git: Run) -> None:
    assert not is_merge(clone)
    git(clone, "commit", "-qm", "staged")
    git(clone, "checkout", "-q", "--detach", "HEAD~1", "--force")
    git(clone, "merge", "-q", "--no-ff", "-m", "merge", "HEAD@{1}")

    assert is_merge(clone)


def test_the_same_files_on_the_same_commit_are_the_same_commit(clone: Path, git: Run) -> None:
    base = base_of(clone)
    files = {"pier/imagery.yaml": b"a: 2\r\n", "pier/images/ü.png": b"\x89PNG"}
    before = (git(clone, "status", "--porcelain"), (clone / ".git" / "index").read_bytes())

    first = build(Git(clone), base.commit, files, "Pictures — für den Pier")
    again = build(Git(clone), base.commit, files, "Pictures — für den Pier")

    assert first == again
    assert git(clone, "log", "-1", "--format=%P %an %s", first.commit).split(" ", 1)[0] == base.commit
    assert git(clone, "diff", "--name-only", "-z", base.commit, first.commit).split("\0")[:2] == [
        "pier/imagery.yaml",
        "pier/images/ü.png",
    ]
    assert (git(clone, "status", "--porcelain"), (clone / ".git" / "index").read_bytes()) == before


def test_a_branch_is_pushed_only_from_where_it_was_read(clone: Path, git: Run) -> None:
    base = base_of(clone)
    branches = ReviewBranches.of(base)
    ours = branches.build(base.commit, {"a.png": b"1"}, "ours")
    theirs = branches.build(base.commit, {"a.png": b"2"}, "theirs")
    branches.push(theirs, BRANCH, lease="")

    with pytest.raises(LostRace, match="pushed to by somebody else"):
        branches.push(ours, BRANCH, lease="")
    branches.push(theirs, BRANCH, lease="")  # somebody built the same, and was first
    branches.push(ours, BRANCH, lease=theirs.commit)

    assert ReviewBranches.of(base).head(BRANCH) == ours.commit
    assert ReviewBranches.of(base).head("chargen/location/none.1") == ""


def test_files_of_a_commit_are_read_as_committed_and_written_in_memory(clone: Path) -> None:
    base = base_of(clone)
    files = CommitFiles.at(clone, base.commit, "pier", root=clone / "pier")

    assert files.read("imagery.yaml") == b"a: 1\n"
    files.write("imagery.yaml", b"a: 3\n")
    files.write("images/a.png", b"png")

    assert files.read("imagery.yaml") == b"a: 3\n"
    assert files.written == {"imagery.yaml": b"a: 3\n", "images/a.png": b"png"}
    assert (clone / "pier" / "imagery.yaml").read_text() == "a: mine\n"
    with pytest.raises(FileNotFoundError):
        files.read("none.yaml")
