"""The tip of the default branch of the remote, and the review branches that start from it; nothing of the user's moves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chargen.edges.git import Git, find_repository
from chargen.edges.git_push import Pushed
from chargen.edges.git_remote import (
    default_branch,
    fetch_commit,
    github_slug,
    ls_remote,
    push,
    remote_url,
    remotes,
)
from chargen.edges.review_branch import Built, build, push_lfs
from chargen.errors import LostRace, UsageError

ORIGIN: Final = "origin"
_REVIEWS: Final = "refs/heads/chargen/*"


@dataclass(frozen=True, slots=True)
class Base:
    """The commit everything is planned from; `prefix` is the world's folder in the repository, empty for its top."""

    repository: Path
    remote: str
    branch: str
    commit: str
    prefix: str = ""

    def path(self, path: str) -> str:
        """A path of the world's, from the repository's top."""
        return f"{self.prefix}/{path}" if self.prefix else path


def find_remote(repository: Path) -> str:
    """The remote that holds the books: `origin`; empty where there is none."""
    return ORIGIN if ORIGIN in remotes(Git(repository)) else ""


def find_slug(root: Path, server: str) -> str:
    """The repository's `owner/name` on the forge, by its remote's address; empty when that is somewhere else."""
    repository = find_repository(root)
    remote = find_remote(repository) if repository else ""
    return github_slug(remote_url(Git(repository), remote), server) if repository and remote else ""


def find_base(repository: Path, prefix: str) -> Base:
    """The default branch's tip, fetched where it is not here. UsageError without a remote, GitFailed, BooksConflict."""
    git, remote = Git(repository), find_remote(repository)
    if not remote:
        hint = "git remote add origin ADDRESS; without one, use `chargen batch run`"
        raise UsageError("this repository has no remote `origin`", hint=hint)
    branch, commit = default_branch(git, remote)
    if not commit:
        raise UsageError("the remote has no default branch yet", hint="push the world's files first")
    fetch_commit(git, remote, commit, ref=f"refs/heads/{branch}")
    return Base(repository, remote, branch, commit, prefix)


def is_merge(root: Path) -> bool:
    """Whether the work tree stands on a merge, as the checkout of a pull request does. GitFailed."""
    done = Git(root).attempt("rev-parse", "--verify", "--quiet", "HEAD^2", ok=(0, 1, 128))
    return done.returncode == 0


@dataclass(frozen=True, slots=True)
class ReviewBranches:
    """The review branches of the remote as they stood when this was made."""

    place: Base
    heads: Mapping[str, str]

    @classmethod
    def of(cls, base: Base) -> ReviewBranches:
        """Ask the remote. GitFailed, BooksConflict."""
        listed = ls_remote(Git(base.repository), base.remote, _REVIEWS)
        return cls(base, {ref.removeprefix("refs/heads/"): sha for ref, sha in listed.items()})

    @property
    def base(self) -> str:
        """The commit that branches start from."""
        return self.place.commit

    @property
    def branch(self) -> str:
        """The branch they want to go into."""
        return self.place.branch

    def path(self, path: str) -> str:
        """A path of the world's, from the repository's top."""
        return self.place.path(path)

    def head(self, branch: str) -> str:
        """Where a review branch stood, its commit fetched; empty when there was none. GitFailed."""
        head = self.heads.get(branch, "")
        if head:
            fetch_commit(Git(self.place.repository), self.place.remote, head, ref=f"refs/heads/{branch}")
        return head

    def bring(self, commit: str, number: int) -> None:
        """Fetch a commit by its pull request, which keeps it when its branch is gone. GitFailed, BooksConflict, LostRace."""
        git = Git(self.place.repository)
        fetch_commit(git, self.place.remote, commit, ref=f"refs/pull/{number}/head")

    def taken(self, entity: str) -> list[int]:
        """The numbers of an entity's branches that are there, whoever made them."""
        numbers = (name.removeprefix(f"chargen/{entity}.") for name in self.heads)
        return [int(number) for number in numbers if re.fullmatch(r"[0-9]{1,9}", number)]

    def build(self, parent: str, files: Mapping[str, bytes], message: str) -> Built:
        """The commit that a review branch should stand on. GitFailed, ConfigurationError."""
        return build(Git(self.place.repository), parent, files, message)

    def _there(self, git: Git, branch: str) -> str:
        ref = f"refs/heads/{branch}"
        return ls_remote(git, self.place.remote, ref).get(ref, "")

    def push(self, built: Built, branch: str, *, lease: str) -> None:
        """Move the branch, if it still stands at `lease` (empty: it must not exist). LostRace, GitFailed."""
        git = Git(self.place.repository)
        push_lfs(git, self.place.remote, built.lfs)
        pushed = push(git, self.place.remote, built.commit, f"refs/heads/{branch}", lease=lease)
        there = "" if pushed is Pushed.DONE else self._there(git, branch)
        if (
            pushed is not Pushed.DONE and there != built.commit
        ):  # else another run built the same, and was first
            hint = "the next run looks again"
            raise LostRace(f"{branch} was pushed to by somebody else meanwhile", hint=hint)
