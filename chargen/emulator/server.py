"""Serves the emulator: in the foreground for a person, or in a background thread for tests and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from chargen.emulator.app import build
from chargen.emulator.faults import parse
from chargen.emulator.serving import Port, ending_signals, wait_for_one
from chargen.emulator.state import Pace, State

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from chargen.emulator.faults import Fault
    from chargen.emulator.state import Answer

__all__ = ["Emulator", "Pace", "run"]


class Emulator:
    """
    A Gemini Developer API on a port of this machine, ready when the `with` block begins.

    Args:
        port: 0 takes a free one.
        faults: switched on from the start, and again after `reset`.
        pace: how long batches and answers take.
        flat: paint one colour instead of a scene, for tests that need many pictures.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        faults: Iterable[str | Fault] = (),
        pace: Pace | None = None,
        flat: bool = False,
    ) -> None:
        wanted = tuple(parse(fault) if isinstance(fault, str) else fault for fault in faults)
        self._port = Port(host, port)
        self.state = State(faults=wanted, pace=pace, flat=flat)
        self.host, self.port, self.url = self._port.host, self._port.port, self._port.url

    def __enter__(self) -> Self:
        self._port.serve(build(self.state), "emulator")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._port.close()
        self.state.close()

    @property
    def paid(self) -> list[Answer]:
        """Every picture drawn so far, in order of time."""
        return self.state.paid

    def fault(self, *faults: str | Fault) -> None:
        """Switch faults on, written as on the command line: `429:times=2,delay=7`."""
        self.state.faults.add(*faults)

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self.state.clock.advance(seconds)

    def reset(self) -> None:
        """Forget files, batches, faults and everything paid."""
        self.state.reset()


def run(
    port: int,
    host: str = "127.0.0.1",
    *,
    faults: Iterable[str | Fault] = (),
    pace: Pace | None = None,
    flat: bool = False,
    ready: Callable[[Emulator], object] = lambda _: None,
) -> signal.Signals:
    """
    Serve until Ctrl-C or SIGTERM, and say which of the two it was.

    Call it from the main thread; `ready` is called once the port answers.
    """
    with (
        Emulator(port=port, host=host, faults=faults, pace=pace, flat=flat) as emulator,
        ending_signals() as received,
    ):
        ready(emulator)
        return wait_for_one(received)
