"""Ordering from the base tip: what `gitops submit` and `gitops tick` share. Held back whole, or bought; said once."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING

from chargen.commands.making import failed_jobs, send_batches
from chargen.commands.making_live import make_live
from chargen.commands.paying import Paying
from chargen.commands.signals import draining
from chargen.commands.summary import annotate, annotate_plan, summarise
from chargen.commands.telling import plan_exit_code, say
from chargen.core.books import Notice
from chargen.core.counted import counted
from chargen.core.digest import canonical_json, sha256
from chargen.core.plan import Action, Options, Plan
from chargen.core.report import plan_markdown, usd
from chargen.core.submission import Deliver, State, Submission
from chargen.core.work import orders_for
from chargen.core.world_config import Mode
from chargen.errors import ConfigurationError, ExitCode, LostRace, worst
from chargen.pipeline.booking import stamp

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from chargen.commands.making import Made
    from chargen.commands.paying import Round
    from chargen.commands.wiring import Session
    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.pipeline.booking import Desk

_RACES = 10


@dataclass
class Ordered:
    """What came of ordering: the plan, the submissions, the exit code, and that of the plan's files alone."""

    plan: Plan
    submissions: list[Submission] = field(default_factory=list)
    code: ExitCode = ExitCode.DONE
    files: ExitCode = ExitCode.DONE


def order(session: Session, desk: Desk, asked: Options, *, mode: Mode | None, heading: str) -> Ordered:
    """Plan on the base tip, claim, and send or make; a lost race plans again."""
    with _told_unpaid(session, desk, asked, mode, heading):
        if asked.force:
            session.require_key()
            asked = _placed(session, desk, asked)
        paying = Paying(session, desk, asked, yes=True, mode=mode, deliver=Deliver.REVIEW, brief=True)
        with draining() as stop:
            ordered = _order(paying, stop)
    _tell(session, desk, ordered, heading)
    if paying.over_month:
        _say_over_month(paying)
    if stop.is_set():
        ordered.code = ExitCode.INTERRUPTED
    return ordered


@contextlib.contextmanager
def _told_unpaid(
    session: Session, desk: Desk, asked: Options, mode: Mode | None, heading: str
) -> Iterator[None]:
    """Where the key is missing, the summary says all the same what would be ordered with it."""
    from chargen.commands.batch_plan import plan_for

    try:
        yield
    except ConfigurationError:
        if not session.environment.gemini_api_key:
            wanted = asked if mode is None else replace(asked, mode=mode)
            plan = plan_for(session, wanted, mode_given=mode is not None, books=desk.read())
            summarise(session, f"## {heading}: nothing is bought\n\n{plan_markdown(plan)}")
        raise


def _placed(session: Session, desk: Desk, asked: Options) -> Options:
    """
    Put what is forced onto the books as orders, each once; the options without it.

    An order waits there while its shot is in flight, waits for another or is over budget: no later push has to know of it.
    """
    from chargen.commands.batch_plan import check_globs

    world, shots = session.world()
    check_globs(asked, [str(address) for address in world.wanted()], world.unmade())
    run_id = session.environment.github_run_id
    prefix = f"run-{run_id}" if run_id else f"{stamp(session.clock.now())}-{desk.owner.nonce}"
    wishes = orders_for(replace(asked, order_prefix=prefix), shots, at=stamp(session.clock.now()))

    def decide(books: Books) -> Sequence[Thing]:
        return [order for order in wishes if order.id not in books.orders]

    desk.book(decide, f"Order {counted(len(wishes), 'picture')} anew ({prefix})")
    return replace(asked, force=(), variants=None)


