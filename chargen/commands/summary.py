"""
What a workflow run shows of a command, its step summary and annotations, and what later jobs learn; nothing outside of one.

Annotations go to stderr, as the runner reads both streams and stdout is for results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from chargen.commands.redacting import redact
from chargen.core.annotation import annotation, annotation_lines
from chargen.core.one_line import one_line
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from chargen.commands.wiring import Session
    from chargen.core.findings import Finding
    from chargen.core.plan import Plan

_LONGEST: Final = 900_000  # a step's summary may have a mebibyte


def summarise(session: Session, markdown: str) -> None:
    """Add to the step's summary. WorkFailed is never raised: a summary that cannot be written is no reason to fail."""
    path = session.environment.github_step_summary
    if path is None:
        return
    text = redact(markdown)
    if len(text.encode()) > _LONGEST:
        text = text.encode()[:_LONGEST].decode("utf-8", "ignore") + "\n\n(cut: a summary holds no more)\n"
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n\n")
    except OSError as error:
        click.echo(f"the step summary could not be written: {error}", err=True)


def output(session: Session, **values: str | int | Decimal) -> None:
    """The step's outputs, each of one line. ConfigurationError: jobs decide by them, so none may go missing in silence."""
    path = session.environment.github_output
    if path is None:
        return
    try:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={one_line(redact(str(value)))}\n" for name, value in values.items())
    except OSError as error:
        hint = "GITHUB_OUTPUT must name a file that can be written"
        raise ConfigurationError(f"the step's outputs could not be written: {error}", hint=hint) from error


def annotate(session: Session, level: str, message: str, *, title: str = "") -> None:
    """One annotation of the workflow run."""
    if session.environment.in_actions:
        click.echo(annotation(level, redact(message), title=title), err=True)


def annotate_plan(session: Session, plan: Plan) -> None:
    """What is wrong with the world's files, at their places."""
    if not session.environment.in_actions:
        return
    for line in annotation_lines(plan.problems, prefix=session.repository_path("")):
        click.echo(redact(line), err=True)


def annotate_findings(session: Session, findings: Sequence[Finding]) -> None:
    """Findings as annotations, on stdout for whoever reads them, and every one of them in the step's summary."""
    from chargen.core.findings_report import findings_markdown

    for line in annotation_lines([item.problem for item in findings], prefix=session.repository_path("")):
        click.echo(redact(line))
    summarise(session, findings_markdown(findings))
