"""A yes from a person before something is done that cannot be taken back."""

from __future__ import annotations

import sys

import click

from chargen.commands.signals import answering
from chargen.errors import ExitCode


def agree(question: str, *, yes: bool) -> None:
    """Ask. UsageError without a terminal and without --yes; the command ends when the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("this asks first: pass --yes, or run it in a terminal")
    with answering():
        agreed = click.confirm(question, err=True)
    if not agreed:
        click.echo("Nothing was written.", err=True)
        raise click.exceptions.Exit(ExitCode.DONE)
