"""One schedule, played: everything that is said in it, then nothing more, until all is quiet; what was broken on the way."""

from __future__ import annotations

import functools
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from chargen import __version__
from chargen.core.plan import Options
from chargen.core.submission import State
from chargen.core.world_config import Mode
from chargen.errors import ChargenError
from chargen.pipeline.plan import make_plan
from tests.simulation import endings, tracking
from tests.simulation import invariants as must
from tests.simulation.commands import COMMANDS, start, submit
from tests.simulation.forge import Forge
from tests.simulation.machine import START, Machine, Process
from tests.simulation.memory import Disk
from tests.simulation.people import act, settle_quarantines
from tests.simulation.provider import Luck, Service
from tests.simulation.schedule import Act, Schedule
from tests.simulation.session import Laptop, Town
from tests.simulation.tracking import Remote
from tests.simulation.tree import Repository, first_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chargen.core.books import Books
    from chargen.core.plan import Plan
    from tests.simulation.session import SimSession
    from tests.simulation.tree import Commit

_TICKS: Final = 14  # until all is quiet: batches are begun one after another where limits say so
_ROUNDS: Final = 6  # of merging all, as long as the chain and its retries
_LONG_S: Final = 110_000  # every batch has ended, every lease has lapsed


@dataclass
class Outcome:
    """What a schedule came to."""

    broken: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    said: list[tuple[int, str]] = field(default_factory=list)

    @property
    def log(self) -> list[str]:
        """What happened, each line with its time."""
        return [f"{START + timedelta(seconds=at):%d %H:%M:%S} {text}" for at, text in self.said]


