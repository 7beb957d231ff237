"""A plan as a value: what will be made, put back or left, why, and what it costs at most. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from decimal import Decimal

from chargen.core.address import Address
from chargen.core.books import Candidate, Order
from chargen.core.compiled import CompiledShot
from chargen.core.problem import Problem
from chargen.core.shot import Unmade
from chargen.core.submission import State, Submission
from chargen.core.world_config import Mode


class Action(enum.StrEnum):
    """What is done for an item."""

    GENERATE = "generate"
    RESTORE = "restore"
    SKIP = "skip"


class Reason(enum.StrEnum):
    """Why; the detail of an item completes the sentence."""

    NEW = "new"
    PROMPT_CHANGED = "prompt changed"
    REFERENCE_CHANGED = "reference changed"
    MODEL_CHANGED = "model changed"
    FORCED = "forced"
    REROLLED = "rerolled"
    RETRY = "retry"
    PAID_BEFORE = "paid before"
    UNCHANGED = "unchanged"
    IN_FLIGHT = "in flight"
    PROPOSED = "proposed"
    LOCKED = "locked"
    PAUSED = "paused"
    REJECTED = "rejected"
    BLOCKED = "blocked by safety filter"
    DEBOUNCED = "debounced: older wording in flight"
    EDITED = "edited by hand"
    IMAGE_MISSING = "image missing, not to be restored: --force"
    ASK = "reference changed: ask"
    WAITING = "waiting for"
    OVER_BUDGET = "over budget"
    GAVE_UP = "gave up after"
    PROBLEM = "problem"


# A shot that waits on one of these waits for a person, not for a run: it is listed as a problem.
STUCK = frozenset(
    {
        Reason.REJECTED,
        Reason.BLOCKED,
        Reason.PAUSED,
        Reason.OVER_BUDGET,
        Reason.GAVE_UP,
        Reason.PROBLEM,
        Reason.IMAGE_MISSING,
        Reason.ASK,
        Reason.LOCKED,
    }
)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked of the plan; recorded in it."""

    only: tuple[str, ...] = ()
    force: tuple[str, ...] = ()
    variants: int | None = None
    mode: Mode = Mode.LIVE
    max_cost_usd: Decimal | None = None
    hold: bool = (
        False  # all or nothing: a plan over the run's cap, or of too many new shots, is held back whole
    )
    model: str = ""  # in place of the world's
    reason: str = ""  # of the orders that `force` places, for people
    order_prefix: str = ""  # of a run that goes on: what it ordered before is not ordered again

    def order_id(self, job_id: str) -> str:
        """The id of the order that `force` places for a job: the same again when a run is resumed."""
        return f"{self.order_prefix}.{job_id}"


@dataclass(frozen=True, slots=True)
class Item:
    """One job of the plan; a skipped shot has one item, under its first variant, and so has a picture that is no shot."""

    address: Address
    variant: int
    action: Action
    reason: Reason
    detail: str = ""
    cost_usd: Decimal = Decimal(0)
    compiled: CompiledShot | None = None
    request_hash: str = ""
    note: str = ""
    order: Order | None = None
    candidate: Candidate | None = None
    shares: str = ""  # the job whose request this one shares
    expired: str = ""  # the submission whose batch ran out of time with it: it goes into a smaller one
    unmade: Unmade | None = None  # in place of `compiled`: wanted, and nothing that could be asked for
    held_by: tuple[Submission, ...] = ()  # what is under way for it, where that keeps it from being made

    @property
    def job_id(self) -> str:
        """The job's name."""
        return self.address.job_id(self.variant)

    @property
    def quarantined(self) -> bool:
        """Whether it waits for a submission that only a person can settle."""
        return any(item.state is State.QUARANTINED for item in self.held_by)

    @property
    def why(self) -> str:
        """Reason and detail as one phrase: `prompt changed: mood`, `waiting for location/x/y/z`, `retry 1 of 3`."""
        if not self.detail:
            return self.reason
        joint = " " if self.reason in (Reason.WAITING, Reason.GAVE_UP, Reason.RETRY, Reason.PROBLEM) else ": "
        return f"{self.reason}{joint}{self.detail}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A function of tree, books, options and chargen's version, all recorded in it, and of nothing else."""

    tree: str
    books: str
    version: str
    options: Options
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    cap_usd: Decimal = Decimal(0)
    held: str = ""  # why all of it is held back
    held_usd: Decimal = Decimal(0)  # what that would cost at most
    later_usd: Decimal = Decimal(0)  # what waits for these pictures costs at most, once they are there
    month_usd: Decimal = field(default=Decimal(0), compare=False)

    def of(self, action: Action) -> tuple[Item, ...]:
        """The items with one action."""
        return tuple(item for item in self.items if item.action is action)

    @property
    def quarantined(self) -> tuple[Submission, ...]:
        """What only a person can settle, of all that its items wait for; oldest first."""
        held = {found.id: found for item in self.items for found in item.held_by}
        every = (found for found in held.values() if found.state is State.QUARANTINED)
        return tuple(sorted(every, key=lambda found: (found.created_at, found.id)))

    @property
    def cost_usd(self) -> Decimal:
        """What it costs at most."""
        return sum((item.cost_usd for item in self.items if item.action is Action.GENERATE), Decimal(0))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to make and nothing to put back."""
        return not self.of(Action.GENERATE) and not self.of(Action.RESTORE)
