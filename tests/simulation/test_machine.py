"""Processes take turns as they are told, and die where they are told."""

from __future__ import annotations

from tests.simulation.machine import Fault, Machine, Process


def talking(machine: Machine, heard: list[str], name: str, *faults: Fault) -> Process:
    """A process that calls a port three times and says so."""

    def do(process: Process) -> None:
        for number in range(3):
            process.call("port", lambda number=number: heard.append(f"{name}{number}"))  # type: ignore[misc]

    given = {(fault.port, fault.nth, fault.after): fault for fault in faults}
    process = Process(machine, name, do, given)
    machine.start(process)
    return process


def test_one_goes_on_while_another_pauses() -> None:
    machine, heard = Machine(), list[str]()
    talking(machine, heard, "a", Fault("port", 2, after=False, what="pause", seconds=100))
    talking(machine, heard, "b")

    machine.run(-1)

    assert heard == ["a0", "b0", "b1", "b2", "a1", "a2"]
    assert machine.now_s > 100


def test_the_killed_reach_nothing_any_more() -> None:
    machine, heard = Machine(), list[str]()
    before = talking(machine, heard, "a", Fault("port", 2, after=False, what="kill"))
    after = talking(machine, heard, "b", Fault("port", 2, after=True, what="kill"))

    machine.run(-1)

    assert heard == ["a0", "b0", "b1"]
    assert before.dead
    assert after.dead


def test_a_fault_that_nobody_met_strikes_the_next_who_calls() -> None:
    machine, heard = Machine(), list[str]()
    talking(machine, heard, "a", Fault("port", 9, after=False, what="kill"))
    machine.run(-1)
    talking(machine, heard, "b")

    machine.run(-1)

    assert heard == ["a0", "a1", "a2"]
