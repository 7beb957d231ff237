"""The shell scripts, judged by the linter that .ci/run calls too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
SCRIPTS = sorted(
    path
    for path in [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]
    if path.is_file() and re.match(r"#!.*\b(ba)?sh\b|# shellcheck shell", path.read_text(encoding="utf-8"))
)


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}", **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_shellcheck_finds_nothing(script: Path) -> None:
    done = run("shellcheck", "--external-sources", str(script))

    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("script", [path for path in SCRIPTS if path.suffix != ".sh"], ids=str)
def test_scripts_can_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)


def test_an_environment_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Nothing is installed where the lock has not changed: the scripts start at once, also without a network."""
    lock = tmp_path / "lock"
    lock.write_text("one\n", encoding="utf-8")
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "env" / "chargen.lock.installed").write_text("one\n", encoding="utf-8")

    done = run("sh", "-c", ". scripts/environment.sh; make_environment $0/env $0/lock", str(tmp_path))

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_without_a_python_the_scripts_say_what_is_needed(tmp_path: Path) -> None:
    done = run(
        "/bin/sh",
        "-c",
        ". scripts/environment.sh; make_environment $0/env $0/lock",
        str(tmp_path),
        PATH=str(tmp_path),
    )

    assert (done.returncode, done.stderr) == (
        3,
        "chargen needs Python 3.11 or newer (set PYTHON to its path)\n",
    )
