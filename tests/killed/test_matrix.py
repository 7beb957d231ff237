"""chargen killed or cancelled at a selection of its durable steps, each kind in each command; `python -m tests.killed --all` has them all."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.killed.__main__ import main
from tests.killed.matrix import Undisturbed, play, some, undisturbed
from tests.killed.stage import Stage
from tests.killed.stories import STORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# a step of these kinds is in each of the commands named: one that has gone missing here is not struck any more
KINDS = {
    "batch run": {"file", "yaml", "sqlite", "push", "http"},
    "batch submit": {"file", "sqlite", "push", "http"},
    "batch collect": {"file", "yaml", "sqlite", "push"},
    "batch apply": {"file", "yaml", "sqlite"},
    "gitops submit": {"file", "sqlite", "push", "http"},
    "gitops collect": {"file", "sqlite", "push"},
    "gitops refresh": {"push", "http"},
    "gitops tick": {"file", "sqlite", "push", "http"},
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture(scope="module")
def whole(stage: Stage) -> Callable[[str], Undisturbed]:
    """A story nobody disturbs, played once."""
    return cache(lambda name: undisturbed(stage, next(story for story in STORIES if story.name == name)))


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_durable_step_is_found(whole: Callable[[str], Undisturbed], name: str) -> None:
    assert {step.kind for step in whole(name).steps} >= KINDS[name]


@pytest.mark.parametrize("name", KINDS)
def test_a_command_that_is_ended_and_run_again_comes_to_the_same(
    stage: Stage, whole: Callable[[str], Undisturbed], name: str
) -> None:
    """Killed at a step of each kind, cancelled at one, and cancelled with no time left at another."""
    played = [play(stage, whole(name), point) for point in some(whole(name))]

    assert [one for one in played if not one.right] == []
    assert {one.point.how for one in played} == {"kill", "cancel", "hurry"}


def test_a_match_that_names_no_point_is_a_usage_error_with_names_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["--story", "batch apply", "--signal", "kill", "--match", "no such step"])

    said = capsys.readouterr().out
    assert code == 64
    assert "no point has 'no such step' in its name" in said
    assert "kill after sqlite: " in said
    assert "differences" not in said
