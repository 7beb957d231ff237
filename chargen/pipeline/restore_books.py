"""
Batches of the provider's list that no submission on the books knows: named again, and known again once they end.

Until then nothing is made: they may bring just that. What they bring is told by the keys of their result files.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import astuple, replace
from typing import TYPE_CHECKING, Final

from chargen.core.books_names import SUBMISSION_ID
from chargen.core.display_name import DisplayName, booked_as, read_display_name
from chargen.core.identified import identified
from chargen.core.provider_reply import Batch, BatchState
from chargen.core.result_line import read_line
from chargen.core.submission import Deliver, Owner, State, Submission
from chargen.errors import BooksConflict, UsageError
from chargen.pipeline.booking import Desk, whole_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from chargen.core.address import Address
    from chargen.core.books import Books, Identity
    from chargen.core.books_files import Thing
    from chargen.core.compiled import CompiledShot
    from chargen.ports import BatchProvider

_ENDED: Final = {
    BatchState.FAILED: State.FAILED,
    BatchState.CANCELLED: State.CANCELLED,
    BatchState.EXPIRED: State.EXPIRED,
}


def world_id_of(
    batches: Sequence[Batch],
    records: Iterable[Submission],
    booked: Collection[str],
    repository_id: int,
) -> str:
    """
    The world id that lost books had; empty when nothing tells of one.

    The newest kept pictures say it; else the batches that rows name (`booked`), those of our repository, or all that
    chargen made with this key. UsageError when those are of several worlds.
    """
    newest = max(records, key=lambda item: (item.created_at, item.id), default=None)
    if newest is not None and (name := read_display_name(newest.display_name)):
        return name.world_id
    named = [(batch, name) for batch in batches if (name := read_display_name(batch.display_name))]
    for found in (
        {name.world_id for batch, name in named if batch.name in booked},
        {name.world_id for _, name in named if repository_id and name.repository == str(repository_id)},
        {name.world_id for _, name in named if name.repository == "0" or not repository_id},
    ):
        if len(found) > 1:
            hint = (
                f"say which one this is: chargen state rebuild --world ID, one of {', '.join(sorted(found))}"
            )
            raise UsageError("this key has batches of several worlds", hint=hint)
        if found:
            return found.pop()
    return ""


def from_batches(
    books: Books,
    identity: Identity,
    batches: Iterable[Batch],
    is_held: Callable[[Submission], bool],
    *,
    at: str,
) -> list[Submission]:
    """
    A submission for each batch of ours that has none; one whose copy is from before its batch was named, named.

    `is_held`: its owner is at work on it, and names it itself.
    """
    by_name: dict[DisplayName, list[Batch]] = defaultdict(list)
    for batch in batches:
        name = read_display_name(batch.display_name)
        if name and name.is_of(identity) and SUBMISSION_ID.fullmatch(name.submission_id):
            by_name[name].append(batch)
    found = []
    for name in sorted(by_name, key=lambda name: (name.world_id != identity.world_id, astuple(name))):
        submission_id, now = booked_as(books, by_name[name][0], name)
        told = _told(now, submission_id, by_name[name], is_held, at)
        if told is not None and SUBMISSION_ID.fullmatch(submission_id):
            found.append(told)
            books = replace(books, submissions={**books.submissions, told.id: told})
    return found


def _told(
    now: Submission | None,
    submission_id: str,
    batches: Sequence[Batch],
    is_held: Callable[[Submission], bool],
    at: str,
) -> Submission | None:
    """What a submission's batches say of it, where the books do not; the first that succeeded, else the oldest live one."""
    batch, *others = sorted(batches, key=lambda item: (_rank(item), item.created_at))
    doubled = f"created more than once; also {', '.join(item.name for item in others)}" if others else ""
    if now is None:
        return _unread(submission_id, batch, doubled, at)
    creating = now.mode == "batch" and now.state is State.CREATING
    if (now.unsent or creating) and not (now.holds and is_held(now)):
        return replace(
            now, state=State.SUBMITTED, batch=batch.name, owner=Owner(""), lease_until=at, ended_at=""
        )
    return None


def _rank(batch: Batch) -> int:
    return 0 if batch.state.has_results else 2 if batch.state.ended else 1


def _unread(submission_id: str, batch: Batch, doubled: str, at: str) -> Submission:
    state, name = _ENDED.get(batch.state, State.SUBMITTED), read_display_name(batch.display_name)
    created_at = whole_seconds(batch.created_at) or at
    return Submission(
        id=submission_id,
        state=state,
        mode="batch",
        model=batch.model,
        attempt=1,
        display_name=batch.display_name,
        run_id=f"rebuilt-{submission_id}",
        owner=Owner(""),
        lease_until=at,
        created_at=created_at,
        requests=(),
        input_file=batch.input_file,
        batch=batch.name,
        ended_at="" if state is State.SUBMITTED else whole_seconds(batch.ended_at) or at,
        error="; ".join(filter(None, [doubled, _why_unread(batch)])),
        deliver=Deliver.REVIEW
        if name and name.repository != "0"
        else Deliver.TREE,  # a laptop names no repository
    )


def _why_unread(batch: Batch) -> str:
    if batch.state not in _ENDED:
        return "rebuilt from the provider's list: what it asked for is told by its results"
    why = f" ({batch.error})" if batch.error else ""
    return f"rebuilt from the provider's list: the batch is {batch.state}{why}, and nothing tells what it asked for"


def identify(
    desk: Desk,
    submission: Submission,
    batch: Batch,
    provider: BatchProvider,
    shots: Mapping[Address, CompiledShot],
    folder: Path,
) -> Submission:
    """Book what a batch that has ended asked for, by the keys of its results. BooksConflict, ProviderTrouble."""
    if submission.requests or not batch.state.has_results:
        return submission
    path = folder / f"keys-{submission.id}.jsonl"
    try:
        provider.download(batch.output_file, path)
        keys = list(_keys(path))
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()

    def decide(books: Books) -> Sequence[Thing]:
        now = books.submissions.get(submission.id)
        if now is None:
            raise BooksConflict(
                f"submission {submission.id} is not on the books", hint="see `chargen state list`"
            )
        return [] if now.requests else [replace(now, requests=identified(now, keys, shots, books))]

    return desk.book(decide, f"Identified {submission.id}").submissions[submission.id]


def _keys(path: Path) -> Iterator[str]:
    with path.open("rb", buffering=1 << 22) as file:
        for raw in file:
            if raw.strip() and (line := read_line(raw)).key:
                yield line.key
