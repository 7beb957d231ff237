"""
A review branch and its pull request: which pictures it shows, what of ours was pushed to it, how it stands. Pure.

A branch holds what merging should bring; one that was merged or closed ends, and what comes later goes into the next.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

BRANCHES: Final = "chargen/"


class Standing(enum.StrEnum):
    """How a proposal stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"  # by a person
    WITHDRAWING = (
        "withdrawing"  # by us: nothing is left to propose, and its pull request is still to be closed
    )
    WITHDRAWN = "withdrawn"  # and it was we who closed it
    REOPENED = "reopened"  # by a person, after that: theirs, and left alone


class Happening(enum.StrEnum):
    """What happens to a proposal."""

    MERGE = "merge"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    END = "end"
    REOPEN = "reopen"


TRANSITIONS: Final[Mapping[tuple[Standing, Happening], Standing]] = {
    (Standing.OPEN, Happening.MERGE): Standing.MERGED,
    (Standing.OPEN, Happening.CLOSE): Standing.CLOSED,
    (Standing.OPEN, Happening.WITHDRAW): Standing.WITHDRAWING,
    (Standing.OPEN, Happening.END): Standing.WITHDRAWN,  # no pull request was ever opened
    (Standing.WITHDRAWING, Happening.END): Standing.WITHDRAWN,
    (Standing.WITHDRAWING, Happening.CLOSE): Standing.CLOSED,  # a person was first
    (Standing.WITHDRAWING, Happening.MERGE): Standing.MERGED,
    (Standing.CLOSED, Happening.REOPEN): Standing.OPEN,
    (Standing.CLOSED, Happening.MERGE): Standing.MERGED,  # reopened and merged between two looks
    (Standing.WITHDRAWN, Happening.MERGE): Standing.MERGED,
    (Standing.WITHDRAWN, Happening.REOPEN): Standing.REOPENED,
    (Standing.REOPENED, Happening.MERGE): Standing.MERGED,
    (Standing.REOPENED, Happening.END): Standing.WITHDRAWN,  # closed once more, which decides nothing
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One pull request for one entity, its `n`-th; `shots` maps each address to the sha256 of the picture it shows."""

    entity: str  # kind/slug
    n: int
    standing: Standing = Standing.OPEN
    shots: Mapping[str, str] = field(default_factory=dict)
    pushed: tuple[str, ...] = ()  # the commits of ours, each booked before it was pushed
    shown: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # the shots of each of them
    shared: bool = False  # people have committed to it: from then on it is only added to
    content: str = ""  # digest of the files that merging would bring
    number: int = 0
    url: str = ""
    told: str = ""  # digest of the shots that its body tells of
    alarmed: str = ""  # what its status comment tells

    @property
    def branch(self) -> str:
        """Its branch, without refs/heads/."""
        return f"{BRANCHES}{self.entity}.{self.n}"

    @property
    def open(self) -> bool:
        """Whether it is still to be decided."""
        return self.standing is Standing.OPEN

    @property
    def name(self) -> str:
        """What a person calls it: `#12`, before it has a number its branch."""
        return f"#{self.number}" if self.number else self.branch

    def at(self, commit: str) -> Mapping[str, str]:
        """The shots it showed at a commit; of a person's commit, those that lay there before."""
        return self.shown.get(commit, self.shots)

    def pushing(self, commit: str, shots: Mapping[str, str], content: str) -> Proposal:
        """The proposal as it is booked before one more commit is pushed."""
        pushed = (*(item for item in self.pushed if item != commit), commit)
        return replace(
            self, pushed=pushed, shots=shots, shown={**self.shown, commit: dict(shots)}, content=content
        )

    def after(self, what: Happening) -> Proposal:
        """The proposal after something happened; ValueError for what the table does not have: a bug."""
        try:
            return replace(self, standing=TRANSITIONS[self.standing, what])
        except KeyError:
            raise ValueError(f"a proposal that is {self.standing} cannot {what}") from None


def shows(proposals: Iterable[Proposal], address: str, sha256: str) -> Proposal | None:
    """The newest proposal that shows this picture for this shot."""
    found = [item for item in proposals if item.shots.get(address) == sha256]
    return max(found, key=lambda item: item.n, default=None)


@dataclass(frozen=True, slots=True)
class Allotment:
    """Which pictures go into which proposal (its `shots` are what it should show), and which wait for room."""

    proposals: tuple[Proposal, ...] = ()
    left: tuple[str, ...] = ()


def allot(
    entity: str,
    due: Mapping[str, str],
    proposals: Iterable[Proposal],
    *,
    closed_to: Collection[int] = (),
    most: int,
    may_open: int,
    taken: Collection[int] = (),
) -> Allotment:
    """
    Distribute the due pictures (address -> sha256) of an entity over its open proposals and new ones.

    A shot stays where it was proposed. `closed_to`: the `n` of proposals a person has spoken in; they get no further
    shots. An open proposal with nothing left comes back without shots. `taken`: numbers of branches that are there and
    not ours to begin.
    """
    every = list(proposals)
    kept: list[Proposal] = []
    placed: set[str] = set()
    for item in sorted((item for item in every if item.open), key=lambda item: -item.n):
        shots = {name: due[name] for name in sorted(item.shots) if name in due and name not in placed}
        placed |= shots.keys()  # two that show one shot: one was reopened, and the newer keeps it
        kept.insert(0, replace(item, shots=shots))
    waiting = [name for name in sorted(due) if name not in placed]
    for place, item in enumerate(kept):
        room = most - len(item.shots) if item.n not in closed_to and item.shots else 0
        more, waiting = waiting[: max(0, room)], waiting[max(0, room) :]
        if more:
            kept[place] = replace(item, shots={**item.shots, **{name: due[name] for name in more}})
    n = max((*(item.n for item in every), *taken), default=0)
    while waiting and may_open > 0:
        n, may_open = n + 1, may_open - 1
        kept.append(Proposal(entity, n, shots={name: due[name] for name in waiting[:most]}))
        waiting = waiting[most:]
    return Allotment(tuple(kept), tuple(waiting))
