"""A world on a github.com of our own, made by `chargen init`, whose workflows `act` runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chargen.cli import run
from tests.workflows.act import CHARGEN, Hub, find_act

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A world whose first commit is what `chargen init` writes."""
    act = find_act()
    if act is None:
        pytest.skip("act is not installed: it is on no PATH and not beside this Python")
    made = Hub(tmp_path, act)
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    assert run(["init", "--root", str(made.work), "--from", CHARGEN, "--ref", made.pin]) == 0
    made.push("A world")
    return made
