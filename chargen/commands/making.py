"""One round of making, as batches that are sent and waited for; and what a round came to (live: making_live.py)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from chargen.commands.quarantine import tell_quarantined
from chargen.commands.telling import say, show_problems
from chargen.commands.trouble import SEND_TOMORROW, TICK_TOMORROW, error_of
from chargen.core.books import Identity
from chargen.core.counted import counted
from chargen.core.provider_reply import Trouble
from chargen.core.submission import Came, Deliver, State, Submission
from chargen.core.world_config import Mode
from chargen.errors import ConfigurationError, ExitCode, worst
from chargen.pipeline.doubles import book_doubles
from chargen.pipeline.execute import intend, record_sent, send, withdraw
from chargen.pipeline.prepare import Images, write_shards
from chargen.pipeline.settle import sweep

if TYPE_CHECKING:
    import threading
    from collections.abc import Collection, Sequence

    from chargen.commands.paying import Paying, Round
    from chargen.core.work import Work
    from chargen.edges.run_folder import RunFolder
    from chargen.pipeline.bundling import Bench
    from chargen.pipeline.execute import Sent
    from chargen.pipeline.prepare import Shard
    from chargen.ports import BatchProvider

_REFUSED: Final = f"{Trouble.REFUSED}: "


@dataclass
class Made:
    """What a round came to."""

    submissions: list[Submission] = field(default_factory=list)
    code: ExitCode = ExitCode.DONE
    stopped: bool = False  # told to stop: nothing more is started

    @property
    def images(self) -> int:
        """How many pictures came in."""
        return sum(
            request.outcome is not None and request.outcome.came is Came.IMAGE
            for submission in self.submissions
            for request in submission.requests
        )

    @property
    def fenced(self) -> bool:
        """Whether a create that may have come late was fenced off: its requests need another."""
        return any(item.state is State.FENCED for item in self.submissions)

    @property
    def refused(self) -> bool:
        """Whether a request was refused that would be refused again: it fails alone, the others go on."""
        outcomes = (request.outcome for item in self.submissions for request in item.requests)
        return any(outcome is not None and outcome.reason.startswith(_REFUSED) for outcome in outcomes)


def sendable(round_: Round, work: Sequence[Work], images: Images) -> list[Work]:
    """The work whose reference pictures can be sent; the rest is named, once a command. Before anything is claimed."""
    sendable = []
    for item in work:
        try:
            images.of(item)
        except ConfigurationError as error:
            round_.paying.leave_out(error)
        else:
            sendable.append(item)
    return sendable


def send_batches(round_: Round, stop: threading.Event | None = None) -> Made:
    """Sweep, claim, upload and create: every shard brought to SUBMITTED or to what was made of it. LostRace.

    What is not sent when `stop` is set is withdrawn: its requests are free again.
    """
    paying, made = round_.paying, Made()
    with paying.session.batches() as provider:
        _sweep(paying, provider)
        if round_.waits_for_money() or _waits_for_batches(round_):
            return made
        run = round_.open_run(Mode.BATCH)
        shards = _sharded(round_, run)
        if not shards:
            return made
        claimed = [shard.work for shard in shards]
        intents = intend(
            paying.desk, round_.books, claimed, mode="batch", run_id=run.run_id, deliver=paying.deliver
        )
        with round_.bench(run, [item for work in claimed for item in work]) as bench:
            for submission, shard in zip(intents, shards, strict=True):
                if stop is not None and stop.is_set():
                    withdraw(paying.desk, submission, "told to stop before it was sent")
                    continue
                paying.desk.keep_alive([intent.id for intent in intents])
                _send_one(round_, made, provider, bench, submission, shard)
    paying.spent_usd += sum((item.reserved_usd for item in made.submissions), start=type(paying.spent_usd)(0))
    return made


def _sweep(paying: Paying, provider: BatchProvider) -> None:
    """Batches of ours that no book knows stop everything, books that vanished included: they have no name."""
    listed = list(provider.list())
    books = paying.desk.read()  # after listing: whoever created a batch had booked it before
    ours = books.identity or Identity("", paying.desk.repository_id)
    sweep(replace(books, identity=ours), listed)
    for doubled in book_doubles(paying.desk, provider, listed):
        for line in doubled.told:
            say(line)


def _sharded(round_: Round, run: RunFolder) -> Sequence[Shard]:
    """The round's work that may be sent now, as shards on disk."""
    session, limits = round_.paying.session, round_.world.config.limits
    images = Images(session.files, session.pictures)
    work = _within_tokens(round_, sendable(round_, round_.work(), images))
    open_now = _open_now(round_)
    first = len(list(run.requests.glob("shard-*.jsonl"))) if run.requests.is_dir() else 0
    shards, left = write_shards(work, images, run, limits, first=first, most=limits.open_batches - open_now)
    if left:
        _say_batches_open(round_, len(left))
    return shards


