"""Where a repository comes from, and which commit of chargen this is: what git and the installer wrote down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import chargen
from chargen.edges.book_commits import BOOKS
from chargen.edges.environment import GITHUB_SERVER_URL
from chargen.edges.git import Git, GitFailed, find_repository
from chargen.edges.git_remote import github_slug


@dataclass(frozen=True, slots=True)
class Origin:
    """What a clone knows of its origin; each empty where it does not."""

    repository: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Installed:
    """The repository and the published commit that the running chargen comes from; each empty where nobody can tell."""

    repository: str = ""
    commit: str = ""


def origin_of(repository: Path) -> Origin:
    """GitHub's name for a clone's origin, and its default branch (before a first fetch, the branch one is on)."""
    git = Git(repository, offline=True)
    remote = _says(git, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    branch = remote.removeprefix("refs/remotes/origin/") or _says(
        git, "symbolic-ref", "--quiet", "--short", "HEAD"
    )
    return Origin(github_name(_says(git, "config", "--get", "remote.origin.url")), branch)


def is_branch_name(folder: Path, name: str) -> bool:
    """Whether git takes a name for a branch's own, without `refs/heads/`."""
    git = Git(folder, offline=True)
    return (
        bool(name)
        and not name.startswith("refs/")
        and _says(git, "check-ref-format", "--branch", name) == name
    )


def has_own_books(repository: Path) -> bool:
    """Whether a clone keeps books that no origin has."""
    return bool(_says(Git(repository, offline=True), "rev-parse", "--verify", "--quiet", BOOKS))


def installed_from() -> Installed:
    """From where pip took this chargen, else the clone that it runs in."""
    recorded = _recorded()
    return recorded if recorded.commit else published(Path(chargen.__file__).resolve().parents[1])


def published(clone: Path) -> Installed:
    """The commit a clone stands on, if a branch of its origin has it; nothing for a folder that is no clone's top."""
    if find_repository(clone) != clone:
        return Installed()
    git = Git(clone, offline=True)
    commit = _says(git, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    known = _says(git, "branch", "--remotes", "--contains", commit) if commit else ""
    return Installed(origin_of(clone).repository, commit if known else "")


def github_name(url: str) -> str:
    """The `owner/name` of an address on github.com; empty for any other."""
    return github_slug(url.removeprefix("git+"), GITHUB_SERVER_URL)


def _recorded() -> Installed:
    """What pip wrote down (https://packaging.python.org/en/latest/specifications/direct-url/)."""
    try:
        said: dict[str, Any] = json.loads(
            metadata.distribution("chargen").read_text("direct_url.json") or "{}"
        )
    except (metadata.PackageNotFoundError, ValueError):
        return Installed()
    return Installed(github_name(said.get("url", "")), said.get("vcs_info", {}).get("commit_id", ""))


def _says(git: Git, *arguments: str) -> str:
    try:
        return git.text(*arguments)
    except GitFailed:
        return ""
