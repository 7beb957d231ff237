"""`chargen batch`: plan, make, collect and apply pictures."""

from __future__ import annotations

from typing import Final

import click

from chargen.commands.lazy import LazyGroup

VERBS: Final = {
    "plan": ("chargen.commands.batch_plan", "What would be made, why, and what it costs. Spends nothing."),
    "run": (
        "chargen.commands.batch_run",
        "Make what the plan calls for, apply it, and plan again until nothing is left.",
    ),
    "submit": ("chargen.commands.batch_submit", "Send what the plan calls for as batches, at half price."),
    "collect": (
        "chargen.commands.batch_collect",
        "Bring in the batches that have ended, and apply their pictures.",
    ),
    "apply": (
        "chargen.commands.batch_apply",
        "Put pictures that are paid for and their rows into the world's files.",
    ),
    "status": ("chargen.commands.batch_status", "What runs and submissions stand at."),
    "cancel": ("chargen.commands.batch_cancel", "Ask for a run's open batches to end."),
}


@click.group("batch", cls=LazyGroup, lazy=VERBS)
def command() -> None:
    """Plan, make, collect and apply pictures."""
