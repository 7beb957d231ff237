"""`chargen emulator`: a stand-in for Gemini over real HTTP, with faults to switch on. It draws; it costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands.telling import result, say

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator


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
@click.option("--faults", "listing", is_flag=True, help="List the faults there are, and stop.")
def command(
    port: int, host: str, faults: tuple[str, ...], batch_seconds: float | None, flat: bool, listing: bool
) -> None:
    """Serve a stand-in for Gemini, for tests and dry runs: set GOOGLE_GEMINI_BASE_URL to its address."""
    if listing:
        from chargen.emulator.faults import KINDS

        for name, kind in KINDS.items():
            result(f"{name:<22} {kind.summary}")
        return
    from chargen.emulator.server import Pace, run

    pace = Pace() if batch_seconds is None else Pace(running_s=batch_seconds)
    run(port, host, faults=faults, pace=pace, flat=flat, ready=_ready)
    say("stopped")


def _ready(emulator: Emulator) -> None:
    result(f"Gemini stand-in at {emulator.url}  (Ctrl-C stops it)")
    say(f"  export GOOGLE_GEMINI_BASE_URL={emulator.url} GEMINI_API_KEY=demo")
    say(f"  state: {emulator.url}/emulator/state   faults: chargen emulator --faults")
