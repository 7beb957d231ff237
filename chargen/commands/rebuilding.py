"""Look everywhere for what lost books said, and write it: each place adds what those before it did not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chargen.commands.keeping_time import keep_time
from chargen.commands.wiring import Session
from chargen.core.books import Identity
from chargen.core.books_files import Thing, changes_for, decode
from chargen.core.counted import counted
from chargen.core.kept_record import RECORD, decode_record
from chargen.core.provider_reply import Batch
from chargen.core.rebuilt import batch_of, from_branches, from_records, from_rows, joined
from chargen.core.submission import Owner, State, Submission
from chargen.core.unknowable import unknowable
from chargen.edges.base_tip import find_remote
from chargen.edges.book_copies import BookCopies, Copy
from chargen.edges.books import LocalBooks
from chargen.edges.files import STATE_FOLDER
from chargen.edges.git import find_repository
from chargen.edges.remote_books import RemoteBooks
from chargen.errors import BooksConflict, UsageError
from chargen.pipeline.booking import Desk, stamp
from chargen.pipeline.restore_books import from_batches, world_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chargen.core.books import Books
    from chargen.core.proposal import Proposal
    from chargen.core.row import Row
    from chargen.core.world import World


@dataclass
class Rebuilding:
    """The books as they are and as they will be; nothing is written before `write`."""

    session: Session
    desk: Desk
    tracking: LocalBooks | RemoteBooks
    copies: BookCopies | None
    at: str
    tip: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    ground: Copy | None = None  # the copy that becomes the books
    things: list[Thing] = field(default_factory=list)
    found: list[str] = field(default_factory=list)  # for people
    records: list[Submission] = field(default_factory=list)
    told: list[Submission] = field(default_factory=list)  # by other things than a copy
    listed: Mapping[str, Batch] = field(default_factory=dict)  # the provider's batches by name
    heads: Mapping[str, str] = field(default_factory=dict)  # of the remote's branches

    @classmethod
    def of(cls, session: Session) -> Rebuilding:
        """The world's books, which may be missing. ConfigurationError, GitFailed."""
        repository = find_repository(session.root)
        remote = find_remote(repository) if repository and not session.local else ""
        tracking = (
            RemoteBooks(repository, remote, begin=True)
            if repository and remote
            else LocalBooks.of(session.root)
        )
        keep_time(session)  # leases are looked at, and times are booked
        desk = replace(session.desk(), tracking=tracking)
        copies = BookCopies(session.root, repository, remote) if repository else None
        return cls(session, desk, tracking, copies, stamp(session.clock.now()))

    @property
    def books(self) -> Books:
        """The books as they will be."""
        return decode(self.ground.commit if self.ground else self.tip, self.files)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.things and self.ground is None

    @property
    def older(self) -> bool:
        """Whether there are books already: a copy, or the branch as it was pushed back."""
        return self.ground is not None or bool(self.tip)

    @property
    def unknown(self) -> list[str]:
        """What the books will not know; nothing where a copy said it all."""
        everything = self.empty or (self.older and not self.told)
        return [] if everything else unknowable(self.books, self.told, self.listed)

    def look(self, world_id: str) -> None:
        """Look everywhere. ChargenError when a place that must tell cannot be asked."""
        self._read()
        self._look_at_copies()
        self._look_at_results()
        trees = self._trees()
        rows = [row for of_tree in trees.values() for row in of_tree]
        lost = from_rows(self.books, rows, at=self.at)
        pictures = counted(sum(len(item.requests) for item in lost), "picture")
        self.told += lost
        self._add(lost, f"{pictures} that rows name, not kept anywhere else" if lost else "")
        self._look_at_batches(world_id, rows)
        self._look_at_branches(trees)

    def write(self) -> None:
        """Write what was found: a copy as it is, then one commit. LostRace, BooksConflict."""
        if self.ground is not None and self.copies is not None:
            self.copies.bring_in()
            if self._remote:
                self.copies.push(self.ground)
        if self.things:
            count = counted(len(self.things), "thing")
            before = self.desk.read()
            if before.tip != (self.ground.commit if self.ground else self.tip):
                raise BooksConflict("the books were written meanwhile", hint="run the command again")
            self.desk.write(before, self.things, f"Rebuild: {count}")
        if self._remote and self.copies is not None:
            kept = [item.id for item in self.books.submissions.values() if not item.pruned_at]
            self.copies.push_results(kept)

    @property
    def _remote(self) -> str:
        return self.tracking.remote if isinstance(self.tracking, RemoteBooks) else ""

    def _add(self, things: Iterable[Thing], words: str) -> None:
        """What a place says more than those before it."""
        new = list(things)
        for path, data in changes_for(*new).items():
            if data is None:
                self.files.pop(path, None)
            else:
                self.files[path] = data
        self.things += new
        if new and words:
            self.found.append(words)

    def _read(self) -> None:
        try:
            self.tip, files = self.tracking.read()
        except BooksConflict:
            if self._remote or not (self.session.root / STATE_FOLDER / "books.git").is_dir():
                raise
            return  # books from before the world was in git: a copy
        self.files = dict(files)

    def _look_at_copies(self) -> None:
        copies = self.copies.find(self.tip) if self.copies else []
        if not self.tip and copies and copies[0].as_it_is:
            self.ground = copies.pop(0)
            self.files = dict(self.ground.files)
            self.found.append(f"a copy of the books: {_said(self.ground)}")
        for copy in copies:
            mine, theirs = self.books.identity, copy.books.identity
            if mine is None or theirs is None or mine.world_id == theirs.world_id:
                self._add(joined(self.books, copy.books), f"in another copy: {_said(copy)}")

    def _is_held(self, item: Submission) -> bool:
        """Whether a process is at work on it; a batch that is with the provider needs none."""
        with_provider = item.state is State.SUBMITTED and item.mode == "batch"
        gone = self.desk.is_gone(item.owner) or (self.session.clock.checked and self.desk.lapsed(item))
        return item.holds and not with_provider and not gone

    def _look_at_results(self) -> None:
        """The submissions that kept pictures tell of."""
        books, unnamed = self.books, []
        for submission_id, commit in sorted(self.tracking.results().items()):
            now = books.submissions.get(submission_id)
            known = now and not now.holds and all(request.outcome for request in now.requests)
            if now and known and (now.kept or now.pruned_at):
                continue
            if RECORD in self.tracking.kept(submission_id):  # asked first: what is here may be older
                record = self.tracking.fetch(submission_id, RECORD)
                self.records.append(decode_record(record, commit=commit))
            elif now is None:
                unnamed.append(_unnamed(submission_id, commit, self.at))
        told = from_records(books, self.records, self._is_held)
        self.told += told
        self._add(told, f"kept pictures of {counted(len(told), 'submission')} that the books do not know")
        self._add(unnamed, f"kept pictures of {counted(len(unnamed), 'submission')} that nothing tells of")

    def _trees(self) -> dict[str, Sequence[Row]]:
        """The rows of the files as they lie, of the base tip (under `base`), and what each review branch brings."""
        trees: dict[str, Sequence[Row]] = {"": _rows(self.session.world()[0])}
        if not self._remote:
            return trees
        try:
            session = self.session.on_base()
        except UsageError:  # nothing was pushed yet
            return trees
        trees["base"] = _rows(session.world()[0])
        branches = session.branches()
        accepted = {(row.job_id, row.sha256) for row in trees["base"]}
        for branch in sorted(branches.heads):
            if "." in branch:
                rows = _rows(session.at(branches.head(branch)).world()[0])
                trees[branch] = [row for row in rows if (row.job_id, row.sha256) not in accepted]
        self.heads = branches.heads
        return trees

    def _look_at_batches(self, world_id: str, rows: Sequence[Row]) -> None:
        """The provider's list, and whose books these are."""
        identity = self.books.identity
        if identity is not None and world_id not in ("", identity.world_id):
            raise UsageError(f"these books are of world {identity.world_id}, not {world_id}")
        if identity is not None and not self.session.environment.gemini_api_key:
            self.found.append("GEMINI_API_KEY is not set: batches that nobody booked were not looked for")
            return
        with self.session.batches() as provider:
            listed = list(provider.list())
        if identity is None:
            booked = {batch_of(row) for row in rows}
            repository_id = self.desk.repository_id
            known = world_id or world_id_of(listed, self.records, booked, repository_id)
            identity = Identity(known or self.desk.new_world_id(), repository_id)
            if known or self.things or self._are_expected(rows):
                self._add([identity], f"the world's id: {identity.world_id}")
        told = from_batches(self.books, identity, listed, self._is_held, at=self.at)
        self.told, self.listed = [*self.told, *told], {batch.name: batch for batch in listed}
        for item in told:
            self._add([item], f"{item.batch} of the provider's list: submission {item.id}, {item.state}")

    def _are_expected(self, rows: Sequence[Row]) -> bool:
        """Whether no command goes on without books, although nothing is left that tells what they said."""
        reason = self.tracking.absent_but_expected() if isinstance(self.tracking, RemoteBooks) else ""
        return bool(reason) or any(row.data.get("provider_metadata") for row in rows)

    def _look_at_branches(self, trees: Mapping[str, Sequence[Row]]) -> None:
        branches = {name: (self.heads[name], rows) for name, rows in trees.items() if name in self.heads}
        for proposals in from_branches(self.books, branches):
            known = {item.n for item in self.books.proposals.get(proposals.entity, ())}
            new: list[Proposal] = [item for item in proposals.every if item.n not in known]
            shown = ", ".join(f"{item.branch} ({counted(len(item.shots), 'picture')})" for item in new)
            self._add([proposals], f"review branches: {shown}")


def _said(copy: Copy) -> str:
    count = counted(len(copy.books.submissions), "submission")
    return f"{copy.place} of {copy.written_at}, with {count}"


def _rows(world: World) -> list[Row]:
    return [row for shot in world.shots() for row in shot.rows]


def _unnamed(submission_id: str, commit: str, at: str) -> Submission:
    """Kept pictures that nothing tells of: held on to, of no use to any shot."""
    return Submission(
        id=submission_id,
        state=State.COLLECTED,
        mode="batch",
        model="",
        attempt=1,
        display_name="",
        run_id="rebuilt",
        owner=Owner(""),
        lease_until=at,
        created_at=at,
        requests=(),
        ended_at=at,
        error="its pictures are kept, and what they were made for is lost",
        kept=commit,
    )
