"""A schedule that breaks something, made as short as it still breaks it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.simulation.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.schedule import Schedule


def shrunk(schedule: Schedule) -> Schedule:
    """The shortest that was found to break the same rule."""
    rule = rule_broken(schedule)
    going = bool(rule)
    while going:
        simpler = next((one for one in _simpler(schedule) if rule_broken(one) == rule), None)
        going = simpler is not None
        schedule = simpler or schedule
    return schedule


def rule_broken(schedule: Schedule) -> str:
    """The first rule that a schedule breaks; empty when it breaks none."""
    broken = Simulation(schedule).run().broken
    return broken[0].partition(":")[0] if broken else ""


def _simpler(schedule: Schedule) -> Iterator[Schedule]:
    """Without an act, without a fault, one after the other, with luck."""
    acts = schedule.acts
    for place in range(len(acts)):
        yield schedule.without(place)
    for place, act in enumerate(acts):
        for fault in act.faults:
            left = tuple(one for one in act.faults if one is not fault)
            yield replace(schedule, acts=(*acts[:place], replace(act, faults=left), *acts[place + 1 :]))
        if act.turns != -1:
            yield replace(schedule, acts=(*acts[:place], replace(act, turns=-1), *acts[place + 1 :]))
    if schedule.rough:
        yield replace(schedule, rough=False)
    if schedule.to_the_end:
        yield replace(schedule, to_the_end=False)
