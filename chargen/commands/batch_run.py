"""`chargen batch run`: plan -> ask -> execute -> collect -> apply, and again until nothing more can be made."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.bringing import apply_current, bring_in, open_batches, tell_applied
from chargen.commands.making import Made, send_batches, still_failing
from chargen.commands.making_live import make_live
from chargen.commands.overtaken import tell_overtaken
from chargen.commands.paying import Paying, Round
from chargen.commands.quarantine import in_quarantine, tell_quarantined
from chargen.commands.resuming import resume
from chargen.commands.signals import draining
from chargen.commands.telling import as_json, errors_of, plan_exit_code, result, say, show_applied
from chargen.commands.wiring import open_session
from chargen.core.books_report import run_line
from chargen.core.job import Event, Status
from chargen.core.job_record import Note
from chargen.core.one_line import one_line
from chargen.core.plan import Action, Options
from chargen.core.submission import State
from chargen.core.world_config import Mode
from chargen.errors import ExitCode, LostRace, UsageError, worst

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable
    from decimal import Decimal
    from pathlib import Path

    from chargen.core.problem import Problem
    from chargen.edges.job_store import SqliteJobStore

_RACES = 10


@click.command("run")
@options.root
@options.mode
@options.plan_file
@options.run_id
@click.option("--resume", "resuming", is_flag=True, help="Go on with the newest run (or with --run ID).")
@options.only
@options.force
@options.variants
@click.option(
    "--workers", type=click.IntRange(1, 200), help="Live: how many requests at once. Default: limits.workers."
)
@options.max_cost
@options.yes
@options.no_apply
@options.local
@options.output_format("text", "json")
@options.quiet
def command(
    root: Path | None,
    mode: str | None,
    plan_file: Path | None,
    run_id: str | None,
    resuming: bool,
    only: tuple[str, ...],
    force: tuple[str, ...],
    variants: int | None,
    workers: int | None,
    max_cost: Decimal | None,
    yes: bool,
    no_apply: bool,
    local: bool,
    style: str,
    quiet: bool,
) -> int:
    """Make what the plan calls for, apply it, and plan again until nothing more can be made."""
    from chargen.commands.batch_plan import check_force

    session = open_session(root, local=local)
    asked = Options(only=only, force=force, variants=variants, max_cost_usd=max_cost)
    check_force(asked)
    if plan_file and (only or force or mode or max_cost is not None or resuming or run_id):
        raise click.UsageError("--plan brings its own options: leave the others out")
    paying = Paying(session, session.desk(), asked, yes=yes, local=local, saved=plan_file, quiet=quiet)
    if resuming or run_id:
        _resume(paying, run_id, only=only, force=force)
    paying.mode = Mode(mode) if mode else paying.mode
    with draining() as stop:
        code = make_rounds(paying, stop, workers=workers, no_apply=no_apply)
    _end(paying, stop, style=style)
    return ExitCode.INTERRUPTED if stop.is_set() and code is not ExitCode.REFUSED else code


def _resume(paying: Paying, run_id: str | None, *, only: tuple[str, ...], force: tuple[str, ...]) -> None:
    from chargen.edges.run_folder import latest_run, open_run

    root = paying.session.root
    run = open_run(root, run_id) if run_id else latest_run(root)
    if run is None:
        raise UsageError("there is no run to resume", hint="start one with `chargen batch run`")
    if only or force:
        raise click.UsageError(
            "a resumed run keeps the options it was begun with: leave --only and --force out"
        )
    most = paying.asked.max_cost_usd
    paying.asked, paying.order_prefix = resume(paying.session, run, paying.desk)
    if most is not None:
        paying.asked = replace(paying.asked, max_cost_usd=most)
    paying.mode = paying.asked.mode
    paying.run = run
    paying.spent_usd = paying.actual_usd()  # the cap is the run's, however often it is resumed


def make_rounds(
    paying: Paying, stop: threading.Event, *, workers: int | None = None, no_apply: bool = False
) -> ExitCode:
    """Round after round, until a plan is empty, or a round brings nothing; the worst code of all."""
    code, failed, fences, seen = ExitCode.DONE, set[str](), 0, set[str]()
    known: frozenset[Problem] | None = None
    while True:
        round_ = paying.prepare()
        known = errors_of(round_.plan) if known is None else known
        last = plan_exit_code(round_.plan, detailed=False)
        if stop.is_set() or (round_.plan.empty and not _is_under_way(paying, round_)):
            tell_applied(paying.session, round_.shots, round_.books)
            break
        made = _make(paying, round_, stop, workers=workers)
        failed = still_failing(failed, made.submissions)
        code = worst(code, ExitCode.REFUSED if made.refused else made.code)
        if not no_apply:
            chosen = {item.address for item in round_.plan.items} if paying.asked.only else None
            applied = apply_current(paying.session, paying.desk, addresses=chosen)
            code = worst(code, show_applied(applied, seen=seen))
        else:
            applied = None
        progress = made.images > 0 or (applied is not None and applied.changes) or _to_send_again(made)
        fences += made.fenced
        given_up = fences > round_.world.config.limits.retries
        if not progress or made.stopped or made.code is not ExitCode.DONE or no_apply or given_up:
            break
    _tell_new_errors(errors_of(round_.plan) - known)
    if stop.is_set():
        say("stopped; `chargen batch run --resume` goes on")
    tell_overtaken(paying)
    stuck = tell_quarantined(paying.session, (paying.newest or round_.plan).quarantined)
    return worst(code, last, stuck, ExitCode.FAILED if failed or paying.left_out else ExitCode.DONE)


def _tell_new_errors(found: Iterable[Problem]) -> None:
    """What went wrong in the files while pictures were made, as when one is saved half-way."""
    for problem in sorted(found):
        say(one_line(str(problem)))
        say("    its pictures are kept: mend the file, and the next run puts them in for nothing")


def _make(paying: Paying, round_: Round, stop: threading.Event, *, workers: int | None) -> Made:
    """Execute one round; after a lost race the plan is made anew."""
    for _ in range(_RACES):
        if not round_.plan.of(Action.GENERATE) and not _is_under_way(paying, round_):
            return Made()
        try:
            return _execute(paying, round_, stop, workers=workers)
        except LostRace:
            round_ = paying.prepare_again()
    raise LostRace("the books were written by others every time", hint="run the command again")


def _execute(paying: Paying, round_: Round, stop: threading.Event, *, workers: int | None) -> Made:
    if (paying.mode or round_.plan.options.mode) is Mode.LIVE:
        return make_live(round_, stop, workers=workers)
    made = send_batches(round_, stop) if round_.plan.of(Action.GENERATE) else Made()
    # Those of an earlier command too: they make what this plan waits for.
    waiting = open_batches(paying.desk.read())
    mine = {run.run_id for run in (*paying.runs, paying.run) if run is not None}
    with paying.session.batches() as provider:
        brought = bring_in(
            paying.session, paying.desk, provider, waiting, wait=True, again=mine, stopped=stop.is_set
        )
    if brought.left:
        say("stopped waiting; bring them in later with `chargen batch collect --wait`")
    others = [item for item in made.submissions if item.state is not State.SUBMITTED]
    return Made([*brought.done, *others], worst(made.code, brought.code), stop.is_set())


def _is_under_way(paying: Paying, round_: Round) -> bool:
    """Whether batches are with the provider that a run by batch waits for: its own, or those of an earlier command."""
    mode = paying.mode or round_.plan.options.mode
    return mode is Mode.BATCH and bool(open_batches(round_.books))


def _to_send_again(made: Made) -> bool:
    """Whether a batch left requests that may be sent again: failed lines with attempts left, a fenced shard."""
    return any(item.mode == "batch" and item.state is not State.REFUSED for item in made.submissions)


def _end(paying: Paying, stop: threading.Event, *, style: str) -> None:
    """The last word for each run directory of this command: counts that add up, and what it cost."""
    books = paying.desk.read()
    told = []
    for run in paying.runs or ([paying.run] if paying.run else []):
        with paying.session.store(run, books) as store:
            if not stop.is_set():
                _close(store)
            counts, cost = store.counts(), paying.actual_usd(run)
        told.append({"run": run.run_id, "counts": asdict(counts), "costUsd": str(cost)})
        if style == "text":
            stuck = sum(len(item.requests) for item in in_quarantine(books, run.run_id))
            result(f"{run_line(run.run_id, counts, quarantined=stuck)}; {cost:.4f} USD")
    if style == "json":
        as_json({"runs": told})


def _close(store: SqliteJobStore) -> None:
    """Jobs that a run which has ended never claimed: somebody else makes them, or a later run."""
    for record in store.jobs():
        if record.status in (Status.PLANNED, Status.QUEUED):
            store.move(record.job_id, Event.SKIP, Note(error="left to another run"))
