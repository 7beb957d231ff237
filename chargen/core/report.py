"""The words of a plan for a terminal and for GitHub markdown. Pure: text out; styling is the command's."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Final

from chargen.core.cause_report import CAUSES, also_at, cause_lines
from chargen.core.counted import counted
from chargen.core.findings import findings_of, groups_of
from chargen.core.one_line import one_line
from chargen.core.plan import Action, Item, Plan, Reason
from chargen.core.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chargen.core.findings import Cause
    from chargen.core.problem import Problem

_CAUSES: Final = 3  # of one kind of warning: a plan is about pictures
_NAMED: Final = 3  # of the shots that are left for one cause
_QUIET: Final = frozenset({Reason.UNCHANGED})
_SETTLE: Final = "What is in quarantine waits for a person: `chargen state list` says what to do."
_LIVE: Final = re.compile(r"@|#|:(?=//)|\bwww(?=\.)|\bGH(?=-\d)", re.IGNORECASE)


def symbol(item: Item) -> str:
    """`+` made for the first time, `~` made anew, `<` put back, `-` wanted but left for a reason, blank: nothing to do."""
    if item.action is Action.GENERATE:
        return "+" if item.reason in (Reason.NEW, Reason.RETRY) else "~"
    if item.action is Action.RESTORE:
        return "<"
    return " " if item.reason in _QUIET else "-"


def usd(amount: Decimal) -> str:
    """An amount of money, to a hundredth of a cent."""
    return f"{amount:.4f} USD"


def plan_lines(plan: Plan, *, everything: bool = False) -> Iterator[str]:
    """
    The plan as terraform would say it: a line a job grouped by entity, then problems, then the totals.

    What is left for one cause stands together behind them, the first few of it by name, unless `everything` is shown.
    """
    shown = [item for item in plan.items if everything or item.reason not in _QUIET]
    together = {} if everything else _left_together(shown)
    entity = ""
    for item in shown:
        if item.why in together and item.action is Action.SKIP:
            continue
        if item.address.entity != entity:
            entity = item.address.entity
            yield f"{entity}"
        yield f"  {symbol(item)} {_name(item):<44} {_cost(item):>8}  {one_line(item.why)}"
    for why, items in together.items():
        cost = sum((item.cost_usd for item in items), Decimal(0))
        also = f" ({usd(cost)} at most)" if cost else ""
        yield f"{counted(len(items), 'shot')} left as they are{also}: {one_line(why)}"
        yield from (f"  {symbol(item)} {item.address}{_variant(item)}" for item in items[:_NAMED])
        yield f"    and {len(items) - _NAMED} more, chargen batch plan --all names them all"
    if shown:
        yield ""
    yield from problem_lines(plan.problems, everything=everything)
    yield summary(plan)


def _left_together(items: Iterable[Item]) -> dict[str, list[Item]]:
    """What is left for one and the same cause, where there is more of it than is named; by the cause, the most first."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if item.action is Action.SKIP and item.reason not in _QUIET:
            found.setdefault(item.why, []).append(item)
    many = (pair for pair in found.items() if len(pair[1]) > _NAMED + 1)
    return dict(sorted(many, key=lambda pair: -len(pair[1])))


def shot_name(item: Item) -> str:
    """A shot in markdown, as other commands take its name, and which candidate of several it is."""
    return f"`{item.address}`{_variant(item)}"


def _variant(item: Item) -> str:
    several = item.variant > 1 or (item.compiled is not None and item.compiled.variants > 1)
    return f" v{item.variant}" if several else ""


def _name(item: Item) -> str:
    return f"{item.address.scene}/{item.address.shot}{_variant(item)}"


def _cost(item: Item) -> str:
    if item.shares:
        return "shared"
    return f"{item.cost_usd:.4f}" if item.action is Action.GENERATE or item.cost_usd else ""


def problem_lines(problems: Iterable[Problem], *, everything: bool = False) -> Iterator[str]:
    """Each cause once, errors first: its first place, severity, what is wrong, what to do, where else it is met."""
    told = False
    for group in groups_of(findings_of(problems, ())):
        told = True
        whole = everything or group.severity is Severity.ERROR
        shown = group.causes if whole else group.causes[:_CAUSES]
        for cause in shown:
            yield from cause_lines(cause, everything=everything)
        if len(shown) < len(group.causes):
            command = "chargen validate" + (" --all" if len(group.causes) > CAUSES else "")
            yield f"    and {len(group.causes) - len(shown)} more, {command} tells them all"
    if told:
        yield ""


