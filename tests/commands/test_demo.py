"""The demo's stage. The whole play takes 20 seconds and is run by .ci/run through scripts/demo."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from chargen.cli import run
from chargen.commands.demo_stage import Stage, must, stage
from chargen.errors import ExitCode, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def play(played: list[Stage], story: Callable[[], object]) -> None:
    """A story on a stage that is not kept; `played` tells where it was."""
    with stage(None, keep=False) as here:
        played.append(here)
        assert (here.world / "chargen.yaml").is_file()
        story()


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "novel.md").write_text("Chapter one\n", encoding="utf-8")

    code = run(["demo", "--world", str(tmp_path)])

    assert code == ExitCode.USAGE
    assert f"{tmp_path} is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["novel.md"]


def test_what_is_not_kept_is_gone_however_the_play_ends() -> None:
    played: list[Stage] = []

    with pytest.raises(ZeroDivisionError):
        play(played, lambda: 1 // 0)

    assert not played[0].world.parent.exists()


def test_the_world_begins_committed_and_with_nothing_made(tmp_path: Path) -> None:
    with stage(tmp_path / "world", keep=False) as played:
        status = played.git.text("status", "--porcelain")
        author = played.git.text("log", "--format=%an %s")

    assert (status, author) == ("", "A Writer A world of words")
    assert (tmp_path / "world" / "chargen.yaml").is_file()
    assert not (tmp_path / "world" / ".chargen").exists()


def test_commands_hear_nothing_of_the_callers_keys_and_hosts(tmp_path: Path) -> None:
    """The variables of a person's shell must not turn the demo to the real Gemini, a proxy or another repository."""
    script = (
        "from pathlib import Path\n"
        "from chargen.commands.demo_stage import Stage\n"
        "print(sorted(Stage(Path('.'), 'http://stand-in', True)._environment().items()))\n"
    )
    theirs = {
        "GEMINI_API_KEY": "theirs-1",
        "GOOGLE_API_KEY": "theirs-2",
        "GOOGLE_GENAI_USE_VERTEXAI": "theirs-3",
        "GITHUB_TOKEN": "theirs-4",
        "GIT_DIR": "theirs-5",
        "GIT_CONFIG_GLOBAL": "theirs-6",
        "HTTPS_PROXY": "theirs-7",
        "all_proxy": "theirs-8",
    }

    done = subprocess.run(
        [sys.executable, "-c", script], env=theirs, capture_output=True, text=True, check=True
    )

    assert "theirs" not in done.stdout
    assert "('GOOGLE_GEMINI_BASE_URL', 'http://stand-in')" in done.stdout


def test_a_command_that_ends_otherwise_stops_the_play() -> None:
    with pytest.raises(WorkFailed, match="`chargen batch run` ended with exit code 4, not 0"):
        must(4, 0, "chargen batch run")


def test_a_terminating_signal_clears_away_too(capsys: pytest.CaptureFixture[str]) -> None:
    played: list[Stage] = []

    with pytest.raises(click.exceptions.Exit) as ended:
        play(played, lambda: signal.raise_signal(signal.SIGTERM))

    assert ended.value.exit_code == 130
    assert not played[0].world.parent.exists()
    assert "the world was removed" in capsys.readouterr().err
