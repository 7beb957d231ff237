"""In CI no test may skip."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.skips import refused

REPOSITORY = Path(__file__).resolve().parents[2]
SKIPS = "import pytest\n\ndef test_runs(): pass\n\ndef test_rests(): pytest.skip('the sun shines')\n"


def played(folder: Path, text: str, *options: str, ci: bool = True) -> tuple[int, str]:
    """Exit code and output of a session on one file of tests."""
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "CHARGEN_NOTHING_SKIPS": "1" if ci else ""}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.skips", *options]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_skip_fails_the_session_and_is_named(tmp_path: Path, options: tuple[str, ...]) -> None:
    code, said = played(tmp_path, SKIPS, *options)

    assert (code, "test_it.py::test_rests skipped: the sun shines\n" in said) == (1, True), said


def test_a_module_that_skips_fails_it_too(tmp_path: Path) -> None:
    code, said = played(tmp_path, "import pytest\npytest.importorskip('no_such_module')\n")

    assert (code, "test_it.py skipped: could not import 'no_such_module'" in said) == (1, True), said


def test_a_skip_is_nothing_elsewhere(tmp_path: Path) -> None:
    code, said = played(tmp_path, SKIPS, ci=False)

    assert (code, "the sun shines" in said) == (0, False), said


def test_what_needs_root_may_skip_where_nobody_may_mount() -> None:
    reasons = {"a": "needs root: to mount a disk", "b": "it rains"}

    assert list(refused(reasons, may_mount=False)) == ["b skipped: it rains"]
    assert list(refused(reasons, may_mount=True)) == [
        "a skipped: needs root: to mount a disk",
        "b skipped: it rains",
    ]
