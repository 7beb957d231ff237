"""How the demo tells its story on a terminal: who did what, what a command said, what has been paid so far."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from chargen.commands.demo_runner import Run

_WIDEST: Final = 100
_MARGIN: Final = 10
_DIFF_COLOURS: Final = {"+": "green", "-": "red"}


def heading(text: str) -> None:
    """The title of a step."""
    click.echo()
    click.echo(click.style(text, bold=True))


def tell(text: str) -> None:
    """A sentence or two in the narrator's voice, as wide as the terminal is."""
    click.echo(_filled(text, ""))


def act(who: str, what: str) -> None:
    """What somebody does, said while it begins."""
    click.echo(click.style(f"{who:<{_MARGIN}}", fg="cyan") + _filled(what, " " * _MARGIN).lstrip())


def outcome(text: str) -> None:
    """What came of it."""
    click.echo(_filled(text, " " * _MARGIN))


def ran(run: Run) -> None:
    """What a command said in the end, in its own words."""
    click.echo(click.style(_filled(run.headline, " " * _MARGIN), fg="green"))


def paid(pictures: int, usd: Decimal) -> None:
    """The bill so far."""
    click.echo(click.style(f"{'':<{_MARGIN}}so far {pictures} pictures, {usd:.2f} USD", dim=True))


def diff(lines: Iterable[str]) -> None:
    """Lines of a diff, each on one line of the terminal."""
    for line in lines:
        cut = line if len(line) <= _width() else line[: _width() - 1] + "…"
        click.echo(" " * _MARGIN + click.style(cut, fg=_DIFF_COLOURS.get(line[:1])))


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(
        text,
        _width(),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST)
