"""The key is in nothing that a run leaves: no file, no git object, no word on the screen."""

from __future__ import annotations

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from chargen.edges.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import Said, World

KEY = "AIza+some/word=nobody&else~has"
SPELLINGS = {KEY, quote(KEY), quote(KEY, safe="")}


class _Gossip(BaseHTTPRequestHandler):
    """A service that repeats the key in everything it says."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        said = f"API key {KEY} ({quote(KEY, safe='')}) may not do this; see {self.path}"
        body = json.dumps({"error": {"code": self.server.code, "status": "NO", "message": said}}).encode()  # type: ignore[attr-defined]
        self.send_response(self.server.code, f"no {KEY}")  # type: ignore[attr-defined]
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-echo", KEY)
        if self.server.code == 429:  # type: ignore[attr-defined]
            self.send_header("retry-after", "86400")  # longer than anybody waits
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815  # the library's names

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""


@pytest.fixture
def gossip(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """A service that gossips, at an address that has the key in it."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Gossip) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv(
            "GOOGLE_GEMINI_BASE_URL", f"http://127.0.0.1:{server.server_port}/{quote(KEY, safe='')}"
        )
        yield server
        server.shutdown()
        thread.join()


def assert_silent(world: World, *said: Said) -> None:
    """Look for the key in what was said, in every file, and in every git object."""
    places = {f"said {i}": one.text.encode() for i, one in enumerate(said)}
    places |= {str(path): path.read_bytes() for path in world.root.rglob("*") if path.is_file()}
    for folder in (world.root / ".git", world.root / ".chargen" / "books.git"):
        if folder.exists():
            places[f"objects of {folder}"] = objects_of(folder)
    found = [
        place for place, data in places.items() if any(spelling.encode() in data for spelling in SPELLINGS)
    ]
    assert found == []


def objects_of(repository: Path) -> bytes:
    """Every object of a repository, uncompressed."""
    command = ["git", "--git-dir", str(repository), "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_a_run_leaves_no_key(
    world: World, gemini: Emulator, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    git(world.root, "init", "-q")
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    gemini.fault("503", "image-safety:match=bench", "lost-answer:on=create")

    ran = world("batch", "run", "--yes", "--mode", mode)
    said = [world("batch", verb) for verb in ("plan", "status", "collect", "apply")]

    assert ran.code == 0, ran.text
    assert objects_of(world.root / ".git").count(b"submission") > 0
    assert_silent(world, ran, *said)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("mode", ["live", "batch"])
def test_a_service_that_repeats_the_key_is_not_repeated(
    one_shot: World,
    gossip: ThreadingHTTPServer,
    code: int,
    mode: str,
) -> None:
    gossip.code = code  # type: ignore[attr-defined]

    said = one_shot("batch", "run", "--yes", "--mode", mode)

    assert said.code in (1, 4), said.text
    assert "may not do this" in said.err
    assert_silent(one_shot, said, one_shot("batch", "status"))


def test_a_key_that_cannot_be_one_is_not_repeated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "two secret words")

    said = world("batch", "plan")

    assert said.code == 3
    assert "GEMINI_API_KEY holds characters no key has" in said.err
    assert "secret words" not in said.text
