"""`chargen state adopt`: name the batch of a quarantined submission; or make copied books this repository's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from chargen.commands import options
from chargen.commands.agreeing import agree
from chargen.commands.state_books import find, settle
from chargen.commands.telling import result
from chargen.commands.wiring import Session, open_session
from chargen.core.adopted import adopted
from chargen.core.books import Identity
from chargen.core.books_report import list_call
from chargen.core.provider_reply import ProviderTrouble
from chargen.core.submission import Move, State
from chargen.errors import UsageError
from chargen.pipeline.booking import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.core.provider_reply import Batch
    from chargen.core.submission import Submission

_NOT_FOUND: Final = 404


@click.command("adopt")
@click.argument("submission_id", metavar="[ID", required=False)
@click.argument("batch", metavar="BATCH]", required=False)
@options.root
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.local
def command(submission_id: str | None, batch: str | None, root: Path | None, yes: bool, local: bool) -> None:
    """
    Say that a quarantined submission did become BATCH (batches/...): it is collected from then on.

    Without ID: the books are a copy of another repository's, and become this one's, with a world id of their own.
    """
    session = open_session(root, local=local)
    if submission_id is None:
        _books(session, yes=yes)
    elif batch is None:
        raise click.UsageError("name the batch, too: chargen state adopt ID batches/...")
    else:
        _batch(session, submission_id, batch)


def _batch(session: Session, submission_id: str, batch: str) -> None:
    desk = session.desk()
    quarantined = find(desk.read(), submission_id)
    if quarantined.state is not State.QUARANTINED:
        hint = "nothing has to be settled by hand"
        raise UsageError(f"{quarantined.id} is {quarantined.state}, not QUARANTINED", hint=hint)
    found = _asked_for(session, quarantined, batch)
    if found.display_name and found.display_name != quarantined.display_name:
        hint = f"its name must be {quarantined.display_name}"
        raise UsageError(
            f"{batch} was not created for {quarantined.id}: it is named {found.display_name!r}", hint=hint
        )
    settle(desk, quarantined, Move.ACCEPT, batch=batch, error="")
    result(f"{quarantined.id} is SUBMITTED as {batch}; `chargen batch collect` brings it in.")


def _asked_for(session: Session, quarantined: Submission, batch: str) -> Batch:
    """The batch as Gemini has it. UsageError when it knows none of that name."""
    with session.batches() as provider:
        try:
            return provider.get(batch)
        except ProviderTrouble as trouble:
            if trouble.code != _NOT_FOUND:
                raise
    listing = list_call(session.environment.google_gemini_base_url)
    hint = f"look for the name {quarantined.display_name} in its list of batches, which shows what to name: {listing}"
    raise UsageError(f"Gemini knows no batch {batch} of this key's project", hint=hint)


def _books(session: Session, *, yes: bool) -> None:
    desk = session.desk()
    books = desk.read()
    if books.identity is None:
        raise UsageError(
            "there are no books to adopt", hint="nothing was made here yet, or: chargen state rebuild"
        )
    theirs, ours = books.identity.repository_id, desk.repository_id
    if ours and theirs == ours:
        result(f"These books are of this repository ({ours}) already.")
        return
    here = f"repository {ours}" if ours else "this repository (the next workflow run says its number)"
    question = f"The books are of repository {theirs or '?'}. Make them those of {here}, with a new world id?"
    agree(f"{question} Whoever keeps them there must not write here any more.", yes=yes)
    identity = Identity(desk.new_world_id(), ours)

    def decide(now: Books) -> Sequence[Thing]:
        return adopted(now, identity, at=stamp(session.clock.now()))

    desk.book(decide, "Adopt copied books")
    result(f"The books are those of {here}; the world's id is {identity.world_id}.")
