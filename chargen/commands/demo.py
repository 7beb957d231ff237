"""`chargen demo`: a whole story on a copy of the example world, with the real commands and a Gemini that only draws."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo")
@click.option("--keep", is_flag=True, help="Leave the repository, the clones and the logs too.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Play in this folder, which must be new or empty, and leave it all. Default: a temporary one.",
)
def command(keep: bool, out: Path | None) -> int:
    """Play a whole story, from a push to the second merge: no key, no network, no cost. About 30 seconds."""
    from chargen.commands.demo_stage import stage
    from chargen.commands.demo_story import play

    with stage(out, keep=keep) as played:
        return play(played)
