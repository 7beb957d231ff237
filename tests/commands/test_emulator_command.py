"""`chargen emulator`: a stand-in that a person starts, and a world that is made with it."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from chargen.edges.github import GitHubForge

if TYPE_CHECKING:
    from pathlib import Path

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


def test_it_serves_a_github_beside_it(
    one_shot: World, processes: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    hub = tmp_path / "hub"
    subprocess.run(["git", "init", "-q", "--bare", str(hub / "acme" / "world.git")], check=True)
    process = one_shot.start("emulator", "--port", "0", "--flat", "--github", str(hub), "--github-port", "0")
    processes.append(process)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    server = process.stdout.readline().split()[-1]
    told = [process.stderr.readline() for _ in range(6)]
    token = next(
        word for line in told for word in line.split() if word.startswith("GITHUB_TOKEN=")
    ).partition("=")[2]

    with GitHubForge(token, "acme/world", base_url=f"{server}/api/v3") as forge:
        rights = forge.settings.token_rights()
        pulls = forge.open_pulls()

    assert (rights.login, rights.may_push, pulls) == ("github-actions[bot]", True, [])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--github", "nowhere"], 3, "is no folder"),
        (["--github-fault", "502"], 64, "--github FOLDER"),
        (["--github", ".", "--github-fault", "503"], 64, "unknown fault '503'"),
    ],
)
def test_a_github_that_cannot_be(one_shot: World, arguments: list[str], code: int, said: str) -> None:
    ended = one_shot("emulator", "--port", "0", "--github-port", "0", *arguments)

    assert ended.code == code
    assert said in ended.err


def test_it_lists_its_faults_and_refuses_others(one_shot: World) -> None:
    listed = one_shot("emulator", "--faults").out
    assert "lost-answer" in listed
    assert "502-after" in listed

    said = one_shot("emulator", "--port", "0", "--fault", "lost-anser")

    assert said.code == 64
    assert "lost-answer" in said.err
