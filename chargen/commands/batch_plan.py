"""`chargen batch plan`: no key, no network, no run directory; the same bytes for the same tree, books and options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.drifting import Kept, keep_drift
from chargen.commands.telling import as_json, plan_exit_code, result, show_plan
from chargen.commands.wiring import Session, open_session
from chargen.core.changes import Changes, changes_data, changes_lines, changes_markdown
from chargen.core.drift import drift_data, drift_markdown
from chargen.core.plan import Options, Plan
from chargen.core.plan_json import plan_data, plan_json
from chargen.core.report import plan_markdown
from chargen.core.world_config import Mode
from chargen.errors import worst

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from chargen.core.books import Books
    from chargen.core.shot import Unmade


@click.command("plan")
@options.root
@options.only
@options.force
@options.variants
@options.max_cost
@options.mode
@click.option("--base", metavar="REV", help="Show what the tree changes against a commit, field by field.")
@options.output_format("text", "json", "markdown")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where plan.json goes [.chargen/plan.json].",
)
@click.option(
    "--accept-drift",
    is_flag=True,
    help="Keep pictures for words that changed since they were made: their rows get today's digests. Asks first.",
)
@click.option("--yes", is_flag=True, help="With --accept-drift: do not ask.")
@options.local
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Every shot, change and warning, however many are alike (as -v does).",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to make or put back.")
@options.verbose
@options.quiet
def command(
    root: Path | None,
    only: tuple[str, ...],
    force: tuple[str, ...],
    variants: int | None,
    max_cost: Decimal | None,
    mode: str | None,
    base: str | None,
    style: str,
    out: Path | None,
    accept_drift: bool,
    yes: bool,
    local: bool,
    everything: bool,
    detailed_exitcode: bool,
    verbose: int,
    quiet: bool,
) -> int:
    """What would be made, why, and what it costs at most. Spends nothing."""
    session = open_session(root, local=local)
    asked = Options(
        only=only, force=force, variants=variants, mode=Mode(mode or Mode.LIVE), max_cost_usd=max_cost
    )
    check_force(asked)
    _check_drift(asked, accept_drift=accept_drift, yes=yes)
    told = style == "text" and not quiet
    drift = Kept()
    if accept_drift:
        drift = keep_drift(session, session.desk().read(), asked, yes=yes, tell=told)
    plan, month = plan_and_month(session, asked, mode_given=mode is not None)
    _save(session, plan, out)
    changes = _changes(session, base) if base is not None else Changes()
    if style == "json":
        _as_json(plan, changes, base, drift)
    elif style == "markdown":
        result(_as_markdown(plan, changes, base, drift, month))
    elif told:
        _show(plan, changes, base, month, everything=everything or verbose > 0)
    return worst(drift.code, plan_exit_code(plan, detailed=detailed_exitcode))


def _show(plan: Plan, changes: Changes, base: str | None, month: str, *, everything: bool) -> None:
    if base is not None:
        for line in changes_lines(changes.shots, base=base, unused=changes.unused, everything=everything):
            result(line)
    show_plan(plan, month=month, everything=everything)


def plan_for(session: Session, asked: Options, *, mode_given: bool, books: Books | None = None) -> Plan:
    """The plan on the books as this machine has them; the world's own mode where none was given; globs that select nothing named."""
    return plan_and_month(session, asked, mode_given=mode_given, books=books)[0]


def plan_and_month(
    session: Session, asked: Options, *, mode_given: bool, books: Books | None = None
) -> tuple[Plan, str]:
    """The same, and what the month's budget leaves out of it by these books."""
    from dataclasses import replace

    from chargen import __version__
    from chargen.core.month import over_month
    from chargen.pipeline.plan import make_plan

    world, shots = session.world()
    if not mode_given and world.config.provider.mode is not None:
        asked = replace(asked, mode=world.config.provider.mode)
    check_globs(asked, [str(address) for address in world.wanted()], world.unmade())
    books = books or session.books_here()
    plan = make_plan(world, shots, books, asked, version=__version__)
    return plan, over_month(plan, books, world.config.budget.month_usd, f"{session.clock.now():%Y-%m}")


def check_force(asked: Options) -> None:
    """`--variants` belongs to `--force`. UsageError."""
    if asked.variants is not None and not asked.force:
        raise click.UsageError("--variants goes with --force (or write `variants:` in the imagery.yaml)")


def _check_drift(asked: Options, *, accept_drift: bool, yes: bool) -> None:
    """Keeping pictures and making them again are two wishes. UsageError."""
    if accept_drift and asked.force:
        raise click.UsageError("--accept-drift keeps pictures, --force makes them again: give one of them")
    if yes and not accept_drift:
        raise click.UsageError("--yes goes with --accept-drift: a plan asks nothing")


def check_globs(asked: Options, addresses: list[str], unmade: Iterable[Unmade] = ()) -> None:
    """
    A glob that selects no shot is a slip of the pen. UsageError with the nearest address.

    One that forces nothing but shots that cannot be made is told why: UsageError with the place to mend.
    """
    from chargen.core.address import parse_address, selects
    from chargen.core.suggest import did_you_mean

    for glob in (*asked.only, *asked.force):
        if not any(selects(glob, parse_address(address)) for address in addresses):
            hint = did_you_mean(glob, addresses) if addresses else "this world has no shots"
            raise click.UsageError(f"{glob!r} selects no shot ({hint})")
    left_out = {str(item.address): item.problem for item in unmade}
    for glob in asked.force:
        found = [address for address in addresses if selects(glob, parse_address(address))]
        if left_out.keys() >= set(found):
            problem = left_out[found[0]]
            raise click.UsageError(
                f"{found[0]} cannot be made: {problem.place}: {problem.message} ({problem.hint})"
            )


def _save(session: Session, plan: Plan, out: Path | None) -> None:
    from chargen.edges.files import write_atomically
    from chargen.edges.plan_file import save_plan
    from chargen.edges.run_folder import make_state_folder

    if out is not None:
        save_plan(out, plan_json(plan))
    else:
        write_atomically(make_state_folder(session.root) / "plan.json", plan_json(plan))


def _changes(session: Session, rev: str) -> Changes:
    from chargen.pipeline.compare import compare

    with session.sides(rev) as (before, after):
        return compare(before, after)


def _as_json(plan: Plan, changes: Changes, base: str | None, kept: Kept) -> None:
    more = changes_data(changes.shots, base=base, unused=changes.unused) if base is not None else {}
    if kept.drift is not None:
        more |= {"acceptedDrift": drift_data(kept.drift)}
    if more:
        as_json(plan_data(plan) | more)
    else:
        result(plan_json(plan).rstrip("\n"))


def _as_markdown(plan: Plan, changes: Changes, base: str | None, kept: Kept, month: str) -> str:
    parts = [drift_markdown(kept.drift)] if kept.drift is not None else []
    if base is not None:
        parts.append(changes_markdown(changes.shots, base=base, unused=changes.unused))
    return "\n".join([*parts, plan_markdown(plan), month]).rstrip("\n")
