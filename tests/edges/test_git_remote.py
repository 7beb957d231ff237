"""Asking, fetching and pushing, against real remotes on disk: only what was asked for moves, whatever the settings say."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from chargen.edges.git import Git, GitFailed, one_line
from chargen.edges.git_push import Pushed
from chargen.edges.git_remote import (
    default_branch,
    fetch_commit,
    github_slug,
    has_commit,
    ls_remote,
    push,
    push_told,
    remote_url,
    remotes,
)
from chargen.errors import BooksConflict, LostRace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REF = "refs/heads/chargen/x"


@pytest.fixture
def origin(tmp_path: Path, repository: Path, git: Callable[..., str]) -> Path:
    """A bare repository that `repository` has pushed its branch to."""
    bare = tmp_path / "origin.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    git(repository, "remote", "add", "origin", bare.as_uri())
    git(repository, "push", "-q", "origin", "main")
    return bare


@pytest.fixture
def ours(repository: Path, origin: Path) -> Git:
    return Git(repository)


def commit_of(git: Callable[..., str], folder: Path, message: str, *parents: str) -> str:
    tree = git(folder, "rev-parse", "HEAD^{tree}")
    on = [part for parent in parents for part in ("-p", parent)]
    return git(folder, "commit-tree", *on, "-m", message, tree)


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_remotes_and_their_addresses(ours: Git, origin: Path) -> None:
    assert remotes(ours) == ["origin"]
    assert remote_url(ours, "origin") == origin.as_uri()
    assert remote_url(ours, "upstream") == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/the.site.git",
        "https://github.com/acme/the.site/",
        "https://x-access-token:s@github.com/acme/the.site",
        "https://GitHub.com/acme/the.site.git",
        "git@github.com:acme/the.site.git",
        "github.com:acme/the.site",
        "ssh://git@github.com/acme/the.site.git",
        "ssh://git@github.com:22/acme/the.site",
    ],
)
def test_the_slug_of_a_github_address(url: str) -> None:
    assert github_slug(url, "https://github.com") == "acme/the.site"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://github.com/acme",
        "https://github.com/acme/site/tree",
        "https://gitlab.com/acme/site",
        "https://evil.example/github.com/acme/site",
        "https://github.com.evil.example/acme/site",
        "https://githubXcom/acme/site",
        "https://github.com/acme/..",
        "git@gitlab.com:acme/site.git",
        "/srv/github.com/acme/site",
    ],
)
def test_another_address_has_no_slug(url: str) -> None:
    assert github_slug(url, "https://github.com") == ""


def test_a_server_on_a_port_is_told_from_another() -> None:
    assert github_slug("http://127.0.0.1:8080/acme/site.git", "http://127.0.0.1:8080") == "acme/site"
    assert github_slug("http://127.0.0.1:8081/acme/site.git", "http://127.0.0.1:8080") == ""


def test_lists_exactly_the_refs_asked_for(ours: Git, repository: Path, git: Callable[..., str]) -> None:
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "tag", "-a", "v1", "-m", "v1")
    for ref in (REF, "refs/heads/x/refs/heads/chargen/x", "refs/heads/chargen/a/b", "refs/tags/v1"):
        git(repository, "push", "-q", "origin", f"{head}:{ref}")

    assert ls_remote(ours, "origin", REF) == {REF: head}
    assert ls_remote(ours, "origin", "refs/heads/chargen/*") == {REF: head, "refs/heads/chargen/a/b": head}
    assert ls_remote(ours, "origin", "refs/heads/none") == {}
    assert "HEAD" not in ls_remote(ours, "origin")


def test_the_default_branch_and_its_tip(
    ours: Git, repository: Path, origin: Path, git: Callable[..., str]
) -> None:
    git(origin, "symbolic-ref", "HEAD", "refs/heads/main")
    git(repository, "push", "-q", "origin", "HEAD:refs/heads/x/HEAD")

    assert default_branch(ours, "origin") == ("main", git(repository, "rev-parse", "HEAD"))


def test_an_empty_remote_has_no_default_branch(
    repository: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    git(repository, "remote", "add", "empty", "../empty.git")

    assert default_branch(Git(repository), "empty") == ("", "")
    assert ls_remote(Git(repository), "empty") == {}


@pytest.mark.parametrize(
    "name", ["-evil", "--upload-pack=touch evil", "a..b", "a//b", ".hidden", "a.lock", "a b", "x/", ""]
)
def test_a_hostile_name_of_a_remote_is_never_an_option(ours: Git, repository: Path, name: str) -> None:
    before = set(repository.iterdir())

    for attempt in (
        lambda: ls_remote(ours, name, REF),
        lambda: default_branch(ours, name),
        lambda: fetch_commit(ours, name, "1" * 40, ref=REF),
        lambda: push(ours, name, "1" * 40, REF),
    ):
        with pytest.raises(BooksConflict, match="no name for a remote"):
            attempt()
    assert set(repository.iterdir()) == before


@pytest.mark.parametrize("ref", ["-evil", "main", "refs/heads/a b", "refs/heads/a:b", "refs/../x", "refs/*"])
def test_a_ref_that_is_none_is_a_bug(ours: Git, ref: str) -> None:
    with pytest.raises(ValueError, match="no full name"):
        push(ours, "origin", "1" * 40, ref)
    with pytest.raises(ValueError, match="no full name"):
        fetch_commit(ours, "origin", "1" * 40, ref=ref)
    with pytest.raises(ValueError, match="no commit id"):
        push(ours, "origin", "--all", REF)


@pytest.mark.parametrize("url", ["/nowhere", "http://127.0.0.1:1/x.git", "ext::sh -c 'touch evil'"])
def test_a_remote_that_cannot_be_reached_is_said(ours: Git, repository: Path, url: str) -> None:
    Git(repository).run("config", "remote.origin.url", url)

    with pytest.raises(BooksConflict, match="origin cannot be reached") as caught:
        ls_remote(ours, "origin", REF)

    assert "check the network" in caught.value.hint
    assert "--local" in caught.value.hint
    assert not (repository / "evil").exists()


def test_a_password_in_an_address_is_not_repeated(ours: Git, repository: Path) -> None:
    Git(repository).run("config", "remote.origin.url", "http://bot:s3cr@t@127.0.0.1:1/x.git")

    with pytest.raises(BooksConflict) as caught:
        ls_remote(ours, "origin", REF)

    assert "s3cr" not in str(caught.value)
    assert one_line("fatal: no 'http://bot:s3cr@t@host/x'") == "fatal: no 'http://***@host/x'"


def test_a_remote_that_never_answers_is_given_up(repository: Path, origin: Path, tmp_path: Path) -> None:
    hang = script(tmp_path / "hang", "exec sleep 30")
    Git(repository).run("config", "remote.origin.uploadpack", str(hang))

    with pytest.raises(BooksConflict, match="took more than"):
        ls_remote(Git(repository, timeout_s=0.2), "origin", REF)


def test_a_git_that_is_given_up_may_tidy_up_first(repository: Path) -> None:
    slow = "alias.slow=!trap 'touch tidied; exit 1' TERM; sleep 10 & wait"

    with pytest.raises(GitFailed, match="took more than"):
        Git(repository, timeout_s=1).run("-c", slow, "slow")

    assert (repository / "tidied").exists()


def test_fetches_one_commit_and_nothing_else(
    ours: Git, repository: Path, tmp_path: Path, origin: Path, git: Callable[..., str]
) -> None:
    git(tmp_path, "clone", "-q", str(origin), "other")
    theirs = commit_of(git, tmp_path / "other", "theirs")
    git(tmp_path / "other", "tag", "v1", theirs)
    git(tmp_path / "other", "push", "-q", "origin", f"{theirs}:{REF}", "v1", f"{theirs}:refs/heads/more")
    git(repository, "config", "remote.origin.tagOpt", "--tags")
    git(repository, "config", "fetch.prune", "true")
    refs = git(repository, "for-each-ref")

    fetch_commit(ours, "origin", theirs, ref=REF)

    assert has_commit(ours, theirs)
    assert git(repository, "for-each-ref") == refs
    assert not (repository / ".git/FETCH_HEAD").exists()
    fetch_commit(ours, "origin", theirs, ref=REF, into="refs/chargen/here")
    assert git(repository, "rev-parse", "refs/chargen/here") == theirs


def test_a_ref_that_has_moved_on_is_a_lost_race(ours: Git) -> None:
    with pytest.raises(LostRace, match="moves while it is read"):
        fetch_commit(ours, "origin", "1" * 40, ref="refs/heads/main")


def test_a_commit_whose_files_never_came_is_not_here(ours: Git, repository: Path) -> None:
    lost = ours.text("hash-object", "-w", "--stdin", stdin=b"lost")
    tree = ours.text("mktree", stdin=f"100644 blob {lost}\ta\n".encode())
    commit = ours.text("commit-tree", "-m", "x", tree)
    assert has_commit(ours, commit)

    (repository / ".git/objects" / lost[:2] / lost[2:]).unlink()

    assert not has_commit(ours, commit)


@pytest.mark.parametrize("depth", ["1", ""])
def test_a_clone_stays_as_shallow_or_whole_as_it_was(
    tmp_path: Path, repository: Path, origin: Path, git: Callable[..., str], depth: str
) -> None:
    first = git(repository, "rev-parse", "HEAD")
    second = commit_of(git, repository, "two", first)
    theirs = commit_of(git, repository, "three", second)
    git(repository, "push", "-q", "origin", f"{second}:refs/heads/main")
    shallow = ("--depth=1",) if depth else ()
    git(tmp_path, "clone", "-q", *shallow, "--single-branch", "--branch=main", origin.as_uri(), "clone")
    git(repository, "push", "-q", "origin", f"{theirs}:{REF}")
    clone = tmp_path / "clone"

    fetch_commit(Git(clone), "origin", theirs, ref=REF)

    assert git(clone, "rev-list", "--count", "HEAD") == (depth or "2")
    assert git(clone, "rev-list", "--count", theirs) == (depth or "3")
    assert git(clone, "rev-parse", "--is-shallow-repository") == ("true" if depth else "false")


def test_a_push_is_done_lost_or_done_already(ours: Git, repository: Path, git: Callable[..., str]) -> None:
    first = commit_of(git, repository, "first")
    second, rival = (commit_of(git, repository, message, first) for message in ("second", "rival"))

    assert push(ours, "origin", first, REF) is Pushed.DONE
    assert push(ours, "origin", second, REF) is Pushed.DONE
    assert push(ours, "origin", second, REF) is Pushed.DONE
    assert push(ours, "origin", rival, REF) is Pushed.LOST
    assert ls_remote(ours, "origin", REF) == {REF: second}


def test_a_lease_holds_where_the_ref_was_seen(ours: Git, repository: Path, git: Callable[..., str]) -> None:
    first = commit_of(git, repository, "first")
    second = commit_of(git, repository, "second", first)
    other = commit_of(git, repository, "other")

    assert push(ours, "origin", first, REF, lease=second) is Pushed.LOST
    assert push(ours, "origin", first, REF, lease="") is Pushed.DONE
    assert push(ours, "origin", second, REF, lease="") is Pushed.LOST
    assert push(ours, "origin", other, REF, lease=second) is Pushed.LOST
    assert push(ours, "origin", other, REF, lease=first) is Pushed.DONE
    assert push(ours, "origin", "", REF, lease=first) is Pushed.LOST
    assert ls_remote(ours, "origin", REF) == {REF: other}
    assert push(ours, "origin", "", REF, lease=other) is Pushed.DONE
    assert ls_remote(ours, "origin", REF) == {}


def test_no_setting_lets_a_push_move_more(ours: Git, repository: Path, git: Callable[..., str]) -> None:
    first = commit_of(git, repository, "first")
    git(repository, "tag", "-a", "v1", "-m", "v1", first)
    git(repository, "branch", "mine")
    for name, value in {
        "remote.origin.mirror": "true",
        "push.followTags": "true",
        "push.gpgSign": "true",
        "push.recurseSubmodules": "check",
        "remote.origin.push": "+refs/heads/*:refs/heads/*",
    }.items():
        git(repository, "config", name, value)
    hooks = repository / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    script(hooks / "pre-push", "exit 1")

    assert push(ours, "origin", first, REF) is Pushed.DONE
    assert sorted(ls_remote(ours, "origin")) == [REF, "refs/heads/main"]


@pytest.mark.parametrize("hook", ["pre-receive", "update"])
def test_a_refusal_is_told_in_the_remotes_words(
    ours: Git, repository: Path, origin: Path, git: Callable[..., str], hook: str
) -> None:
    script(origin / "hooks" / hook, "echo GH006: Protected branch update failed; exit 1")

    with pytest.raises(BooksConflict, match=r"refused the push: .*GH006: Protected branch") as caught:
        push(ours, "origin", commit_of(git, repository, "first"), REF)

    assert "contents: write" in caught.value.hint
    assert REF in caught.value.hint


def test_a_name_that_cannot_be_is_no_race_to_be_run_again(
    ours: Git, repository: Path, git: Callable[..., str]
) -> None:
    first = commit_of(git, repository, "first")
    push(ours, "origin", first, "refs/heads/chargen")

    with pytest.raises(BooksConflict, match="cannot create") as caught:
        push(ours, "origin", first, REF)

    assert not isinstance(caught.value, LostRace)


def test_two_who_make_a_ref_at_once_are_a_race(
    ours: Git, repository: Path, origin: Path, git: Callable[..., str]
) -> None:
    rival = commit_of(git, repository, "rival")
    push(ours, "origin", rival, "refs/heads/rival")
    script(origin / "hooks/pre-receive", f"unset GIT_QUARANTINE_PATH; git update-ref {REF} {rival}")

    assert push(ours, "origin", commit_of(git, repository, "first"), REF, lease="") is Pushed.LOST


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_push_without_an_answer_is_unclear(
    ours: Git, repository: Path, tmp_path: Path, git: Callable[..., str], moment: str
) -> None:
    first = commit_of(git, repository, "first")
    calls = {"before": "exit 1", "after": 'git-receive-pack "$@"; exit 1'}
    git(repository, "config", "remote.origin.receivepack", str(script(tmp_path / "rp", calls[moment])))

    pushed, said = push_told(ours, "origin", first, REF)

    assert pushed is Pushed.UNCLEAR
    assert said
    assert ls_remote(ours, "origin", REF) == ({} if moment == "before" else {REF: first})


def test_a_push_that_takes_too_long_is_unclear(
    repository: Path, origin: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    first = commit_of(git, repository, "first")
    git(repository, "config", "remote.origin.receivepack", str(script(tmp_path / "hang", "exec sleep 30")))

    assert push(Git(repository, timeout_s=0.1), "origin", first, REF) is Pushed.UNCLEAR


def test_a_question_that_ctrl_c_ended_is_asked_again(
    ours: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once, real = tmp_path / "once", shutil.which("git")
    (tmp_path / "bin").mkdir()
    script(tmp_path / "bin/git", f'[ -e {once} ] || {{ touch {once}; kill -INT $$; }}\nexec {real} "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    assert "refs/heads/main" in ls_remote(ours, "origin")
    assert once.exists()


def test_a_disk_of_ours_that_fails_is_not_called_the_network(
    ours: Git, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    script(
        tmp_path / "bin/git",
        "echo 'error: insufficient permission for adding an object to repository' >&2; exit 128",
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(GitFailed, match="insufficient permission") as caught:
        ls_remote(ours, "origin")

    assert "right to write" in caught.value.hint
