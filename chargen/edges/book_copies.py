"""
Copies of lost books that are still here: where the remote's were last read, local ones, those from before git.

The log of a ref has what it stood at before the remote was pushed back. Looking for copies changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from chargen.core.books import Books
from chargen.core.books_files import decode
from chargen.edges.book_commits import BOOKS, RESULTS, lost_race, read_books, tip_of
from chargen.edges.files import STATE_FOLDER
from chargen.edges.git import Git, GitFailed
from chargen.edges.git_push import Pushed
from chargen.edges.remote_books import BRANCH
from chargen.edges.remote_refs import RemoteRefs
from chargen.errors import BooksConflict

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_MOST: Final = 5  # copies that have gone separate ways


@dataclass(frozen=True, slots=True)
class Copy:
    """A whole copy of the books; `as_it_is`: with its history, so that it can be pushed."""

    place: str
    commit: str
    written_at: str
    files: Mapping[str, bytes]
    books: Books
    as_it_is: bool


class BookCopies:
    """The copies in one repository, and how they get to a remote (empty: there is none)."""

    def __init__(self, root: Path, repository: Path, remote: str) -> None:
        """Nothing is asked before the first call."""
        self._bare = root / STATE_FOLDER / "books.git"
        self._git = Git(repository)
        self._offline = replace(self._git, offline=True)
        self._remote = remote
        self._refs = RemoteRefs(repository, remote)

    def find(self, known: str) -> list[Copy]:
        """
        The copies that say what the books at `known` (empty: there are none) do not: the remote's own first, newest first.

        GitFailed.
        """
        places = [f"refs/remotes/{self._remote}/chargen/tracking"] if self._remote else [BOOKS]
        if not known:
            places.append(BOOKS)
        commits = {commit: place for place in reversed(places) for commit in self._stood_at(place)}
        found: list[Copy] = []
        while len(found) < _MOST:
            newest = self._newest(commits, [known, *(copy.commit for copy in found)])
            if not newest:
                break
            copy = self._read(self._offline, newest, commits.pop(newest))
            found += [copy] if copy else []
        found.sort(key=lambda copy: copy.place == BOOKS and bool(self._remote))
        before_git = None if known else self._before_git()
        return [*found, before_git] if before_git else found

    def bring_in(self) -> None:
        """Take books from before the world was in git into the repository, their pictures too; nothing of it is moved."""
        if self._bare.is_dir():
            every = "refs/chargen/*:refs/chargen/*"
            options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")
            self._git.attempt(
                "fetch", *options, "--end-of-options", str(self._bare.absolute()), every, ok=(0, 1)
            )

    def push(self, copy: Copy) -> None:
        """Make a copy the books of a remote that has none. LostRace when it has some by now, BooksConflict, GitFailed."""
        pushed, said = self._refs.push(copy.commit, BRANCH, tip="")
        if pushed is Pushed.DONE:
            return
        there = self._refs.look(BRANCH).get(BRANCH, "")
        if there and there != copy.commit:
            raise lost_race("")
        if not there:
            raise BooksConflict(
                f"{self._remote} did not take the books: {said}", hint="look at the remote, then run it again"
            )

    def push_results(self, submission_ids: Collection[str]) -> int:
        """Push the pictures kept here of some submissions, where the remote keeps none; how many. BooksConflict, GitFailed."""
        there = self._refs.look(f"{RESULTS}/*")
        asked = ("for-each-ref", "--format=%(refname) %(objectname)", RESULTS)
        here = dict(line.split(" ") for line in self._offline.text(*asked).splitlines())
        missing = [ref for ref in here if ref not in there and ref.rpartition("/")[2] in submission_ids]
        return sum(self._refs.push(here[ref], ref, tip="")[0] is Pushed.DONE for ref in missing)

    def _stood_at(self, ref: str) -> list[str]:
        """Every commit a ref stands or stood at, as far as its log goes."""
        tip = tip_of(self._offline, ref)
        logged = (
            self._offline.attempt("log", "-g", "--format=%H", ref, "--", ok=(0, 128)).stdout if tip else b""
        )
        return [tip, *logged.decode().split()] if tip else []

    def _newest(self, commits: Collection[str], known: Collection[str]) -> str:
        """The newest of some commits that lies below none of the known ones; empty when there is none such."""
        asked = "".join([*(f"{name}\n" for name in commits), *(f"^{name}\n" for name in known if name)])
        listed = (
            self._offline.attempt("rev-list", "--stdin", stdin=asked.encode(), ok=(0, 128)).stdout
            if commits
            else b""
        )
        return next((name for name in listed.decode().split() if name in commits), "")

    def _read(self, git: Git, commit: str, place: str) -> Copy | None:
        """A copy, if it is whole."""
        try:
            files = read_books(git, commit)
            books = decode(commit, files)
            at = git.text("show", "--no-patch", "--format=%cI", commit)
            shallow = git.text("rev-parse", "--is-shallow-repository") == "true"
        except (GitFailed, BooksConflict):
            return None
        return Copy(place, commit, at, files, books, as_it_is=not shallow)

    def _before_git(self) -> Copy | None:
        """The books from before the world was in git."""
        git = Git(self._bare, bare=True, offline=True)
        tip = tip_of(git, BOOKS) if self._bare.is_dir() else ""
        return self._read(git, tip, str(self._bare)) if tip else None
