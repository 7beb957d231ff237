"""The world as a commit has it: the same answers as the work tree gives when that commit is checked out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from chargen.core.out_of_world import OutOfWorld
from chargen.edges.git_tree import GitTree
from chargen.edges.work_tree import WorkTree
from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINKS = {
    "inside.yaml": "a/one.yaml",
    "folder": "a",
    "a/up": "..",
    "a/key": "../../README.md",
    "a/absolute": "/etc/passwd",
    "chain": "folder/up/inside.yaml",
    "loop": "loop",
    "back.yaml": "../worlds/a/one.yaml",
    "dangling": "nowhere",
    "git": "../.git/config",
}
PATHS = (
    *LINKS,
    "a/one.yaml",
    "folder/one.yaml",
    "folder/up/folder/one.yaml",
    "a",
    "a/missing",
    "a/one.yaml/below",
    "../README.md",
    "/etc/passwd",
    ".git/config",
    "b/../a/one.yaml",
    "grün – 1.md",
    "",
)


@pytest.fixture
def worlds(repository: Path, git: Callable[..., str]) -> Path:
    """A world in a sub-folder of a repository, committed."""
    root = repository / "worlds"
    for path in (
        "a/one.yaml",
        ".cache/x",
        "node_modules/y",
        "a/.dot",
        "grün – 1.md",
        os.fsdecode(b"caf\xe9.md"),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path.encode("ascii", "replace").decode())
    for path, target in LINKS.items():
        (root / path).symlink_to(target)
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "a world")
    return root


def outcome(tree: WorkTree | GitTree, path: str) -> bytes | type[BaseException]:
    try:
        return tree.read(path)
    except (FileNotFoundError, OutOfWorld) as error:
        return type(error)


def test_lists_and_reads_what_the_work_tree_does(worlds: Path) -> None:
    lying = WorkTree(worlds)

    with GitTree(worlds.parent, "HEAD", "worlds") as committed:
        assert committed.files() == lying.files()
        assert {path: outcome(committed, path) for path in PATHS} == {
            path: outcome(lying, path) for path in PATHS
        }


def test_the_whole_repository_is_a_world_too(worlds: Path) -> None:
    with GitTree(worlds.parent, "main") as tree:
        assert tree.read("README.md") == b"a world\n"
        assert tree.read("worlds/a/key") == b"a world\n"
        assert "worlds/a/one.yaml" in tree.files()


def test_what_lies_changed_or_new_is_not_seen(worlds: Path) -> None:
    (worlds / "a/one.yaml").write_text("changed")
    (worlds / "new.md").write_text("new")

    with GitTree(worlds.parent, "HEAD", "worlds") as tree:
        assert tree.read("a/one.yaml") == b"a/one.yaml"
        with pytest.raises(FileNotFoundError):
            tree.read("new.md")


def test_before_the_world_was_there_it_is_empty(worlds: Path) -> None:
    with GitTree(worlds.parent, "HEAD~1", "worlds") as tree:
        assert tree.files() == []


def test_submodules_are_left_out(worlds: Path, git: Callable[..., str]) -> None:
    commit = git(worlds.parent, "rev-parse", "HEAD")
    git(worlds.parent, "update-index", "--add", "--cacheinfo", f"160000,{commit},worlds/sub")
    git(worlds.parent, "commit", "-q", "-m", "submodule")

    with GitTree(worlds.parent, "HEAD", "worlds") as tree:
        assert "sub" not in tree.files()


@pytest.mark.parametrize("rev", ["nowhere", "--output=x", "", "HEAD:README.md", "a\0b", "HEAD\nHEAD"])
def test_an_unknown_revision_is_a_usage_error(worlds: Path, rev: str) -> None:
    with pytest.raises(UsageError) as caught:
        GitTree(worlds.parent, rev)

    assert "shallow" in caught.value.hint
