"""Options that several commands share, and how they say what they print."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class Usd(click.ParamType[Decimal]):
    """An amount of USD such as 2.50."""

    name = "usd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read an amount; never negative."""
        try:
            amount = Decimal(str(value).removeprefix("$"))
        except InvalidOperation:
            self.fail(f"{value!r} is no amount, such as 2.50", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"{value!r} is no amount, such as 2.50", param, ctx)
        return amount


root = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The world's folder. Default: the nearest one upward with a chargen.yaml, else git's top level.",
)
only = click.option(
    "--only", metavar="GLOB", multiple=True, help="Only shots whose address the glob selects. Repeatable."
)
force = click.option(
    "--force",
    metavar="[GLOB]",
    multiple=True,
    is_flag=False,
    flag_value="*",
    help="Make these again although they are answered: paid once more. Alone: all that is selected.",
)
variants = click.option(
    "--variants", type=click.IntRange(1, 16), help="With --force: how many candidates each."
)
max_cost = click.option(
    "--max-cost", metavar="USD", type=Usd(), help="The cap for this run. Default: the world's budget."
)
mode = click.option(
    "--mode", type=click.Choice(["live", "batch"]), help="One by one, or as a batch at half price."
)
plan_file = click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Do just this plan; refused when stale.",
)
yes = click.option("--yes", is_flag=True, help="Do not ask before spending.")
no_apply = click.option("--no-apply", is_flag=True, help="Collect only; leave the world's files alone.")
local = click.option(
    "--local", is_flag=True, help="Books of its own, here, although the world's rows name others."
)
run_id = click.option("--run", "run_id", metavar="ID", help="One run, by the name of its directory.")
verbose = click.option("-v", "--verbose", count=True, help="Say more; repeatable.")
quiet = click.option("-q", "--quiet", is_flag=True, help="Leave the plan and the progress out.")


class Model(click.ParamType[str]):
    """A model of the price table; empty for the world's own."""

    name = "model"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Know it, or name those that are known."""
        from chargen.core.model_table import MODELS

        if value and value not in MODELS:
            self.fail(f"no model is called {value!r}; one of {', '.join(MODELS)}", param, ctx)
        return str(value)


model = click.option(
    "--model", default="", metavar="NAME", type=Model(), help="Another model than the world's."
)
budget = click.option(
    "--budget", metavar="USD", type=Usd(), help="What a run may spend, in place of the world's budget."
)


class Globs(click.ParamType[tuple[str, ...]]):
    """Globs for addresses, separated by commas or blanks: an address holds neither."""

    name = "globs"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split them; at least one."""
        if isinstance(value, tuple):
            return value
        found = tuple(str(value).replace(",", " ").split())
        if not found:
            self.fail("no glob is given", param, ctx)
        return found


def globs(name: str, help_: str) -> Callable[[F], F]:
    """An option that takes globs, written once or several times."""
    return click.option(
        name,
        metavar="GLOBS",
        multiple=True,
        type=Globs(),
        help=help_,
        callback=lambda _ctx, _param, every: tuple(glob for found in every for glob in found),
    )


def output_format(*choices: str) -> Callable[[F], F]:
    """`--format`, the first choice being the default."""
    return click.option(
        "--format", "style", type=click.Choice(choices), default=choices[0], show_default=True
    )
