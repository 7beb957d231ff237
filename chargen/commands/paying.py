"""
What `run` and `submit` share: settle what others left, plan on the books, ask, claim, execute.

A lost race drops everything and plans again; nothing here decides what to make.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from chargen.commands.keeping_time import keep_time
from chargen.commands.telling import confirm_spending, log_into, say, show_plan, show_problems
from chargen.commands.wiring import Session
from chargen.core.address import Address
from chargen.core.books import Books
from chargen.core.compiled import CompiledShot
from chargen.core.job import Event, Status
from chargen.core.month import month_line, over_month
from chargen.core.plan import Action, Options, Plan
from chargen.core.plan_json import plan_json, read_plan
from chargen.core.rebuilt import refuse_forgotten_runs, refuse_missing_books, refuse_older_books
from chargen.core.report import problem_lines, summary
from chargen.core.submission import Deliver
from chargen.core.work import Work, affordable, work_of
from chargen.core.world import World
from chargen.core.world_config import Mode
from chargen.edges.run_folder import RunFolder
from chargen.errors import ConfigurationError, Place, StalePlan
from chargen.pipeline.booking import Desk, stamp
from chargen.pipeline.bundling import Bench, record_of
from chargen.pipeline.rate import Bucket


@dataclass
class Paying:
    """One paying command: what was asked, and the run it goes into once there is something to do."""

    session: Session
    desk: Desk
    asked: Options
    yes: bool = False
    local: bool = False
    saved: Path | None = None
    run: RunFolder | None = None
    order_prefix: str = (
        ""  # of the ids of the orders this command places: its first run and a nonce, for good
    )
    spent_usd: Decimal = Decimal(0)
    quiet: bool = False
    brief: bool = False  # a plan of nothing is one line
    mode: Mode | None = None  # as given; None: the world's, else live
    planned: bool = False  # the first plan was shown
    agreed_usd: Decimal = Decimal(0)  # what was said yes to so far
    buckets: dict[str, Bucket] = field(default_factory=dict)  # one a model, for all rounds
    deliver: Deliver = Deliver.TREE  # where the pictures go
    runs: list[RunFolder] = field(default_factory=list)  # that this command began
    left_out: set[str] = field(default_factory=set)  # what keeps some of the work from being sent
    newest: Plan | None = None  # of this command's plans
    raced: bool = False  # somebody else wrote the books between a plan and its claim
    told_month: str = ""  # what was said of the month's budget
    over_month: tuple[Work, ...] = ()  # of the last round: what the month's budget has no money for

    def actual_usd(self, run: RunFolder | None = None) -> Decimal:
        """What a run (the one that goes on) has cost so far, by the books."""
        run = run or self.run
        run_id = run.run_id if run else ""
        mine = (item for item in self.desk.read().submissions.values() if item.run_id == run_id)
        return sum((item.actual_usd for item in mine), Decimal(0))

    def leave_out(self, error: ConfigurationError) -> None:
        """Name what keeps some of the work from being sent; the rest goes on."""
        if str(error) not in self.left_out:
            show_problems([error])
            self.left_out.add(str(error))

    def prepare(self) -> Round:
        """Settle what owners who are gone have left, then plan; show the first plan, and ask before spending more."""
        from chargen.commands.settling import settle_lapsed

        settle_lapsed(self.session, self.desk)
        kept = self.session.kept_by_the_remote()  # first: a submission is booked before its pictures are kept
        books = self.desk.read()
        refuse_older_books(books, kept)
        world, shots = self.session.world()
        if not self.local:
            refuse_forgotten_runs(books, self.session.recorded_here())
            refuse_missing_books(books, world.shots())
        plan = self.newest = self._plan(books, world, shots)
        if self.brief and plan.empty:
            for line in [*problem_lines(plan.problems), summary(plan, by_tick=True)]:
                say(line)
        elif not self.planned and not self.quiet:
            cap, now = world.config.budget.month_usd, self.session.clock.now()
            self.told_month = over_month(plan, books, cap, f"{now:%Y-%m}")
            show_plan(plan, month=self.told_month, err=True)
        self.planned = True
        self._ask(plan)
        return Round(self, plan, books, world, shots)

    def _ask(self, plan: Plan) -> None:
        """A yes to every cent: shots that waited for others, and retries, come in later rounds and cost more."""
        if not plan.of(Action.GENERATE):
            return
        self.session.require_key()
        keep_time(self.session)  # before anything is claimed: a lease of ours must not look lapsed to others
        total = self.spent_usd + plan.cost_usd
        if total > self.agreed_usd:
            confirm_spending(plan, yes=self.yes, more=self.agreed_usd > 0)
            self.agreed_usd = total

    def prepare_again(self) -> Round:
        """Plan anew after a lost race. StalePlan where one plan was asked for: it is that one or none."""
        self.raced = True
        say("somebody else wrote the books: planning again")
        if self.saved is not None and not self.spent_usd:
            again = "make it anew with `chargen batch plan --out FILE`, and look at it again"
            raise StalePlan("stale plan: the books it was made from have moved on", hint=again)
        return self.prepare()

    def _plan(self, books: Books, world: World, shots: Mapping[Address, CompiledShot]) -> Plan:
        from chargen import __version__
        from chargen.commands.batch_plan import check_globs
        from chargen.pipeline.plan import make_plan

        check_globs(self.asked, [str(address) for address in world.wanted()], world.unmade())
        if self.saved is not None and not self.planned:
            return self._saved_plan(books, world, shots)
        cap = self.asked.max_cost_usd if self.asked.max_cost_usd is not None else world.config.budget.run_usd
        mode = self.mode or world.config.provider.mode or self.asked.mode
        options = replace(
            self.asked, mode=mode, max_cost_usd=cap - self.spent_usd, order_prefix=self.order_prefix
        )
        return make_plan(world, shots, books, options, version=__version__)

    def _saved_plan(self, books: Books, world: World, shots: Mapping[Address, CompiledShot]) -> Plan:
        """The plan of a file: made anew and compared, never believed. StalePlan, ConfigurationError."""
        from chargen import __version__
        from chargen.pipeline.plan import make_plan

        path = str(self.saved)
        try:
            saved = read_plan(Path(path).read_text(encoding="utf-8"), path=path)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"cannot read the plan file: {error}", place=Place(path)) from None
        plan = make_plan(world, shots, books, saved.options, version=__version__)
        again = "make it anew with `chargen batch plan --out FILE`, and look at it again"
        moved = {
            "tree": (saved.tree, plan.tree),
            "books": (saved.books, plan.books),
            "chargen": (saved.version, __version__),
        }
        for what, (then, now) in moved.items():
            if then != now:
                raise StalePlan(
                    f"stale plan: the {what} it was made from has moved on", hint=again, place=Place(path)
                )
        if plan_json(plan) != saved.text:
            raise ConfigurationError("the plan file was edited by hand", hint=again, place=Place(path))
        self.asked = saved.options
        return plan


@dataclass
class Round:
    """One plan on its way to being done."""

    paying: Paying
    plan: Plan
    books: Books
    world: World
    shots: Mapping[Address, CompiledShot]

    def open_run(self, mode: Mode) -> RunFolder:
        """The run this round goes into: the command's own, or a new one where a job has ended in it already."""
        from chargen.commands.redacting import redact
        from chargen.edges.run_log import RunLog

        paying = self.paying
        if paying.run is not None and not self._ended_in(paying.run) and not self._is_another_s(paying.run):
            log_into(RunLog(paying.run.logs, paying.session.clock, redact))
            return paying.run
        known = {item.run_id for item in self.books.submissions.values()}
        paying.run = paying.session.begin_run(self.plan, known=known)
        paying.runs.append(paying.run)
        paying.order_prefix = paying.order_prefix or f"{paying.run.run_id}-{paying.desk.owner.nonce}"
        self._begin(paying.run, mode)
        log_into(RunLog(paying.run.logs, paying.session.clock, redact))
        say(f"run {paying.run.run_id}")
        return paying.run

    def _is_another_s(self, run: RunFolder) -> bool:
        """Whether a run that this command began bears a name that another machine gave to one of its own."""
        mine = self.paying.desk.owner.nonce
        others = (item for item in self.books.submissions.values() if item.owner.nonce != mine)
        return run in self.paying.runs and any(item.run_id == run.run_id for item in others)

    def _ended_in(self, run: RunFolder) -> bool:
        planned = {item.job_id for item in self.plan.of(Action.GENERATE)}
        with self.paying.session.store(run, self.books) as store:
            done = (Status.SUCCEEDED, Status.APPLIED, Status.FAILED, Status.SKIPPED)
            return any(record.job_id in planned and record.status in done for record in store.jobs())

    def _begin(self, run: RunFolder, mode: Mode) -> None:
        from chargen.core.plan_json import options_data
        from chargen.edges.job_rows import RunRow

        paying = self.paying
        config = {
            "options": options_data(replace(paying.asked, mode=mode)),
            "orderPrefix": paying.order_prefix,
        }
        at = stamp(paying.session.clock.now())
        with paying.session.store(run, self.books) as store:
            store.begin(RunRow(run.run_id, at, mode.value, str(paying.session.root), json.dumps(config)))

    def waits_for_money(self) -> bool:
        """Whether the month has none left for any of this, which is said: no run is begun for it."""
        first = next((item for item in self.plan.of(Action.GENERATE) if not item.shares), None)
        return (first is None or first.cost_usd > self._left_usd()) and not self.work()

    def _left_usd(self) -> Decimal:
        month = f"{self.paying.session.clock.now():%Y-%m}"
        return self.world.config.budget.month_usd - self.books.month_usd(month)

    def work(self) -> tuple[Work, ...]:
        """The plan's work, as far as the month's budget goes."""
        paying = self.paying
        options = replace(self.plan.options, order_prefix=paying.order_prefix)
        at = paying.session.clock.now()
        every = work_of(replace(self.plan, options=options), at=stamp(at))
        cap, left = self.world.config.budget.month_usd, self._left_usd()
        fits, paying.over_month = affordable(every, left)
        said = month_line(len(paying.over_month), len(every), left, cap, f"{at:%Y-%m}")
        if said != paying.told_month:
            say(said)
            paying.told_month = said
        return fits

    @contextlib.contextmanager
    def bench(self, run: RunFolder, work: Sequence[Work]) -> Iterator[Bench]:
        """The run's store with this work queued, and where its results go."""
        paying = self.paying
        with paying.session.store(run, self.books) as store:
            store.add([record_of(item.request, run.run_id) for item in work])
            for item in work:
                status = store.job(item.job_id).status
                if status is Status.PLANNED:
                    store.move(item.job_id, Event.QUEUE)
                elif status is Status.RUNNING:
                    store.move(item.job_id, Event.RETRY)  # its process has gone
            yield Bench(run, store, paying.session.pictures, self.world.config.storage.format)
