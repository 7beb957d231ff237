"""
What the books say that becomes a path, a ref or money, looked at before it does. Pure.

The books are files on a branch: whoever may push can write them by hand.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import parse_address, parse_job_id
from chargen.core.books import Decision, Order
from chargen.core.proposal import Proposal
from chargen.core.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBMISSION_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}")
_RUN: Final = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]{0,100})?")
_FILE: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._@-]{0,250})?")
_MOST_USD: Final = Decimal(1_000_000)


def check_names(thing: Any) -> None:
    """ValueError for a name that leads elsewhere, and for money that is none: it would be no cap any more."""
    match thing:
        case dict():
            for one in thing.values():
                check_names(one)
        case tuple():
            for one in thing:
                check_names(one)
        case Submission():
            _check_submission(thing)
        case Order():
            parse_job_id(thing.job_id)
        case Decision():
            parse_address(thing.address)
        case Proposal():
            for address in (f"{thing.entity}/a/a", *thing.shots):
                parse_address(address)
        case _:
            pass


def _check_submission(item: Submission) -> None:
    _check(SUBMISSION_ID, item.id, "id of a submission")
    _check(_RUN, item.run_id, "id of a run")
    for request in item.requests:
        if not request.job_ids:
            raise ValueError("a request without a job")
        for job_id in request.job_ids:
            parse_job_id(job_id)
        if request.outcome is not None:
            _check(_FILE, request.outcome.file, "name of a picture")
    for amount in _amounts(item):
        if not (amount.is_finite() and 0 <= amount <= _MOST_USD):
            raise ValueError(f"{amount} is no amount of money")


def _amounts(item: Submission) -> Iterator[Decimal]:
    yield item.lost_usd
    for request in item.requests:
        yield request.reserved_usd
        if request.outcome is not None:
            yield request.outcome.cost_usd


def _check(shape: re.Pattern[str], said: str, what: str) -> None:
    if not shape.fullmatch(said):
        raise ValueError(f"{said[:80]!r} is no {what}")
