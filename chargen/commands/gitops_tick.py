"""`chargen gitops tick`: everything that is due, in one run: decide, collect, refresh, submit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.gitops_collect import collect_ended
from chargen.commands.gitops_refresh import propose
from chargen.commands.observing import observe
from chargen.commands.ordering import order
from chargen.commands.summary import annotate, summarise
from chargen.commands.telling import as_json, result, show_problems
from chargen.commands.wiring import Session, open_session
from chargen.core.counted import counted
from chargen.core.plan import Options
from chargen.core.report import markdown_escape, markdown_told
from chargen.core.world_config import Mode
from chargen.errors import BooksConflict, ChargenError, ExitCode, worst

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from pathlib import Path

    from chargen.pipeline.booking import Desk


@click.command("tick")
@options.root
@options.model
@options.budget
@options.output_format("text", "json")
def command(root: Path | None, model: str, budget: Decimal | None, style: str) -> int:
    """
    Everything that is due: decide, collect, refresh, submit. What one step meets does not keep the next from its work.

    A bad file of the world is listed and does not fail the run: the push that brought it did.
    """
    session = open_session(root, model=model)
    tick = Tick(session, session.desk())
    tick.run(budget, model)
    if style == "json":
        as_json({"steps": tick.said, "exitCode": int(tick.code)})
    else:
        failed = f"not done: {', '.join(tick.failed)}" if tick.failed else ""
        result("; ".join(filter(None, [*tick.said.values(), failed])) or "nothing to do")
    return tick.code


class Tick:
    """A tick under way."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self.session, self.desk = session, desk
        self.code = ExitCode.DONE
        self.said: dict[str, str] = {}
        self.stopped = False
        self.failed: list[str] = []
        self._told: set[str] = set()

    def run(self, budget: Decimal | None = None, model: str = "") -> None:
        """Every step in its turn."""
        known = self.step("decide", self.decide)
        self.stopped = not self.step("look", self.look) or self.stopped
        self.step("collect", self.collect)
        if known:  # else what is merged already would be proposed again
            self.step("refresh", self.refresh)
        self.step("submit", lambda: self.submit(budget, model))

    def step(self, name: str, do: Callable[[], None]) -> bool:
        """Whether a step came out; its trouble is told, and ends the tick only where the books are in question."""
        if self.stopped:
            return False
        try:
            do()
        except ChargenError as error:
            self.stopped = isinstance(error, BooksConflict)
            self.failed.append(name)
            self.code = worst(self.code, error.exit_code)
            if str(error) in self._told:
                return False
            self._told.add(str(error))
            show_problems([error])
            summarise(self.session, f"**{markdown_escape(str(error))}** {markdown_told(error.hint)}")
            annotate(self.session, "error", error.whole)
            return False
        return True

    def decide(self) -> None:
        """What people did with the pull requests."""
        happened = observe(self.desk, self.session.forge())
        self._say("decide", (len(happened), "pull request", "decided"))

    def look(self) -> None:
        """The base tip: after deciding, so that what was merged by then is in it."""
        self.session = self.session.on_base()

    def collect(self) -> None:
        """What the provider has finished."""
        brought = collect_ended(self.session, self.desk)
        self.code = worst(self.code, brought.code)
        self._say(
            "collect", (len(brought.done), "batch", "collected"), (len(brought.left), "batch", "still open")
        )

    def refresh(self) -> None:
        """What came, proposed."""
        done, code = propose(self.session, self.desk)
        self.code = worst(self.code, code)
        self._say(
            "refresh",
            (len(done.opened), "pull request", "opened"),
            (len(done.updated), "pull request", "updated"),
            (len(done.withdrawn), "pull request", "withdrawn"),
            (len(done.left), "picture", "waiting for room"),
        )

    def submit(self, budget: Decimal | None, model: str) -> None:
        """What is wanted and not ordered yet."""
        asked = Options(mode=Mode.BATCH, max_cost_usd=budget, hold=True, model=model)
        ordered = order(self.session, self.desk, asked, mode=None, heading="Order pictures")
        self.code = worst(self.code, ordered.code)
        self._say("submit", (len(ordered.submissions), "batch", "submitted"))

    def _say(self, step: str, *counts: tuple[int, str, str]) -> None:
        """What a step came to, for the one line at the end; nothing for nothing."""
        plural = {"batch": "batches"}
        said = [f"{counted(n, what, plural.get(what, ''))} {done}" for n, what, done in counts if n]
        if said:
            self.said[step] = ", ".join(said)
