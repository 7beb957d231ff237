"""What a clone knows of its origin, and whence this chargen comes; real git, no network."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from chargen.edges.origin import Installed, Origin, github_name, origin_of, published

if TYPE_CHECKING:
    from pathlib import Path


def git(at: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.invalid", *arguments], cwd=at, check=True
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=drafts", ".")
    return tmp_path


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/tales",
        "https://github.com/acme/tales.git",
        "https://x-access-token:secret@github.com/acme/tales.git",
        "git+https://github.com/acme/tales.git",
        "git@github.com:acme/tales.git",
        "ssh://git@github.com/acme/tales.git",
    ],
)
def test_an_address_on_github_has_a_name(url: str) -> None:
    assert github_name(url) == "acme/tales"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://gitlab.com/acme/tales",
        "/srv/tales.git",
        "https://github.com.example/acme/tales",
        "https://github.com/acme",
    ],
)
def test_any_other_address_has_none(url: str) -> None:
    assert github_name(url) == ""


def test_a_new_repository_has_a_branch_and_no_origin(clone: Path) -> None:
    assert origin_of(clone) == Origin("", "drafts")


def test_the_branch_is_the_one_origin_calls_its_default(clone: Path) -> None:
    git(clone, "remote", "add", "origin", "git@github.com:acme/tales.git")
    git(clone, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main/line")

    assert origin_of(clone) == Origin("acme/tales", "main/line")


def test_a_detached_head_has_no_branch(clone: Path) -> None:
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "x")
    git(clone, "switch", "--quiet", "--detach")

    assert origin_of(clone) == Origin("", "")


def test_a_commit_is_published_when_origin_has_it(
    clone: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bare = tmp_path_factory.mktemp("bare")
    git(bare, "init", "--quiet", "--bare", ".")
    git(clone, "remote", "add", "origin", "https://github.com/acme/chargen.git")
    git(clone, "config", f"url.{bare}.insteadOf", "https://github.com/acme/chargen.git")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "x")
    (clone / "chargen").mkdir()

    assert published(clone) == Installed("acme/chargen", "")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    first = published(clone)
    assert (first.repository, len(first.commit)) == ("acme/chargen", 40)
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "y")
    assert published(clone) == Installed("acme/chargen", "")
    assert published(clone / "chargen") == Installed()
