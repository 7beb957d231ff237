"""This repository's workflows, and those of a world that `chargen init` made, judged by the linters that .ci/run calls."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chargen.core.scaffold import Home, caller
from tests.workflows.parsed import CALLERS, PIN, ROOT


@pytest.fixture(params=["here", "in a world"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "here":
        return ROOT
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for file in CALLERS:
        text = caller(file.read_text(encoding="utf-8"), PIN, Home("my world", "release/1.x"))
        (folder / file.name).write_text(text, encoding="utf-8")
    return tmp_path


def lint(repository: Path, *command: str) -> tuple[str, int]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=repository,
        env={"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout, done.returncode


def test_actionlint_finds_nothing(repository: Path) -> None:
    files = sorted(str(file) for file in (repository / ".github" / "workflows").glob("*.yml"))

    assert lint(repository, "actionlint", *files) == (
        "",
        0,
    )  # by name: a source without .git has no project to look for


def test_zizmor_finds_nothing(repository: Path) -> None:
    said, code = lint(
        repository,
        *("zizmor", "--offline", "--no-progress", "--quiet", "--strict-collection"),
        "--persona",
        "pedantic",
        ".",
    )

    assert code == 0, said


def test_the_files_have_the_shape_of_workflows(repository: Path) -> None:
    files = sorted(str(file) for file in (repository / ".github" / "workflows").glob("*.yml"))

    said, code = lint(repository, "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files)

    assert code == 0, said
