"""
execute, live: workers take requests from one queue, one bucket paces them all, outcomes are booked every minute.

A 429 pauses the bucket and is no attempt; other passing trouble is tried again with backoff, as far as there is money;
a daily quota, a denied key, or 429s without end stop the run with what is done kept. Nothing starts after `stop` is set.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tenacity import wait_random_exponential
from tenacity.wait import wait_base

from chargen.core.answer import Answer, Kind, read_answer
from chargen.core.job import Event
from chargen.core.job_record import Note
from chargen.core.price import actual
from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.submission import Came, Move, Outcome, Submission
from chargen.core.world_config import Mode
from chargen.errors import BooksConflict
from chargen.pipeline.booking import Desk, stamp
from chargen.pipeline.bundling import Bench, Laid, lay_answer, lay_failure
from chargen.pipeline.keeping import keep_and_book
from chargen.pipeline.prepare import Images
from chargen.pipeline.purse import Purse
from chargen.pipeline.rate import Bucket, Permit
from chargen.pipeline.tries import Tries
from chargen.pipeline.turnstile import SLICE_S, Turnstile
from chargen.ports import Provider

if TYPE_CHECKING:
    from chargen.core.work import Work

BOOK_EVERY_S: Final = 60.0
OPEN_ANSWERS: Final = 2  # looked into at once; the others lie on disk meanwhile
PATIENCE_S: Final = 600.0  # how long a 429 may follow a 429 without any answer in between
_UNSAID_S: Final = 10.0  # to wait after a 429 that names no time
_NOT_TAKEN: Final = (Trouble.DAILY_QUOTA, Trouble.DENIED, Trouble.THROTTLED)
Told = Callable[["Work", Laid], None]


@dataclass
class LiveRun:
    """One live submission while its workers run."""

    desk: Desk
    submission: Submission
    provider: Provider
    bench: Bench
    images: Images
    bucket: Bucket
    retries: int
    told: Told
    stop: threading.Event
    waiting: Sequence[str] = ()  # our other submissions, whose turn is later
    waits: wait_base = field(default_factory=lambda: wait_random_exponential(multiplier=1, max=60))
    purse: Purse = field(default_factory=Purse)
    trouble: ProviderTrouble | None = None
    error: BaseException | None = None
    laid: list[Laid] = field(default_factory=list)
    under_way: dict[str, Decimal] = field(
        default_factory=dict
    )  # job ids asked and not heard of: at most so dear
    _heard_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _open: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(OPEN_ANSWERS))

    def run(self, work: Sequence[Work], workers: int) -> Submission:
        """
        Make the pictures of one submission; back with it COLLECTED, whatever was left open free again.

        When it ends in an error or a second Ctrl-C it stays SUBMITTED: bundles may lie on disk that were not told yet,
        and whoever settles it next books them all.
        """
        todo: queue.SimpleQueue[Work] = queue.SimpleQueue()
        turns = Turnstile(
            self.desk.clock, self.bucket, self.purse, self.stop, lambda: self.submission.lease_until
        )
        self._heard_at = self.desk.clock.monotonic()
        for item in work:
            todo.put(item)
        threads = [
            threading.Thread(target=self._work_off, args=(todo, turns), daemon=True)
            for _ in range(min(workers, len(work)))
        ]
        for thread in threads:
            thread.start()
        try:
            self._book_meanwhile(threads)
        except Exception:
            self.stop.set()
            for thread in threads:
                thread.join()  # what is under way is paid for: it is waited for
            self._book(None)
            raise
        except BaseException:
            self.stop.set()  # told to stop at once: nothing more is started
            raise
        if self.error is not None:
            self._book(None)
            raise self.error
        return self._book(Move.COLLECT)

    def _book_meanwhile(self, threads: Sequence[threading.Thread]) -> None:
        """Wait for the workers; once a minute what they brought goes on the books, and the lease is renewed."""
        booked_at = self.desk.clock.monotonic()
        for thread in threads:
            while thread.is_alive():
                thread.join(SLICE_S)
                if self.desk.clock.monotonic() - booked_at >= BOOK_EVERY_S:
                    booked_at = self.desk.clock.monotonic()
                    self._book(None)
                    books = self.desk.keep_alive([self.submission.id, *self.waiting])
                    self.submission = books.submissions[self.submission.id]

    def _book(self, what: Move | None) -> Submission:
        with self._lock:
            laid = list(self.laid)
        at = stamp(self.desk.clock.now())
        booked = keep_and_book(self.desk, self.submission, laid, self.bench, what=what, at=at)
        if booked.owner.nonce != self.desk.owner.nonce:
            hint = "what it brought is kept; run the command again"
            raise BooksConflict(f"submission {booked.id} was taken over by somebody else", hint=hint)
        return booked

    def _work_off(self, todo: queue.SimpleQueue[Work], turns: Turnstile) -> None:
        while not self.stop.is_set():
            try:
                item = todo.get_nowait()
            except queue.Empty:
                return
            try:
                self._make(Tries(item), turns)
            except BaseException as error:  # noqa: BLE001  # handed to the main thread, which raises it
                self.error = self.error or error
                self.stop.set()

    def _make(self, tries: Tries, turns: Turnstile) -> None:
        """One request, with its tries; what is not started because of `stop` stays in the queue of the run."""
        wait_s: float | None = 0.0
        while wait_s is not None:
            turns.wait(wait_s)
            permit = turns.permit(tries.item.request.tokens)
            if permit is None:
                return
            try:
                wait_s = self._try(tries, permit)
            finally:
                permit.done()

    def _try(self, tries: Tries, permit: Permit) -> float | None:
        """Ask once; how long to wait before asking again, or None: this was the last time."""
        item = tries.item
        with self._reading:  # a reference may have to be decoded: one at a time
            body = item.body(self.images.of(item))
        known = Note(submission=self.submission.id, cost_usd=tries.spent_usd)
        self.bench.store.move(item.job_id, Event.START, known)
        if self.stop.is_set():
            self.bench.store.move(item.job_id, Event.DEFER)
            return None
        self.under_way[item.job_id] = item.request.reserved_usd
        try:
            raw = self.provider.generate(item.model, body, permit.sent)
            permit.done()
            with self._open:
                answer = read_answer(raw)
                del raw
                permit.weigh(answer.usage.get("prompt", 0))
                wait_s = self._answered(tries, answer)
        except ProviderTrouble as trouble:
            wait_s = self._failed(tries, trouble)
        self.under_way.pop(
            item.job_id, None
        )  # after an error of this machine's it stays: nobody has its answer
        return wait_s

    def _answered(self, tries: Tries, answer: Answer) -> float | None:
        self._heard_at = self.desk.clock.monotonic()
        item = tries.item
        if answer.kind is Kind.EMPTY and self._may_again(tries, actual(item.model, Mode.LIVE, answer.usage)):
            return self._again(tries)
        self._tell(tries, self._lay(item, answer, tries.spent_usd))
        return None

    def _failed(self, tries: Tries, trouble: ProviderTrouble) -> float | None:
        if trouble.trouble in _NOT_TAKEN:
            self.bench.store.move(tries.item.job_id, Event.DEFER)
            if trouble.trouble is Trouble.THROTTLED and self._may_pause(trouble):
                return 0.0
            self.trouble = trouble
            self.stop.set()
            return None
        # Nobody knows of a lost answer: it may have been paid.
        lost = trouble.trouble is Trouble.TRANSPORT and trouble.sent
        cost = tries.item.request.reserved_usd if lost else Decimal(0)
        if trouble.transient and self._may_again(tries, cost):
            return self._again(tries)
        self._tell(tries, self._lay_trouble(tries.item, trouble, tries.spent_usd + cost))
        return None

    def _may_pause(self, trouble: ProviderTrouble) -> bool:
        """Hold the whole bucket as long as the provider says; False where that goes on too long without any answer."""
        wait_s = trouble.retry_after_s if trouble.retry_after_s is not None else _UNSAID_S
        self.bucket.pause(wait_s)
        return self.desk.clock.monotonic() + wait_s - self._heard_at <= PATIENCE_S

    def _may_again(self, tries: Tries, cost_usd: Decimal) -> bool:
        return not self.stop.is_set() and tries.again(cost_usd, most=self.retries, purse=self.purse)

    def _again(self, tries: Tries) -> float:
        self.bench.store.move(tries.item.job_id, Event.RETRY, Note(cost_usd=tries.spent_usd))
        return tries.backoff_s(self.waits)

    def _lay(self, item: Work, answer: Answer, spent_usd: Decimal) -> Laid:
        at = stamp(self.desk.clock.now())
        size = item.shot.provider.size
        return lay_answer(
            self.bench,
            self.submission,
            item.request,
            answer,
            at=at,
            size=size,
            attempts_left=False,
            spent_usd=spent_usd,
        )

    def _lay_trouble(self, item: Work, trouble: ProviderTrouble, spent_usd: Decimal) -> Laid:
        at, reason = stamp(self.desk.clock.now()), f"{trouble.trouble}: {trouble.message}"
        outcome = Outcome(Came.FAILED, reason=reason, cost_usd=spent_usd, at=at)
        return lay_failure(self.bench, self.submission, item.request, outcome, attempts_left=False)

    def _tell(self, tries: Tries, laid: Laid) -> None:
        outcome = laid.request.outcome
        if outcome is not None:
            self.purse.give(laid.request.reserved_usd + tries.spent_usd - outcome.cost_usd)
        with self._lock:
            self.laid.append(laid)
        self.told(tries.item, laid)
