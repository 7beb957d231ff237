"""`chargen gitops submit`: order what the default branch's tip calls for; never asks, as budgets have answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.batch_status import submission_data
from chargen.commands.ordering import held_words, order
from chargen.commands.summary import annotate, annotate_plan, output, summarise
from chargen.commands.telling import as_json, plan_exit_code, result, show_plan
from chargen.commands.wiring import Session, open_session
from chargen.core.plan import Action, Options
from chargen.core.plan_json import plan_data
from chargen.core.report import plan_markdown
from chargen.core.world_config import Mode
from chargen.errors import worst

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path


@click.command("submit")
@options.root
@options.globs("--only", "Only shots whose address a glob selects; several by commas or blanks.")
@options.globs("--force", "Make these again although they are answered: paid once more.")
@options.variants
@click.option("--reason", default="", help="Why, for the people who review the pictures.")
@options.mode
@options.model
@options.budget
@options.max_cost
@click.option("--dry-run", is_flag=True, help="Plan and price only.")
@options.output_format("text", "json")
def command(
    root: Path | None,
    only: tuple[str, ...],
    force: tuple[str, ...],
    variants: int | None,
    reason: str,
    mode: str | None,
    model: str,
    budget: Decimal | None,
    max_cost: Decimal | None,
    dry_run: bool,
    style: str,
) -> int:
    """
    Order what the default branch's tip calls for.

    A push that would cost more than a run may, or that brings more new pictures than a push may, is held back whole;
    --max-cost releases it.
    """
    from chargen.commands.batch_plan import check_force

    asked = Options(
        only=only,
        force=force,
        variants=variants,
        mode=Mode.BATCH,
        max_cost_usd=budget if max_cost is None else max_cost,
        hold=max_cost is None,
        model=model,
        reason=reason,
    )
    check_force(asked)
    session = open_session(root, model=model).on_base()
    chosen = Mode(mode) if mode else None
    if dry_run:
        return _price(session, asked, chosen, style=style)
    ordered = order(session, session.desk(), asked, mode=chosen, heading="Order pictures")
    if style == "json":
        as_json(
            {
                "submissions": [submission_data(item) for item in ordered.submissions],
                "held": ordered.plan.held,
            }
        )
    for item in ordered.submissions if style == "text" else ():
        result(f"{item.id} {item.state} {item.batch}".rstrip())
    return worst(ordered.code, ordered.files)


def _price(session: Session, asked: Options, mode: Mode | None, *, style: str) -> int:
    """What it would order, and what that costs at most; no key is needed and nothing is written."""
    from dataclasses import replace

    from chargen.commands.batch_plan import plan_and_month

    if mode is not None:
        asked = replace(asked, mode=mode)
    books = session.desk().read()
    plan, month = plan_and_month(session, asked, mode_given=mode is not None, books=books)
    summarise(session, f"## Order pictures: a dry run, nothing is bought\n\n{plan_markdown(plan)}\n{month}")
    annotate_plan(session, plan)
    output(session, pictures=len(plan.of(Action.GENERATE)), cost_usd=plan.cost_usd)
    if plan.held:
        annotate(session, "warning", held_words(plan), title="Held back")
    if style == "json":
        as_json(plan_data(plan))
    else:
        show_plan(plan, month=month)
    return plan_exit_code(plan, detailed=False)
