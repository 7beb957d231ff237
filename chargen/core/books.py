"""What the books say, as one value that is asked here; books_files.py reads it from their files. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from chargen.core.address import Address, parse_job_id
from chargen.core.digest import short
from chargen.core.proposal import Proposal, shows
from chargen.core.submission import Came, Outcome, Request, Submission, exhausted


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose books these are: a random world id, and the forge's numeric repository id (0: none)."""

    world_id: str
    repository_id: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """A paid wish that repeats an answered request; open until a submission names it."""

    id: str
    kind: str  # force | reroll | retry
    job_id: str
    created_at: str
    note: str = ""  # sent with the prompt
    by: str = ""
    made_on: str = ""  # the sha256 of the picture it was made on
    reason: str = ""  # for people only


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of one shot, naming the sha256 it was made on."""

    address: str
    rejected: tuple[str, ...] = ()
    picked: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything decided of one entity's shots, by address: one file of the books."""

    entity: str
    by_address: Mapping[str, Decision]


@dataclass(frozen=True, slots=True)
class Proposals:
    """Every proposal of one entity, in the order of their numbers: one file of the books."""

    entity: str
    every: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was said to people once, as long as `digest` is what would be said."""

    name: str
    digest: str
    said_at: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that was paid for: which request brought it, where its bytes are kept."""

    job_id: str
    submission: Submission
    request: Request
    outcome: Outcome
    ordered: bool = False  # somebody wished for it, for this very shot

    @property
    def variant(self) -> int:
        """Which candidate of its shot it is."""
        return parse_job_id(self.job_id)[1]


Record = tuple[
    str, Submission, Request
]  # the job id it serves a shot under, where it is booked, and what it says


