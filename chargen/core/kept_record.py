"""What a commit of kept pictures says of its submission, so that lost books can be made again from it. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

import msgspec

from chargen.core.books_files import encode
from chargen.core.double import without_marks
from chargen.core.submission import Owner, State, Submission
from chargen.errors import BooksConflict

RECORD: Final = "submission.json"  # beside the pictures


def encode_record(submission: Submission) -> bytes:
    """
    The submission with what it brought; whoever keeps the same again writes the same bytes.

    Who held it, until when, and the commit it is kept in are left out.
    """
    return encode(
        replace(
            submission,
            state=State.COLLECTED,
            owner=Owner(""),
            lease_until="",
            ended_at="",
            kept="",
            pruned_at="",
        )
    )


def decode_record(data: bytes, *, commit: str) -> Submission:
    """The submission a commit of kept pictures tells of. BooksConflict when it cannot be read."""
    try:
        found = without_marks(msgspec.convert(json.loads(data), Submission))
    except ValueError as error:
        hint = "look at it: git show COMMIT:submission.json; delete its ref if it is not chargen's"
        raise BooksConflict(f"{RECORD} of {commit} cannot be read: {error}", hint=hint) from error
    times = [request.outcome.at for request in found.requests if request.outcome]
    return replace(found, kept=commit, ended_at=max(times, default=found.created_at))
