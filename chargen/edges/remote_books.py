"""
The books of a remote (ports.Tracking): the branch `chargen/tracking`, and the kept pictures in refs/chargen/results/*.

Every write is one commit on the tip that was read, and the remote takes it only while it stands there. Here only a
remote-tracking ref follows; the user's branches, index, files and HEAD are never touched.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from chargen.edges.book_commits import (
    NO_TIME,
    RESULTS,
    blobs_at,
    check_path,
    commit_books,
    commit_on,
    lost_race,
    read_books,
    results_ref,
    store_pictures,
    tip_of,
)
from chargen.edges.files import STATE_FOLDER
from chargen.edges.git import GitFailed, for_want_of
from chargen.edges.git_objects import read_blobs
from chargen.edges.git_push import Pushed
from chargen.edges.remote_refs import TRIES, RemoteRefs
from chargen.errors import BooksConflict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

BRANCH: Final = "refs/heads/chargen/tracking"
_TRACES: Final = ("refs/heads/chargen/*", "refs/chargen/*")
_UNCLEAR: Final = 3  # pushes without an answer before it is given up


class RemoteBooks:
    """The books of one remote of a repository; `begin` lets the first write be made although traces of others are there."""

    def __init__(self, repository: Path, remote: str, *, begin: bool = False) -> None:
        """Nothing is asked before the first call."""
        self.repository, self.remote = repository, remote
        self._begin = begin
        self._refs = RemoteRefs(repository, remote)
        self._git = self._refs.local
        self._mirror = f"refs/remotes/{remote}/chargen/tracking"
        self._read: tuple[str, Mapping[str, bytes]] = ("", {})  # a commit's files never change

    def read(self) -> tuple[str, Mapping[str, bytes]]:
        """
        The tip (empty: no books yet) and every file of it; the network is asked once when nothing is new.

        BooksConflict when the remote cannot be asked, or has no books where there should be some.
        """
        with self._told():
            tip = self._tip()
            if tip != self._read[0]:
                self._read = (tip, self._refs.whole(tip, read_books) if tip else {})
            return self._read

    def read_local(self) -> tuple[str, Mapping[str, bytes]]:
        """
        The books as they were last read here; no network is asked, but for files that a partial clone left out.

        BooksConflict when they are damaged.
        """
        with self._told():
            tip = tip_of(self._git, self._mirror)
            return (tip, self._refs.whole(tip, read_books)) if tip else ("", {})

    def write(self, tip: str, changes: Mapping[str, bytes | None], message: str) -> str:
        """
        One commit on `tip` (None deletes a file); the new tip, or `tip` itself when nothing would change.

        LostRace when the books have moved on (nothing was written), BooksConflict when the remote refuses, cannot be asked,
        or has no books where there should be some.
        """
        for path in changes:
            check_path(path)
        with self._told():
            if not tip and all(data is None for data in changes.values()):
                return ""
            if not (self._is_here(tip) if tip else not self._tip()):
                raise lost_race(tip)
            commit = commit_books(self._git, tip, changes, message)
            if commit != tip:
                self._push_books(commit, tip)
                self._refs.follow(self._mirror, commit)
            return commit

    def keep(self, submission_id: str, files: Mapping[str, Path], message: str) -> str:
        """
        Commit pictures under the submission's results ref of the remote, beside those kept before; again: the same commit.

        WorkFailed for a file that is not there, BooksConflict when the remote refuses or cannot be asked.
        """
        ref = results_ref(submission_id)
        with self._told():
            blobs = store_pictures(self._git, files)
            unclear = 0
            for _ in range(TRIES):
                tip = self._result(ref)
                commit = commit_on(self._git, tip, blobs, message, at=NO_TIME) if blobs else tip
                if commit == tip:
                    return commit
                pushed, said = self._refs.push(commit, ref, tip=tip)
                if pushed is Pushed.DONE:
                    self._refs.follow(ref, commit, keep=True)
                    return commit
                unclear += pushed is Pushed.UNCLEAR
                if unclear >= _UNCLEAR:
                    raise self._not_taken(ref, said)
            raise BooksConflict(f"{ref} keeps moving", hint="let the other chargen end, then run this again")

    def fetch(self, submission_id: str, name: str) -> bytes:
        """The bytes of a kept picture, from here or from the remote. FileNotFoundError, BooksConflict."""
        ref = results_ref(submission_id)
        with self._told():
            tip = tip_of(self._git, ref)
            blob = self._names(tip).get(name)
            if blob is None:
                tip = self._result(ref)
                blob = self._names(tip).get(name)
            if blob is None:
                raise FileNotFoundError(f"{name} of submission {submission_id} is not kept by {self.remote}")
            wanted = [blob]
            return self._refs.whole(tip, lambda git, _: read_blobs(git, wanted))[0]

    def kept(self, submission_id: str) -> tuple[str, ...]:
        """The names of a submission's kept pictures. BooksConflict."""
        with self._told():
            return tuple(self._names(self._result(results_ref(submission_id))))

    def results(self) -> dict[str, str]:
        """Every submission whose pictures the remote keeps, and the commit they are in. BooksConflict."""
        with self._told():
            listed = self._refs.look(f"{RESULTS}/*")
            return {ref.removeprefix(f"{RESULTS}/"): commit for ref, commit in listed.items()}

    def drop(self, submission_id: str) -> None:
        """Keep a submission's pictures no longer; gone already is done. BooksConflict, LostRace when they moved meanwhile."""
        ref = results_ref(submission_id)
        with self._told():
            there, here = self._refs.look(ref).get(ref, ""), tip_of(self._git, ref)
            if there:
                self._delete(ref, there)
            # pictures that lie here alone stay: books of `--local` have the same refs
            if here and there and self._refs.is_in(here, there):
                self._git.run("update-ref", "-d", "--no-deref", ref, here)

    def absent_but_expected(self) -> str:
        """Why the remote should have books although it has none; empty when it has, or never had. BooksConflict."""
        with self._told():
            listed = self._refs.look(*_TRACES)
            return "" if BRANCH in listed else self._expected(listed)

    def _tip(self) -> str:
        """Where the remote's books stand, fetched; empty when it has none and never had."""
        listed = self._refs.look(*_TRACES)
        reason = "" if BRANCH in listed or self._begin else self._expected(listed)
        if reason:
            listed = self._refs.look(
                *_TRACES
            )  # what is here may be of one who wrote the first books just now
        if BRANCH in listed:
            return self._refs.bring(BRANCH, self._mirror, tip=listed[BRANCH])
        if reason:
            hint = "chargen state rebuild makes them again from what is left; nothing is paid before"
            raise BooksConflict(f"the books of {self.remote} are missing: {reason}", hint=hint)
        return ""

    def _expected(self, listed: Mapping[str, str]) -> str:
        """What speaks of books that were there: to begin new ones would pay for all again."""
        if listed:
            shown = ", ".join([*listed][:3]) + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")
            return f"it has {shown}, and no branch chargen/tracking"
        asked = ("for-each-ref", "--count=1", "--format=%(refname)", "refs/chargen", self._mirror)
        if here := self._git.text(*asked):
            return f"this clone has {here}"
        bare = self.repository / STATE_FOLDER / "books.git"
        return f"there are some from before this world was in git, in {bare}" if bare.is_dir() else ""

    def _push_books(self, commit: str, tip: str) -> None:
        """Move the remote's books to a commit on the tip that was read. LostRace; BooksConflict when it is not taken."""
        said = ""
        for _ in range(_UNCLEAR):
            pushed, said = self._refs.push(commit, BRANCH, tip=tip)
            if pushed is Pushed.DONE:
                return
            # HTTP may send a push twice by itself: then the one that lost the race lost it to us
            there = self._refs.look(BRANCH).get(BRANCH, "")
            if there != tip:
                if self._refs.landed(commit, BRANCH, there, into=self._mirror):
                    return
                raise lost_race(tip)
        raise self._not_taken(BRANCH, said)

    def _delete(self, ref: str, there: str) -> None:
        pushed, said = self._refs.push("", ref, tip=there)
        left = "" if pushed is Pushed.DONE else self._refs.look(ref).get(ref, "")
        if left == there:
            raise self._not_taken(ref, said)
        if left:
            raise lost_race(there)

    def _result(self, ref: str) -> str:
        return self._refs.bring(ref, ref, keep=True)

    def _names(self, tip: str) -> dict[str, str]:
        return self._refs.whole(tip, blobs_at) if tip else {}

    def _is_here(self, tip: str) -> bool:
        return tip_of(self._git, self._mirror) == tip or self._refs.is_in(tip, tip)

    def _not_taken(self, ref: str, said: str) -> BooksConflict:
        hint = "check the network and the credentials, then run it again: nothing was written"
        return BooksConflict(f"{self.remote} did not take the push of {ref}: {said}", hint=hint)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what git says into what is wrong with the books."""
        try:
            yield
        except GitFailed as error:
            hint = error.hint or f"see `git -C {self.repository} fsck`"
            what = f"the books of {self.remote} cannot be used: {error.message}"
            here = for_want_of(error, f"the books of {self.remote} cannot be followed in {self.repository}")
            raise here or BooksConflict(what, hint=hint) from error
