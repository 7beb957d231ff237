"""git over the stand-in's HTTP, with the real program."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.forge.conftest import BRANCH, REPO

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.emulator.forge.server import GitHub
    from tests.forge.conftest import Wire


def git(folder: Path, *arguments: str, ok: int = 0) -> str:
    person = ["-c", "user.name=Mira", "-c", "user.email=mira@example.test"]
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        ["git", *person, *arguments],
        cwd=folder,
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ok, done.stderr
    return done.stdout + done.stderr


def address(github: GitHub, token: str = "") -> str:
    signed = github.server_url.replace("://", f"://x-access-token:{token}@") if token else github.server_url
    return f"{signed}/acme/world.git"


def test_a_clone_a_push_and_what_becomes_of_it(wire: Wire, github: GitHub, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", address(github, wire.token), "work")
    work = tmp_path / "work"
    git(work, "checkout", "-q", "-b", BRANCH)
    (work / "ansa.png").write_bytes(os.urandom(3 << 20))
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "Pictures")
    git(work, "push", "-q", "origin", BRANCH)

    opened = wire.open()

    assert opened.json()["head"]["sha"] == git(work, "rev-parse", "HEAD").strip()
    git(work, "push", "-q", "origin", "--delete", BRANCH)
    issue = wire.ask("GET", f"{REPO}/issues/1").json()
    assert (issue["state"], issue["closed_by"]["login"]) == ("closed", "github-actions[bot]")
    assert git(work, "ls-remote", "origin", "refs/pull/1/head").startswith(opened.json()["head"]["sha"])


def test_what_lies_under_no_branch_comes_by_name_and_by_sha_and_pictures_come_when_asked_for(
    github: GitHub, wire: Wire, tmp_path: Path
) -> None:
    bare = github.repository().bare
    sha = wire.push("results")
    bare.git("update-ref", "refs/chargen/results/one", sha)
    bare.git("update-ref", "-d", "refs/heads/results")

    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", address(github), "work")
    work = tmp_path / "work"
    git(work, "fetch", "-q", "origin", sha)
    git(work, "fetch", "-q", "origin", "refs/chargen/results/one:refs/chargen/results/one")

    missing = git(work, "rev-list", "--objects", "--all", "--missing=print").count("?")
    assert missing == 2  # the chapter and the picture
    assert git(work, "show", f"{sha}:ansa.png") == "a picture"


def test_who_may_push(github: GitHub, wire: Wire, tmp_path: Path) -> None:
    github.set_permission("mira", "write")
    github.set_permission("ben", "read")
    git(tmp_path, "clone", "-q", address(github), "work")
    work = tmp_path / "work"

    def push(token: str, ok: int) -> str:
        return git(work, "push", "-q", address(github, token), f"HEAD:refs/heads/{ok}-{len(token)}", ok=ok)

    assert "could not read Username" in push("", 128)
    assert "Authentication failed" in push("wrong", 128)
    assert "403" in push(github.token("ben"), 128)
    assert "403" in push(github.actions_token({"contents": "read"}), 128)
    assert push(github.token("mira"), 0) == ""
    assert push(wire.token, 0) == ""


def test_a_private_repository_asks_who_clones(github: GitHub, wire: Wire, tmp_path: Path) -> None:
    github.settings(private=True)

    assert "could not read Username" in git(tmp_path, "clone", "-q", address(github), "one", ok=128)
    assert "not found" in git(tmp_path, "clone", "-q", address(github, github.token("ben")), "two", ok=128)
    git(tmp_path, "clone", "-q", address(github, wire.token), "three")


def test_a_repository_that_is_not_there(github: GitHub, wire: Wire, tmp_path: Path) -> None:
    there_is_none = address(github, wire.token).replace("world", "other")

    assert "not found" in git(tmp_path, "clone", "-q", there_is_none, "work", ok=128)


@pytest.mark.parametrize(
    ("fault", "code", "branches"), [("drop", 128, {"main"}), ("lost-answer", 1, {"main", "x"})]
)
def test_a_push_whose_connection_ends(
    github: GitHub, wire: Wire, tmp_path: Path, fault: str, code: int, branches: set[str]
) -> None:
    git(tmp_path, "clone", "-q", address(github, wire.token), "work")
    github.fault(f"{fault}:on=git-push")

    git(tmp_path / "work", "push", "-q", "origin", "HEAD:refs/heads/x", ok=code)

    assert set(github.repository().bare.branches()) == branches
