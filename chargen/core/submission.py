"""
The life of a submission on the books: what was asked, who holds it, what came of it. One table of moves. Pure.

A submission is one shard and one batch (or one live run). docs/submission-states.md is drawn from TRANSITIONS.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from chargen.core.digest import Ask, same

FORMAT: Final = 1


class Deliver(enum.StrEnum):
    """Where a submission's pictures go: into the files of whoever ran it, or into a pull request."""

    TREE = "tree"
    REVIEW = "review"


class State(enum.StrEnum):
    """Where a submission stands."""

    INTENT = "INTENT"
    CREATING = "CREATING"
    SUBMITTED = "SUBMITTED"
    COLLECTED = "COLLECTED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REFUSED = "REFUSED"
    FENCED = "FENCED"
    QUARANTINED = "QUARANTINED"


class Move(enum.StrEnum):
    """What happens to a submission."""

    CREATE = "create"
    GO_LIVE = "go live"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    THROTTLE = "throttle"
    REFUSE = "refuse"
    FENCE = "fence"
    QUARANTINE = "quarantine"
    ADOPT = "adopt"
    COLLECT = "collect"
    FAIL = "fail"
    CANCEL = "cancel"
    EXPIRE = "expire"
    FORGET = "forget"


TRANSITIONS: Final[Mapping[tuple[State, Move], State]] = {
    (State.INTENT, Move.CREATE): State.CREATING,
    (State.INTENT, Move.GO_LIVE): State.SUBMITTED,
    (State.INTENT, Move.WITHDRAW): State.CANCELLED,  # nothing was ever sent
    (State.CREATING, Move.ACCEPT): State.SUBMITTED,
    (State.CREATING, Move.THROTTLE): State.INTENT,  # 429: no attempt counted
    (State.CREATING, Move.REFUSE): State.REFUSED,
    (State.CREATING, Move.FENCE): State.FENCED,
    (State.CREATING, Move.QUARANTINE): State.QUARANTINED,
    (State.SUBMITTED, Move.COLLECT): State.COLLECTED,
    (State.SUBMITTED, Move.FAIL): State.FAILED,
    (State.SUBMITTED, Move.CANCEL): State.CANCELLED,
    (State.SUBMITTED, Move.EXPIRE): State.EXPIRED,
    (State.SUBMITTED, Move.FORGET): State.FAILED,  # a person's word: the provider knows its batch no longer
    (State.FENCED, Move.ADOPT): State.SUBMITTED,  # its batch is listed after all, and nothing else answers
    (State.QUARANTINED, Move.ACCEPT): State.SUBMITTED,
    (State.QUARANTINED, Move.FORGET): State.FENCED,
}
HOLDS: Final = frozenset({State.INTENT, State.CREATING, State.SUBMITTED, State.QUARANTINED})


class IllegalMove(ValueError):  # noqa: N818  # the field's word
    """A move the table does not have: a bug."""


class Came(enum.StrEnum):
    """What came of one request."""

    IMAGE = "image"
    BLOCKED = "blocked"
    INVALID = "invalid"
    FAILED = "failed"
    MISSING = "missing"
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def answers(self) -> bool:
        """Whether the request is never sent again without an order."""
        return self in (Came.IMAGE, Came.BLOCKED)


AGAIN: Final[Mapping[Came, int]] = {
    Came.EXPIRED: 1,  # in a batch of half the size; a second time it is a person's to say
}  # how often a request that came to this is sent again without an order, at most; others: `limits.retries`


def sends(came: Came, retries: int) -> int:
    """How often a request may come to this before it is given up."""
    return 1 + AGAIN.get(came, retries)


def exhausted(came: Collection[Came], retries: int) -> bool:
    """Whether a request that has come to all this is not sent again without an order."""
    tried = Counter(came)
    return len(came) > retries or any(tried[what] >= sends(what, retries) for what in tried)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request brought; `sha256` of the bytes as they came, cost in USD from the usage metadata."""

    came: Came
    sha256: str = ""
    stored_sha256: str = ""  # of the bytes as they lie in the tree, where the world stores another format
    file: str = ""  # its name in the submission's results
    reason: str = ""
    cost_usd: Decimal = Decimal(0)
    at: str = ""  # RFC 3339: the batch's end, or the live receipt
    usage: Mapping[str, int] = field(default_factory=dict)

    def bears(self, sha256: str) -> bool:
        """Whether a file with this digest is this picture, as it came or as it is stored."""
        return any(same(mine, sha256) for mine in (self.sha256, self.stored_sha256) if mine)


@dataclass(frozen=True, slots=True)
class Request:
    """One paid request: what it asks for, whom it serves, and what came of it."""

    request_hash: str
    job_ids: tuple[str, ...]  # the first names the batch key; more when two shots share one request
    ask: Ask
    reserved_usd: Decimal
    order: str = ""
    also: tuple[
        str, ...
    ] = ()  # orders that the same picture answers: of shots that share it, or placed twice
    note: str = ""
    tokens: int = 0  # of input, at most
    outcome: Outcome | None = None

    @property
    def orders(self) -> tuple[str, ...]:
        """Every order it answers."""
        return tuple(filter(None, (self.order, *self.also)))

    @property
    def key(self) -> str:
        """The key of its line in a batch: `<job id>@<first 16 hex of the request hash>`."""
        return f"{self.job_ids[0]}@{self.request_hash.removeprefix('sha256:')[:16]}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a submission: a nonce, and enough to tell whether a process on this machine still lives."""

    nonce: str
    host: str = ""
    boot: str = ""
    pid: int = 0
    run_url: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One shard, one batch; all times RFC 3339 in UTC."""

    id: str
    state: State
    mode: str  # live | batch
    model: str
    attempt: int
    display_name: str
    run_id: str
    owner: Owner
    lease_until: str
    created_at: str
    requests: tuple[Request, ...]
    input_file: str = ""
    batch: str = ""
    ended_at: str = ""
    error: str = ""
    deliver: Deliver = Deliver.TREE
    kept: str = ""  # the commit its pictures are kept in
    pruned_at: str = ""  # since when they are not kept any more
    lost_usd: Decimal = Decimal(
        0
    )  # waste, at upper bounds: requests in flight when a live run was killed; the doubles of a batch
    doubles: tuple[str, ...] = ()  # other batches of its create, as far as `lost_usd` counts them
    format: int = FORMAT

    @property
    def holds(self) -> bool:
        """Whether its requests are in flight: nobody else may send them."""
        return self.state in HOLDS

    @property
    def unsent(self) -> bool:
        """Whether no batch can have come of it, by what is booked: claimed, or withdrawn before anything was sent."""
        return self.mode == "batch" and not self.batch and self.state in (State.INTENT, State.CANCELLED)

    @property
    def reserved_usd(self) -> Decimal:
        """What is set aside for it: the upper bounds of the requests whose outcome is open, while it holds them."""
        open_requests = (request.reserved_usd for request in self.requests if request.outcome is None)
        return sum(open_requests, Decimal(0)) if self.holds else Decimal(0)

    @property
    def actual_usd(self) -> Decimal:
        """What it has cost so far, what was lost in flight included."""
        return sum((request.outcome.cost_usd for request in self.requests if request.outcome), self.lost_usd)


def move(submission: Submission, what: Move, **changes: object) -> Submission:
    """The submission after a move, with other fields changed in the same step; IllegalMove when there is none such."""
    try:
        state = TRANSITIONS[submission.state, what]
    except KeyError:
        raise IllegalMove(f"a submission in {submission.state} cannot {what}") from None
    return replace(submission, state=state, **changes)  # type: ignore[arg-type]
