"""The books and the kept pictures on a remote, in memory: every version of them, and the ways a push can go wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chargen.core.books import Books
from chargen.core.books_files import decode
from chargen.core.digest import sha256
from chargen.edges.remote_books import RemoteBooks
from chargen.errors import BooksConflict, LostRace
from tests.simulation.machine import Process

if TYPE_CHECKING:
    from pathlib import Path


_REMEMBERED = 2000
_read: dict[int, tuple[Mapping[str, bytes], Books]] = {}
_known: dict[tuple[str, tuple[tuple[str, bytes], ...]], Books] = {}


def decode_once(tip: str, files: Mapping[str, bytes]) -> Books:
    """The books of a commit; nobody changes the files of one, so that they are read once, in whichever schedule."""
    known = _read.get(id(files))
    if known is None or known[0] is not files:
        if len(_read) > _REMEMBERED:
            _read.clear()
            _known.clear()
        said = (tip, tuple(files.items()))
        if said not in _known:
            _known[said] = decode(tip, files)
        known = _read[id(files)] = (files, _known[said])
    return known[1]


def forget() -> None:
    """Forget what was read, and all that was said of it by the code as it was then."""
    _read.clear()
    _known.clear()


Written = Callable[["Process | None", Books, Books], None]


@dataclass
class Remote:
    """What lies on the remote: one branch of books with its history, one ref of pictures a submission."""

    watch: Written = lambda _process, _before, _after: None
    traces: Callable[[], bool] = lambda: False  # whether the remote has review branches
    tips: list[str] = field(default_factory=list)  # every commit there ever was, oldest first
    versions: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"": {}})
    said: dict[str, str] = field(default_factory=dict)  # why each was made
    by: dict[str, str] = field(default_factory=dict)
    tip: str = ""
    kept: dict[str, dict[str, bytes]] = field(default_factory=dict)
    commits: dict[str, str] = field(default_factory=dict)  # of the kept pictures
    digests: set[str] = field(default_factory=set)  # of all that is kept

    def copied(self) -> Remote:
        """The same again."""
        kept = {name: dict(files) for name, files in self.kept.items()}
        return Remote(
            tips=[*self.tips],
            versions=dict(self.versions),
            said=dict(self.said),
            by=dict(self.by),
            tip=self.tip,
            kept=kept,
            commits=dict(self.commits),
            digests=set(self.digests),
        )

    @property
    def books(self) -> Books:
        """The books as they stand."""
        return self.at(self.tip)

    def at(self, tip: str) -> Books:
        """The books of a commit; a commit never changes."""
        return decode_once(tip, self.versions[tip])

    def write(
        self, process: Process | None, tip: str, changes: Mapping[str, bytes | None], message: str
    ) -> str:
        """One commit, if the branch stands at `tip`."""
        if tip != self.tip:
            raise LostRace(f"the books moved on from {tip}")
        files = dict(self.versions[tip])
        for path, data in changes.items():
            if data is None:
                files.pop(path, None)
            else:
                files[path] = data
        if files == self.versions[tip]:
            return tip
        name = f"books-{len(self.tips) + 1}"
        self.tips.append(name)
        self.versions[name], self.said[name] = files, message
        self.by[name] = process.name if process else "a person"
        before = self.books
        self.tip = name
        self.watch(process, before, self.books)
        return name

    def keep(self, submission_id: str, files: Mapping[str, bytes]) -> str:
        """Pictures beside those kept before; the commit."""
        kept = self.kept.setdefault(submission_id, {})
        kept.update(files)
        self.digests |= {sha256(data) for data in files.values()}
        said = b"".join(name.encode() + data for name, data in sorted(kept.items()))
        self.commits[submission_id] = hashlib.sha1(said).hexdigest()
        return self.commits[submission_id]


@dataclass
class Tracking:
    """The remote's books as one process reaches them (ports.Tracking)."""

    remote: Remote
    process: Process

    def read(self) -> tuple[str, Mapping[str, bytes]]:
        """The tip and every file. BooksConflict where there should be books and are none."""
        return self.process.call("books.read", self._read)

    def _read(self) -> tuple[str, Mapping[str, bytes]]:
        remote = self.remote
        self._refuse_missing()
        return remote.tip, remote.versions[remote.tip]

    def _refuse_missing(self) -> None:
        """What RemoteBooks looks at: kept pictures, review branches, and on a laptop the books as they were read last."""
        remote = self.remote
        traces = remote.kept or remote.traces() or (self.process.on_laptop and remote.tips)
        if not remote.tip and traces:
            raise BooksConflict("the books are missing", hint="chargen state rebuild")

    def write(self, tip: str, changes: Mapping[str, bytes | None], message: str) -> str:
        """Compare and swap. LostRace; BooksConflict when nobody knows whether the push arrived."""
        if self.process.before("books.write") is not None:
            raise BooksConflict("the remote cannot be reached: nothing was written")
        self._refuse_missing()
        try:
            written = self.remote.write(self.process, tip, changes, message)
        except LostRace:
            self.process.machine.tally["lost race"] += 1
            raise
        if self.process.after("books.write") is not None:
            raise BooksConflict("the push had no answer: nobody knows whether it arrived")
        return written

    def keep(self, submission_id: str, files: Mapping[str, Path], message: str) -> str:
        """Keep pictures. BooksConflict when the push had no answer."""
        contents = {name: path.read_bytes() for name, path in files.items()}
        if self.process.before("keep") is not None:
            raise BooksConflict("the remote cannot be reached: nothing was kept")
        commit = self.remote.keep(submission_id, contents)
        if self.process.after("keep") is not None:
            raise BooksConflict("the push of pictures had no answer")
        return commit

    def fetch(self, submission_id: str, name: str) -> bytes:
        """A kept picture. FileNotFoundError."""
        self.process.before("fetch")
        try:
            return self.remote.kept[submission_id][name]
        except KeyError:
            raise FileNotFoundError(name) from None

    def results(self) -> Mapping[str, str]:
        """Whose pictures are kept, and the commits they are in."""
        return self.process.call("results", lambda: dict(self.remote.commits))


class Rebuilt(RemoteBooks):
    """The same for `chargen state rebuild`, which takes missing books for what they are."""

    def __init__(self, remote: Remote, process: Process) -> None:
        self.remote, self._at, self._process = "origin", remote, process

    def read(self) -> tuple[str, Mapping[str, bytes]]:
        """The tip and every file; nothing where the books are lost."""
        return self._process.call("books.read", lambda: (self._at.tip, self._at.versions[self._at.tip]))

    def write(self, tip: str, changes: Mapping[str, bytes | None], message: str) -> str:
        """Compare and swap. LostRace."""
        return self._process.call("books.write", lambda: self._at.write(None, tip, changes, message))

    def results(self) -> dict[str, str]:
        """Whose pictures are kept."""
        return dict(self._at.commits)

    def kept(self, submission_id: str) -> tuple[str, ...]:
        """What is kept of one."""
        return tuple(self._at.kept.get(submission_id, ()))

    def fetch(self, submission_id: str, name: str) -> bytes:
        """A kept file."""
        return self._at.kept[submission_id][name]

    def absent_but_expected(self) -> str:
        """Why there should be books."""
        return "pictures are kept" if not self._at.tip and self._at.kept else ""
