"""
Whether books that are read again have lost what they said before: then somebody pushed them back under us. Pure.

A submission only ever moves on, by the table; what stands before where it stood, or is gone, was taken back.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from chargen.core.submission import TRANSITIONS, State
from chargen.errors import BooksConflict

if TYPE_CHECKING:
    from chargen.core.books import Books
    from chargen.core.submission import Submission


def refuse_going_back(before: Books, now: Books) -> None:
    """BooksConflict when a submission is gone, or stands where it stood earlier: it may be paid for."""
    for name, was in before.submissions.items():
        is_now = now.submissions.get(name)
        if is_now is None or _went_back(was, is_now):
            stands = f"stands at {is_now.state} again" if is_now else "is not on them any more"
            message = f"the books were pushed back meanwhile: submission {name} was {was.state}, and {stands}"
            sent = f" ({was.batch} is with the provider)" if was.batch and was.holds else ""
            hint = (
                "what was made is kept: chargen state rebuild brings the books back; nothing is paid before"
            )
            raise BooksConflict(message + sent, hint=hint)


def _went_back(was: Submission, now: Submission) -> bool:
    if now.batch and not was.batch:
        return (
            False  # a batch that turned up is news, whatever was believed of it: a rebuild may have named it
        )
    if was.state is now.state or now.state in _later(was.state):
        # A 429 leads from CREATING to INTENT; it keeps the file that was uploaded, and its owner's lease only grows.
        to_and_fro = was.owner == now.owner and was.state in _later(now.state)
        lost_lease = to_and_fro and now.lease_until < was.lease_until
        return lost_lease or bool(was.input_file and not now.input_file)
    return was.state in _later(now.state)


@functools.cache
def _later(state: State) -> frozenset[State]:
    """The states a submission may come to from one."""
    found: set[State] = set()
    todo = [state]
    while todo:
        here = todo.pop()
        after = {to for (origin, _), to in TRANSITIONS.items() if origin is here} - found
        found |= after
        todo += after
    return frozenset(found)
