"""The words of `chargen validate`, for a terminal, as data and for a workflow run's summary. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from chargen.core.cause_report import CAUSES, cause_lines
from chargen.core.counted import counted
from chargen.core.finding_rules import rule_of
from chargen.core.findings import count, groups_of
from chargen.core.one_line import one_line
from chargen.core.plan import Reason
from chargen.core.problem import Severity
from chargen.core.report import markdown_escape, markdown_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chargen.core.findings import Cause, Finding, Group
    from chargen.core.plan import Plan


def finding_lines(findings: Sequence[Finding], *, everything: bool = False) -> Iterator[str]:
    """A paragraph a kind: what it means, then each cause at its first place, what to do, and where else it is."""
    for group in groups_of(findings):
        shared = _shared_hint(group)
        yield f"{group.rule or 'other'}, {_counted(group)}: {rule_of(group.rule).title}"
        if shared:
            yield f"    {one_line(shared)}"
        shown = group.causes if everything else group.causes[:CAUSES]
        for cause in shown:
            yield from cause_lines(cause, told=shared, everything=everything)
        if len(shown) < len(group.causes):
            yield f"    and {len(group.causes) - len(shown)} more like these: chargen validate --all"
        yield ""


def _counted(group: Group) -> str:
    return counted(group.count, str(group.severity))


def _shared_hint(group: Group) -> str:
    """What to do about most of several causes: said once above them."""
    if len(group.causes) == 1:
        return ""
    hint, times = Counter(cause.problem.hint for cause in group.causes).most_common(1)[0]
    return hint if times > 1 and 2 * times >= len(group.causes) else ""


def totals(findings: Sequence[Finding]) -> str:
    """How many of each severity."""
    parts = [
        counted(count(findings, Severity.ERROR), "error"),
        counted(count(findings, Severity.WARNING), "warning"),
    ]
    notes = count(findings, Severity.NOTE)
    return ", ".join([*parts, *([counted(notes, "note")] if notes else [])])


def wanted_and_stopped(plan: Plan, findings: Sequence[Finding]) -> str:
    """How many shots are wanted, how many of them errors stop, and what else was found."""
    wanted = {item.address for item in plan.items}
    stopped = {item.address for item in plan.items if item.reason is Reason.PROBLEM}
    said = f"{counted(len(wanted), 'shot')} wanted"
    if not stopped:
        return f"{said}; {totals(findings)}"
    which = "" if len(wanted) == 1 else f"{len(stopped)} of them "
    stopping = [item for item in findings if item.problem.severity is Severity.ERROR and _stops(item)]
    if len(stopping) < count(findings, Severity.ERROR):
        rest = totals(findings)
    else:
        rest = totals([item for item in findings if item not in stopping]).removeprefix("0 errors, ")
    return f"{said}, {which}stopped by {counted(len(stopping), 'error')}; {rest}"


def _stops(finding: Finding) -> bool:
    """Whether an error is about a shot, not about a file of which nobody knows what it wants."""
    return bool(finding.shots) or finding.problem.rule == "picture-in-the-way"


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as plain data."""
    problem = finding.problem
    kinds = {address.rsplit("/", 2)[0] for address in finding.shots}
    return {
        "rule": problem.rule,
        "severity": problem.severity.value,
        "message": problem.message,
        "hint": problem.hint,
        "path": problem.place.path,
        "line": problem.place.line,
        "column": problem.place.column,
        "entity": kinds.pop() if len(kinds) == 1 else None,
        "shots": list(finding.shots),
    }


def findings_markdown(findings: Sequence[Finding]) -> str:
    """Every cause and every place for a workflow run's summary; no text of the writer's takes effect in it."""
    lines = [f"### {totals(findings)} in the world's files", ""]
    for group in groups_of(findings):
        lines += [
            f"**{group.rule or 'other'}** ({_counted(group)}): {markdown_escape(rule_of(group.rule).title)}",
            "",
        ]
        lines += [_item(cause) for cause in group.causes]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _item(cause: Cause) -> str:
    problem = cause.problem
    hint = f" ({markdown_told(problem.hint)})" if problem.hint else ""
    places = ", ".join(markdown_escape(str(place)) for place in cause.others)
    also = f"; {counted(len(cause.others), 'more place')}: {places}" if places else ""
    return f"- {markdown_escape(str(problem.place))}: {markdown_escape(problem.message)}{hint}{also}"
