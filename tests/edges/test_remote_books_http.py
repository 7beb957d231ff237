"""The books of a remote over git's smart HTTP: tokens, a broken connection, an answer that was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chargen.edges.remote_books import RemoteBooks
from chargen.emulator.forge.server import GitHub
from chargen.errors import BooksConflict, LostRace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Cloned = Callable[[str, str], RemoteBooks]


@pytest.fixture(scope="module")
def server() -> Iterator[GitHub]:
    with GitHub() as github:
        yield github


@pytest.fixture
def github(server: GitHub, repository: Path, git: Callable[..., str]) -> GitHub:
    """A private repository `acme/world` with one branch."""
    server.reset()
    made = server.create("acme/world", private=True)
    git(repository, "push", "-q", str(made.bare.path), "HEAD:refs/heads/main")
    return server


@pytest.fixture
def cloned(github: GitHub, tmp_path: Path, git: Callable[..., str]) -> Cloned:
    """The books by a new shallow clone with a token: `cloned(name, token)`."""

    def clone(name: str, token: str) -> RemoteBooks:
        address = f"{github.server_url}/acme/world.git".replace("://", f"://x-access-token:{token}@")
        git(tmp_path, "clone", "-q", "--depth=1", address, name)
        return RemoteBooks(tmp_path / name, "origin")

    return clone


def test_two_clones_share_the_books_and_the_pictures(github: GitHub, cloned: Cloned, tmp_path: Path) -> None:
    ours, theirs = (cloned(name, github.actions_token({"contents": "write"})) for name in ("a", "b"))
    (tmp_path / "new.png").write_bytes(b"\x89PNG" + bytes(200_000))

    first = ours.write("", {"a": b"1"}, "begin")
    with pytest.raises(LostRace):
        theirs.write("", {"a": b"2"}, "begin")
    second = theirs.write(theirs.read()[0], {"b": b"2"}, "on")
    with pytest.raises(LostRace):
        ours.write(first, {"c": b"3"}, "on")
    commit = ours.keep("s1", {"new.png": tmp_path / "new.png"}, "keep")

    assert ours.read() == theirs.read() == (second, {"a": b"1", "b": b"2"})
    assert theirs.results() == {"s1": commit}
    assert theirs.fetch("s1", "new.png") == (tmp_path / "new.png").read_bytes()
    theirs.drop("s1")
    assert ours.results() == {}


def test_a_token_that_may_only_read_is_told_what_it_lacks(github: GitHub, cloned: Cloned) -> None:
    token = github.actions_token({"contents": "read"})
    ours = cloned("a", token)

    assert ours.read() == ("", {})
    with pytest.raises(BooksConflict, match=r"refused the push: .*403") as caught:
        ours.write("", {"a": b"1"}, "begin")

    assert "contents: write" in caught.value.hint
    assert token not in str(caught.value)


def test_a_token_nobody_knows_cannot_ask(github: GitHub, cloned: Cloned) -> None:
    ours = cloned("a", github.actions_token())
    address = f"{github.server_url}/acme/world.git".replace("://", "://x-access-token:ghs_wrong@")
    ours._git.run("config", "remote.origin.url", address)

    with pytest.raises(BooksConflict, match=r"origin cannot be reached: .*Authentication failed") as caught:
        ours.read()

    assert "credentials" in caught.value.hint
    assert "ghs_wrong" not in str(caught.value)


def test_a_push_that_was_taken_without_an_answer_is_written(
    github: GitHub, cloned: Cloned, tmp_path: Path
) -> None:
    """Libcurl sends such a push again by itself, and the second one loses the race to the first."""
    ours, theirs = (cloned(name, github.actions_token({"contents": "write"})) for name in ("a", "b"))
    (tmp_path / "new.png").write_bytes(b"\x89PNG")

    github.fault("lost-answer:on=git-push,times=1")
    first = ours.write("", {"a": b"1"}, "begin")
    github.fault("lost-answer:on=git-push,times=1")
    second = ours.write(first, {"a": b"2"}, "on")
    github.fault("lost-answer:on=git-push,times=1")
    commit = ours.keep("s1", {"new.png": tmp_path / "new.png"}, "keep")

    assert theirs.read() == (second, {"a": b"2"})
    assert theirs.results() == {"s1": commit}


@pytest.mark.parametrize(
    "fault", ["502:on=git-push,times=1", "drop:on=git-push,times=1", "502:on=git-read,times=1"]
)
def test_a_server_that_stumbles_is_asked_again(github: GitHub, cloned: Cloned, fault: str) -> None:
    ours = cloned("a", github.actions_token({"contents": "write"}))
    github.fault(fault)

    tip = ours.write("", {"a": b"1"}, "begin")

    assert ours.read() == (tip, {"a": b"1"})
