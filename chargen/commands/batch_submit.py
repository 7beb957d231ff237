"""`chargen batch submit`: claim what the plan calls for and send it as batches; `collect` brings it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.batch_status import submission_data
from chargen.commands.making import Made, failed_jobs, send_batches
from chargen.commands.overtaken import tell_overtaken
from chargen.commands.paying import Paying
from chargen.commands.quarantine import tell_quarantined
from chargen.commands.telling import as_json, plan_exit_code, result
from chargen.commands.wiring import open_session
from chargen.core.counted import counted
from chargen.core.plan import Action, Options
from chargen.core.submission import State
from chargen.core.world_config import Mode
from chargen.errors import ExitCode, LostRace, worst

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

_RACES = 10


@click.command("submit")
@options.root
@options.mode
@options.plan_file
@options.only
@options.force
@options.variants
@options.max_cost
@options.yes
@options.local
@options.output_format("text", "json")
@options.quiet
def command(
    root: Path | None,
    mode: str | None,
    plan_file: Path | None,
    only: tuple[str, ...],
    force: tuple[str, ...],
    variants: int | None,
    max_cost: Decimal | None,
    yes: bool,
    local: bool,
    style: str,
    quiet: bool,
) -> int:
    """Send what the plan calls for as batches, at half price; `chargen batch collect` brings the pictures."""
    from chargen.commands.batch_plan import check_force

    if mode == "live":
        raise click.UsageError("submit sends batches; for live pictures use `chargen batch run`")
    asked = Options(only=only, force=force, variants=variants, mode=Mode.BATCH, max_cost_usd=max_cost)
    check_force(asked)
    if plan_file and (only or force or max_cost is not None):
        raise click.UsageError("--plan brings its own options: leave the others out")
    session = open_session(root, local=local)
    paying = Paying(
        session, session.desk(), asked, yes=yes, local=local, saved=plan_file, quiet=quiet, mode=Mode.BATCH
    )
    made, code = submit_planned(paying)
    if style == "json":
        as_json([submission_data(submission) for submission in made.submissions])
    for submission in made.submissions if style == "text" else ():
        if submission.state is State.SUBMITTED:
            result(f"{submission.id} {submission.batch} {counted(len(submission.requests), 'request')}")
    failed = paying.left_out or failed_jobs(made.submissions)
    return worst(code, made.code, ExitCode.FAILED if failed else ExitCode.DONE)


def submit_planned(paying: Paying) -> tuple[Made, ExitCode]:
    """Plan, claim and send; a lost race plans again. What was sent, and the exit code of what the plan met."""
    round_ = paying.prepare()
    for _ in range(_RACES):
        try:
            made = send_batches(round_) if round_.plan.of(Action.GENERATE) else Made()
        except LostRace:
            round_ = paying.prepare_again()
        else:
            code = plan_exit_code(round_.plan, detailed=False)
            tell_overtaken(paying)
            return made, worst(code, tell_quarantined(paying.session, round_.plan.quarantined))
    raise LostRace("the books were written by others every time", hint="run the command again")
