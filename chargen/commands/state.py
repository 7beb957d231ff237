"""`chargen state`: look at the books, and settle what only a person can: a create whose outcome nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.telling import as_json, result
from chargen.commands.wiring import Session, open_session
from chargen.core.counted import counted
from chargen.core.submission import Move, State, Submission, move
from chargen.core.suggest import did_you_mean
from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.core.books_files import Thing


@click.group("state")
def command() -> None:
    """Look at the books, and settle what only a person can."""


@command.command("list")
@options.root
@options.output_format("text", "json")
def list_(root: Path | None, style: str) -> None:
    """Every submission, who holds it since when, and the orders nobody has claimed."""
    session = open_session(root)
    books, retries = session.desk().read(), session.world()[0].config.limits.retries
    submissions = sorted(books.submissions.values(), key=lambda item: (item.created_at, item.id))
    if style == "json":
        from chargen.commands.batch_status import submission_data

        orders = [
            {"id": order.id, "job": order.job_id, "kind": order.kind} for order in books.open_orders(retries)
        ]
        as_json(
            {
                "books": books.tip,
                "submissions": [submission_data(item) for item in submissions],
                "orders": orders,
            }
        )
        return
    for item in submissions:
        result(_line(item))
    for order in books.open_orders(retries):
        result(f"order {order.id}: {order.kind} {order.job_id}, since {order.created_at}")
    if not submissions:
        result("The books are empty.")


def _line(item: Submission) -> str:
    held = (
        f", held by process {item.owner.pid} on {item.owner.host} until {item.lease_until}"
        if item.holds
        else ""
    )
    name = f" {item.batch}" if item.batch else ""
    return f"{item.state:<12} {item.id} {item.mode}{name} {counted(len(item.requests), 'request')} since {item.created_at}{held}"


@command.command("show")
@click.argument("submission_id", metavar="ID")
@options.root
def show(submission_id: str, root: Path | None) -> None:
    """One submission, whole, as it stands on the books."""
    import msgspec

    submission = _find(open_session(root).desk().read(), submission_id)
    as_json(msgspec.to_builtins(submission, str_keys=True))


@command.command("adopt")
@click.argument("submission_id", metavar="ID")
@click.argument("batch")
@options.root
def adopt(submission_id: str, batch: str, root: Path | None) -> None:
    """Say that a quarantined submission did become BATCH (batches/...): it is collected from then on."""
    session = open_session(root)
    quarantined = _quarantined(session, submission_id)
    with session.batches() as provider:
        found = provider.get(batch)
    if found.display_name and found.display_name != quarantined.display_name:
        hint = f"its name must be {quarantined.display_name}"
        raise UsageError(
            f"{batch} was not created for {quarantined.id}: it is named {found.display_name!r}", hint=hint
        )
    _settle(session, quarantined.id, Move.ACCEPT, batch=batch, error="")
    result(f"{quarantined.id} is SUBMITTED as {batch}; `chargen batch collect` brings it in.")


@command.command("forget")
@click.argument("submission_id", metavar="ID")
@options.root
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(submission_id: str, root: Path | None, yes: bool) -> None:
    """Say that no picture will come of a submission: quarantined, or of a batch the provider no longer knows."""
    session = open_session(root)
    found = _find(session.desk().read(), submission_id)
    if found.state is not State.QUARANTINED and (found.state is not State.SUBMITTED or found.mode != "batch"):
        raise UsageError(
            f"{found.id} is {found.state}, not QUARANTINED", hint="nothing has to be settled by hand"
        )
    count = counted(len(found.requests), "request")
    if not yes:
        question = f"If its batch exists all the same, {count} may be paid for twice. Forget it?"
        click.confirm(question, abort=True, err=True)
    _settle(session, found.id, Move.FORGET, error="forgotten by a person")
    result(f"{found.id} is settled; {count} can be sent again.")


def _find(books: Books, submission_id: str) -> Submission:
    found = [item for item in books.submissions.values() if item.id.startswith(submission_id)]
    if len(found) == 1:
        return found[0]
    hint = did_you_mean(submission_id, books.submissions)
    raise UsageError(f"{'several submissions' if found else 'no submission'} {submission_id!r}", hint=hint)


def _quarantined(session: Session, submission_id: str) -> Submission:
    found = _find(session.desk().read(), submission_id)
    if found.state is not State.QUARANTINED:
        raise UsageError(
            f"{found.id} is {found.state}, not QUARANTINED", hint="nothing has to be settled by hand"
        )
    return found


def _settle(session: Session, submission_id: str, what: Move, **changes: str) -> None:
    from chargen.pipeline.booking import stamp

    desk = session.desk()
    ended = {"ended_at": stamp(session.clock.now())} if what is Move.FORGET else {}

    def decide(books: Books) -> Sequence[Thing]:
        return [move(books.submissions[submission_id], what, **changes, **ended)]

    desk.book(decide, f"A person settled {submission_id}: {what}")
