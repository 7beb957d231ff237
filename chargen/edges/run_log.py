"""A run's logs.txt: one line an event, time first, secrets blotted out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chargen.core.one_line import one_line
from chargen.ports import Clock


@dataclass(frozen=True, slots=True)
class RunLog:
    """Appends to a file that people read afterwards; a log that cannot be written stops no run."""

    path: Path
    clock: Clock
    redact: Callable[[str], str]

    def write(self, text: str) -> None:
        """Append one line."""
        line = f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ} {one_line(self.redact(text), longest=2000)}\n"
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError:
            return
