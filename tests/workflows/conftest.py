"""A world on a github.com of our own, made by `chargen init`, whose workflows `act` runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chargen.cli import run
from tests.github_judge import github, github_server
from tests.workflows.act import CHARGEN, WORLD, Hub, find_act
from tests.workflows.town import NO_WAITING, NUMBER, Town

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.emulator.forge.server import GitHub
    from chargen.emulator.server import Emulator

__all__ = ["github", "github_server"]


@pytest.fixture(scope="session")
def new_hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """A world whose first commit is what `chargen init` writes; copied by each test."""
    act = find_act()
    if act is None:
        pytest.skip("act is not installed: it is on no PATH and not beside this Python")
    made = Hub(tmp_path_factory.mktemp("hub"), act)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment().items():
            patch.setenv(name, value)
        assert run(["init", "--root", str(made.work), "--from", CHARGEN, "--ref", made.pin]) == 0
    made.push("A world")
    return made


@pytest.fixture
def hub(new_hub: Hub, tmp_path: Path) -> Hub:
    """A world of one commit, and nothing that has run."""
    return new_hub.copy(tmp_path)


@pytest.fixture
def town(hub: Hub, github: GitHub, emulator: Emulator) -> Town:
    """That world, on a private repository of GitHub's stand-in; no workflow has run yet."""
    github.state.add_repository(WORLD, hub.bare(), number=NUMBER, private=True)
    github.state.add_repository(CHARGEN, hub.bare(CHARGEN))
    config = hub.work / "chargen.yaml"
    made = Town(hub, github, emulator)
    made.push({"chargen.yaml": config.read_text(encoding="utf-8") + NO_WAITING})
    return made
