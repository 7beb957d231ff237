"""
execute, live: workers take requests from one queue, one bucket paces them all, outcomes are booked every minute.

A 429 pauses the bucket and is no attempt; other passing trouble is tried again with backoff; a daily quota or a denied
key stops the run with what is done kept. Nothing starts after `stop` is set.
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
from chargen.core.price import actual
from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.submission import Came, Move, Outcome, Submission
from chargen.core.world_config import Mode
from chargen.errors import BooksConflict
from chargen.pipeline.booking import Desk, stamp
from chargen.pipeline.bundling import Bench, Laid, lay_answer, lay_failure
from chargen.pipeline.keeping import keep_and_book
from chargen.pipeline.prepare import Images
from chargen.pipeline.rate import Bucket
from chargen.ports import Provider

if TYPE_CHECKING:
    from chargen.core.work import Work

BOOK_EVERY_S: Final = 60.0
_SLICE_S: Final = 0.25
_STOPPING: Final = (Trouble.DAILY_QUOTA, Trouble.DENIED)
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
    trouble: ProviderTrouble | None = None
    error: BaseException | None = None
    laid: list[Laid] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, work: Sequence[Work], workers: int) -> Submission:
        """
        Make the pictures of one submission; back with it COLLECTED, whatever was left open free again.

        When it ends in an error or a second Ctrl-C it stays SUBMITTED: bundles may lie on disk that were not told yet,
        and whoever settles it next books them all.
        """
        todo: queue.SimpleQueue[Work] = queue.SimpleQueue()
        for item in work:
            todo.put(item)
        threads = [
            threading.Thread(target=self._work_off, args=(todo,), daemon=True)
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
                thread.join(_SLICE_S)
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

    def _work_off(self, todo: queue.SimpleQueue[Work]) -> None:
        while not self.stop.is_set():
            try:
                item = todo.get_nowait()
            except queue.Empty:
                return
            try:
                self._make(item)
            except BaseException as error:  # noqa: BLE001  # handed to the main thread, which raises it
                self.error = self.error or error
                self.stop.set()

    def _make(self, item: Work) -> None:
        """One request, with its retries; what is not started because of `stop` stays in the queue of the run."""
        tokens, spent = item.request.tokens, Decimal(0)
        for attempt in range(1, self.retries + 2):
            if not self._permit(tokens):
                return
            self.bench.store.move(item.job_id, Event.START)
            last = attempt > self.retries
            outcome = self._ask(item, tokens)
            if outcome is None:
                self.bench.store.move(item.job_id, Event.RETRY)
                return
            if isinstance(outcome, Answer):
                if outcome.kind is Kind.EMPTY and not last and not self.stop.is_set():
                    spent += actual(item.model, Mode.LIVE, outcome.usage)
                    self._again(item, attempt)
                    continue
                self._tell(item, self._lay(item, outcome, spent))
                return
            if outcome.trouble is Trouble.TRANSPORT and outcome.sent:
                spent += item.request.reserved_usd  # nobody knows: it may have been answered and paid
            if last or not outcome.transient or self.stop.is_set():
                self._tell(item, self._lay_trouble(item, outcome, spent))
                return
            self._again(item, attempt)

    def _ask(self, item: Work, tokens: int) -> Answer | ProviderTrouble | None:
        """The answer, or the trouble; a throttled call waits with the whole bucket and asks again. None: told to stop."""
        body = item.body(self.images.of(item))
        while True:
            try:
                return read_answer(self.provider.generate(item.model, body))
            except ProviderTrouble as trouble:
                if trouble.trouble in _STOPPING:
                    self.trouble = trouble
                    self.stop.set()
                    return None
                if trouble.trouble is not Trouble.THROTTLED:
                    return trouble
                self.bucket.pause(trouble.retry_after_s if trouble.retry_after_s is not None else 10.0)
                if not self._permit(tokens):
                    return None

    def _permit(self, tokens: int) -> bool:
        """Wait for the bucket; False when the run is told to stop meanwhile, or is no longer sure to be the owner."""
        while not self.stop.is_set():
            if stamp(self.desk.clock.now()) >= self.submission.lease_until:  # this machine slept
                hint = "somebody else may be making the rest; run the command again"
                self.error = self.error or BooksConflict("the lease ran out", hint=hint)
                self.stop.set()
                return False
            wait_s = self.bucket.wait_for(tokens)
            if wait_s == 0:
                return True
            self.desk.clock.sleep(min(wait_s, _SLICE_S))
        return False

    def _again(self, item: Work, attempt: int) -> None:
        self.bench.store.move(item.job_id, Event.RETRY)
        wait_s = self._backoff(attempt)
        until = self.desk.clock.monotonic() + wait_s
        while not self.stop.is_set() and self.desk.clock.monotonic() < until:
            self.desk.clock.sleep(min(_SLICE_S, wait_s))

    def _backoff(self, attempt: int) -> float:
        from tenacity import RetryCallState, Retrying

        state = RetryCallState(Retrying(), None, (), {})
        state.attempt_number = attempt
        return float(self.waits(state))

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

    def _tell(self, item: Work, laid: Laid) -> None:
        with self._lock:
            self.laid.append(laid)
        self.told(item, laid)
