"""`chargen state unlock`: a person's word that whoever holds a submission is dead; its lease ends now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.agreeing import agree
from chargen.commands.state_books import find
from chargen.commands.telling import result, say
from chargen.commands.wiring import open_session
from chargen.core.alarm import seconds_since
from chargen.core.books_report import submission_lines
from chargen.core.counted import lasting
from chargen.core.submission import State, Submission
from chargen.edges.process import is_at_work
from chargen.errors import UsageError
from chargen.pipeline.booking import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.pipeline.booking import Desk


@click.command("unlock")
@click.argument("submission_id", metavar="ID")
@options.root
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.local
def command(submission_id: str, root: Path | None, yes: bool, local: bool) -> None:
    """
    Say that whoever holds a submission is dead: the next command settles it, without waiting for its lease.

    Should it live after all, it stops at its next word to the books, and creates no batch after that.
    """
    session = open_session(root, local=local)
    desk = session.desk()
    found = find(desk.read(), submission_id)
    _refuse_unheld(found)
    for line in submission_lines(found, lapsed=desk.lapsed(found), now=desk.clock.now()):
        say(line)
    _refuse_at_work(found, desk)
    agree("Is whoever holds it dead for certain?", yes=yes)

    def decide(books: Books) -> Sequence[Thing]:
        now = books.submissions[found.id]
        _refuse_unheld(now)
        if now.owner != found.owner:
            hint = "look at it again: chargen state show"
            raise UsageError(f"{now.id} was taken over by somebody else meanwhile", hint=hint)
        ended = stamp(session.clock.now() - timedelta(seconds=1))
        return [replace(now, owner=replace(now.owner, nonce=""), lease_until=min(ended, now.lease_until))]

    desk.book(decide, f"A person unlocked {found.id}")
    result(f"{found.id} is held by nobody; the next command settles it.")


def _refuse_at_work(item: Submission, desk: Desk) -> None:
    """UsageError where its owner is seen to live: a process of this machine is not dead, whoever says so."""
    if is_at_work(item.owner):
        left = lasting(-seconds_since(item.lease_until, desk.clock.now()))
        message = (
            f"{item.id} is held by process {item.owner.pid} of this machine, which is at work ({left} more)"
        )
        hint = f"stop it first: Ctrl-C where it runs, or kill {item.owner.pid}; the next command settles what it leaves"
        raise UsageError(message, hint=hint)


def _refuse_unheld(item: Submission) -> None:
    """UsageError for what no process is at work on."""
    if not item.holds:
        raise UsageError(f"{item.id} is {item.state}: nobody holds it", hint="see: chargen state list")
    if item.state is State.QUARANTINED:
        hint = f"chargen state adopt {item.id} BATCH | chargen state forget {item.id}"
        raise UsageError(f"{item.id} is QUARANTINED: no lease keeps it", hint=hint)
    if item.state is State.SUBMITTED and item.mode == "batch":
        hint = "chargen batch collect, or chargen gitops tick"
        raise UsageError(f"{item.id} is with the provider as {item.batch}: anybody may collect it", hint=hint)
