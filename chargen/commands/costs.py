"""`chargen costs`: what pictures have cost, month by month, and what of it was waste; from the books as they lie here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.telling import as_json, result
from chargen.commands.wiring import Session, open_session

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.core.books import Books


class MonthName(click.ParamType[str]):
    """A month such as 2026-11."""

    name = "month"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a month."""
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", str(value)):
            self.fail(f"{value!r} is no month, such as 2026-11", param, ctx)
        return str(value)


@click.command("costs")
@options.root
@click.option("--month", metavar="YYYY-MM", type=MonthName(), help="One month. Default: every month.")
@options.local
@options.output_format("text", "json")
def command(root: Path | None, month: str | None, local: bool, style: str) -> None:
    """
    What pictures have cost: by month, mode and model, estimated and actual, with waste on lines of its own.

    From the books as they were last read here; where they were never read, from the remote. The rows of the files are
    held against them.
    """
    from chargen.core.costs import Month, months, row_costs
    from chargen.core.costs_report import costs_data, month_lines, row_lines
    from chargen.core.waste import Served

    session = open_session(root, local=local)
    books = _books(session)
    world, shots = session.world()
    served = Served.by(books, shots.values(), world.config.provider.regenerate_on)
    found = [item for item in months(served) if month in (None, item.name)]
    found = found or ([Month(month)] if month else [])
    rows, cap = row_costs(world.shots(), books), world.config.budget.month_usd
    if style == "json":
        as_json({"books": books.tip, **costs_data(found, rows, cap)})
        return
    if not found:
        result("Nothing was paid for yet.")
    for line in [*(line for item in found for line in month_lines(item, cap)), *row_lines(rows)]:
        result(line)


def _books(session: Session) -> Books:
    here = session.books_here()
    return here if here.tip else session.desk().read()
