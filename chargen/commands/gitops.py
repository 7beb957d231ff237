"""`chargen gitops`: what the workflows call; everything is planned from the default branch's tip and the books."""

from __future__ import annotations

from typing import Final

import click

from chargen.commands.lazy import LazyGroup

VERBS: Final = {
    "plan": (
        "chargen.commands.gitops_plan",
        "Say on a pull request which pictures its words call for, and what they cost.",
    ),
    "submit": ("chargen.commands.gitops_submit", "Order what the default branch calls for; never asks."),
    "collect": (
        "chargen.commands.gitops_collect",
        "Bring in the batches that have ended, and keep their pictures.",
    ),
    "refresh": (
        "chargen.commands.gitops_refresh",
        "Propose the pictures that came, one pull request an entity.",
    ),
    "tick": ("chargen.commands.gitops_tick", "Everything that is due: decide, collect, refresh, submit."),
}


@click.group("gitops", cls=LazyGroup, lazy=VERBS)
def command() -> None:
    """What the workflows call; everything is planned from the default branch's tip and the books."""
