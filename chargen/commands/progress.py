"""The progress of a live run: a bar with rate, time left and cost for a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Self

from chargen.commands.telling import say
from chargen.commands.trouble import unreached_hint
from chargen.core.submission import Came
from chargen.edges.environment import wants_no_color

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from chargen.core.work import Work
    from chargen.pipeline.bundling import Laid

_LINE_EVERY_S: Final = 10.0


class Progress:
    """Told of each finished request, from any thread; a context manager."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self.total, self.done, self.cost = total, 0, Decimal(0)
        self._quiet = quiet
        self._hint = ""
        self._lock = threading.Lock()
        self._began = self._said = time.monotonic()
        self._bar: tuple[Bar, TaskID] | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            bar, task = _bar(self.total)
            if not bar.console.is_dumb_terminal:  # it would show nothing there
                self._bar = bar, task
                bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar[0].stop()
        if not self._quiet:
            say(self.line())
        if self._hint:
            say(f"  {self._hint}")

    def told(self, item: Work, laid: Laid) -> None:
        """One more request has its outcome."""
        outcome = laid.request.outcome
        with self._lock:
            self.done += 1
            self.cost += outcome.cost_usd if outcome else Decimal(0)
            if outcome is not None and outcome.came is not Came.IMAGE:
                self._line(f"  {item.job_id}: {outcome.came}: {outcome.reason}")
                self._hint = self._hint or unreached_hint(outcome.reason)
            if laid.warning:
                self._line(f"  {item.job_id}: warning: {laid.warning}")
            self._show()

    def line(self) -> str:
        """How far it is: done, rate a minute, cost."""
        elapsed = max(time.monotonic() - self._began, 0.001)
        rate = self.done / elapsed * 60
        return f"  {self.done} of {self.total} done, {rate:.0f} a minute, {self.cost:.4f} USD so far"

    def _show(self) -> None:
        if self._bar is not None:
            bar, task = self._bar
            rate = self.done / max(time.monotonic() - self._began, 0.001) * 60
            bar.update(task, completed=self.done, cost=f"{self.cost:.4f} USD", rate=f"{rate:.0f}/min")
        elif not self._quiet and time.monotonic() - self._said > _LINE_EVERY_S and self.done < self.total:
            self._said = time.monotonic()
            say(self.line())

    def _line(self, text: str) -> None:
        if self._bar is not None:
            self._bar[0].console.print(text, markup=False, highlight=False)
        else:
            say(text)


def _bar(total: int) -> tuple[Bar, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    bar = RichProgress(
        TextColumn("  making pictures"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[cost]}"),
        console=Console(stderr=True, color_system=None if wants_no_color() else "auto"),
        transient=True,
    )
    return bar, bar.add_task("making", total=total, cost="0.0000 USD", rate="")
