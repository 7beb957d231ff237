"""Whether a submission may be forgotten: not while the provider knows a batch of it, nor while it may not list one yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chargen.core.alarm import seconds_since
from chargen.core.counted import lasting
from chargen.core.provider_reply import Batch, ProviderTrouble
from chargen.core.submission import State, Submission
from chargen.errors import BooksConflict
from chargen.pipeline.booking import LEASE, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chargen.ports import BatchProvider

_GONE: Final = "NOT_FOUND"  # Google's own word: a gateway has a 404 for every path


def refuse_existing(submission: Submission, provider: BatchProvider) -> None:
    """BooksConflict where the provider lists a batch of it, or still knows the one that is booked. ProviderTrouble."""
    listed = [batch for batch in provider.list() if _is_of(submission, batch)]
    if submission.batch and not listed:
        listed = list(_known(submission.batch, provider))
    if not listed:
        return
    batch = min(listed, key=lambda item: (_rank(item), item.created_at))
    said = f"{batch.name} was created for {submission.id} and is {batch.state}: it may have been paid for"
    if submission.state is State.QUARANTINED:
        raise BooksConflict(said, hint=f"chargen state adopt {submission.id} {batch.name}")
    end = "chargen batch collect brings it in, or books how it ended"
    raise BooksConflict(said, hint=end)


def refuse_young(submission: Submission, now: datetime, *, list_lag_s: float) -> None:
    """BooksConflict while a batch of it may exist and not be listed yet; says when that is over."""
    age = _seconds_since_sent(submission, now)
    if age >= list_lag_s:
        return
    left = list_lag_s - age
    when = stamp(now + timedelta(seconds=left + 1))  # a stamp has whole seconds
    message = (
        f"{submission.id} was under way {lasting(age)} ago, and a new batch may be missing from the provider's "
        f"list for {lasting(list_lag_s)} (limits.list_lag)"
    )
    raise BooksConflict(message, hint=f"try again at {when}, in {lasting(left + 1)}")


def _is_of(submission: Submission, batch: Batch) -> bool:
    """By its name at the provider; a double of the batch that is booked is none to forget, it is counted by itself."""
    if submission.batch:
        return batch.name == submission.batch
    return batch.display_name == submission.display_name


def _known(name: str, provider: BatchProvider) -> Iterable[Batch]:
    try:
        yield provider.get(name)
    except ProviderTrouble as trouble:
        if trouble.status != _GONE:
            raise


def _rank(batch: Batch) -> int:
    return 0 if batch.state.has_results else 2 if batch.state.ended else 1


def _seconds_since_sent(submission: Submission, now: datetime) -> float:
    """At least how long ago its batch was asked for: every step of whoever asked renewed the lease."""
    renewed = seconds_since(submission.lease_until, now) + LEASE.total_seconds()
    return min(seconds_since(submission.created_at, now), renewed)
