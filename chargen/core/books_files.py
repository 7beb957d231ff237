"""
The files of the books: one small JSON file a thing, read into one value and written back without loss. Pure.

The edge only carries bytes.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chargen.core.books import Books, Decision, Decisions, Identity, Notice, Order, Proposals
from chargen.core.books_names import check_names
from chargen.core.double import without_marks
from chargen.core.proposal import Proposal
from chargen.core.submission import Submission
from chargen.errors import BooksConflict

if TYPE_CHECKING:
    from collections.abc import Mapping

WORLD_FILE: Final = "world.json"
Thing = Submission | Order | Identity | Decisions | Proposals | Notice


def decode(tip: str, files: Mapping[str, bytes]) -> Books:
    """
    The books from every file of the branch; files of later versions that are not known are left alone.

    Raises BooksConflict when a file cannot be read: paying on half-read books could pay twice.
    """
    identity: Identity | None = None
    submissions: dict[str, Submission] = {}
    orders: dict[str, Order] = {}
    decisions: dict[str, Decision] = {}
    closed: dict[str, Submission] = {}
    proposals: dict[str, tuple[Proposal, ...]] = {}
    notices: dict[str, Notice] = {}
    for path, data in sorted(files.items()):
        folder = path.partition("/")[0]
        if path == WORLD_FILE:
            identity = _read(path, data, Identity)
        elif folder == "submissions":
            one = _read(path, data, Submission)
            submissions[one.id] = one
        elif folder == "closed":
            closed |= _read(path, data, dict[str, Submission])
        elif folder == "orders":
            order = _read(path, data, Order)
            orders[order.id] = order
        elif folder == "decisions":
            decisions |= _read(path, data, dict[str, Decision])
        elif folder == "proposals":
            proposals[path.partition("/")[2].removesuffix(".json")] = _read(path, data, tuple[Proposal, ...])
        elif folder == "notices":
            notice = _read(path, data, Notice)
            notices[notice.name] = notice
    every = closed | submissions
    return Books(
        tip,
        identity,
        submissions=every,
        orders=orders,
        decisions=decisions,
        proposals=proposals,
        notices=notices,
        closed=frozenset(closed.keys() - submissions.keys()),  # changed since: to be folded again
    )


def _read(path: str, data: bytes, kind: Any) -> Any:
    try:
        return _whole(data, kind)
    except (ValueError, RecursionError) as error:
        hint = "put the file back as it was in the history of the books: git log -p chargen/tracking"
        raise BooksConflict(f"the books' file {path} cannot be read: {error}", hint=hint) from error


@functools.lru_cache(maxsize=1024)
def _whole(data: bytes, kind: Any) -> Any:
    """What a file says; a frozen value, and most files are as they were when the books were read last."""
    read = msgspec.json.decode(data, type=kind)
    if kind is Submission:
        read = without_marks(read)
    elif kind == dict[str, Submission]:
        read = {name: without_marks(item) for name, item in read.items()}
    check_names(read)
    return read


def encode(value: Any) -> bytes:
    """The bytes of one file: JSON, keys sorted, one a line, so that a commit's diff can be read."""
    return msgspec.json.format(msgspec.json.encode(_said(value), order="sorted"), indent=1) + b"\n"


def _said(value: Any) -> Any:
    """What is written of a value: `doubles` only where there are any, so that other submissions' files stay as they are."""
    if isinstance(value, Submission):
        said = {name.name: getattr(value, name.name) for name in fields(value)}
        return said if value.doubles else {name: item for name, item in said.items() if name != "doubles"}
    if isinstance(value, dict):
        return {name: _said(item) for name, item in value.items()}
    return value


def submission_path(submission_id: str) -> str:
    """Where a submission is booked."""
    return f"submissions/{submission_id}.json"


def order_path(order_id: str) -> str:
    """Where an order is booked: a name of one length for any id."""
    return f"orders/{hashlib.sha256(order_id.encode()).hexdigest()[:40]}.json"


def changes_for(*things: Thing) -> dict[str, bytes | None]:
    """The files to write for new or changed things."""
    changes: dict[str, bytes | None] = {}
    for thing in things:
        match thing:
            case Submission():
                changes[submission_path(thing.id)] = encode(thing)
            case Order():
                changes[order_path(thing.id)] = encode(thing)
            case Identity():
                changes[WORLD_FILE] = encode(thing)
            case Decisions():
                changes[f"decisions/{thing.entity}.json"] = (
                    encode(thing.by_address) if thing.by_address else None
                )
            case Proposals():
                changes[f"proposals/{thing.entity}.json"] = encode(thing.every)
            case Notice():
                changes[f"notices/{thing.name}.json"] = encode(thing)
    return changes


def fold(books: Books, month: str) -> dict[str, bytes | None]:
    """The files to write so that submissions that ended in earlier months (`2026-11` is now) lie in one file a month."""
    ended = [item for item in books.submissions.values() if not item.holds and item.created_at[:7] < month]
    loose = [item for item in ended if item.id not in books.closed]
    changes: dict[str, bytes | None] = {submission_path(item.id): None for item in loose}
    for past in {item.created_at[:7] for item in loose}:
        of_month = {item.id: item for item in ended if item.created_at[:7] == past}
        changes[f"closed/{past}.json"] = encode(of_month)
    return changes
