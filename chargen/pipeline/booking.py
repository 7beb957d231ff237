"""
How the pipeline writes the books: compare-and-swap on the tip that was read, never a merge.

`write` is for what was decided on one reading (a plan); `book` decides anew after each lost race.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from chargen.core.books import Books, Identity
from chargen.core.books_files import Thing, changes_for, decode, fold
from chargen.core.rolled_back import refuse_going_back
from chargen.core.submission import Move, Owner, Submission, move
from chargen.errors import BooksConflict, LostRace
from chargen.ports import Clock, Tracking

LEASE: Final = timedelta(minutes=15)
_RACES: Final = 40


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one process keeps its books: who we are, what time it is, and whether another owner has gone."""

    tracking: Tracking
    clock: Clock
    owner: Owner
    is_gone: Callable[[Owner], bool]
    new_world_id: Callable[[], str]
    repository_id: int = 0
    _last: list[tuple[Mapping[str, bytes], Books]] = field(default_factory=list, compare=False, repr=False)

    def read(self) -> Books:
        """The books as they stand. BooksConflict when they have gone back behind what this process has read already."""
        tip, files = self.tracking.read()
        for known, books in self._last:
            if known is files and books.tip == tip:  # a commit's files never change
                return books
        now = decode(tip, files)
        for _, before in self._last:
            refuse_going_back(before, now)
        self._last[:] = [(files, now)]
        return now

    def write(self, books: Books, things: Sequence[Thing], message: str) -> Books:
        """One commit on the books as they were read. LostRace when somebody was first."""
        things = [*self._identified(books, things), *things]
        folded = fold(books, f"{self.clock.now():%Y-%m}")
        self.tracking.write(books.tip, folded | changes_for(*things), message)
        return self.read()

    def _identified(self, books: Books, things: Sequence[Thing]) -> list[Identity]:
        """Whose books these are, where that is not written yet. BooksConflict for a copy of another repository's."""
        if any(isinstance(thing, Identity) for thing in things):
            return []
        if books.identity is None:
            return [Identity(self.new_world_id(), self.repository_id)]
        theirs = books.identity.repository_id
        if self.repository_id and theirs and theirs != self.repository_id:
            hint = "chargen state adopt makes them this repository's own, with a world id of their own"
            message = f"these books are of repository {theirs}, and this is {self.repository_id}: a copy"
            raise BooksConflict(message, hint=hint)
        if self.repository_id and not theirs:
            return [Identity(books.identity.world_id, self.repository_id)]
        return []

    def book(self, decide: Callable[[Books], Sequence[Thing]], message: str) -> Books:
        """Read, decide, write, until the write is on the books; deciding nothing writes nothing."""
        for attempt in range(_RACES):
            books = self.read()
            things = decide(books)
            if not things:
                return books
            try:
                return self.write(books, things, message)
            except LostRace:
                self.clock.sleep(min(0.02 * attempt, 0.5))
        raise LostRace("the books were written by others every time", hint="run the command again")

    def advance(self, submission_id: str, what: Move, message: str, **changes: object) -> Submission:
        """Move one submission of ours and renew its lease. BooksConflict when it is ours no longer."""

        def decide(books: Books) -> Sequence[Thing]:
            now = self.mine(books, submission_id)
            until = max(self.lease(), now.lease_until)  # it only grows, though a clock may be put back
            return [move(now, what, lease_until=until, **changes)]

        return self.book(decide, message).submissions[submission_id]

    def keep_alive(self, submission_ids: Collection[str]) -> Books:
        """Renew the leases of what we hold, where less than two thirds of one is left; the books as they stand."""
        soon = stamp(self.clock.now() + LEASE * 2 / 3)

        def decide(books: Books) -> Sequence[Thing]:
            held = [books.submissions[name] for name in submission_ids if name in books.submissions]
            ours = [item for item in held if item.holds and item.owner.nonce == self.owner.nonce]
            return [replace(item, lease_until=self.lease()) for item in ours if item.lease_until < soon]

        return self.book(decide, "Still at work")

    def mine(self, books: Books, submission_id: str) -> Submission:
        """A submission that is still ours. BooksConflict when somebody took it over."""
        found = books.submissions.get(submission_id)
        if found is None or found.owner.nonce != self.owner.nonce:
            raise BooksConflict(
                f"submission {submission_id} is no longer ours", hint="see `chargen batch status`"
            )
        return found

    def lapsed(self, submission: Submission) -> bool:
        """Whether its owner has gone: its process on this machine ended, or its lease ran out."""
        if submission.owner.nonce == self.owner.nonce:
            return False
        return self.is_gone(submission.owner) or stamp(self.clock.now()) > submission.lease_until

    def lease(self) -> str:
        """Until when what we hold now is ours without a word from us."""
        return stamp(self.clock.now() + LEASE)


def stamp(moment: datetime) -> str:
    """A time as the books and rows write it: RFC 3339, UTC, whole seconds."""
    return f"{moment.isoformat(timespec='seconds')[:19]}Z"


def whole_seconds(moment: str) -> str:
    """A provider's RFC 3339 time as the books write it; empty when it is none."""
    try:
        return stamp(datetime.fromisoformat(moment).astimezone(UTC))
    except ValueError:
        return ""
