"""A picture service for scripts/bench: answers late and at times not at all, and notes when each request arrived."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import multiprocessing
import os
import random
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from PIL import Image
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from chargen.core.model_table import pixels
from chargen.emulator.serving import Port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Manner:
    """How the service answers: within what time, how large, and what share of calls it fails or throttles."""

    fastest_s: float = 0.05
    slowest_s: float = 20.0
    size: str = "1K"
    failing: float = 0.02
    throttled: float = 0.0
    retry_s: float = 7.0


@dataclass(frozen=True, slots=True)
class Service:
    """A service that runs in a process of its own."""

    url: str
    _line: Connection

    def arrivals(self) -> list[float]:
        """When each request's first byte was there, in seconds of this machine's monotonic clock, in order."""
        self._line.send("arrivals")
        return sorted(self._line.recv())


@contextlib.contextmanager
def serving(manner: Manner) -> Iterator[Service]:
    """A service at a free port, ended with the block; no thread of its takes time from the caller's process."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs, manner), daemon=True)
    process.start()
    try:
        yield Service(ours.recv(), ours)
    finally:
        process.kill()
        process.join()


def _serve(line: Connection, manner: Manner) -> None:
    arrived: list[float] = []
    port = Port("127.0.0.1", 0)
    port.serve(_app(manner, arrived), "bench")
    line.send(port.url)
    while line.recv():
        line.send(arrived)


def _app(manner: Manner, arrived: list[float]) -> Starlette:
    chance, picture = random.Random(1), _answer(manner.size)  # noqa: S311  # the same waits in every run

    async def generate(request: Request) -> Response:
        arrived.append(time.monotonic())
        await request.body()
        lot = chance.random()
        if lot < manner.throttled:
            return _refusal(429, "RESOURCE_EXHAUSTED", manner.retry_s)
        if lot < manner.throttled + manner.failing:
            return _refusal(503, "UNAVAILABLE")
        await asyncio.sleep(chance.uniform(manner.fastest_s, manner.slowest_s))
        return Response(picture, media_type="application/json")

    return Starlette(routes=[Route("/v1/models/{model}:generateContent", generate, methods=["POST"])])


def _refusal(code: int, status: str, retry_s: float = 0.0) -> Response:
    retry: dict[str, Any] = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{retry_s}s"}
    error = {"code": code, "message": "not now", "status": status, "details": [retry] if retry_s else []}
    return Response(json.dumps({"error": error}), status_code=code, media_type="application/json")


def _answer(size: str) -> bytes:
    """A picture that does not compress, as the model's hardly do."""
    width, height = pixels("1:1", size)
    file = io.BytesIO()
    noise = Image.frombytes("L", (width // 2, height // 2), os.urandom(width * height // 4))
    Image.merge("RGB", [noise] * 3).resize((width, height)).save(file, "PNG", compress_level=1)
    blob = {"mimeType": "image/png", "data": base64.b64encode(file.getvalue()).decode()}
    candidate = {"content": {"parts": [{"inlineData": blob}], "role": "model"}, "finishReason": "STOP"}
    usage = {"promptTokenCount": 40, "candidatesTokenCount": 1120, "thoughtsTokenCount": 60}
    return json.dumps({"candidates": [candidate], "usageMetadata": usage}).encode()
