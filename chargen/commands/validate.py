"""`chargen validate`: every finding in a world's files, with its file, line and column. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.telling import as_json, result, show_problem_lines
from chargen.commands.wiring import open_session
from chargen.core.counted import counted
from chargen.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path


@click.command("validate")
@options.root
@options.output_format("text", "json")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def command(root: Path | None, style: str, strict: bool) -> int:
    """Check a world's files; every finding with its file, line and column. Exit 1 when something is left out."""
    from chargen import __version__
    from chargen.core.plan import Options, Reason
    from chargen.core.plan_json import problem_data
    from chargen.pipeline.plan import make_plan

    session = open_session(root)
    world, shots = session.world()
    plan = make_plan(world, shots, session.books_here(), Options(), version=__version__)
    found = sorted(plan.problems)
    errors = sum(problem.severity == "error" for problem in found)
    if style == "json":
        as_json([problem_data(problem) for problem in found])
    else:
        show_problem_lines(found)
        wanted = len({item.address for item in plan.items if item.reason is not Reason.PROBLEM})
        entities = len(world.entities)
        result(
            f"{counted(entities, 'entity', 'entities')}, {counted(wanted, 'shot')} to plan with; {counted(errors, 'error')}, {counted(len(found) - errors, 'warning')}."
        )
    return ExitCode.FAILED if errors or (strict and found) else ExitCode.DONE
