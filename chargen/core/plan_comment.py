"""What a pull request of the author's is told: which pictures merging it calls for, why, and what they cost. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chargen.core.cause_report import also_at
from chargen.core.changes import (
    FieldChange,
    ShotChange,
    UnusedChange,
    changes_between,
    reworded,
    unused_markdown,
)
from chargen.core.counted import counted
from chargen.core.findings import findings_of, groups_of
from chargen.core.plan import Action, Item, Plan, Reason
from chargen.core.problem import Problem
from chargen.core.report import markdown_escape, markdown_told, shot_name, symbol, usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chargen.core.address import Address
    from chargen.core.compiled import CompiledShot

MARKER: Final = "<!-- chargen:plan -->"
LONGEST: Final = 60_000
LONGEST_SUMMARY: Final = 800_000  # a step's summary may have a mebibyte
_NAMED: Final = 8
_WANTED: Final = frozenset({Reason.WAITING, Reason.OVER_BUDGET, Reason.DEBOUNCED})


@dataclass(frozen=True, slots=True)
class Called:
    """What merging a change calls for: jobs that the base does not call for already, and the words behind them."""

    items: tuple[Item, ...]
    changes: tuple[ShotChange, ...]
    problems: tuple[Problem, ...]  # that the base does not have
    plan: Plan
    unused: tuple[UnusedChange, ...] = ()
    already: int = 0  # jobs that the base calls for as well
    already_usd: Decimal = Decimal(0)

    @property
    def cost_usd(self) -> Decimal:
        """What these jobs cost at most."""
        return sum((item.cost_usd for item in self.items), Decimal(0))

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to say."""
        return not self.items and not self.changes and not self.problems


def called_for(
    before: Mapping[Address, CompiledShot],
    after: Mapping[Address, CompiledShot],
    *,
    base: Plan,
    head: Plan,
    unused: tuple[UnusedChange, ...] = (),
) -> Called:
    """Compare the plan of a change with that of its base."""
    known = {_key(item) for item in base.items if _is_wanted(item)}
    wanted = [item for item in head.items if _is_wanted(item)]
    already = [item for item in wanted if _key(item) in known]
    return Called(
        items=tuple(item for item in wanted if _key(item) not in known),
        changes=changes_between(before, after),
        unused=unused,
        problems=tuple(sorted(set(head.problems) - set(base.problems))),
        plan=head,
        already=len(already),
        already_usd=sum((item.cost_usd for item in already), Decimal(0)),
    )


def _is_wanted(item: Item) -> bool:
    return item.action is Action.GENERATE or item.reason in _WANTED


def _key(item: Item) -> tuple[str, str, str]:
    return (item.job_id, item.request_hash, str(item.reason) if item.reason is Reason.DEBOUNCED else "")


def plan_comment(called: Called, *, longest: int = LONGEST) -> str:
    """The comment's markdown under its marker; the same for the same words, so that it is edited only when they change."""
    lines = [MARKER, f"### {headline(called)}", "", *_says(called)]
    parts = [list(_problems(called.problems)), list(_table(called.items)), list(_words(called.changes))]
    parts.append(list(_unused(called.unused)))
    room = longest - sum(len(line) + 1 for line in lines)
    for part in parts:
        fitting = _fit(part, room)
        room -= sum(len(line) + 1 for line in fitting)
        lines += fitting
    return "\n".join(lines).rstrip() + "\n"


def headline(called: Called) -> str:
    """The one line: how many pictures, and what they cost at most."""
    bad = sum(problem.severity == "error" for problem in called.problems)
    if bad:
        also = (
            f"; {counted(len(called.items), 'picture')}, at most {usd(called.cost_usd)}"
            if called.items
            else ""
        )
        return f"{counted(bad, 'error')} in the words{also}"
    if not called.items:
        return "No picture changes"
    return f"{counted(len(called.items), 'picture')}, at most {usd(called.cost_usd)}"


def _says(called: Called) -> Iterator[str]:
    if called.items:
        mode = "as a batch, at half price" if called.plan.options.mode == "batch" else "one by one"
        yield f"Merging this orders them {mode}. Nothing is bought before."
        yield ""
    if called.plan.held:
        held = (
            f"it is held back, with all that waits ({usd(called.plan.held_usd)} at most): {called.plan.held}"
        )
        yield f"**As it stands {markdown_escape(held)}.** `chargen gitops submit --max-cost USD` releases it."
        yield ""
    if called.already:
        yield (
            f"The default branch already calls for {counted(called.already, 'other picture')} "
            f"({usd(called.already_usd)} at most)."
        )
        yield ""


def _table(items: Sequence[Item]) -> Iterator[str]:
    if items:
        yield from ("| | shot | why | at most |", "|---|---|---|---:|")
        for item in items:
            cost = f"{item.cost_usd:.4f}" if item.cost_usd else "shared" if item.shares else ""
            yield f"| {symbol(item)} | {shot_name(item)} | {markdown_escape(item.why)} | {cost} |"
        yield ""


def _problems(problems: Sequence[Problem]) -> Iterator[str]:
    for group in groups_of(findings_of(problems, ())):
        for cause in group.causes:
            problem = cause.problem
            hint = f" ({markdown_told(problem.hint)})" if problem.hint else ""
            also = f"; {markdown_escape(also_at(cause))}" if cause.others else ""
            place, message = markdown_escape(str(problem.place)), markdown_escape(problem.message)
            yield f"- **{problem.severity}** {place}: {message}{hint}{also}"
    if problems:
        yield ""


def _words(changes: Sequence[ShotChange]) -> Iterator[str]:
    """Old and new words, each pair once, with the shots it is in."""
    if not changes:
        return
    yield from ("<details><summary>What changes in the words</summary>", "")
    for kind in ("added", "removed"):
        if addresses := [change.address for change in changes if change.kind == kind]:
            yield f"- {kind}: {_named(addresses)}"
    for field, addresses in _by_field(changes).items():
        yield from reworded(field)
        yield f"  - in {_named(addresses)}"
    yield from ("", "</details>")


def _unused(changes: Sequence[UnusedChange]) -> Iterator[str]:
    if changes:
        yield from (f"<details><summary>{counted(len(changes), 'change')} not used by any shot</summary>", "")
        yield from unused_markdown(changes)
        yield from ("", "</details>")


def _by_field(changes: Sequence[ShotChange]) -> dict[FieldChange, list[Address]]:
    found: dict[FieldChange, list[Address]] = {}
    for change in changes:
        for field in change.fields:
            found.setdefault(field, []).append(change.address)
    return found


def _named(addresses: Sequence[Address]) -> str:
    """The first few of them; the table has them all."""
    more = len(addresses) - _NAMED
    said = ", ".join(f"`{address}`" for address in addresses[:_NAMED])
    return f"{said} and {more} more" if more > 0 else said


def _fit(part: list[str], room: int) -> list[str]:
    """The lines of a part that fit; what is left out is counted, and an open `<details>` is closed."""
    size = 0
    fitting: list[str] = []
    for line in part:
        if size + len(line) + 200 > room:
            if len(fitting) < 3:  # no more than its head
                return []
            closing = ["", "</details>"] if part[0].startswith("<details>") else []
            return [
                *fitting,
                "",
                f"… {len(part) - len(fitting)} more lines are in the summary of the run",
                *closing,
            ]
        size += len(line) + 1
        fitting.append(line)
    return fitting
