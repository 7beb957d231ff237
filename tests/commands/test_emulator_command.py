"""`chargen emulator`: a stand-in that a person starts, and a world that is made with it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess

    from tests.commands.conftest import World


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(
    one_shot: World,
    processes: list[subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
    end: signal.Signals,
) -> None:
    process = one_shot.start("emulator", "--port", "0", "--flat", "--fault", "503")
    processes.append(process)
    assert process.stdout is not None
    assert process.stderr is not None
    url = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
    assert url in process.stderr.readline(), "what to export"
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", url)
    monkeypatch.setenv("GEMINI_API_KEY", "any-word-will-do")

    one_shot.make()
    process.send_signal(end)
    _, err = process.communicate(timeout=20)

    assert (process.returncode, "stopped" in err) == (0, True)
    assert one_shot.plan() == []


def test_it_lists_its_faults_and_refuses_others(one_shot: World) -> None:
    assert "lost-answer" in one_shot("emulator", "--faults").out

    said = one_shot("emulator", "--port", "0", "--fault", "lost-anser")

    assert said.code == 64
    assert "lost-answer" in said.err
