"""A web application on a port of this machine, served by a thread of its own, and the signals that end a process."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.requests import ClientDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol

from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp


class Port:
    """An address that queues connections from now on, so that nobody has to wait for the thread that serves it."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = _listen(host, port)
        self.host, self.port = self._socket.getsockname()[:2]
        self.url = f"http://{self.host}:{self.port}"
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def serve(self, app: ASGIApp, name: str, *, dated: bool = False) -> None:
        """Answer calls from now on, in a thread of this name; `dated`: the application writes the Date header."""
        self._server = uvicorn.Server(_config(app, dated=dated))
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name=name, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering, and give the port back."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
        self._socket.close()


@contextlib.contextmanager
def ending_signals() -> Iterator[list[signal.Signals]]:
    """Collects SIGINT and SIGTERM instead of dying of them; for the main thread."""
    received: list[signal.Signals] = []

    def note(number: int, _: object) -> None:
        received.append(signal.Signals(number))

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for_one(received: list[signal.Signals]) -> signal.Signals:
    """The first signal that comes in."""
    while not received:
        threading.Event().wait(0.2)
    return received[0]


class _Protocol(H11Protocol):
    """uvicorn's HTTP, with the connection at hand, so that a fault can end it."""

    def connection_made(self, transport: Any) -> None:
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope["emulator.transport"] = transport
            with contextlib.suppress(ClientDisconnect):  # whoever asked was killed while they did
                await inner(scope, receive, send)

        self.app = app
        super().connection_made(transport)


def _config(app: ASGIApp, *, dated: bool) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=not dated,
        timeout_graceful_shutdown=1,
    )


def _listen(host: str, port: int) -> socket.socket:
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
