"""`chargen state forget`: a person's word that no picture will come of a submission, held against what the provider says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from chargen.commands import options
from chargen.commands.agreeing import agree
from chargen.commands.keeping_time import keep_time
from chargen.commands.state_books import find, settle
from chargen.commands.telling import result, say
from chargen.commands.trouble import error_of
from chargen.commands.wiring import open_session
from chargen.core.counted import counted
from chargen.core.provider_reply import ProviderTrouble
from chargen.core.submission import Move, State
from chargen.errors import UsageError
from chargen.pipeline.forgetting import refuse_existing, refuse_young

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.commands.wiring import Session
    from chargen.core.submission import Submission

_UNASKED: Final = (
    "nothing was forgotten, as its batch may be listed: run it again once the list can be asked; "
    "where you have looked for it yourself, say so: --unlisted"
)


@click.command("forget")
@click.argument("submission_id", metavar="ID")
@options.root
@click.option(
    "--unlisted",
    is_flag=True,
    help="My word that the provider's list has no batch of it; counts only where the list cannot be asked.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.local
def command(submission_id: str, root: Path | None, unlisted: bool, yes: bool, local: bool) -> None:
    """
    Say that no picture will come of a submission: quarantined, or of a batch the provider no longer knows.

    The provider's list is asked first: what it has is not forgotten, nor what it may not list yet.
    """
    session = open_session(root, local=local)
    found = find(session.desk().read(), submission_id)
    _refuse_settled(found)
    if session.environment.gemini_api_key or not unlisted:
        _ask_provider(session, found, unlisted=unlisted)
    else:
        say("GEMINI_API_KEY is not set: the provider's list was not asked, and your word stands for it")
    world, _ = session.world()
    desk = session.desk()
    refuse_young(found, desk.clock.now(), list_lag_s=world.config.limits.list_lag)
    count = counted(len(found.requests), "request") if found.requests else "whatever it asked for"
    agree(f"If its batch exists all the same, {count} may be paid for twice. Forget it?", yes=yes)
    settle(desk, found, Move.FORGET, error="forgotten by a person")
    result(f"{found.id} is settled; {count} can be sent again.")


def _refuse_settled(found: Submission) -> None:
    """UsageError for what is no person's to settle."""
    if found.state is not State.QUARANTINED and (found.state is not State.SUBMITTED or found.mode != "batch"):
        raise UsageError(
            f"{found.id} is {found.state}, not QUARANTINED", hint="nothing has to be settled by hand"
        )


def _ask_provider(session: Session, found: Submission, *, unlisted: bool) -> None:
    """BooksConflict where the provider has a batch of it; its trouble where it cannot be asked and nobody vouches."""
    with session.batches() as provider:  # first: without a key there is no time to be asked, either
        keep_time(session)
        try:
            refuse_existing(found, provider)
        except ProviderTrouble as trouble:
            error = error_of(trouble)
            if not unlisted:
                error.hint = _UNASKED
                raise error from None
            say(f"{error.message}: the provider's list was not asked, and your word stands for it")
