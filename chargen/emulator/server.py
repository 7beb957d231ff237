"""Serves the emulator: in the foreground for a person, or in a background thread for tests and the demo."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from chargen.emulator.app import build
from chargen.emulator.faults import parse
from chargen.emulator.state import Pace, State
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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
        self._socket = _listen(host, port)
        self.state = State(faults=wanted, pace=pace, flat=flat)
        self.host, self.port = self._socket.getsockname()[:2]
        self.url = f"http://{self.host}:{self.port}"
        self._server = uvicorn.Server(_config(self.state))
        self._thread = threading.Thread(target=self._serve, name="emulator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
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

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


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
        _signals() as received,
    ):
        ready(emulator)
        while not received:
            _pause(received)
        return received[0]


@contextlib.contextmanager
def _signals() -> Iterator[list[signal.Signals]]:
    """Collects SIGINT and SIGTERM instead of dying of them."""
    received: list[signal.Signals] = []

    def note(number: int, _: object) -> None:
        received.append(signal.Signals(number))

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pause(received: list[signal.Signals]) -> None:
    if not received:
        threading.Event().wait(0.2)


class _Protocol(H11Protocol):
    """uvicorn's HTTP, with the connection at hand, so that a fault can end it."""

    def connection_made(self, transport: Any) -> None:
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope["emulator.transport"] = transport
            await inner(scope, receive, send)

        self.app = app
        super().connection_made(transport)


def _config(state: State) -> uvicorn.Config:
    return uvicorn.Config(
        build(state),
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _listen(host: str, port: int) -> socket.socket:
    """A socket that queues connections from now on, so that nobody has to wait for the server's thread."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named; without it every answer waits 40 ms for an ACK
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise ConfigurationError(
            f"cannot listen on {host}:{port}: {reason}", hint="choose another --port"
        ) from None
    listener.listen(128)
    return listener
