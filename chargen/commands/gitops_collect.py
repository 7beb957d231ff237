"""`chargen gitops collect`: bring in the batches that have ended; their pictures are kept on the remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.alarming import alarm
from chargen.commands.batch_status import submission_data
from chargen.commands.bringing import Brought, bring_in, open_batches
from chargen.commands.making import failed_jobs
from chargen.commands.settling import settle_lapsed
from chargen.commands.signals import draining
from chargen.commands.summary import summarise
from chargen.commands.telling import as_json, result, say
from chargen.commands.wiring import Session, open_session
from chargen.core.counted import counted
from chargen.core.report import markdown_escape, usd
from chargen.errors import ExitCode, worst

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.core.submission import Submission
    from chargen.pipeline.booking import Desk


@click.command("collect")
@options.root
@options.output_format("text", "json")
def command(root: Path | None, style: str) -> int:
    """Bring in the batches that have ended, and keep their pictures; nothing is applied."""
    session = open_session(root).on_base()
    brought = collect_ended(session, session.desk())
    if style == "json":
        as_json(
            {
                "collected": [submission_data(item) for item in brought.done],
                "open": [submission_data(item) for item in brought.left],
            }
        )
    else:
        result(f"{counted(len(brought.done), 'batch', 'batches')} collected, {len(brought.left)} still open.")
    return worst(brought.code, ExitCode.FAILED if failed_jobs(brought.done) else ExitCode.DONE)


def collect_ended(session: Session, desk: Desk) -> Brought:
    """Settle what owners who have gone left behind, then collect what has ended; told in the step summary."""
    settle_lapsed(session, desk)
    waiting = open_batches(desk.read())
    brought = Brought()
    if waiting:
        with session.batches() as provider, draining() as stop:
            brought = bring_in(session, desk, provider, waiting, wait=False, stopped=stop.is_set)
        _tell(session, brought, desk.read())
    alarm(session, desk)
    return brought


def _tell(session: Session, brought: Brought, books: Books) -> None:
    lines = [line for item in brought.done for line in _came(item)]
    lines += [
        f"- `{item.batch}`: with the provider, {counted(len(item.requests), 'request')}"
        for item in brought.left
    ]
    stale = list(_stale(session, brought, books))
    summarise(session, "\n".join(["## Collect", "", *lines, *(f"- {said}" for said in stale)]))
    for item in brought.left:
        say(f"  {item.batch}: still with the provider")
    for said in stale:
        say(f"  stale: {said}")


def _stale(session: Session, brought: Brought, books: Books) -> Iterator[str]:
    """What came for words that have changed meanwhile, or for shots that are gone."""
    from chargen.core.waste import Served

    world, shots = session.world()
    served = Served.by(books, shots.values(), world.config.provider.regenerate_on)
    for item in brought.done:
        for request in item.requests:
            if request.outcome is not None and served.is_stale(item, request):
                cost = usd(request.outcome.cost_usd)
                yield f"{request.job_ids[0]}: no shot asks for it any more; kept, not shown, {cost} of waste"


def _came(submission: Submission) -> Iterator[str]:
    """A batch's pictures, and each request that brought none with its reason."""
    asked = submission.requests
    images = sum(bool(request.outcome and request.outcome.sha256) for request in asked)
    said = f"- `{submission.batch}`: {submission.state}, {images} of {counted(len(asked), 'picture')}"
    yield f"{said} {markdown_escape(submission.error)}".rstrip()
    for request in asked:
        if request.outcome is not None and not request.outcome.sha256:
            why = markdown_escape(": ".join(filter(None, (request.outcome.came, request.outcome.reason))))
            yield f"  - `{request.job_ids[0]}`: {why}"
