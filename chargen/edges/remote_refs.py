"""Refs of one remote, and the refs here that follow them; plumbing only, nothing of the user's moves."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from chargen.edges.book_commits import advance, tip_of
from chargen.edges.git import Git, GitFailed
from chargen.edges.git_remote import fetch_commit, fetch_promised, ls_remote, push_told, remotes
from chargen.errors import BooksConflict, ConfigurationError, LostRace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chargen.edges.git_push import Pushed

TRIES: Final = 20
_T = TypeVar("_T")


class RemoteRefs:
    """What a remote has, and what of it is here; `local` is a git that touches no network."""

    def __init__(self, repository: Path, remote: str) -> None:
        """Nothing is asked before the first call."""
        self.remote = remote
        self._network = Git(repository)
        self._known = False
        self.local = replace(self._network, offline=True)

    def look(self, *patterns: str) -> dict[str, str]:
        """Where its refs stand. BooksConflict when it cannot be asked, ConfigurationError when there is none such."""
        if not self._known and self.remote not in remotes(self.local):
            hint = "see them: git remote -v"  # git would take the name for a folder's
            raise ConfigurationError(f"the repository has no remote {self.remote!r}", hint=hint)
        self._known = True
        return ls_remote(self._network, self.remote, *patterns)

    def bring(self, ref: str, into: str, *, tip: str | None = None, keep: bool = False) -> str:
        """
        Where a ref of the remote stands (`tip`: as seen just now), fetched; empty when it is not there.

        `into` follows it, but with `keep` only forward. BooksConflict, GitFailed.
        """
        for _ in range(TRIES):
            there = self.look(ref).get(ref, "") if tip is None else tip
            here = tip_of(self.local, into) if there else ""
            if here == there:
                return there
            with contextlib.suppress(LostRace):
                # what follows a ref already needs no depth: only the news come
                fetch_commit(self._network, self.remote, there, ref=ref, history=bool(here))
                self.follow(into, there, keep=keep)
                return there
            tip = None
        raise BooksConflict(f"{ref} keeps moving", hint="let the other chargen end, then run this again")

    def follow(self, ref: str, commit: str, *, keep: bool = False) -> None:
        """Let a ref here stand at a commit (with `keep`: only forward); a convenience, so that it fails in silence."""
        with contextlib.suppress(GitFailed):
            here = tip_of(self.local, ref)
            if here != commit and not (here and keep and not self.is_in(here, commit)):
                advance(self.local, ref, here, commit)

    def push(self, commit: str, ref: str, *, tip: str) -> tuple[Pushed, str]:
        """Move a ref of the remote from `tip` (empty: it must not exist) to a commit (empty: delete it). BooksConflict."""
        return push_told(self._network, self.remote, commit, ref, lease=tip)

    def landed(self, commit: str, ref: str, there: str, *, into: str) -> bool:
        """Whether a commit of ours is in what the ref of the remote stands at now, which is fetched. BooksConflict, GitFailed."""
        if not there or there == commit:
            return bool(there)
        fetch_commit(self._network, self.remote, there, ref=ref, history=True)
        self.follow(into, there)
        return self.is_in(commit, there)

    def whole(self, tip: str, read: Callable[[Git, str], _T]) -> _T:
        """What is read of a commit; what a partial clone left out of it is fetched first. BooksConflict, GitFailed."""
        try:
            return read(self.local, tip)
        except GitFailed:
            if not fetch_promised(self._network, self.remote, tip):
                raise
            return read(self.local, tip)

    def is_in(self, commit: str, tip: str) -> bool:
        """Whether a commit is another, or lies below it. GitFailed."""
        asked = ("merge-base", "--is-ancestor", commit, tip)
        return self.local.attempt(*asked, ok=(0, 1, 128)).returncode == 0
