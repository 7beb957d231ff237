"""One round of making live: model after model, with workers and a progress bar, under the caps of run and month."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.commands.making import Made, sendable
from chargen.commands.pacing import paced
from chargen.commands.paying import Round
from chargen.commands.progress import Progress
from chargen.commands.telling import say, show_problems
from chargen.commands.trouble import LIVE_TOMORROW, TICK_TOMORROW, error_of
from chargen.core.counted import counted
from chargen.core.provider_reply import Trouble
from chargen.core.submission import Deliver, Move, Submission
from chargen.core.world_config import Mode
from chargen.edges.memory import give_back_large_pieces
from chargen.errors import ExitCode, worst
from chargen.pipeline.bundling import Bench
from chargen.pipeline.execute import intend
from chargen.pipeline.live import LiveRun
from chargen.pipeline.prepare import Images
from chargen.pipeline.purse import Purse
from chargen.pipeline.stopping import OwnStop
from chargen.ports import Provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.core.work import Work


def make_live(round_: Round, stop: threading.Event, *, workers: int | None) -> Made:
    """Claim the plan's work and make it one by one, model after model. LostRace when the books have moved on."""
    paying = round_.paying
    if round_.waits_for_money():
        return Made()
    run = round_.open_run(Mode.LIVE)
    images = Images(paying.session.files, paying.session.pictures)
    work = sendable(round_, round_.work(), images)
    give_back_large_pieces()
    models = dict.fromkeys(item.model for item in work)
    groups = [[item for item in work if item.model == model] for model in models]
    if not work:
        return Made()
    with round_.bench(run, work) as bench, paying.session.live() as provider:
        intents = intend(
            paying.desk, round_.books, groups, mode="live", run_id=run.run_id, deliver=paying.deliver
        )
        purse = Purse(_spare(round_, work))
        making = _Making(round_, provider, bench, images, purse, intents, stop, workers)
        with Progress(len(work), quiet=paying.quiet) as bar:
            made = making.all(groups, bar)
    paying.spent_usd += sum((item.actual_usd for item in made.submissions), start=Decimal(0))
    return made


@dataclass(frozen=True)
class _Making:
    """What the models of one round share."""

    round_: Round
    provider: Provider
    bench: Bench
    images: Images
    purse: Purse
    intents: Sequence[Submission]
    stop: threading.Event
    workers: int | None

    def all(self, groups: Sequence[Sequence[Work]], bar: Progress) -> Made:
        """Each model's work in turn; the quota of one ends its own, a refused key that of all."""
        made = Made()
        for submission, group in zip(self.intents, groups, strict=True):
            live = self._live(submission, bar)
            with _counted_as_waste(live):
                workers = self.workers or self.round_.world.config.limits.workers
                made.submissions.append(live.run(group, workers))
            if live.trouble is not None:
                tomorrow = TICK_TOMORROW if submission.deliver is Deliver.REVIEW else LIVE_TOMORROW
                error = error_of(live.trouble, tomorrow=tomorrow)
                made.code = worst(made.code, show_problems([error]))
                if live.trouble.trouble is Trouble.DENIED:
                    self.stop.set()
        if made.code is not ExitCode.DONE:
            self.stop.set()
        if self.purse.overdrawn:
            say("  pictures cost more than their upper bounds: what the cap has no money for is left")
        made.stopped = self.stop.is_set()
        return made

    def _live(self, submission: Submission, bar: Progress) -> LiveRun:
        paying, limits = self.round_.paying, self.round_.world.config.limits
        return LiveRun(
            desk=paying.desk,
            submission=paying.desk.advance(submission.id, Move.GO_LIVE, f"Live {submission.id}"),
            provider=self.provider,
            bench=self.bench,
            images=self.images,
            bucket=paced(self.round_, submission.model),
            retries=limits.retries,
            told=bar.told,
            stop=OwnStop(self.stop),
            waiting=[intent.id for intent in self.intents],
            purse=self.purse,
        )


def _spare(round_: Round, work: Sequence[Work]) -> Decimal:
    """What the caps of the run and of the month leave beyond the upper bounds of this work, for tries that are paid twice."""
    budget, most = round_.world.config.budget, round_.plan.options.max_cost_usd
    month = round_.books.month_usd(f"{round_.paying.session.clock.now():%Y-%m}")
    left = min(budget.run_usd if most is None else most, budget.month_usd - month)
    return left - sum((item.request.reserved_usd for item in work), Decimal(0))


@contextlib.contextmanager
def _counted_as_waste(live: LiveRun) -> Iterator[None]:
    """Say what a second Ctrl-C, or a disk that is full, leaves in flight; the next command settles it as after a kill."""
    try:
        yield
    except BaseException as error:
        lost = list(live.under_way.values())
        if lost:
            what = (
                "in flight"
                if isinstance(error, KeyboardInterrupt)
                else "sent, and what came could not be kept"
            )
            say(f"  {counted(len(lost), 'request')} {what}: the next run counts them as waste, at most")
            say(f"  {sum(lost, Decimal(0)):.4f} USD, and may make them again")
        raise
