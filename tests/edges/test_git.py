"""The git program, called so that nothing of the caller's leaks in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chargen.core.out_of_world import OutOfWorld
from chargen.edges.git import Git, GitFailed, failure, find_repository, head, one_line
from chargen.edges.git_objects import (
    BlobReader,
    changed_tree,
    commit_tree,
    list_tree,
    read_blobs,
    store_bytes,
)
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parents[2]


def test_finds_the_top_of_a_repository_from_below(repository: Path) -> None:
    (repository / "worlds/one").mkdir(parents=True)

    assert find_repository(repository / "worlds/one") == repository


def test_outside_of_a_repository_there_is_none(tmp_path: Path) -> None:
    assert find_repository(tmp_path) is None


def test_a_broken_worktree_is_not_taken_for_no_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")

    with pytest.raises(GitFailed, match="not a git repository: "):
        find_repository(tmp_path)


def test_inside_the_git_folder_is_outside_the_work_tree(repository: Path) -> None:
    assert find_repository(repository / ".git") is None


def test_head_is_a_commit_or_empty_before_the_first(
    repository: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q")

    assert head(repository) == git(repository, "rev-parse", "HEAD")
    assert head(tmp_path / "new") == ""


def test_the_variables_of_a_hook_do_not_redirect_it(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))

    assert find_repository(repository) == repository
    assert Git(repository).text("log", "--format=%s") == "begin"


def test_an_error_is_one_line_with_a_hint(repository: Path) -> None:
    with pytest.raises(GitFailed) as caught:
        Git(repository).run("cat-file", "blob", "HEAD:nothing")

    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("git cat-file: fatal: path 'nothing' does not exist")
    assert caught.value.code == 128


def test_an_error_repeats_no_credentials() -> None:
    said = one_line("noise\nfatal: unable to access 'https://bot:ghs_secret@github.com/a/b/': 403\n")

    assert said == "fatal: unable to access 'https://***@github.com/a/b/': 403"


def test_without_git_it_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(ConfigurationError, match="git is not installed"):
        head(repository)
    with pytest.raises(ConfigurationError, match="git is not installed"):
        BlobReader(Git(repository))


def test_a_git_that_hangs_is_given_up(repository: Path) -> None:
    with pytest.raises(GitFailed, match=r"took more than 0\.05 s"):
        Git(repository, timeout_s=0.05).run("-c", "alias.hang=!sleep 5", "hang")


def test_hooks_of_the_work_tree_do_not_run(repository: Path, git: Callable[..., str]) -> None:
    hooks = repository / ".husky"
    hooks.mkdir()
    (hooks / "reference-transaction").write_text('#!/bin/sh\ntouch "$(git rev-parse --git-dir)/ran"\n')
    (hooks / "reference-transaction").chmod(0o755)
    git(repository, "config", "core.hooksPath", ".husky")

    Git(repository).run("update-ref", "refs/chargen/test", head(repository))

    assert not (repository / ".git/ran").exists()


def test_offline_forbids_every_transport(repository: Path) -> None:
    with pytest.raises(GitFailed, match="not allowed"):
        Git(repository, offline=True).run("fetch", str(repository))


def test_ctrl_c_does_not_stop_a_git_that_writes_the_books(repository: Path) -> None:
    program = (
        "import os, signal, sys, threading; from pathlib import Path; from chargen.edges.git import Git\n"
        "seen = []; signal.signal(signal.SIGINT, lambda *_: seen.append('drain'))\n"
        "threading.Timer(0.1, lambda: os.killpg(0, signal.SIGINT)).start()\n"
        "slow = 'alias.slow=!sleep 0.3; echo written'\n"
        "print(Git(Path(sys.argv[1]), offline=True).text('-c', slow, 'slow'), *seen)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", program, str(repository)]

    done = subprocess.run(command, env=env, capture_output=True, start_new_session=True, check=True)

    assert done.stdout == b"written drain\n"


def test_stores_bytes_as_they_are_whatever_the_attributes_say(
    repository: Path, git: Callable[..., str]
) -> None:
    (repository / ".gitattributes").write_text("* text=auto eol=crlf filter=lfs\n")
    git(repository, "config", "core.autocrlf", "true")
    contents = [b"a\r\nb\n\0", b"", b"\x89PNG\r\n"]

    blobs = store_bytes(Git(repository), contents)

    assert read_blobs(Git(repository), blobs) == contents


def test_a_commit_touches_neither_index_nor_work_tree_nor_head(
    repository: Path, git: Callable[..., str]
) -> None:
    ours = Git(repository)
    before = (
        head(repository),
        git(repository, "status", "--porcelain"),
        (repository / ".git/index").read_bytes(),
    )

    (blob,) = store_bytes(ours, [b"new"])
    tree = changed_tree(
        ours, head(repository), {"sub/grün\n.txt": blob, "README.md": None, "not/there": None}
    )
    commit = commit_tree(ours, tree, head(repository), "grün\n")

    after = (
        head(repository),
        git(repository, "status", "--porcelain"),
        (repository / ".git/index").read_bytes(),
    )
    assert after == before
    assert [entry.path for entry in list_tree(ours, commit)] == ["sub/grün\n.txt"]
    assert git(repository, "log", "-1", "--format=%an <%ae> %s", commit) == (
        "chargen <chargen@users.noreply.invalid> grün"
    )


def test_many_blobs_are_read_by_one_open_git(repository: Path) -> None:
    contents = [b"x" * size for size in (0, 1, 100_000)]
    blobs = store_bytes(Git(repository), contents)

    with BlobReader(Git(repository)) as reader:
        assert [reader.read(blob) for blob in blobs] == contents
        with pytest.raises(GitFailed, match="git has no file"):
            reader.read("1" * 40)
        assert reader.read(blobs[1]) == b"x"


def test_a_blob_nobody_should_hold_in_memory_is_passed_over(repository: Path) -> None:
    large, small = store_bytes(Git(repository), [b"x" * 3_000_000, b"small"])

    with BlobReader(Git(repository)) as reader:
        with pytest.raises(OutOfWorld, match=r"'a\.png' is 2 MB"):
            reader.read(large, name="a.png", largest=1000)
        assert reader.read(small) == b"small"


@pytest.mark.parametrize(
    "said",
    [
        b"error: insufficient permission for adding an object to repository database .git/objects",
        b"fatal: cannot lock ref 'refs/chargen/books': Unable to create '/w/.git/x.lock': Permission denied",
        b"error: unable to create temporary file: Read-only file system",
    ],
)
def test_a_missing_right_is_given_not_walked_around(said: bytes) -> None:
    hint = failure("update-ref", 128, said).hint

    assert "give this user the right to write" in hint
    assert "move" not in hint