def _open_now(round_: Round) -> int:
    return sum(item.holds and item.mode == "batch" for item in round_.books.submissions.values())


def _say_batches_open(round_: Round, left: int) -> None:
    most = round_.world.config.limits.open_batches
    batches = counted(_open_now(round_), "open batch", "open batches")
    say(f"{counted(left, 'request')} left for later: {batches} of {most} at most")


def _waits_for_batches(round_: Round) -> bool:
    """Whether as many batches are open as may be, which is told: no run is begun for it."""
    if _open_now(round_) < round_.world.config.limits.open_batches:
        return False
    _say_batches_open(round_, len(round_.work()))
    return True


def _send_one(
    round_: Round, made: Made, provider: BatchProvider, bench: Bench, submission: Submission, shard: Shard
) -> None:
    limits = round_.world.config.limits
    sent = send(
        round_.paying.desk,
        submission,
        shard,
        provider,
        tries=limits.retries + 1,
        list_lag_s=limits.list_lag,
    )
    record_sent(bench.store, shard.work, sent)
    made.submissions.append(sent.submission)
    made.code = worst(made.code, _say_sent(round_, sent, len(shard.work)))


def _within_tokens(round_: Round, work: Sequence[Work]) -> Sequence[Work]:
    """As much work as the provider's queue takes: enqueued tokens count the input of every open batch."""
    most = round_.world.config.limits.enqueued_tokens
    held = (item for item in round_.books.submissions.values() if item.holds and item.mode == "batch")
    used = sum(request.tokens for item in held for request in item.requests)
    for i, item in enumerate(work):
        used += item.request.tokens
        if used > most and i:
            say(f"{len(work) - i} requests wait: {most} tokens may be enqueued at once")
            return work[:i]
    return work


def _say_sent(round_: Round, sent: Sent, count: int) -> ExitCode:
    submission, trouble = sent.submission, sent.trouble
    if submission.state is State.SUBMITTED:
        note = " (adopted: its create had no clear answer)" if trouble else ""
        say(f"  submitted {counted(count, 'request')} as {submission.batch}{note}")
        if submission.doubles:
            say(f"    {submission.error}: counted as waste, {submission.lost_usd:.4f} USD at most")
        return ExitCode.DONE
    if submission.state is State.QUARANTINED:
        return tell_quarantined(round_.paying.session, [submission])
    if submission.state is State.FENCED:
        say(f"  {counted(count, 'request')} never created (fenced off), to be sent again")
        return ExitCode.DONE  # nothing was paid; `still_failing` counts them until they are answered
    say(f"  not sent: {counted(count, 'request')}")
    if trouble is None:
        return ExitCode.REFUSED
    tomorrow = TICK_TOMORROW if submission.deliver is Deliver.REVIEW else SEND_TOMORROW
    return show_problems([error_of(trouble, tomorrow=tomorrow)])


def failed_jobs(submissions: Sequence[Submission]) -> int:
    """How many requests came to nothing: blocked ones are answers, not failures."""
    return len(still_failing(frozenset(), submissions))


def still_failing(before: Collection[str], submissions: Sequence[Submission]) -> set[str]:
    """The requests that have come to nothing so far, those of an earlier round that were answered since left out."""
    failing = set(before)
    for submission in submissions:
        for request in submission.requests:
            if submission.state is State.FENCED:
                failing.add(request.request_hash)
            elif request.outcome is not None:
                (failing.discard if request.outcome.came.answers else failing.add)(request.request_hash)
    return failing
