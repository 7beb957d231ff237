"""How commands say things: results on stdout, everything else on stderr, colour only for a terminal."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from chargen.commands.redacting import redact
from chargen.commands.signals import answering
from chargen.core.one_line import harmless, harmless_json, one_line
from chargen.core.plan import Action, Plan
from chargen.core.report import plan_lines
from chargen.edges.environment import in_a_workflow
from chargen.errors import ChargenError, ExitCode, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chargen.core.findings import Finding
    from chargen.core.problem import Problem
    from chargen.edges.run_log import RunLog
    from chargen.pipeline.apply import Applied

_LONGEST = 2000
_LISTED = 40  # longer lists scroll the rest of the story away
_COLOURS = {"+": "green", "~": "yellow", "<": "cyan", "-": "bright_black"}


def shown(text: str) -> str:
    """Lines as they may be shown: no secret in them, and nothing that a terminal or a workflow's runner acts on."""
    return harmless(redact(text), workflow=in_a_workflow())


def result(text: str) -> None:
    """A line of the result, on stdout."""
    click.echo(shown(text))


_logs: list[RunLog] = []  # of the command that runs: workers on other threads say things too


def log_into(log: RunLog) -> None:
    """From here to the end of the command, whatever is said goes into a run's log too."""
    if any(known.path == log.path for known in _logs):
        return
    _logs.append(log)
    click.get_current_context().call_on_close(lambda: _logs.remove(log))


def say(text: str) -> None:
    """A line about the work, on stderr and in the run's log."""
    click.echo(shown(text), err=True)
    for log in _logs:
        log.write(click.unstyle(text))


def as_json(data: Any) -> None:
    """A result as JSON, on stdout."""
    click.echo(harmless_json(redact(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False))))


def show_plan(plan: Plan, *, month: str = "", everything: bool = False, err: bool = False) -> None:
    """The plan's lines, each in the colour of what it does, and what the month's budget leaves out of it."""
    for line in plan_lines(plan, everything=everything):
        mark = line.strip()[:1] if line.startswith("  ") else ""
        colour = _COLOURS.get(mark) if line.startswith(f"  {mark} ") else _severity(line)
        bold = line.startswith(("Plan:", "Nothing to make"))
        click.echo(click.style(shown(line), fg=colour, bold=bold), err=err)
    if month:
        click.echo(click.style(shown(month), fg="yellow"), err=err)


def show_findings(findings: Sequence[Finding], *, everything: bool = False) -> None:
    """Findings, grouped by their causes, worst first."""
    from chargen.core.findings_report import finding_lines

    for line in finding_lines(findings, everything=everything):
        heading = not (line.startswith(" ") or _severity(line))
        click.echo(click.style(shown(line), fg=_severity(line), bold=heading))


def _severity(line: str) -> str | None:
    return "red" if ": error: " in line else "yellow" if ": warning: " in line else None


def errors_of(plan: Plan) -> frozenset[Problem]:
    """The errors among a plan's problems."""
    return frozenset(problem for problem in plan.problems if problem.severity == "error")


def plan_exit_code(plan: Plan, *, detailed: bool) -> ExitCode:
    """1 when a file was bad, 2 for changes to make (only where asked for), else 0."""
    bad = bool(errors_of(plan))
    changes = detailed and not plan.empty
    return worst(ExitCode.FAILED if bad else ExitCode.DONE, ExitCode.CHANGES if changes else ExitCode.DONE)


def show_applied(applied: Applied, *, seen: set[str] | None = None) -> ExitCode:
    """What was applied and what was not; the exit code that follows. What is in `seen` was said in an earlier round."""
    for change in applied.changes[:_LISTED]:
        say(f"  {click.style('wrote', fg='green')} {change.path}")
    if len(applied.changes) > _LISTED:
        say(f"  {click.style('wrote', fg='green')} {len(applied.changes) - _LISTED} more")
    said = set() if seen is None else seen
    for item in applied.stale:
        text = (
            f"  stale: {item.job_id} of {item.submission.run_id} no longer matches its words; kept, not shown"
        )
        if text not in said:
            said.add(text)
            say(text)
    new = [problem for problem in applied.problems if str(problem) not in said]
    said.update(map(str, new))
    return worst(show_problems(new), *(problem.exit_code for problem in applied.problems))


def applied_data(applied: Applied | None) -> dict[str, Any]:
    """What was applied, as plain data."""
    if applied is None:
        return {"pictures": [], "stale": [], "problems": []}
    return {
        "pictures": [{"jobId": change.candidate.job_id, "path": change.path} for change in applied.changes],
        "stale": [item.job_id for item in applied.stale],
        "problems": [str(problem) for problem in applied.problems],
    }


def show_problems(problems: Iterable[ChargenError]) -> ExitCode:
    """Each problem with its hint; the worst exit code."""
    codes = [ExitCode.DONE]
    for problem in problems:
        say(f"{click.style('error', fg='red')}: {one_line(str(problem), longest=_LONGEST)}")
        if problem.hint:
            say(f"  {one_line(problem.hint, longest=_LONGEST)}")
        codes.append(problem.exit_code)
    return worst(*codes)


def confirm_spending(plan: Plan, *, yes: bool, more: bool = False) -> None:
    """Ask before spending. UsageError without a terminal and without --yes; the command ends when the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("this spends money: pass --yes, or run it in a terminal")
    count, extra = len(plan.of(Action.GENERATE)), "more " if more else ""
    with answering():
        agreed = click.confirm(f"{count} {extra}to make: spend at most {plan.cost_usd:.4f} USD?", err=True)
    if not agreed:
        say("Nothing more was spent." if more else "Nothing was spent.")
        raise click.exceptions.Exit(ExitCode.DONE)
