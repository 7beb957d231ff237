"""
Processes that take turns, all from data: each runs as a greenlet, and what befalls it at which call is said beforehand.

No wall clock and no chance in here. A call of a port is a point; a fault names the call (`books.write`), which one of
that name, and whether it strikes before the call takes effect or after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import greenlet  # type: ignore[import-untyped]  # its stubs are a package of their own

START: Final = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)
_ENDLESS: Final = 3000  # calls of one process: more is a loop that ends never

T = TypeVar("T")


class Killed(BaseException):
    """The process is gone: nothing it does from here on reaches anything."""


class EndlessError(AssertionError):
    """A process went on and on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls a process at a call: `kill`, `pause` (for `seconds`), or what only that port knows."""

    port: str
    nth: int  # from 1
    after: bool
    what: str
    seconds: int = 0


class Machine:
    """Time, and the processes that are under way."""

    def __init__(self) -> None:
        self.now_s = 0
        self.processes: list[Process] = []
        self.tally: Counter[str] = Counter()
        self.armed: dict[tuple[str, bool], Fault] = {}  # what nobody met yet: it strikes the next who calls

    def now(self) -> datetime:
        """What time it is."""
        return START + timedelta(seconds=self.now_s)

    def start(self, process: Process) -> None:
        """A new process; it does nothing before its first turn."""
        self.processes.append(process)

    def run(self, turns: int) -> None:
        """Give turns to whoever can go on; -1: until all have ended, the clock moving as they need it."""
        while turns and self.processes:
            ready = [item for item in self.processes if item.wakes_s <= self.now_s]
            if not ready:
                if turns > 0:
                    return
                self.now_s = min(item.wakes_s for item in self.processes)
                continue
            chosen = min(ready, key=lambda item: item.turned)
            chosen.turn()
            turns -= 1
            if chosen.ended:
                self.processes.remove(chosen)
                left = (fault for fault in chosen.faults.values() if fault not in chosen.struck)
                self.armed |= {(fault.port, fault.after): fault for fault in left}

    def kill_all(self) -> None:
        """Nobody is left."""
        for process in list(self.processes):
            process.kill()
        self.processes.clear()


@dataclass(eq=False)
class Process:
    """One command under way: it is itself a clock (ports.Clock), whose sleep lets the others go on."""

    machine: Machine
    name: str
    do: Callable[[Process], object]
    faults: Mapping[tuple[str, int, bool], Fault] = field(default_factory=dict)
    on_laptop: bool = False
    nonce: str = ""  # who it is to the books
    ended: bool = False
    dead: bool = False
    wakes_s: int = 0
    turned: int = 0
    began: int = 0  # in the turns of all
    result: object = None
    error: BaseException | None = None
    struck: list[Fault] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    stop: bool = False  # told to drain
    checked: bool = True  # its clock is right
    _points: int = 0
    _greenlet: Any = None

    # ---- turns

    def turn(self) -> None:
        """Go on until the next pause, or the end."""
        if self._greenlet is None:
            self._greenlet = greenlet.greenlet(self._run)
            self._greenlet.process = self
        self.turned = self.machine.now_s * 1000 + self.machine.tally["turns"]
        self.machine.tally["turns"] += 1
        self._greenlet.switch()

    def kill(self) -> None:
        """End it where it stands."""
        self.dead = True
        if self._greenlet is not None and not self.ended:
            self._greenlet.throw(Killed())
        self.ended = True

    def _run(self) -> None:
        self.began = self.machine.tally["turns"]
        try:
            self.result = self.do(self)
        except Killed:
            self.dead = True
        except Exception as error:  # noqa: BLE001  # judged by who looks: some errors end a command, some are bugs
            self.error = error
        self.ended = True

    def _pause(self, seconds: int) -> None:
        self.wakes_s = self.machine.now_s + seconds
        self._greenlet.parent.switch()
        if self.dead:
            raise Killed

    # ---- points

    def call(self, port: str, effect: Callable[[], T]) -> T:
        """Call a port: what befalls before, the effect, what befalls after."""
        self.before(port)
        value = effect()
        self.after(port)
        return value

    def before(self, port: str) -> Fault | None:
        """A call begins; the fault that only the port can act out comes back."""
        if self.dead:
            raise Killed
        self.machine.now_s += 1
        self._points += 1
        if self._points > _ENDLESS:
            raise EndlessError(f"{self.name} makes call after call: {self.calls.most_common(5)}")
        self.calls[port] += 1
        return self._strike(port, after=False) if self.faults or self.machine.armed else None

    def after(self, port: str) -> Fault | None:
        """A call took effect."""
        return self._strike(port, after=True) if self.faults or self.machine.armed else None

    def _strike(self, port: str, *, after: bool) -> Fault | None:
        fault = self.faults.get((port, self.calls[port], after)) or self.machine.armed.pop(
            (port, after), None
        )
        if fault is None:
            return None
        self.struck.append(fault)
        self.machine.tally[f"fault: {fault.what} {'after' if after else 'before'} {port}"] += 1
        if fault.what == "kill":
            self.dead = True
            raise Killed
        if fault.what == "pause":
            self._pause(fault.seconds)
            return None
        if fault.what == "drain":
            self.stop = True
            return None
        return fault

    # ---- ports.Clock

    def now(self) -> datetime:
        """The time."""
        return self.machine.now()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return float(self.machine.now_s)

    def sleep(self, seconds: float) -> None:
        """Wait, while others work."""
        self.before("sleep")
        if seconds >= 1:
            self._pause(int(seconds))


def current() -> Process | None:
    """The process whose turn it is."""
    return getattr(greenlet.getcurrent(), "process", None)
