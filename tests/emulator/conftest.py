"""The real SDK and a bare HTTP client, both pointed at the emulator, and the few moves every test makes."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from google import genai
from google.genai import types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.emulator.server import Emulator

MODEL = "gemini-nano-banana-2.1"
V1 = "/v1/models/gemini-nano-banana-2.1"


@pytest.fixture(scope="session")
def sdk(emulator_server: Emulator) -> Iterator[genai.Client]:
    """The SDK as facts/gemini.md 9.1 says to build it."""
    options = types.HttpOptions(
        base_url=emulator_server.url, timeout=5000, retry_options=types.HttpRetryOptions(attempts=1)
    )
    with genai.Client(enterprise=False, api_key="a-key", http_options=options) as made:
        yield made


@pytest.fixture(scope="session")
def http(emulator_server: Emulator) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=emulator_server.url, timeout=5) as made:
        yield made


@pytest.fixture
def client(emulator: Emulator, sdk: genai.Client) -> genai.Client:  # the order resets the emulator
    """The SDK, on an emulator that begins afresh."""
    return sdk


@pytest.fixture
def wire(emulator: Emulator, http: httpx2.Client) -> httpx2.Client:
    """HTTP without the SDK, to see what it hides."""
    http.headers["x-goog-api-key"] = "a-key"
    return http


def a_request(prompt: str = "a lantern", **config: Any) -> dict[str, Any]:
    image = {"aspectRatio": "1:1", "imageSize": "1K"} | config
    return {"contents": [{"parts": [{"text": prompt}]}], "generationConfig": {"imageConfig": image}}


@dataclass(frozen=True)
class Moves:
    """What tests do over and over."""

    client: genai.Client
    wire: httpx2.Client

    def ask(self, prompt: str = "a lantern", **config: Any) -> httpx2.Response:
        return self.wire.post(f"{V1}:generateContent", json=a_request(prompt, **config))

    def upload(self, *lines: object, name: str = "requests") -> str:
        data = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        config = types.UploadFileConfig(mime_type="application/jsonl", display_name=name)
        return str(self.client.files.upload(file=io.BytesIO(data.encode()), config=config).name)

    def line(self, key: str, prompt: str = "a lantern", **config: Any) -> dict[str, Any]:
        return {"key": key, "request": a_request(prompt, **config)}

    def create(self, *keys: str, name: str = "a batch") -> str:
        """A batch of one request a key; its name."""
        source = self.upload(*(self.line(key) for key in keys or ("a",)))
        config = types.CreateBatchJobConfig(display_name=name)
        return str(self.client.batches.create(model=MODEL, src=source, config=config).name)

    def operation(self, name: str) -> Any:
        return self.wire.get(f"/v1/{name}").json()

    def result(self, *keys: str) -> bytes:
        """The result file of a batch of one request a key."""
        name = self.operation(self.create(*keys))["metadata"]["output"]["responsesFile"]
        return self.client.files.download(file=name)

    def lines(self, *keys: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.result(*keys).splitlines()]


@pytest.fixture
def moves(client: genai.Client, wire: httpx2.Client) -> Moves:
    return Moves(client, wire)
