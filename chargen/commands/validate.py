"""`chargen validate`: every finding in a world's files, with its file, line and column. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.telling import as_json, result, show_findings
from chargen.commands.wiring import open_session
from chargen.core.counted import counted
from chargen.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chargen.commands.wiring import Session
    from chargen.core.findings import Finding


@click.command("validate")
@options.root
@options.output_format("text", "json", "sarif", "github")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--all", "everything", is_flag=True, help="Every finding and every place, however many.")
def command(root: Path | None, style: str, strict: bool, everything: bool) -> int:
    """
    Check a world's files; every finding with its file, line and column.

    Exit 1 when something is left out, 3 when chargen.yaml is bad. `--format github` is for workflow runs: annotations,
    and all of it in the run's summary; `--format sarif` for code scanning.
    """
    from chargen.core.findings import findings_of
    from chargen.core.findings_report import totals
    from chargen.core.problem import BadConfiguration

    session = open_session(root)
    try:
        found, said = _checked(session)
        code = ExitCode.DONE
    except BadConfiguration as error:
        found = findings_of(error.problems, ())
        said = f"nothing else was looked at; {totals(found)}"
        code = ExitCode.CONFIGURATION
    _tell(session, found, said, style, everything=everything)
    return code or _exit_code(found, strict=strict)


def _checked(session: Session) -> tuple[tuple[Finding, ...], str]:
    """Everything found, and what is wanted."""
    from chargen.commands.checking import findings_in
    from chargen.core.findings_report import wanted_and_stopped

    world, shots = session.world()
    found, plan = findings_in(world, shots, session.books_here())
    entities = counted(len(world.entities), "entity", "entities")
    return found, f"{entities}, {wanted_and_stopped(plan, found)}"


def _exit_code(found: Sequence[Finding], *, strict: bool) -> ExitCode:
    failing = {"error", "warning"} if strict else {"error"}
    return ExitCode.FAILED if any(item.problem.severity in failing for item in found) else ExitCode.DONE


def _tell(session: Session, found: Sequence[Finding], said: str, style: str, *, everything: bool) -> None:
    from chargen import __version__
    from chargen.commands.summary import annotate_findings
    from chargen.core.findings_report import finding_data
    from chargen.core.sarif import sarif

    match style:
        case "json":
            as_json([finding_data(item) for item in found])
        case "sarif":
            as_json(sarif(found, version=__version__, prefix=session.repository_path("")))
        case "github":
            annotate_findings(session, found)
        case _:
            show_findings(found, everything=everything)
            result(f"{said}.")
