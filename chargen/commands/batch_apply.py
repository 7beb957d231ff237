"""`chargen batch apply`: put pictures that are paid for, and their rows, into the world's files. Again: nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.bringing import apply_current
from chargen.commands.settling import settle_lapsed
from chargen.commands.telling import applied_data, as_json, result, show_applied
from chargen.commands.wiring import open_session
from chargen.core.address import Address, parse_job_id
from chargen.core.counted import counted

if TYPE_CHECKING:
    from pathlib import Path


@click.command("apply")
@options.root
@options.run_id
@options.local
@options.output_format("text", "json")
def command(root: Path | None, run_id: str | None, local: bool, style: str) -> int:
    """Put pictures that are paid for, and their rows, into the world's files. Again: nothing to do."""
    session = open_session(root, local=local)
    desk = session.desk()
    settle_lapsed(session, desk)
    addresses: set[Address] | None = None
    if run_id is not None:
        from chargen.edges.run_folder import open_run

        name = open_run(session.root, run_id).run_id
        jobs = (job for s, request in desk.read().requests() if s.run_id == name for job in request.job_ids)
        addresses = {parse_job_id(job)[0] for job in jobs}
    applied = apply_current(session, desk, addresses=addresses)
    code = show_applied(applied)
    if style == "json":
        as_json(applied_data(applied))
        return code
    result(f"{counted(len(applied.changes), 'picture')} applied." if applied.changes else "Nothing to apply.")
    return code
