"""A run that goes on: with what options it was begun; where nobody knows any more, what is known of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.core.counted import counted
from chargen.core.plan_json import read_options
from chargen.core.report import usd
from chargen.errors import ChargenError, ConfigurationError, UsageError

if TYPE_CHECKING:
    from chargen.commands.wiring import Session
    from chargen.core.books import Books
    from chargen.core.plan import Options
    from chargen.edges.run_folder import RunFolder
    from chargen.pipeline.booking import Desk


def resume(session: Session, run: RunFolder, desk: Desk) -> tuple[Options, str]:
    """The options and the order prefix of a run that goes on. ConfigurationError, UsageError when nobody knows them."""
    books = desk.read()
    with session.store(run, books) as store:
        row = store.run()
    if row is None:
        raise _unknown(run, books)
    config = json.loads(row.config_json)
    return read_options(config["options"]), str(config["orderPrefix"])


def _unknown(run: RunFolder, books: Books) -> ChargenError:
    """A run without what it was begun with: its record was lost, or it was killed before it wrote one."""
    mine = [item for item in books.submissions.values() if item.run_id == run.run_id]
    if not mine:
        return UsageError(
            f"run {run.run_id} cannot be resumed: it ended before it asked for anything, and the books know nothing of it",
            hint="nothing was paid for it: begin a new run with `chargen batch run`",
        )
    requests = [request for item in mine for request in item.requests]
    answered = sum(request.outcome is not None for request in requests)
    under_way = sum(request.outcome is None for item in mine if item.holds for request in item.requests)
    spent = usd(sum((item.actual_usd for item in mine), Decimal(0)))
    still = f", {under_way} under way" if under_way else ""
    again = "begin a new run with `chargen batch run`: nothing that was paid is paid again"
    again += (
        ", without --force, which would pay once more for what it has forced"
        if any(item.orders for item in requests)
        else ""
    )
    brings = "`chargen batch collect --wait` brings in what is under way; " if under_way else ""
    return ConfigurationError(
        f"run {run.run_id} cannot be resumed: its record was lost ({run.jobs}), and with it what the run was asked "
        f"for. The books have {counted(len(requests), 'request')} of it: {answered} answered, {spent} spent{still}",
        hint=brings + again,
    )
