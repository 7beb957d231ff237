"""What goes out is the JSON it was, in pieces; what comes in waits on disk; and a call tells when it has left."""

from __future__ import annotations

import gc
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.request import InlineImage, ProviderPlan, build_request
from chargen.edges.gemini import GeminiOptions, GeminiProvider
from chargen.edges.gemini_errors import translated
from chargen.edges.gemini_wire import JsonBody, SpooledAnswer
from chargen.errors import ConfigurationError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.emulator.server import Emulator

MODEL = "gemini-nano-banana-2.1"
PLAN = ProviderPlan(MODEL, "1K", "16:9", {"harassment": "none"})


def spooled(*pieces: bytes, folder: Path | None = None) -> SpooledAnswer:
    return SpooledAnswer(pieces, folder, lambda: translated("a-key"))


@pytest.mark.parametrize("prompt", ["a red knight", "„Ansa“ \u2028 \ud800 \U0001f9c2", "x" * 200_000])
def test_a_body_in_pieces_is_the_json_it_was(prompt: str) -> None:
    pictures = [InlineImage("face", "mira", "image/png", "QUJD" * 50_000)]
    request = build_request(PLAN, prompt, pictures, variant=2)

    body = JsonBody(request)
    sent = b"".join(body)

    assert json.loads(sent) == request
    assert body.headers["Content-Length"] == str(len(sent))
    assert b"".join(body) == sent, "a redirect asks for it again"


def test_a_body_copies_no_reference_but_the_one_in_hand() -> None:
    one = "QUJD" * 500_000
    request = build_request(PLAN, "x", [InlineImage("face", "mira", "image/png", one)] * 14, variant=1)
    tracemalloc.start()
    try:
        for _ in JsonBody(request):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 5 * len(one)


def test_an_answer_waits_on_disk_and_is_read_once(tmp_path: Path) -> None:
    text = json.dumps({"candidates": [{"content": "x" * 5_000_000}]}).encode()
    pieces = (text[i : i + 65_536] for i in range(0, len(text), 65_536))
    tracemalloc.start()
    try:
        answer = SpooledAnswer(pieces, tmp_path, lambda: translated("a-key"))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 2_000_000
    assert list(tmp_path.iterdir()) == [], "it has no name there: nothing is left of a process that is killed"
    assert dict(answer) == json.loads(text)
    assert len(answer) == 1


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"<html>", b"\xff{}"])
def test_an_answer_that_is_none_is_transport_trouble_when_looked_into(text: bytes) -> None:
    answer = spooled(text)

    with pytest.raises(ProviderTrouble) as caught:
        answer.get("candidates")

    assert caught.value.trouble is Trouble.TRANSPORT
    assert caught.value.sent


def test_an_answer_nobody_looks_into_lets_go_of_its_file() -> None:
    answer: Any = spooled(b"{}")

    del answer
    gc.collect()  # pytest makes an unclosed file an error


def test_where_no_answer_can_lie_is_said(tmp_path: Path) -> None:
    with pytest.raises((ConfigurationError, WorkFailed), match="cannot write"):
        spooled(b"{}", folder=tmp_path / "gone")


def test_an_answer_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"{"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        SpooledAnswer(breaking(), tmp_path, lambda: translated("a-key"))
    gc.collect()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", ["", "503", "image-safety"])
def test_a_call_tells_when_it_has_left_before_its_answer_comes(emulator: Emulator, fault: str) -> None:
    emulator.fault("slow:on=generate,delay=0.3", *filter(None, [fault]))
    told: list[int] = []
    body = build_request(PLAN, "a red knight", [], variant=1)

    with GeminiProvider(GeminiOptions("a-key", base_url=emulator.url)) as provider:
        try:
            provider.generate(MODEL, body, lambda: told.append(len(emulator.state.answers)))
        except ProviderTrouble:
            assert fault == "503"

    assert told == [0]


def test_a_model_that_would_become_another_path_is_refused_unsent(emulator: Emulator) -> None:
    with (
        GeminiProvider(GeminiOptions("a-key", base_url=emulator.url)) as provider,
        pytest.raises(ProviderTrouble),
    ):
        provider.generate("../files/x?", {})

    assert emulator.state.calls.total() == 0