@dataclass(frozen=True)  # no slots: the look-ups below are made once a reading
class Books:
    """Everything the tracking branch says at one commit (`tip`; empty: no books yet)."""

    tip: str = ""
    identity: Identity | None = None
    submissions: Mapping[str, Submission] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    proposals: Mapping[str, tuple[Proposal, ...]] = field(default_factory=dict)  # by entity, oldest first
    notices: Mapping[str, Notice] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()  # submissions that lie in a month's file by now

    def requests(self) -> Iterator[tuple[Submission, Request]]:
        """Every request ever booked, oldest submission first."""
        for submission in self._oldest_first:
            for request in submission.requests:
                yield submission, request

    @cached_property
    def _oldest_first(self) -> tuple[Submission, ...]:
        return tuple(
            sorted(self.submissions.values(), key=lambda item: (item.created_at, item.attempt, item.id))
        )

    @property
    def unread(self) -> tuple[Submission, ...]:
        """The submissions under way of which no book says what they asked for: rebuilt from the provider's list alone."""
        every = (item for item in self.submissions.values() if item.holds and not item.requests)
        return tuple(sorted(every, key=lambda item: item.id))

    def open_proposals(self) -> tuple[Proposal, ...]:
        """The proposals that nobody has decided, in the order of entities."""
        return tuple(
            item for entity in sorted(self.proposals) for item in self.proposals[entity] if item.open
        )

    def proposed(self, address: Address, sha256: str, formerly: Address | None = None) -> Proposal | None:
        """The newest proposal that shows this picture for this shot, under its former address where it has one."""
        found = shows(self.proposals.get(address.entity, ()), str(address), sha256)
        return self.proposed(formerly, sha256) if found is None and formerly is not None else found

    def decision(self, address: Address, formerly: Address | None = None) -> Decision | None:
        """What a person decided of a shot, what was decided under its former address included."""
        now, before = self.decisions.get(str(address)), self.decisions.get(str(formerly))
        if now is None or before is None:
            return now or before
        rejected = tuple(dict.fromkeys((*before.rejected, *now.rejected)))
        return Decision(str(address), rejected, now.picked or before.picked, now.locked or before.locked)

    def about(
        self, address: Address, wishes: Mapping[str, str] | None = None, formerly: Address | None = None
    ) -> tuple[Record, ...]:
        """
        Every request that serves a shot, oldest first, with the job id it serves it under.

        `wishes` (request hash -> job id) names what the shot would send: the same request, booked under another
        address, serves it too. A scene that was renamed is not paid for again. What was booked under its former
        address serves it, whatever it asked for.
        """
        key = (address, tuple((wishes or {}).items()), formerly)
        if key not in self._asked_about:
            self._asked_about[key] = self._every(address, wishes or {}, formerly)
        return self._asked_about[key]

    @cached_property
    def _asked_about(self) -> dict[object, tuple[Record, ...]]:
        return {}

    def _every(
        self, address: Address, wishes: Mapping[str, str], formerly: Address | None
    ) -> tuple[Record, ...]:
        own = self._serving(address)
        for name, submission, request in self._serving(formerly) if formerly else []:
            if not any((submission, request) == record[1:] for record in own):
                own.append((address.job_id(parse_job_id(name)[1]), submission, request))
        known = {(submission.id, request.request_hash) for _, submission, request in own}
        others = [
            (job_id, submission, request)
            for request_hash, job_id in wishes.items()
            for submission, request in self._by_request.get(request_hash, ())
            if (submission.id, request_hash) not in known
        ]
        return tuple(
            sorted(
                [*own, *others], key=lambda record: (record[1].created_at, record[1].attempt, record[1].id)
            )
        )

    def _serving(self, address: Address) -> list[Record]:
        return list(self._by_shot.get(_stem(address), ()))

    @cached_property
    def _by_request(self) -> Mapping[str, list[tuple[Submission, Request]]]:
        found: dict[str, list[tuple[Submission, Request]]] = {}
        for submission, request in self.requests():
            found.setdefault(request.request_hash, []).append((submission, request))
        return found

    @cached_property
    def _by_shot(self) -> Mapping[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for submission, request in self.requests():
            for job_id in request.job_ids:
                found.setdefault(job_id.rpartition(".")[0], []).append((job_id, submission, request))
        return found

    def attempts(self, request_hash: str) -> int:
        """The highest attempt on the books for a request; 0 when it was never claimed."""
        return self._attempts.get(request_hash, 0)

    @cached_property
    def _attempts(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for submission, request in self.requests():
            found[request.request_hash] = max(found.get(request.request_hash, 0), submission.attempt)
        return found

    def came(self, request_hash: str) -> tuple[Came, ...]:
        """What a request has come to since it was answered last, oldest first: each is an attempt."""
        every = [item.outcome.came for _, item in self._by_request.get(request_hash, ()) if item.outcome]
        answered = max((i for i, came in enumerate(every, start=1) if came.answers), default=0)
        return tuple(every[answered:])

    def candidates(
        self, address: Address, wishes: Mapping[str, str] | None = None, formerly: Address | None = None
    ) -> tuple[Candidate, ...]:
        """Every picture that was paid for this shot, oldest first; `wishes` and `formerly` as for `about`."""
        key = (address, tuple((wishes or {}).items()), formerly)
        if key not in self._brought:
            stems = {_stem(item) for item in (address, formerly) if item is not None}
            self._brought[key] = tuple(
                Candidate(job_id, submission, request, request.outcome, self._is_ordered(stems, request))
                for job_id, submission, request in self.about(address, wishes, formerly)
                if request.outcome is not None and request.outcome.sha256
            )
        return self._brought[key]

    @cached_property
    def _brought(self) -> dict[object, tuple[Candidate, ...]]:
        return {}

    def _is_ordered(self, stems: Container[str], request: Request) -> bool:
        """Whether a request answers an order of this shot's: one it shares with another may be that one's wish alone."""
        known = (self.orders.get(name) for name in request.orders)
        return any(order is None or order.job_id.rpartition(".")[0] in stems for order in known)

    def bought(self, sha256: str) -> bool:
        """Whether a file is a picture of ours, whatever shot it was made for: an entity's folder may have moved."""
        return short(sha256) in self._bought

    @cached_property
    def _bought(self) -> frozenset[str]:
        outcomes = (request.outcome for _, request in self.requests() if request.outcome is not None)
        return frozenset(
            short(name) for item in outcomes for name in (item.sha256, item.stored_sha256) if name
        )

    def open_orders(self, retries: int) -> tuple[Order, ...]:
        """
        The orders nobody holds and nothing has answered yet, with attempts left.

        An attempt that failed, or that ended before it was sent, leaves its order open: a wish is paid for once, and
        not lost because a line of a batch was.
        """
        settled, tried = self._orders_named
        return tuple(
            order
            for order in self.orders.values()
            if order.id not in settled and not exhausted(tried.get(order.id, ()), retries)
        )

    @cached_property
    def _orders_named(self) -> tuple[frozenset[str], Mapping[str, list[Came]]]:
        named = [
            (order, submission, request)
            for submission, request in self.requests()
            for order in request.orders
        ]
        settled = frozenset(
            order
            for order, submission, request in named
            if (submission.holds if request.outcome is None else request.outcome.came.answers)
        )
        tried: dict[str, list[Came]] = {}
        for order, _, request in named:
            if request.outcome is not None:
                tried.setdefault(order, []).append(request.outcome.came)
        return settled, tried

    def month_usd(self, month: str) -> Decimal:
        """Actual costs and open reservations of the submissions begun in a month (`2026-11`)."""
        of_month = (item for item in self.submissions.values() if item.created_at.startswith(month))
        return sum((item.actual_usd + item.reserved_usd for item in of_month), Decimal(0))


def _stem(address: Address) -> str:
    return address.job_id(1).removesuffix(".v1")
