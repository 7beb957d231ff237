"""`chargen emulator`: stand-ins for Gemini and GitHub over real HTTP, with faults to switch on. They cost nothing."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from chargen.commands.telling import result, say
from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.emulator.forge.server import GitHub
    from chargen.emulator.server import Emulator

PERSON: Final = "mira"


@click.command("emulator")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 picks a free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--fault", "faults", metavar="FAULT", multiple=True, help="Such as 429:times=2,delay=7. Repeatable."
)
@click.option("--batch-seconds", type=click.FloatRange(0), help="How long a batch takes.")
@click.option("--flat", is_flag=True, help="Paint one colour instead of a scene: faster.")
@click.option(
    "--github",
    "hub",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Serve a GitHub as well, over the bare repositories FOLDER/owner/name.git.",
)
@click.option(
    "--github-port",
    type=click.IntRange(0, 65535),
    default=8766,
    show_default=True,
    help="0 picks a free one.",
)
@click.option(
    "--github-fault", "hub_faults", metavar="FAULT", multiple=True, help="Such as lost-answer:on=pull-create."
)
@click.option("--faults", "listing", is_flag=True, help="List the faults there are, and stop.")
def command(
    port: int,
    host: str,
    faults: tuple[str, ...],
    batch_seconds: float | None,
    flat: bool,
    hub: Path | None,
    github_port: int,
    hub_faults: tuple[str, ...],
    listing: bool,
) -> None:
    """Serve a stand-in for Gemini, for tests and dry runs: set GOOGLE_GEMINI_BASE_URL to its address."""
    if listing:
        _list_faults()
        return
    from chargen.emulator.server import Pace, run

    if hub_faults and hub is None:
        raise UsageError(
            "--github-fault needs a GitHub", hint="name a folder of bare repositories: --github FOLDER"
        )
    pace = Pace() if batch_seconds is None else Pace(running_s=batch_seconds)
    with _github(hub, github_port, host, hub_faults) as github:

        def ready(emulator: Emulator) -> None:
            _ready(emulator)
            if github is not None:
                _github_ready(github)

        run(port, host, faults=faults, pace=pace, flat=flat, ready=ready)
    say("stopped")


@contextlib.contextmanager
def _github(folder: Path | None, port: int, host: str, faults: tuple[str, ...]) -> Iterator[GitHub | None]:
    if folder is None:
        yield None
        return
    from chargen.emulator.forge.server import GitHub

    with GitHub(folder, port=port, host=host, faults=faults) as github:
        yield github


def _list_faults() -> None:
    from chargen.emulator.faults import GEMINI
    from chargen.emulator.forge.faults import FORGE

    for title, table in (("", GEMINI), ("\nGitHub (--github-fault):", FORGE)):
        if title:
            result(title)
        for name, kind in table.kinds.items():
            result(f"{name:<22} {kind.summary}")


def _ready(emulator: Emulator) -> None:
    result(f"Gemini stand-in at {emulator.url}  (Ctrl-C stops it)")
    say(f"  export GOOGLE_GEMINI_BASE_URL={emulator.url} GEMINI_API_KEY=demo")
    say(f"  state: {emulator.url}/emulator/state   faults: chargen emulator --faults")


def _github_ready(github: GitHub) -> None:
    result(f"GitHub stand-in at {github.server_url}")
    for repository in github.state.repositories.values():
        name = repository.full_name
        github.set_permission(PERSON, "admin", name)
        say(f"  {name}: git clone {github.server_url}/{name}.git")
        say(
            f"    export GITHUB_API_URL={github.url} GITHUB_SERVER_URL={github.server_url} GITHUB_REPOSITORY={name}"
        )
        say(f"    export GITHUB_TOKEN={github.actions_token(repository=name)}   (a workflow's)")
    say(f"  {PERSON}, who may do everything: GITHUB_TOKEN={github.token(PERSON)}")
    say(f"  state: {github.server_url}/emulator/state")