class Simulation:
    """One schedule under way."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.town = _begun(schedule)
        self.town.remote.watch = self._written
        self.town.remote.traces = lambda: bool(self.town.repository.heads)
        self.town.service.accepted = self._accepted
        self.town.service.luck = Luck(schedule.seed, schedule.rough)
        self.town.forge.pushed = self._pushed
        self.outcome = Outcome(tally=self.town.machine.tally)
        self.commands = 100 if schedule.began else 0
        self.paid_before = len(self.town.service.account)
        self.orders: list[tuple[str, str]] = []  # what was forced, and in which run

    def run(self) -> Outcome:
        """Play it."""
        try:
            for number, one in enumerate(self.schedule.acts):
                self._log(f"{number}: {one.what} {one.on}")
                self._do(one)
                self._check(must.AT_STEPS)
                if self.outcome.broken:
                    return self.outcome
            self._end()
        finally:
            self.town.machine.kill_all()
        return self.outcome

    # ---- what is broken

    def _break(self, rule: Callable[..., object], said: str) -> None:
        name = getattr(rule, "__name__", str(rule))
        self.outcome.broken.append(f"{name}: {said}")
        self._log(f"!! {name}: {said}")

    def _check(self, rules: Iterable[Callable[..., Iterable[str]]], *about: object) -> None:
        for rule in rules:
            for said in rule(self.town, *about):
                self._break(rule, said)

    def _written(self, process: Process | None, before: Books, after: Books) -> None:
        self._log(f"  {process.name if process else 'a person'}: {self.town.remote.said[after.tip]}")
        if process is None and self.town.remote.said[after.tip].startswith("Rebuild"):
            return  # what was lost comes back as it can be told
        self._check(must.AT_WRITES, must.Write.of(before, after, process.nonce if process else ""))

    def _accepted(self, display_name: str) -> None:
        self._log(f"  the service begins a batch for {display_name}")
        self._check(must.AT_CREATES, display_name)

    def _pushed(self, before: Commit | None, after: Commit) -> None:
        self._check([must.people_s_commits_stay], before, after)

    def _log(self, text: str) -> None:
        self.outcome.said.append((self.town.machine.now_s, text))

    # ---- acts

    def _do(self, one: Act) -> None:
        machine = self.town.machine
        machine.tally[f"act: {one.what}"] += 1
        if one.what == "wait":
            machine.now_s += one.number
            machine.run(0)
        elif one.what in COMMANDS:
            self._start(one, COMMANDS[one.what])
        elif one.what == "order":
            self.orders.append((one.on, f"{len(self.orders) + 1}"))
            self.town.runs.add(self.orders[-1][1])
            self._start(one, partial(submit, force=f"*/{one.on}", run_id=self.orders[-1][1]))
        elif one.what == "again":
            if self.orders:
                force, run_id = self.orders[one.number % len(self.orders)]
                self._start(one, partial(submit, force=f"*/{force}", run_id=run_id))
        else:
            act(self.town, one.what, one.on, one.number)
        machine.run(one.turns)

    def _start(self, one: Act, do: Callable[[SimSession], None]) -> Process | None:
        """A command under way; a laptop runs one at a time."""
        on_laptop = one.what.startswith("laptop")
        if on_laptop and any(item.on_laptop for item in self.town.machine.processes):
            return None
        self.commands += 1
        nonce = f"nonce-{self.commands}"
        faults = {(fault.port, fault.nth, fault.after): fault for fault in one.faults}
        process = Process(
            self.town.machine,
            f"{one.what} {self.commands}",
            self._watched(start(self.town, one.what, nonce, do)),
            faults,
            on_laptop=on_laptop,
            nonce=nonce,
        )
        self.town.machine.start(process)
        return process

    def _watched(self, do: Callable[[Process], None]) -> Callable[[Process], None]:
        """A command may end with an error of chargen's, never with one of Python's."""

        def run(process: Process) -> None:
            try:
                do(process)
            except (ChargenError, click.UsageError) as error:
                self._log(f"  {process.name} ends: {error}")
                self.outcome.tally[f"ends with {type(error).__name__}"] += 1
            except Exception as error:  # noqa: BLE001  # a bug, whatever it is
                import traceback

                where = traceback.extract_tb(error.__traceback__)[-1]
                self._break(
                    _no_bug,
                    f"{process.name}: {type(error).__name__}: {error} ({where.name}, line {where.lineno})",
                )

        return run

    # ---- the end

    def _end(self) -> None:
        """Nobody does anything more: after some ticks nothing moves."""
        town = self.town
        town.machine.run(-1)
        town.machine.armed.clear()
        self._check(must.AT_STEPS)
        self._quiet(first=True)
        plan = self._plan()
        self._check(must.AT_STEPS)
        self._check(endings.AT_THE_END)
        self._check(endings.OF_A_PLAN, plan)
        for _ in range(_ROUNDS if self.schedule.to_the_end and not self.outcome.broken else 0):
            if not self._merge_all():
                break
            self._quiet(first=False)
            self._check(must.AT_STEPS)
            self._check(endings.OF_A_PLAN, self._plan())
        if self.schedule.pays >= 0:
            self._check([endings.one_edit_pays_the_chain], self.schedule.pays, self.paid_before)
        for item in plan.items:
            self.outcome.tally[f"reason: {item.action} {item.reason}"] += 1

    def _quiet(self, *, first: bool) -> None:
        """Tick until nothing moves any more."""
        for number in range(_TICKS):
            settle_quarantines(self.town)
            self.town.machine.now_s += _LONG_S if first or number else 0
            if self.town.lost:
                self._start(Act("rebuild"), COMMANDS["rebuild"])
                self.town.machine.run(-1)
                self.town.rebuilt = True
            before, unended = self._marks(), self.town.service.unended()
            self._log(f"tick {number + 1} of the end")
            self._start_tick()
            if self.outcome.broken or not (unended or before != self._marks() or self._quarantined()):
                return
        self._break(_quiet_at_last, f"something moves still after {_TICKS} ticks: {self._marks()}")

    def _start_tick(self) -> None:
        self._start(Act("tick"), COMMANDS["tick"])
        self.town.machine.run(-1)

    def _marks(self) -> tuple[object, ...]:
        town = self.town
        return town.remote.tip, town.service.writes, town.forge.writes, len(town.service.wire)

    def _quarantined(self) -> bool:
        return any(item.state is State.QUARANTINED for item in self.town.remote.books.submissions.values())

    def _plan(self) -> Plan:
        """What a submit would plan now."""
        world, shots = self.town.repository.base.world()
        options = Options(mode=Mode.BATCH, hold=True, max_cost_usd=world.config.budget.run_usd)
        return make_plan(world, shots, self.town.remote.books, options, version=__version__)

    def _merge_all(self) -> bool:
        pulls = [pull for pull in self.town.forge.pulls.values() if pull.open]
        return any(self.town.forge.merge(pull) for pull in pulls)


def _first_town(config: str, letters: str) -> Town:
    """A town in which nothing has happened yet."""
    repository = Repository(first_files(json.loads(config), json.loads(letters)))
    machine = Machine()
    return Town(
        machine,
        Remote(),
        Service(machine, Luck(0, rough=False)),
        Forge(repository),
        repository,
        Laptop(Disk(), dict(repository.base.files), repository.base),
    )


def _begun(schedule: Schedule) -> Town:
    """The town a schedule begins in."""
    config, letters = json.dumps(schedule.config), json.dumps(schedule.letters)
    if not schedule.began:
        return _first_town(config, letters)
    town = _begun_town(config, letters, schedule.began)
    machine = Machine()
    machine.now_s = town.machine.now_s
    return town.copied(machine)


@functools.cache
def _begun_town(config: str, letters: str, began: str) -> Town:
    """A town whose first pictures are proposed, or accepted: played once, without a fault."""
    calm = Simulation(Schedule(0, False, json.loads(config), json.loads(letters), ()))
    calm._quiet(first=False)
    while began == "accepted" and calm._merge_all():
        calm._quiet(first=False)
    assert not calm.outcome.broken, calm.outcome.log
    return calm.town


def forget() -> None:
    """Forget the towns that were begun: they were played by the code as it was then."""
    _begun_town.cache_clear()
    tracking.forget()


def _quiet_at_last() -> None:
    """The name of a rule: with nothing new, nothing is written any more."""


def _no_bug() -> None:
    """The name of a rule."""
