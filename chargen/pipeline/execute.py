"""
execute, by batch: INTENT for every shard in one commit, then for each shard upload, CREATING, create, SUBMITTED.

Nothing here decides what to make. `create` is called once for each CREATING; an unclear answer is settled by asking
the provider's list, never by asking again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chargen.core.digest import submission_id
from chargen.core.job import Event, Failure
from chargen.core.job_record import Note
from chargen.core.provider_reply import Batch, ProviderTrouble, Trouble
from chargen.core.submission import Deliver, Move, State, Submission
from chargen.pipeline.booking import Desk, stamp
from chargen.pipeline.bundling import tell_batch
from chargen.pipeline.settle import settle_creating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.core.work import Work
    from chargen.pipeline.prepare import Shard
    from chargen.ports import BatchProvider, JobStore


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one shard: its submission as it stands, and the trouble if there was any."""

    submission: Submission
    trouble: ProviderTrouble | None = None


def intend(
    desk: Desk,
    books: Books,
    shards: Sequence[Sequence[Work]],
    *,
    mode: str,
    run_id: str,
    deliver: Deliver = Deliver.TREE,
) -> list[Submission]:
    """
    Claim the work: one submission a shard, all in one commit on the books that the plan was made from.

    Raises LostRace when the books have moved on: plan again.
    """
    identity = books.identity
    world_id = identity.world_id if identity else desk.new_world_id()
    fixed = replace(desk, new_world_id=lambda: world_id)
    intents = [
        replace(_intent(fixed, books, work, mode=mode, run_id=run_id, world_id=world_id), deliver=deliver)
        for work in shards
    ]
    wished = {order.id: order for work in shards for item in work for order in item.orders}
    orders: list[Thing] = [order for order in wished.values() if order.id not in books.orders]
    count = sum(len(intent.requests) for intent in intents)
    fixed.write(
        books, [*orders, *intents], f"Intend {count} requests in {len(intents)} submissions ({run_id})"
    )
    return intents


def _intent(
    desk: Desk, books: Books, work: Sequence[Work], *, mode: str, run_id: str, world_id: str
) -> Submission:
    hashes = [item.request.request_hash for item in work]
    attempt = 1 + max(books.attempts(value) for value in hashes)
    name = submission_id(hashes, attempt)
    while name in books.submissions:  # rebuilt books may count from 1 again
        attempt += 1
        name = submission_id(hashes, attempt)
    return Submission(
        id=name,
        state=State.INTENT,
        mode=mode,
        model=work[0].model,
        attempt=attempt,
        display_name=f"chargen/{desk.repository_id}-{world_id}/{name}",
        run_id=run_id,
        owner=desk.owner,
        lease_until=desk.lease(),
        created_at=stamp(desk.clock.now()),
        requests=tuple(item.request for item in work),
    )


def send(
    desk: Desk,
    submission: Submission,
    shard: Shard,
    provider: BatchProvider,
    *,
    tries: int,
    list_lag_s: float,
) -> Sent:
    """Bring one INTENT to SUBMITTED, or to what the provider made of it."""
    input_file = ""
    for attempt in range(tries):
        try:
            input_file = input_file or provider.upload(shard.path, submission.display_name)
        except ProviderTrouble as trouble:
            return Sent(withdraw(desk, submission, trouble.message), trouble)
        submission = desk.advance(
            submission.id, Move.CREATE, f"Creating {submission.id}", input_file=input_file
        )
        try:
            batch = provider.create(submission.model, input_file, submission.display_name)
        except ProviderTrouble as trouble:
            if trouble.ambiguous:
                return Sent(settle_creating(desk, submission, provider, list_lag_s=list_lag_s), trouble)
            if trouble.trouble not in (Trouble.THROTTLED, Trouble.DAILY_QUOTA):
                return Sent(_refused(desk, submission, trouble), trouble)
            submission = desk.advance(submission.id, Move.THROTTLE, f"Throttled {submission.id}")
            if trouble.trouble is Trouble.DAILY_QUOTA or attempt + 1 == tries:
                return Sent(withdraw(desk, submission, trouble.message), trouble)
            desk.clock.sleep(
                trouble.retry_after_s if trouble.retry_after_s is not None else min(60.0, 2.0**attempt)
            )
        else:
            return Sent(_accepted(desk, submission, batch))
    return Sent(submission)


def _accepted(desk: Desk, submission: Submission, batch: Batch) -> Submission:
    return desk.advance(
        submission.id, Move.ACCEPT, f"Submitted {submission.id} as {batch.name}", batch=batch.name
    )


def _refused(desk: Desk, submission: Submission, trouble: ProviderTrouble) -> Submission:
    at = stamp(desk.clock.now())
    return desk.advance(
        submission.id, Move.REFUSE, f"Refused {submission.id}", error=trouble.message, ended_at=at
    )


def withdraw(desk: Desk, submission: Submission, reason: str) -> Submission:
    """Nothing was sent: the claims are free again."""
    at = stamp(desk.clock.now())
    return desk.advance(submission.id, Move.WITHDRAW, f"Withdrawn {submission.id}", error=reason, ended_at=at)


def record_sent(store: JobStore, work: Sequence[Work], sent: Sent) -> None:
    """The run's own record of what became of a shard."""
    submission, trouble = sent.submission, sent.trouble
    tell_batch(store, submission)
    for item in work:
        store.move(item.job_id, Event.START, Note(submission=submission.id))
        if submission.state in (State.REFUSED, State.CANCELLED):
            quota = trouble is not None and trouble.trouble in (Trouble.THROTTLED, Trouble.DAILY_QUOTA)
            failure = (
                Failure.QUOTA
                if quota
                else Failure.REFUSED
                if submission.state is State.REFUSED
                else Failure.TRANSPORT
            )
            store.move(item.job_id, Event.FAIL, Note(failure=failure, error=submission.error))
        elif submission.state is State.FENCED:
            store.move(
                item.job_id,
                Event.RETRY,
                Note(error="the batch was never created: fenced off, to be sent again"),
            )
