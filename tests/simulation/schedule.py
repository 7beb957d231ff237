"""A schedule: what people do, which commands run and what befalls each, all said beforehand and made from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from tests.simulation.machine import Fault

COMMANDS: Final = ("tick", "submit", "collect", "refresh", "laptop submit", "laptop collect")
_LETTERS: Final = {
    "wide": ("A", "B", "C", "A2", "AP"),
    "near": ("A", "B"),
    "far": ("A", "B", "AL"),
    "face": ("A", "B", "C"),
    "twin": ("B", "D", "E"),
}

_WORLDS: Final = (
    ("wide", "near", "face"),
    ("wide", "face", "twin"),
    ("wide", "near", "far"),
    tuple(_LETTERS),
)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens: a command with its faults, or what a person does; then so many turns for all."""

    what: str
    on: str = ""
    number: int = 0
    turns: int = -1
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everything a simulation is told."""

    seed: int
    rough: bool  # lines and batches fail
    config: Mapping[str, Any]
    letters: Mapping[str, str]
    acts: tuple[Act, ...]
    began: str = ""  # `proposed`: its first pictures lie in pull requests; `accepted`: those are merged, too
    to_the_end: bool = False  # people merge everything, until nothing is left to make
    pays: int = -1  # how many pictures are paid in all that happens; -1: as it comes

    def without(self, place: int) -> Schedule:
        """The same, one act less."""
        return replace(self, acts=self.acts[:place] + self.acts[place + 1 :])

    def encode(self) -> str:
        """As one line of JSON, which `decode_schedule` reads."""
        return json.dumps(asdict(self), separators=(",", ":"))


def decode_schedule(text: str) -> Schedule:
    """A schedule from its JSON."""
    data = json.loads(text)
    acts = tuple(
        Act(**{**act, "faults": tuple(Fault(**fault) for fault in act["faults"])}) for act in data.pop("acts")
    )
    return Schedule(acts=acts, **data)


def schedule_of(seed: int) -> Schedule:
    """The schedule of a seed."""
    chance = random.Random(seed)
    kind = chance.random()
    faulty, crowded = kind > 0.15, kind > 0.3
    if kind > 0.99:
        return _owner_gone(chance, seed)
    if kind > 0.987:
        return _made_twice(chance, seed)
    if kind > 0.985:
        return _listed_late(chance, seed)
    if kind > 0.982:
        return _opened_again(chance, seed)
    if kind > 0.92:
        return _one_edit(chance, seed)
    world = chance.choice(_WORLDS)
    began = chance.choice(("", "", "proposed", "accepted"))
    acts = [Act("tick")] if not began and chance.random() < 0.7 else []
    acts += [_act(chance, world, faulty=faulty, crowded=crowded) for _ in range(chance.randint(2, 9))]
    return Schedule(
        seed=seed,
        rough=chance.random() < 0.6,
        config=chance.choice(_FEW) if began else _config(chance),
        letters={name: "A" if began else chance.choice(_LETTERS[name][:3]) for name in world},
        acts=tuple(acts),
        began=began,
        to_the_end=chance.random() < 0.08,
    )


_FEW: Final[tuple[dict[str, Any], ...]] = (
    {"provider": {"mode": "batch"}, "limits": {"retries": 1}},
    {"provider": {"mode": "batch"}, "limits": {"retries": 2, "requests_per_batch": 1}},
    {"provider": {"mode": "batch"}, "limits": {"retries": 1}, "review": {"max_pictures": 1, "max_open": 1}},
    {
        "provider": {"mode": "batch"},
        "limits": {"retries": 1, "debounce": "none"},
        "review": {"max_pictures": 2},
    },
    {"provider": {"mode": "batch", "regenerate_on": ["model"]}, "limits": {"retries": 1, "open_batches": 1}},
    {"provider": {"mode": "batch"}, "limits": {"retries": 2}, "budget": {"month_usd": "0.15"}},
)


def _config(chance: random.Random) -> dict[str, Any]:
    tight = chance.random()
    config: dict[str, Any] = {
        "provider": {"mode": "batch"},
        "limits": {"retries": chance.choice((1, 2)), "requests_per_batch": chance.choice((1, 2, 50))},
        "review": {"max_pictures": chance.choice((1, 2, 25)), "max_open": chance.choice((1, 2, 10))},
    }
    if tight < 0.15:
        config["budget"] = {"month_usd": chance.choice(("0.04", "0.08", "0.15"))}
    elif tight < 0.25:
        config["budget"] = {"run_usd": "0.04"}
    elif tight < 0.35:
        config["budget"] = {"new_shots_per_push": 2}
    if chance.random() < 0.2:
        config["limits"]["open_batches"] = 1
    if chance.random() < 0.15:
        config["provider"]["regenerate_on"] = ["model"]
    if chance.random() < 0.1:
        config["limits"]["debounce"] = "none"
    return config


_PEOPLE: Final = (
    ("edit", 22),
    ("merge", 20),
    ("close", 8),
    ("reopen", 4),
    ("speak", 2),
    ("commit", 4),
    ("update branch", 2),
    ("delete branch", 2),
    ("revert", 4),
    ("delete row", 4),
    ("delete file", 2),
    ("retouch", 2),
    ("model", 3),
    ("push laptop", 3),
    ("operator", 4),
    ("lose books", 1),
    ("roll back books", 1),
    ("rebuild", 1),
    ("wait", 14),
)
_RUNS: Final = (
    ("tick", 40),
    ("submit", 12),
    ("order", 10),
    ("again", 6),
    ("collect", 8),
    ("refresh", 8),
    ("laptop submit", 8),
    ("laptop collect", 8),
)


def _pick(chance: random.Random, weighted: tuple[tuple[str, int], ...]) -> str:
    names, weights = zip(*weighted, strict=True)
    return str(chance.choices(names, weights)[0])


def _one_edit(chance: random.Random, seed: int) -> Schedule:
    """All is accepted, and the first shot of the chain is reworded: whatever befalls the commands, each is paid once."""
    acts = [Act("edit", "wide B")]
    for _ in range(chance.randint(1, 5)):
        what = chance.choice(("tick", "tick", "submit", "collect", "refresh", "merge", "wait"))
        faults = _faults(chance) if what not in ("merge", "wait") else ()
        acts.append(Act(what, "wide", chance.choice((60, 1000, 9000)), chance.choice((0, 1, 3, -1)), faults))
    letters = {"wide": "A", "near": "A", "far": "A"}
    return Schedule(
        seed, False, chance.choice(_FEW[:3]), letters, tuple(acts), began="accepted", to_the_end=True, pays=3
    )


def _owner_gone(chance: random.Random, seed: int) -> Schedule:
    """An owner is killed, or stalled, with its claims on the books; once its lease has run out, several settle them at once."""
    stalled = Fault("books.read", chance.randint(4, 9), False, "pause", 1200)
    killed = Fault("books.write", chance.randint(1, 2), True, "kill")
    first = chance.choice((killed, killed, stalled))
    acts = [Act("submit", "wide", turns=-1 if first is killed else 0, faults=(first,))]
    acts.append(Act("wait", "wide", chance.choice((1000, 1100, 1190)), 0))
    for _ in range(chance.randint(2, 3)):
        what = chance.choice(("tick", "submit", "submit", "laptop submit"))
        pause = Fault(
            "books.read", chance.randint(1, 7), chance.random() < 0.5, "pause", chance.choice((0, 60, 400))
        )
        acts.append(Act(what, "wide", 0, chance.choice((0, 1, -1)), (pause,)))
    acts += [Act("edit", "wide B")] if chance.random() < 0.3 else []
    letters = {"wide": "A", "near": "A", "face": "A"}
    return Schedule(seed, chance.random() < 0.3, chance.choice(_FEW), letters, tuple(acts))


def _made_twice(chance: random.Random, seed: int) -> Schedule:
    """Creates that make two batches, which end as they like; several look after them, and are killed or stalled meanwhile."""
    acts = []
    for _ in range(chance.randint(1, 2)):
        twice = tuple(Fault("create", n, False, "twice") for n in range(1, chance.randint(2, 3)))
        acts.append(Act("submit", "wide", faults=twice))
        acts.append(Act("edit", chance.choice(("wide B", "near B", "face B"))))
    for _ in range(chance.randint(2, 6)):
        what = chance.choice(
            ("tick", "submit", "collect", "collect", "laptop submit", "laptop collect", "wait")
        )
        faults = _faults(chance) if what != "wait" and chance.random() < 0.6 else ()
        acts.append(Act(what, "wide", chance.choice((60, 600, 7200)), chance.choice((1, 2, 5, -1)), faults))
    letters = {"wide": "A", "near": "A", "face": "A"}
    return Schedule(seed, True, chance.choice(_FEW), letters, tuple(acts))


def _listed_late(chance: random.Random, seed: int) -> Schedule:
    """A create has no answer, and the list shows its batch only when it was fenced off; then there may be another, or none yet."""
    seconds = chance.choice((150, 300, 1500, 9000))
    acts = [Act("submit", "wide", faults=(Fault("create", 1, False, "unlisted", seconds),))]
    for _ in range(chance.randint(1, 5)):
        what = chance.choice(("tick", "submit", "laptop submit", "collect", "wait", "wait", "edit"))
        number, on = chance.choice((100, 300, 1500, 9000)), "wide B" if what == "edit" else "wide"
        faults = _faults(chance) if what not in ("wait", "edit") and chance.random() < 0.5 else ()
        acts.append(Act(what, on, number, chance.choice((1, 2, 5, -1)), faults))
    letters = {"wide": "A", "near": "A", "face": "A"}
    return Schedule(seed, chance.random() < 0.5, chance.choice(_FEW), letters, tuple(acts))


def _opened_again(chance: random.Random, seed: int) -> Schedule:
    """A pull request that we withdrew as its words had changed is opened again; then it is merged, closed, or left."""
    acts = [Act("edit", "wide B"), Act("refresh"), Act("refresh"), Act("reopen", "wide", 0)]
    for _ in range(chance.randint(2, 6)):
        what = chance.choice(
            (
                "tick",
                "tick",
                "refresh",
                "refresh",
                "submit",
                "close",
                "reopen",
                "merge",
                "edit",
                "wait",
                "commit",
            )
        )
        of_people = what in ("close", "reopen", "merge", "edit", "wait", "commit")
        faults = _faults(chance) if not of_people and chance.random() < 0.5 else ()
        turns = -1 if of_people else chance.choice((0, 1, 3, -1, -1))
        number = chance.choice((600, 90_000)) if what == "wait" else chance.randrange(1000)
        acts.append(Act(what, f"wide {chance.choice('ABC')}", number, turns, faults))
    return Schedule(seed, chance.random() < 0.3, _FEW[0], {"wide": "A"}, tuple(acts), began="proposed")


def _act(chance: random.Random, world: Sequence[str], *, faulty: bool, crowded: bool) -> Act:
    if chance.random() < 0.5:
        what, turns = _pick(chance, _PEOPLE), chance.choice((0, 0, -1)) if crowded else -1
        on = chance.choice(world)
        number = chance.choice((60, 600, 1000, 4000, 90_000)) if what == "wait" else chance.randrange(1000)
        return Act(what, f"{on} {chance.choice(_LETTERS[on])}", number, turns)
    turns = chance.choice((0, 1, 2, 3, 5, -1, -1)) if crowded else -1
    faults = _faults(chance) if faulty and chance.random() < 0.75 else ()
    on = chance.choice(world)
    return Act(_pick(chance, _RUNS), on, chance.randrange(1000), turns, faults)


_PORTS: Final = (
    ("books.read", 14, 20),
    ("books.write", 30, 9),
    ("create", 30, 3),
    ("upload", 5, 3),
    ("list", 8, 3),
    ("get", 4, 3),
    ("delete_file", 5, 2),
    ("download", 4, 2),
    ("keep", 6, 2),
    ("fetch", 3, 3),
    ("push", 6, 2),
    ("forge.open_pull", 5, 2),
    ("forge.pull", 3, 3),
    ("forge.open_pulls", 2, 1),
    ("forge.edit_pull", 3, 1),
    ("forge.close_pull", 2, 1),
    ("forge.may_write", 1, 1),
    ("base", 3, 1),
    ("branches", 2, 1),
    ("results", 3, 1),
    ("sleep", 3, 2),
    ("files.write", 3, 3),
    ("run", 2, 1),
)
_CREATE: Final = (
    "throttled",
    "daily quota",
    "refused",
    "unavailable",
    "lost",
    "late",
    "late, and killed",
    "twice",
)


def _faults(chance: random.Random) -> tuple[Fault, ...]:
    found = []
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        port, _, most = chance.choices(_PORTS, [weight for _, weight, _ in _PORTS])[0]
        after = chance.random() < 0.5
        what = chance.choice(("kill", "kill", "pause", "pause", "pause", "trouble", "trouble", "drain"))
        seconds = chance.choice((0, 0, 0, 60, 400, 1200, 5000)) if what == "pause" else 0
        if what == "trouble" and port == "create":
            what = "lost" if after else chance.choice(_CREATE)
            seconds = chance.choice((30, 100, 150, 1500, 9000)) if what.startswith("late") else 0
        found.append(Fault(port, min(chance.randint(1, most), chance.randint(1, most)), after, what, seconds))
    return tuple(found)
