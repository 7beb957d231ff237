"""What pins the client: nothing around it changes what is sent, and nothing it sends waits for ever or goes astray."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from google import genai
from google.genai import types

from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.request import ProviderPlan, build_request
from chargen.edges.gemini import GeminiBatches, GeminiOptions, GeminiProvider
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.emulator.server import Emulator

MODEL = "gemini-nano-banana-2.1"
BODY = build_request(ProviderPlan(MODEL, "1K", "16:9"), "a red knight", [], variant=1)


class Gateway:
    """A server that answers as it is told, for what the emulator does not show; remembers the headers it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def says(self, body: Any, code: int = 200, **headers: str) -> None:
        """Queue an answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append((code, {name.replace("_", "-"): value for name, value in headers.items()}, data))

    def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # the inner class has the self
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                gateway.heard.append(
                    (self.path, {name.lower(): value for name, value in self.headers.items()})
                )
                code, headers, body = gateway.answers.pop(0)
                self.send_response(code)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_DELETE = do_GET  # noqa: N815  # the names http.server calls

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def operation(name: str) -> dict[str, Any]:
    return {"name": f"batches/{name}", "metadata": {"state": "BATCH_STATE_RUNNING", "displayName": name}}


def test_an_empty_page_in_the_middle_of_the_list(gateway: Gateway) -> None:
    for client in ("ours", "the SDK's"):
        gateway.says({"operations": [operation("a")], "nextPageToken": "1"})
        gateway.says({"nextPageToken": "2"})
        gateway.says({"operations": [operation("b")]})
        if client == "ours":
            with GeminiBatches(GeminiOptions("k", base_url=gateway.url)) as batches:
                assert [batch.display_name for batch in batches.list()] == ["a", "b"]
            continue
        with genai.Client(api_key="k", http_options=types.HttpOptions(base_url=gateway.url)) as naive:
            pager = naive.batches.list()
            next(pager)
            with pytest.raises(IndexError):
                next(pager)


def test_a_list_that_goes_round_in_circles_ends(gateway: Gateway) -> None:
    for _ in range(3):
        gateway.says({"operations": [operation("a")], "nextPageToken": "1"})

    with (
        GeminiBatches(GeminiOptions("k", base_url=gateway.url)) as batches,
        pytest.raises(ProviderTrouble) as caught,
    ):
        list(batches.list())

    assert "round in circles" in caught.value.message
    assert len(gateway.heard) == 2


@pytest.mark.parametrize("said", [b"<html>Log in to the Wi-Fi</html>", b"[]", b'{"operations": "none"}', b""])
def test_a_gateways_page_is_no_empty_list(gateway: Gateway, said: bytes) -> None:
    gateway.says(said)

    with (
        GeminiBatches(GeminiOptions("k", base_url=gateway.url)) as batches,
        pytest.raises(ProviderTrouble) as caught,
    ):
        list(batches.list())

    assert caught.value.trouble is Trouble.TRANSPORT


def test_an_upload_whose_answer_names_no_file_may_be_repeated(gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"{}\n")
    gateway.says({}, X_Goog_Upload_URL=f"{gateway.url}/up", X_Goog_Upload_Status="active")
    gateway.says({"status": "fine"}, X_Goog_Upload_Status="final")

    with (
        GeminiBatches(GeminiOptions("k", base_url=gateway.url)) as batches,
        pytest.raises(ProviderTrouble) as caught,
    ):
        batches.upload(tmp_path / "in.jsonl", "in")

    assert caught.value.trouble is Trouble.TRANSPORT
    assert "KeyError" in caught.value.message


@pytest.mark.parametrize("said", [b"<html></html>", b"[]", b"{}", b'{"name": null}'])
def test_a_created_batch_without_a_name_is_ambiguous(gateway: Gateway, said: bytes) -> None:
    gateway.says(said)

    with (
        GeminiBatches(GeminiOptions("k", base_url=gateway.url)) as batches,
        pytest.raises(ProviderTrouble) as caught,
    ):
        batches.create(MODEL, "files/a", "x")

    assert caught.value.ambiguous
    assert len(gateway.heard) == 1


@pytest.mark.parametrize("code", [400, 403, 404, 429])
def test_a_gateway_cannot_refuse_a_create(gateway: Gateway, code: int) -> None:
    gateway.says(b"<html>no</html>", code)

    with (
        GeminiBatches(GeminiOptions("k", base_url=gateway.url)) as batches,
        pytest.raises(ProviderTrouble) as caught,
    ):
        batches.create(MODEL, "files/a", "x")

    assert caught.value.ambiguous


def test_a_gateways_404_confirms_no_deletion(gateway: Gateway) -> None:
    gateway.says(b"<html>no such page</html>", 404)

    with GeminiBatches(GeminiOptions("k", base_url=gateway.url)) as batches, pytest.raises(ProviderTrouble):
        batches.delete_file("files/a")


def test_a_redirect_does_not_take_the_key_along(gateway: Gateway) -> None:
    elsewhere = gateway.url.replace("127.0.0.1", "localhost")
    gateway.says(b"", 302, Location=f"{elsewhere}/v1/batches/b")
    gateway.says(operation("b"))

    with GeminiBatches(GeminiOptions("secret", base_url=gateway.url)) as batches:
        batches.get("batches/b")

    assert [headers.get("x-goog-api-key") for _, headers in gateway.heard] == ["secret", None]


def nobody() -> str:
    """An address where nothing listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