def summary(plan: Plan, *, by_tick: bool = False) -> str:
    """The last line: how many to make and put back, and what it costs at most; `by_tick`: a workflow brings them in."""
    reasons = Counter(_plainly(item) for item in plan.items if item.action is Action.SKIP)
    generate, restore = plan.of(Action.GENERATE), plan.of(Action.RESTORE)
    if plan.held:
        return (
            f"Held back, nothing bought: {usd(plan.held_usd)} at most ({plan.options.mode}), but {plan.held}."
        )
    if plan.empty:
        rest = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        brings = "The next tick" if by_tick else "`chargen batch collect --wait`"
        flying = f" {brings} brings in what is in flight." if reasons[Reason.IN_FLIGHT] else ""
        stuck = f" {_SETTLE}" if plan.quarantined else ""
        return (
            "Nothing to make: " + (rest or "no imagery.yaml here asks for a picture") + "." + flying + stuck
        )
    said = [f"{len(generate)} to make"]
    said += [f"{len(restore)} to put back"] if restore else []
    said += [f"{count} {reason}" for reason, count in reasons.most_common()]
    later = f" now, and {usd(plan.later_usd)} for what waits" if plan.later_usd else ""
    mode = plan.options.mode
    return f"Plan: {', '.join(said)}. At most {usd(plan.cost_usd)}{later} ({mode}), cap {plan.cap_usd} USD."


def _plainly(item: Item) -> str:
    if item.quarantined:
        return "in quarantine"
    known = {Reason.WAITING: "waiting", Reason.GAVE_UP: "given up", Reason.PROBLEM: "with a problem"}
    return known.get(item.reason, item.reason)


def plan_markdown(plan: Plan) -> str:
    """The plan for a GitHub comment or step summary; every text of the writer's on one escaped line."""
    lines = [f"**{summary(plan, by_tick=True)}**", ""]
    rows = [item for item in plan.items if item.reason not in _QUIET]
    done = [item for item in rows if item.action is not Action.SKIP or item.cost_usd]
    left = [item for item in rows if item not in done]
    lines += _table(done)
    if left:
        lines += [
            f"<details><summary>{counted(len(left), 'other')}, left as they are</summary>",
            "",
            *_table(left),
        ]
        lines += ["</details>", ""]
    for group in groups_of(findings_of(plan.problems, ())):
        lines += [f"- {_in_a_line(cause)}" for cause in group.causes]
    return "\n".join(lines).rstrip() + "\n"


def _in_a_line(cause: Cause) -> str:
    also = f"; {markdown_escape(also_at(cause))}" if cause.others else ""
    return f"{markdown_told(str(cause.problem))}{also}"


def _table(items: list[Item]) -> list[str]:
    if not items:
        return []
    head = ["| | shot | why | at most |", "|---|---|---|---:|"]
    rows = (
        f"| {symbol(item)} | {shot_name(item)} | {markdown_escape(item.why)} | {_cost(item)} |"
        for item in items
    )
    return [*head, *rows, ""]


def markdown_escape(text: str) -> str:
    """
    Text on one line in which no markup, mention, link, checkbox, comment marker or issue reference takes effect.

    GitHub looks for mentions, references and links in what is rendered, where no escape is left: a zero-width space
    parts them.
    """
    return _escaped(one_line(text))


def _escaped(line: str) -> str:
    safe = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in "\\`*_[]|#~!$":
        safe = safe.replace(mark, "\\" + mark)
    return _parted(safe)


def markdown_told(text: str) -> str:
    """The same for a sentence of ours: what stands between backticks is code, in which nothing takes effect either."""
    parts = one_line(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without its other half is one
        parts[-2:] = ["`".join(parts[-2:])]
    return "".join(
        f"`{part}`" if place % 2 and part.strip() else _escaped("`" * (2 * (place % 2)) + part)
        for place, part in enumerate(parts)
    )


def attribute(text: str) -> str:
    """Text for an attribute of an HTML tag in markdown: one line, escaped, and as dead as `markdown_escape` leaves it."""
    return _parted(
        escape(one_line(text), quote=False).replace('"', "&quot;").replace("|", "&#124;")
    )  # a cell's end


def _parted(text: str) -> str:
    return _LIVE.sub(lambda found: f"{found[0]}\N{ZERO WIDTH SPACE}", text)
