"""What pictures have cost, month by month: by mode and model, estimated and actual, waste on its own, rows compared. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from chargen.core.digest import same
from chargen.core.submission import Came
from chargen.core.waste import Served, Waste, wasted

if TYPE_CHECKING:
    from chargen.core.books import Books
    from chargen.core.row import Row
    from chargen.core.shot import Shot
    from chargen.core.submission import Request, Submission

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """What one model came to in one mode: `estimated` are the upper bounds of what cost something, `actual` its cost."""

    mode: str
    model: str
    requests: int = 0
    pictures: int = 0
    estimated_usd: Decimal = _NOTHING
    actual_usd: Decimal = _NOTHING
    reserved_usd: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Wasted:
    """One kind of waste: how many requests, and what they cost."""

    count: int = 0
    usd: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Month:
    """What the submissions begun in a month (`2026-11`) have cost."""

    name: str
    parts: tuple[Part, ...] = ()
    waste: Mapping[Waste, Wasted] = field(default_factory=dict)

    @property
    def actual_usd(self) -> Decimal:
        """What was paid, waste included."""
        return sum((part.actual_usd for part in self.parts), _NOTHING)

    @property
    def reserved_usd(self) -> Decimal:
        """What is set aside for what is in flight."""
        return sum((part.reserved_usd for part in self.parts), _NOTHING)

    @property
    def wasted_usd(self) -> Decimal:
        """What of it serves nothing."""
        return sum((item.usd for item in self.waste.values()), _NOTHING)


def months(served: Served) -> tuple[Month, ...]:
    """Every month in which something was asked for, oldest first; each is as `Books.month_usd` counts it."""
    by_month: dict[str, list[Submission]] = defaultdict(list)
    for submission in served.books.submissions.values():
        by_month[submission.created_at[:7]].append(submission)
    waste = _waste(served)
    return tuple(Month(name, _parts(by_month[name]), waste.get(name, {})) for name in sorted(by_month))


def _parts(submissions: Iterable[Submission]) -> tuple[Part, ...]:
    found: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for item in submissions:
        found[item.mode, item.model].append(item)
    return tuple(_part(*key, found[key]) for key in sorted(found))


def _part(mode: str, model: str, submissions: Iterable[Submission]) -> Part:
    every = list(submissions)
    answered = [request for item in every for request in item.requests if request.outcome is not None]
    return Part(
        mode,
        model,
        requests=len(answered),
        pictures=sum(item.outcome is not None and item.outcome.came is Came.IMAGE for item in answered),
        estimated_usd=sum((item.reserved_usd for item in answered if _was_paid(item)), _NOTHING),
        actual_usd=sum((item.actual_usd for item in every), _NOTHING),
        reserved_usd=sum((item.reserved_usd for item in every), _NOTHING),
    )


def _was_paid(request: Request) -> bool:
    """Whether a request cost something: one of a batch that failed, expired or was cancelled has an outcome, and no price."""
    return request.outcome is not None and bool(request.outcome.cost_usd)


def _waste(served: Served) -> Mapping[str, Mapping[Waste, Wasted]]:
    """By month and kind, kinds in their order; what a killed live run may have lost is counted by run."""
    count: Counter[tuple[str, Waste]] = Counter()
    usd: dict[tuple[str, Waste], Decimal] = defaultdict(Decimal)
    lost = (
        (item, Waste.LOST if item.mode == "live" else Waste.DUPLICATE, item.lost_usd)
        for item in served.books.submissions.values()
        if item.lost_usd
    )
    told = (
        (item, kind, request.outcome.cost_usd)
        for item, request, kind in wasted(served)
        if request.outcome is not None
    )
    for submission, kind, cost in (*told, *lost):
        key = (submission.created_at[:7], kind)
        count[key] += 1
        usd[key] += cost
    found: dict[str, dict[Waste, Wasted]] = defaultdict(dict)
    for name, kind in sorted(count, key=lambda key: (key[0], list(Waste).index(key[1]))):
        found[name][kind] = Wasted(count[name, kind], usd[name, kind])
    return found


@dataclass(frozen=True, slots=True)
class RowCosts:
    """What the rows of the tree say was paid, and where the books say otherwise."""

    count: int = 0
    usd: Decimal = _NOTHING
    differences: tuple[str, ...] = ()


def row_costs(shots: Iterable[Shot], books: Books) -> RowCosts:
    """Every row that names its cost, held against the books."""
    every = [(shot, row, _cost(row)) for shot in shots for row in shot.rows if _metadata(row)]
    return RowCosts(
        len(every),
        sum((cost for _, _, cost in every), _NOTHING),
        tuple(said for shot, row, cost in every for said in _differs(shot, row, cost, books)),
    )


def _differs(shot: Shot, row: Row, cost: Decimal, books: Books) -> Iterator[str]:
    request_hash = str(_metadata(row).get("request_hash", ""))
    every = books.about(shot.address, {request_hash: row.job_id}, shot.formerly)
    bought = [
        item.outcome.cost_usd
        for _, _, item in every
        if same(item.request_hash, request_hash) and item.outcome and item.outcome.came is Came.IMAGE
    ]
    if not bought:
        yield f"{row.job_id}: its row says {cost} USD, and the books know of no such picture"
    elif cost not in bought:
        yield f"{row.job_id}: its row says {cost} USD, the books {bought[-1]} USD"


def _metadata(row: Row) -> Mapping[str, object]:
    found = row.data.get("provider_metadata")
    return found if isinstance(found, Mapping) and "cost_usd" in found else {}


def _cost(row: Row) -> Decimal:
    try:
        cost = Decimal(str(_metadata(row)["cost_usd"]))
    except InvalidOperation:
        return _NOTHING
    return cost if cost.is_finite() else _NOTHING
