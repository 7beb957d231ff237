"""
The books and kept pictures on this machine alone (ports.Tracking): refs of the repository, or of a bare one of our own.

Every write is one commit on the tip that was read, and the ref moves only if it still stands there.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Final

from chargen.edges.book_commits import (
    BOOKS,
    NO_TIME,
    RESULTS,
    advance,
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
from chargen.edges.files import STATE_FOLDER, unwritable
from chargen.edges.git import Git, GitFailed, find_repository, for_want_of
from chargen.edges.git_objects import read_blobs
from chargen.edges.process import nonce
from chargen.edges.run_folder import make_state_folder
from chargen.errors import BooksConflict, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

_TRIES: Final = 20


class LocalBooks:
    """The books of the repository a world lies in; without one, in `.chargen/books.git`, made by the first write."""

    def __init__(self, root: Path, *, repository: Path | None) -> None:
        """The books of the world at `root`; `repository` is the top of its work tree, None when it has none."""
        self._root = root
        self._bare = root / STATE_FOLDER / "books.git"
        self._repository = repository
        self._git = Git(repository or self._bare, bare=repository is None, offline=True)

    @classmethod
    def of(cls, root: Path) -> LocalBooks:
        """The books of the world at `root`, wherever they belong. GitFailed, ConfigurationError."""
        return cls(root, repository=find_repository(root))

    def read(self) -> tuple[str, Mapping[str, bytes]]:
        """The tip (empty: no books yet) and every file of it; writes nothing. BooksConflict when they are damaged."""
        with self._told():
            tip = self._tip(BOOKS)
            if not tip:
                self._refuse_books_from_before_git()
                return "", {}
            return tip, read_books(self._git, tip)

    def read_local(self) -> tuple[str, Mapping[str, bytes]]:
        """The same: they lie here."""
        return self.read()

    def write(self, tip: str, changes: Mapping[str, bytes | None], message: str) -> str:
        """
        One commit on `tip` (None deletes a file); the new tip, or `tip` itself when nothing would change.

        Raises LostRace when the books have moved on (nothing was written), BooksConflict when they are damaged.
        """
        for path in changes:
            check_path(path)
        with self._told():
            if self._tip(BOOKS) != tip:
                raise lost_race(tip)
            if not tip and not any(data is not None for data in changes.values()):
                return ""
            if not tip:
                self._refuse_books_from_before_git()
            self._make()
            commit = commit_books(self._git, tip, changes, message)
            if commit != tip and not advance(self._git, BOOKS, tip, commit):
                raise lost_race(tip)
            return commit

    def keep(
        self, submission_id: str, files: Mapping[str, Path], message: str, *, at: datetime = NO_TIME
    ) -> str:
        """
        Commit pictures under the submission's results ref, beside those kept before; the same again: the same commit.

        A name kept before gets the new bytes, and the old ones stay in the ref's history. Raises WorkFailed for a file
        that is not there, BooksConflict when the books are damaged.
        """
        ref = results_ref(submission_id)
        with self._told():
            self._make()
            blobs = store_pictures(self._git, files)
            for _ in range(_TRIES):
                tip = self._tip(ref)
                commit = commit_on(self._git, tip, blobs, message, at=at) if blobs else tip
                if commit == tip or advance(self._git, ref, tip, commit):
                    return commit
            raise BooksConflict(f"{ref} keeps moving", hint="let the other chargen end, then run this again")

    def fetch(self, submission_id: str, name: str) -> bytes:
        """The bytes of a kept picture. FileNotFoundError when it is not kept, BooksConflict when it is damaged."""
        with self._told():
            blob = self._kept(submission_id).get(name)
            if blob is None:
                raise FileNotFoundError(f"{name} of submission {submission_id} is not kept here")
            return read_blobs(self._git, [blob])[0]

    def kept(self, submission_id: str) -> tuple[str, ...]:
        """The names of a submission's kept pictures. BooksConflict when the books are damaged."""
        with self._told():
            return tuple(self._kept(submission_id))

    def results(self) -> dict[str, str]:
        """Every submission whose pictures are kept here, and the commit they are in. BooksConflict when that is damaged."""
        if self._repository is None and not self._bare.exists():
            return {}
        with self._told():
            asked = ("for-each-ref", "--format=%(refname) %(objectname)", RESULTS)
            listed = (line.split(" ") for line in self._git.text(*asked).splitlines())
            return {ref.removeprefix(f"{RESULTS}/"): commit for ref, commit in listed}

    def drop(self, submission_id: str) -> None:
        """Keep a submission's pictures no longer; gone already is done. BooksConflict when they cannot be deleted."""
        ref = results_ref(submission_id)
        with self._told():
            if here := self._tip(ref):
                self._git.run("update-ref", "-d", "--no-deref", ref, here)

    def _kept(self, submission_id: str) -> dict[str, str]:
        return blobs_at(self._git, self._tip(results_ref(submission_id)))

    def _tip(self, ref: str) -> str:
        return "" if self._repository is None and not self._bare.exists() else tip_of(self._git, ref)

    def _make(self) -> None:
        """Make the bare repository when it is needed and not there: elsewhere first, so that no half of one is ever seen."""
        if self._repository is not None or self._bare.exists():
            return
        folder = make_state_folder(self._root)
        made = folder / f"books.{nonce()}.tmp"
        try:
            Git(folder).run("init", "--quiet", "--bare", "--template=", str(made.absolute()))
            made.rename(self._bare)
        except OSError as error:
            if not self._bare.is_dir():  # else another process was faster
                raise unwritable(self._bare, error) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _refuse_books_from_before_git(self) -> None:
        """Books made before the world came into git are not the repository's: leaving them behind would pay again."""
        if self._repository is not None and self._bare.is_dir():
            hint = f"bring them in: git fetch {self._bare} 'refs/chargen/*:refs/chargen/*', then remove that folder"
            raise BooksConflict(f"books from before this world was in git lie in {self._bare}", hint=hint)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what git says into what is wrong with the books."""
        for path in (self._bare.parent, self._bare):
            if self._repository is None and path.is_symlink():
                raise ConfigurationError(f"{path} is a symlink", hint="remove the link: it may lead anywhere")
        try:
            yield
        except GitFailed as error:
            where = f"the books in {self._repository or self._bare} cannot be written"
            raise for_want_of(error, where) or self._damaged(error.message, hint=error.hint) from error

    def _damaged(self, reason: str, *, hint: str = "") -> BooksConflict:
        where = self._repository or self._bare
        usual = (
            f"see `git -C {where} fsck`; put back what it names from a copy of the repository, and into the file of a "
            "broken ref the commit its log names last (in the git folder: logs/REF, last line, second column)"
        )
        return BooksConflict(f"the books in {where} cannot be used: {reason}", hint=hint or usual)
