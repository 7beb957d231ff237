"""Which faults are switched on, and who meets one next; safe from any thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from chargen.emulator.faults import GEMINI, Fault, FaultTable, build, parse
from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Switchboard:
    """The faults that are switched on, oldest first."""

    def __init__(self, faults: Iterable[str | Fault] = (), *, table: FaultTable = GEMINI) -> None:
        self.table = table
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.add(*faults)

    def add(self, *faults: str | Fault) -> None:
        """Switch faults on; text is parsed, and nothing is switched on when one of them is wrong."""
        parsed = [parse(fault, self.table) if isinstance(fault, str) else fault for fault in faults]
        with self._lock:
            self._faults.extend(parsed)

    def clear(self) -> None:
        """Switch all faults off."""
        with self._lock:
            self._faults.clear()

    @property
    def active(self) -> bool:
        """Whether any fault is switched on, used up or not."""
        return bool(self._faults)

    def take(self, *names: str, endpoint: str = "", text: str = "") -> Fault | None:
        """The first fault of these names that strikes here; it counts as a strike."""
        with self._lock:
            for fault in self._faults:
                if fault.kind.name in names and _concerns(fault, endpoint, text):
                    fault.met += 1
                    if fault.met > fault.after:
                        fault.struck += 1
                        return fault
        return None

    def as_json(self) -> list[dict[str, Any]]:
        """All faults that are switched on, with how often each has struck."""
        with self._lock:
            return [fault.as_json() for fault in self._faults]


def _concerns(fault: Fault, endpoint: str, text: str) -> bool:
    if fault.times is not None and fault.struck >= fault.times:
        return False
    if "on" in fault.kind.options:
        places = str(fault["on"]).split("+")
        if "any" not in places and endpoint not in places:
            return False
    return fault.match in text


def faults_from_json(body: object, table: FaultTable = GEMINI) -> list[Fault]:
    """Faults as JSON gives them: a string, an object with `name` and options, a list of these, or {"faults": [...]}."""
    if isinstance(body, str):
        return [parse(body, table)]
    if isinstance(body, list):
        return [fault for item in body for fault in faults_from_json(item, table)]
    if isinstance(body, dict) and "faults" in body:
        return faults_from_json(body["faults"], table)
    if isinstance(body, dict) and isinstance(body.get("name"), str):
        options = {key: value for key, value in body.items() if key != "name"}
        return [build(body["name"], options, table)]
    raise UsageError("a fault is a text like '429:times=2' or an object with a 'name'")