def _order(paying: Paying, stop: threading.Event) -> Ordered:
    round_ = paying.prepare()
    first = round_.plan
    for _ in range(_RACES):
        files = plan_exit_code(round_.plan, detailed=False)
        if not round_.plan.of(Action.GENERATE):
            return Ordered(first, files=files)
        try:
            made = _make(paying, round_, stop)
        except LostRace:
            round_ = paying.prepare_again()
            first = round_.plan
            continue
        failed = paying.left_out or failed_jobs(made.submissions)
        code = worst(made.code, ExitCode.FAILED if failed else ExitCode.DONE)
        return Ordered(first, made.submissions, code, files)
    raise LostRace("the books were written by others every time", hint="run the command again")


def _make(paying: Paying, round_: Round, stop: threading.Event) -> Made:
    if (paying.mode or round_.plan.options.mode) is Mode.LIVE:
        return make_live(round_, stop, workers=None)
    return send_batches(round_, stop)


def _tell(session: Session, desk: Desk, ordered: Ordered, heading: str) -> None:
    summarise(session, f"## {heading}\n\n{plan_markdown(ordered.plan)}")
    annotate_plan(session, ordered.plan)
    for submission in ordered.submissions:
        summarise(session, f"- submission `{submission.id}`: {submission.state} {submission.batch}")
        if submission.state is State.QUARANTINED:
            settle = f"chargen state adopt {submission.id} BATCH, or chargen state forget {submission.id}, settles it"
            annotate(session, "error", f"{submission.id}: {submission.error}. {settle}", title="Quarantined")
    if ordered.plan.held:
        _say_held(session, desk, ordered.plan)


def held_words(plan: Plan) -> str:
    """That nothing is bought, and how it would be; a budget of nothing is what a run has that may order nothing."""
    if plan.options.max_cost_usd == 0:
        return f"Nothing bought here: {usd(plan.held_usd)} at most, ordered after approval, by the workflow `chargen submit`."
    amount = plan.held_usd.quantize(Decimal("0.01"), ROUND_UP)
    return (
        f"Held back, nothing bought: {usd(plan.held_usd)} at most, but {plan.held}. "
        f"`chargen gitops submit --max-cost {amount}`, or the workflow `chargen submit` with that max_cost, buys it."
    )


def _say_held(session: Session, desk: Desk, plan: Plan) -> None:
    """That a push is held back is said once, as long as it would buy the same."""
    digest = sha256(
        canonical_json([plan.held, *sorted(item.request_hash for item in plan.items if item.cost_usd)])
    )
    said = held_words(plan)
    say(said)
    summarise(session, f"**{said}**")
    if plan.options.max_cost_usd == 0:
        return
    if _is_news(desk, "held", digest, f"Hold back {usd(plan.held_usd)}"):
        annotate(session, "warning", said, title="Held back")


def _say_over_month(paying: Paying) -> None:
    """What the month has no money for is said once, as long as it is the same."""
    session, rest = paying.session, paying.over_month
    month, cap = f"{session.clock.now():%Y-%m}", session.world()[0].config.budget.month_usd
    cost = usd(sum((item.request.reserved_usd for item in rest), Decimal(0)))
    said = (
        f"The budget of {month} ({cap} USD) is used up: {counted(len(rest), 'picture')} planned and not ordered, "
        f"{cost} at most. Next month orders them, or a larger budget.month_usd in chargen.yaml does."
    )
    digest = sha256(canonical_json([month, *sorted(item.request.request_hash for item in rest)]))
    if _is_news(paying.desk, "month", digest, f"Leave {cost} to the next month"):
        summarise(session, f"**{said}**")
        annotate(session, "warning", said, title="Month's budget")


def _is_news(desk: Desk, name: str, digest: str, message: str) -> bool:
    """Whether something was not said yet as it is now; from here on it was."""
    notice = Notice(name, digest, stamp(desk.clock.now()))

    def decide(books: Books) -> Sequence[Thing]:
        before = books.notices.get(name)
        return [] if before is not None and before.digest == digest else [notice]

    known = desk.read().notices.get(name)
    desk.book(decide, message)
    return known is None or known.digest != digest
