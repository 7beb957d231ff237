"""Starting, stopping, the emulator's own addresses, and many callers at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx2
import pytest

from chargen.emulator.answer import answer
from chargen.emulator.image_request import known_model
from chargen.emulator.server import Emulator, Pace
from chargen.errors import ConfigurationError
from tests.emulator.conftest import MODEL, a_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from chargen.emulator.state import Answer
    from tests.emulator.conftest import Moves


def test_ready_when_entered_and_gone_when_left() -> None:
    with Emulator() as emulator:
        assert httpx2.get(f"{emulator.url}/emulator/state").status_code == 200
        folder = emulator.state.path("x").parent

    assert not folder.exists()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{emulator.url}/emulator/state")


def test_a_taken_port_is_said_so() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(ConfigurationError, match=r"cannot listen on 127\.0\.0\.1"):
            Emulator(port=other.getsockname()[1])


def test_says_nothing_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    with Emulator() as emulator:
        httpx2.get(f"{emulator.url}/v1/files")

    assert capfd.readouterr() == ("", "")


def test_a_caller_who_dies_in_the_middle_of_a_request_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    with Emulator() as emulator:
        with socket.create_connection((emulator.host, emulator.port)) as caller:
            call = "POST /v1/models/gemini-nano-banana-2.1:generateContent HTTP/1.1"
            caller.sendall(f"{call}\r\nHost: here\r\nContent-Length: 99\r\n\r\n{{".encode())
        httpx2.get(f"{emulator.url}/v1/files")

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_in_the_foreground_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    script = (
        "from chargen.emulator.server import run\n"
        "print(run(0, ready=lambda emulator: print(emulator.url, flush=True)).name)"
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert httpx2.get(f"{url}/v1/models", headers={"x-goog-api-key": "k"}).status_code == 200

    process.send_signal(number)
    out, err = process.communicate(timeout=5)

    assert (out.strip(), err, process.returncode) == (number.name, "", 0)


def test_state_shows_what_was_paid_and_asked(moves: Moves, wire: httpx2.Client) -> None:
    moves.ask()
    moves.lines("a")

    state = wire.get("/emulator/state").json()

    assert [(paid["key"], paid["outcome"], paid["width"]) for paid in state["paid"]] == [
        ("", "picture", 1024),
        ("a", "picture", 1024),
    ]
    assert state["calls"] == {
        "batch-get": 1,
        "create": 1,
        "download": 1,
        "generate": 1,
        "upload": 1,
        "upload-start": 1,
    }
    assert [batch["metadata"]["state"] for batch in state["batches"]] == ["BATCH_STATE_SUCCEEDED"]
    assert [file["displayName"] for file in state["files"] if not file["resultOf"]] == ["requests"]


def test_faults_are_set_and_cleared_over_http(moves: Moves, wire: httpx2.Client) -> None:
    shown = wire.post("/emulator/faults", json=["503:times=3", {"name": "500", "match": "tower"}]).json()
    first = moves.ask().status_code
    struck = wire.get("/emulator/faults").json()["faults"][0]["struck"]
    cleared = wire.delete("/emulator/faults").json()

    assert [fault["name"] for fault in shown["faults"]] == ["503", "500"]
    assert (first, struck, cleared, moves.ask().status_code) == (503, 1, {"faults": []}, 200)
    assert "did you mean" in wire.post("/emulator/faults", json="504").json()["error"]["message"]


def test_reset_forgets_everything(moves: Moves, wire: httpx2.Client, emulator: Emulator) -> None:
    moves.lines("a")
    emulator.fault("503")
    emulator.state.pace = Pace(pending_s=9)

    wire.post("/emulator/reset")

    state = wire.get("/emulator/state").json()
    assert [state[name] for name in ("paid", "files", "batches", "faults")] == [[], [], [], []]
    assert emulator.state.pace == Pace(polls=1)


def test_time_can_be_advanced_over_http(moves: Moves, wire: httpx2.Client, emulator: Emulator) -> None:
    emulator.state.pace = Pace(pending_s=1000)
    name = moves.create()

    wire.post("/emulator/advance", json={"seconds": 1001})

    assert moves.operation(name)["metadata"]["state"] != "BATCH_STATE_PENDING"
    assert wire.post("/emulator/advance", json={"seconds": "x"}).status_code == 400


def test_thirty_two_at_once(moves: Moves, emulator: Emulator) -> None:
    barrier = threading.Barrier(32)

    def ask(number: int) -> int:
        barrier.wait()
        return int(moves.ask(f"lantern {number}").status_code)

    with ThreadPoolExecutor(32) as pool:
        codes = list(pool.map(ask, range(32)))

    assert codes == [200] * 32
    assert len({paid.sha256 for paid in emulator.paid}) == 32


def test_faults_given_at_the_start_come_back_after_a_reset() -> None:
    with Emulator(faults=["503"], flat=True) as emulator:
        emulator.reset()

        assert [fault["name"] for fault in emulator.state.faults.as_json()] == ["503"]


def test_what_was_asked_before_a_reset_is_neither_done_nor_counted() -> None:
    """A killed client's call would else be counted in the next test, or meet its faults."""
    with Emulator() as emulator, ThreadPoolExecutor(2) as callers:
        emulator.fault("slow:delay=0.5,on=generate")
        url = f"{emulator.url}/v1/models/{MODEL}:generateContent"
        late = callers.submit(httpx2.post, url, json=a_request(), headers={"x-goog-api-key": "a-key"})
        _until(lambda: emulator.state.calls["generate"] == 1)
        drawn = callers.submit(_drawn_across_a_reset, emulator)

        with pytest.raises(httpx2.TransportError):
            late.result()
        assert drawn.result() == []
        assert emulator.state.answers == []


def _drawn_across_a_reset(emulator: Emulator) -> list[Answer]:
    stop = emulator.state.stop
    emulator.state.reset()
    answer(emulator.state, a_request(), model=known_model(MODEL), stop=stop)
    return list(emulator.state.answers)


def _until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.01)
