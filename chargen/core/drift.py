"""
Pictures whose words have drifted from those they were made from, and which of them a person may keep as they are. Pure.

Stamping a row anew is safe: a row in git is its writer's word that a picture is accepted, `match` then asks for less and
never for more, and the books still hold under its own request hash what was paid, so that nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import Address, selects
from chargen.core.case import Case
from chargen.core.counted import counted
from chargen.core.digest import Difference, differences, same
from chargen.core.one_line import one_line
from chargen.core.plan import Reason
from chargen.core.report import markdown_escape
from chargen.core.row import Row, stamped_anew
from chargen.core.shot import YamlPath
from chargen.core.verdict import explain_differences, judge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from chargen.core.books import Books
    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World

# What a plan would do about changed words; any other answer of its is why a row is left as it is.
_WOULD_MAKE: Final = frozenset(
    {
        Reason.PROMPT_CHANGED,
        Reason.REFERENCE_CHANGED,
        Reason.MODEL_CHANGED,
        Reason.RETRY,
        Reason.BLOCKED,
        Reason.GAVE_UP,
    }
)


@dataclass(frozen=True, slots=True)
class Restamp:
    """A row that is to say that its picture answers today's words, too; `sections` are those that changed."""

    address: Address
    file: str
    at: YamlPath
    row: Row
    data: Mapping[str, Any]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftAsItIs:
    """A shot whose picture no longer answers, and why its row is not stamped anew."""

    address: Address
    why: str


@dataclass(frozen=True, slots=True)
class Drift:
    """What can be accepted, and what is left."""

    accepted: tuple[Restamp, ...] = ()
    left: tuple[LeftAsItIs, ...] = ()


def find_drift(
    world: World, shots: Mapping[Address, CompiledShot], books: Books, only: Collection[str] = ()
) -> Drift:
    """Every accepted picture of the selected shots that no longer answers its words; nothing else about it may differ."""
    accepted: list[Restamp] = []
    left: list[LeftAsItIs] = []
    for address in sorted(shots):
        case, row = Case(world, books, shots[address]), shots[address].shot.row
        if row is None or (only and not any(selects(glob, address) for glob in only)):
            continue
        found = differences(case.shot.ask(), row.ask, case.regenerate_on)
        why = _why_not(case, row, found) if found else ""
        if why:
            left.append(LeftAsItIs(address, why))
        elif found:
            accepted.append(_restamp(case.shot, row, found[0].names))
    return Drift(tuple(accepted), tuple(left))


def _restamp(shot: CompiledShot, row: Row, sections: tuple[str, ...]) -> Restamp:
    data = stamped_anew(row, shot.ask())
    return Restamp(shot.address, shot.shot.file, shot.shot.at, row, data, sections)


def _why_not(case: Case, row: Row, found: tuple[Difference, ...]) -> str:
    """What stands against keeping a picture for today's words; empty: nothing but the words differs."""
    (first, *_) = judge(case)
    if first.order is not None:
        return f"it is ordered anew ({first.reason})"
    if first.reason not in _WOULD_MAKE:
        return first.why
    others = tuple(item for item in found if item.what != "prompt")
    if others:
        return ": ".join(explain_differences(others))
    if case.books.unread:
        return f"in flight, perhaps: {counted(len(case.books.unread), 'submission')} that nobody can read yet"
    if case.picture is None or not case.picture.sha256:
        return "its picture is missing"
    return "its picture was rejected" if _is_rejected(case, row) else ""


def _is_rejected(case: Case, row: Row) -> bool:
    rejected = case.decision.rejected if case.decision else ()
    shown = [item.outcome for item in case.candidates if item.outcome.bears(row.sha256)]
    return any(
        same(row.sha256, digest) or any(outcome.bears(digest) for outcome in shown) for digest in rejected
    )


def drift_lines(drift: Drift) -> Iterator[str]:
    """Shot by shot: what is accepted (`=`), and what is left, with its reason."""
    for item in drift.accepted:
        yield f"  = {item.address!s:<44} {_changed(item)}"
    for shot in drift.left:
        yield f"  - {shot.address!s:<44} not accepted: {one_line(shot.why)}"


def drift_markdown(drift: Drift) -> str:
    """The same for a GitHub comment."""
    lines = [f"**{drift_summary(drift)}**", ""]
    lines += [f"- `{item.address}` {markdown_escape(_changed(item))}" for item in drift.accepted]
    lines += [f"- `{item.address}` not accepted: {markdown_escape(item.why)}" for item in drift.left]
    return "\n".join(lines).rstrip() + "\n"


def drift_summary(drift: Drift) -> str:
    """The last line: how many rows are stamped anew, how many are not."""
    if not drift.accepted and not drift.left:
        return "Every accepted picture answers its words: there is no drift."
    left = f", {len(drift.left)} left as they are" if drift.left else ""
    return f"{counted(len(drift.accepted), 'picture')} kept for today's words{left}. Nothing is paid."


def drift_data(drift: Drift) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "accepted": [
            {
                "address": str(item.address),
                "jobId": item.row.job_id,
                "imageryYamlPath": item.file,
                "sections": list(item.sections),
                "promptHash": {"old": item.row.ask.prompt_hash, "new": item.data["prompt_hash"]},
            }
            for item in drift.accepted
        ],
        "left": [{"address": str(item.address), "why": item.why} for item in drift.left],
    }


def _changed(item: Restamp) -> str:
    return f"prompt changed: {', '.join(item.sections)}".removesuffix(": ")
