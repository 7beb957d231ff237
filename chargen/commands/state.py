"""`chargen state`: look at the books, settle what only a person can, and bring them back when they are lost."""

from __future__ import annotations

from typing import Final

import click

from chargen.commands.lazy import LazyGroup

VERBS: Final = {
    "list": ("chargen.commands.state_list", "Who holds what, open orders, proposals and decisions."),
    "show": ("chargen.commands.state_show", "One submission, whole."),
    "adopt": (
        "chargen.commands.state_adopt",
        "Name a quarantined submission's batch; or make copied books one's own.",
    ),
    "forget": ("chargen.commands.state_forget", "Say that no picture will come of a submission."),
    "unlock": ("chargen.commands.state_unlock", "Say that whoever holds a submission is dead."),
    "rebuild": ("chargen.commands.state_rebuild", "Bring back books that were deleted or pushed back."),
    "prune": ("chargen.commands.state_prune", "Delete kept pictures that nothing needs any more."),
}


@click.group("state", cls=LazyGroup, lazy=VERBS)
def command() -> None:
    """Look at the books, settle what only a person can, and bring them back when they are lost."""