def test_an_address_where_nobody_answers_is_named_and_nothing_was_sent() -> None:
    url = nobody()
    with (
        pytest.raises(ProviderTrouble) as caught,
        GeminiProvider(GeminiOptions("a-key", base_url=url)) as provider,
    ):
        provider.generate(MODEL, BODY)

    assert caught.value.message.startswith(f"nobody answers at {url}: ConnectError: ")
    assert not caught.value.sent


def test_a_redirect_to_where_nobody_answers_was_sent_once(gateway: Gateway) -> None:
    gateway.says(b"", 307, Location=f"{nobody()}/there")
    with (
        pytest.raises(ProviderTrouble) as caught,
        GeminiProvider(GeminiOptions("a-key", base_url=gateway.url)) as provider,
    ):
        provider.generate(MODEL, BODY)

    assert caught.value.message.startswith("nobody answers at")
    assert caught.value.sent


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch, gateway: Gateway) -> None:
    surroundings = {
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_USE_ENTERPRISE": "true",
        "GOOGLE_API_KEY": "the-environments",
        "GEMINI_API_KEY": "the-environments-too",
        "GOOGLE_CLOUD_PROJECT": "p",
        "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9",
        "GOOGLE_GENAI_API_VERSION": "beta",
    }
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    gateway.says({"candidates": []})

    with GeminiProvider(GeminiOptions("ours", base_url=gateway.url)) as live:
        live.generate(MODEL, BODY)

    with genai.Client(api_key="ours") as naive:
        assert naive.vertexai  # what would have been called without `enterprise=False`
    ((path, headers),) = gateway.heard
    assert path == f"/v1/models/{MODEL}:generateContent"
    assert headers["x-goog-api-key"] == "ours"


def test_an_http_library_that_is_not_there_is_a_matter_of_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_HTTP_CLIENT", "httpx")

    with pytest.raises(ConfigurationError) as caught:
        GeminiProvider(GeminiOptions("k"))

    assert caught.value.hint == "unset GOOGLE_GENAI_HTTP_CLIENT"


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "schlüssel"])
def test_what_is_no_key_is_told_before_anything_is_sent(key: str) -> None:
    with pytest.raises(ConfigurationError):
        GeminiOptions(key)


def test_a_key_from_a_file_may_end_in_a_newline_and_is_never_shown() -> None:
    options = GeminiOptions("secret\n")

    assert options.api_key == "secret"
    assert "secret" not in repr(options)


@pytest.mark.parametrize("url", ["", "ftp://x", "generativelanguage.googleapis.com", "file:///etc"])
def test_what_is_no_address_is_told_before_anything_is_sent(url: str) -> None:
    with pytest.raises(ConfigurationError):
        GeminiOptions("k", base_url=url)


def test_a_client_nobody_keeps_is_not_closed_in_the_middle_of_a_call(emulator: Emulator) -> None:
    where = types.HttpOptions(base_url=emulator.url)
    with pytest.raises(RuntimeError, match="client has been closed"):
        genai.Client(api_key="k", http_options=where).models.generate_content(model=MODEL, contents="x")

    live = GeminiProvider(GeminiOptions("k", base_url=emulator.url))
    models = live._sdk.models
    del live._sdk
    gc.collect()

    call = types.GenerateContentConfig(http_options=types.HttpOptions(extra_body=BODY))
    assert models.generate_content(model=MODEL, contents="x", config=call).candidates
    live._http.close()


@pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")  # the SDK's, of aiohttp
def test_a_lost_create_is_not_sent_again_when_aiohttp_is_installed(
    monkeypatch: pytest.MonkeyPatch, emulator: Emulator, tmp_path: Path
) -> None:
    """google-genai 3.4.0 re-sends it by itself then: one call, two batches, both paid."""
    pytest.importorskip("aiohttp")
    (tmp_path / "in.jsonl").write_bytes(b'{"key": "a", "request": %s}\n' % json.dumps(BODY).encode())
    with GeminiBatches(GeminiOptions("k", base_url=emulator.url)) as batches:
        name = batches.upload(tmp_path / "in.jsonl", "in")
        emulator.fault("lost-answer:on=create")
        with pytest.raises(ProviderTrouble):
            batches.create(MODEL, name, "ours")
    emulator.fault("lost-answer:on=create")
    monkeypatch.setattr("google.genai._api_client.random.randint", lambda *_: -1)  # it would wait up to 10 s

    async def naive() -> None:
        where = types.HttpOptions(base_url=emulator.url)
        async with genai.Client(api_key="k", http_options=where).aio as client:
            await client.batches.create(model=MODEL, src=name, config={"display_name": "naive"})

    asyncio.run(naive())

    assert sorted(batch.display_name for batch in emulator.state.batches.values()) == [
        "naive",
        "naive",
        "ours",
    ]


CALLS: dict[str, Any] = {
    "generate": lambda _, live, __: live.generate("no-model", BODY),  # the late work must leave no trace
    "upload-start": lambda batches, _, path: batches.upload(path, "in"),
    "upload": lambda batches, _, path: batches.upload(path, "in"),
    "file-get": lambda batches, _, __: batches.delete_file("files/a"),
    "create": lambda batches, _, __: batches.create(MODEL, "files/a", "x"),
    "batch-get": lambda batches, _, __: batches.get("batches/a"),
    "batch-list": lambda batches, _, __: list(batches.list()),
    "batch-cancel": lambda batches, _, __: batches.cancel("batches/a"),
    "download": lambda batches, _, path: batches.download("files/a", path.with_name("out")),
}


@pytest.mark.parametrize("place", CALLS)
def test_no_call_waits_for_ever(emulator: Emulator, tmp_path: Path, place: str) -> None:
    emulator.fault(f"slow:on={place},delay=3")
    (tmp_path / "in.jsonl").write_bytes(b"{}\n")
    hasty = GeminiOptions(
        "k",
        base_url=emulator.url,
        generate_timeout_s=0.1,
        create_timeout_s=0.1,
        control_timeout_s=0.1,
        transfer_timeout_s=0.1,
    )

    with GeminiBatches(hasty) as batches, GeminiProvider(hasty) as live:
        began = time.monotonic()
        with pytest.raises(ProviderTrouble) as caught:
            CALLS[place](batches, live, tmp_path / "in.jsonl")

    assert caught.value.trouble is Trouble.TRANSPORT
    assert time.monotonic() - began < 2
    assert emulator.state.calls[place] == 1


def test_the_sdk_alone_has_no_time_out(emulator: Emulator) -> None:
    asked: list[object] = []
    with httpx2.Client(
        event_hooks={"request": [lambda request: asked.append(request.extensions["timeout"])]}
    ) as http:
        where = types.HttpOptions(base_url=emulator.url, httpx_client=http)
        with genai.Client(api_key="k", http_options=where) as naive:
            list(naive.batches.list())

    assert asked == [{"connect": None, "read": None, "write": None, "pool": None}]


@pytest.mark.parametrize("fault", ["503", "429:delay=0", "drop"])
def test_there_is_no_second_retry_layer(emulator: Emulator, fault: str) -> None:
    separator = "," if ":" in fault else ":"
    emulator.fault(f"{fault}{separator}on=any,times=forever")

    with GeminiBatches(GeminiOptions("k", base_url=emulator.url)) as batches, pytest.raises(ProviderTrouble):
        batches.get("batches/a")

    assert emulator.state.calls.total() == 1


def test_nothing_heavy_is_imported_before_a_client_is_built() -> None:
    program = (
        "import sys, chargen.edges.gemini, chargen.edges.images\n"
        "heavy = {'google.genai', 'httpx2', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
