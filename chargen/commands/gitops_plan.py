"""`chargen gitops plan`: say on the author's pull request what its words call for. No key, and nothing is bought."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from chargen.commands import options
from chargen.commands.summary import annotate, annotate_plan, summarise
from chargen.commands.telling import as_json, plan_exit_code, result, say
from chargen.commands.wiring import Session, open_session
from chargen.core.changes import unused_data
from chargen.core.plan import Options
from chargen.core.plan_comment import LONGEST_SUMMARY, MARKER, Called, called_for, headline, plan_comment
from chargen.core.plan_json import item_data, problem_data
from chargen.core.world_config import Mode
from chargen.errors import ForgeTrouble

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

_MAY_NOT = (401, 403, 404)


@click.command("plan")
@options.root
@click.option("--pull-request", metavar="N", type=click.IntRange(1), help="Comment on this pull request.")
@click.option(
    "--base",
    metavar="REV",
    help="What it is compared with. Default: the merge's first parent, else the default branch.",
)
@options.model
@options.budget
@options.output_format("markdown", "text", "json")
def command(
    root: Path | None,
    pull_request: int | None,
    base: str | None,
    model: str,
    budget: Decimal | None,
    style: str,
) -> int:
    """Say on a pull request which pictures its words call for, why, and what they cost at most."""
    session = open_session(root, model=model)
    asked = Options(mode=Mode.BATCH, max_cost_usd=budget, hold=True, model=model)
    called = _called(session, asked, base)
    body = plan_comment(called)
    summarise(session, plan_comment(called, longest=LONGEST_SUMMARY))
    annotate_plan(session, called.plan)
    if style == "json":
        as_json(_data(called))
    else:
        result(headline(called) if style == "text" else body.rstrip("\n"))
    if pull_request is not None:
        _comment(session, pull_request, body, called)
    return plan_exit_code(called.plan, detailed=False)


def _called(session: Session, asked: Options, base: str | None) -> Called:
    """What the tree as it lies calls for beyond its base."""
    from dataclasses import replace

    from chargen import __version__
    from chargen.pipeline.compare import compare
    from chargen.pipeline.plan import make_plan

    books = session.desk().read()
    with session.sides(base or _base(session)) as (before, after):
        asked = replace(asked, mode=after.world.config.provider.mode or asked.mode)
        return called_for(
            before.shots,
            after.shots,
            unused=compare(before, after).unused,
            base=make_plan(before.world, before.shots, books, asked, version=__version__),
            head=make_plan(after.world, after.shots, books, asked, version=__version__),
        )


def _base(session: Session) -> str:
    """The first parent of a merge commit (what a pull request's checkout stands on), else the default branch's tip."""
    from chargen.edges.base_tip import is_merge

    if is_merge(session.root):
        return "HEAD^1"
    base = session.on_base().base
    return base.commit if base else "HEAD"


def _comment(session: Session, number: int, body: str, called: Called) -> None:
    """The one comment; a fork's run has no right to it, and its summary says it all."""
    if _from_fork(session):
        say("a fork's pull request: what would be said there is in the summary of this run")
        return
    try:
        session.forge().comment(number, MARKER, body, only_edit=called.nothing)
    except ForgeTrouble as trouble:
        if trouble.status not in _MAY_NOT:
            raise
        said = f"not said on the pull request: {trouble.whole}"
        say(said)
        annotate(session, "notice", said)


def _from_fork(session: Session) -> bool:
    """Whether the event is of a pull request whose head lies in another repository (or in one that has gone)."""
    path = session.environment.github_event_path
    if path is None or not path.is_file():
        return False
    try:
        event: Any = json.loads(path.read_bytes())
        pull = event["pull_request"]
        head, base = (pull[end]["repo"] or {} for end in ("head", "base"))
        return bool(head.get("full_name") != base.get("full_name"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False  # no pull request's event; without the right to comment the forge refuses


def _data(called: Called) -> dict[str, Any]:
    return {
        "items": [item_data(item) for item in called.items],
        "costUsd": str(called.cost_usd),
        "unused": unused_data(called.unused),
        "already": called.already,
        "alreadyUsd": str(called.already_usd),
        "held": called.plan.held,
        "problems": [problem_data(problem) for problem in called.problems],
    }
