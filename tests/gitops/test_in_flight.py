"""What a writer does while a batch is under way: edits, many edits, deletes, renames, takes back; and what it costs."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from chargen.emulator.state import Pace
from tests.gitops.conftest import QUAY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gitops.conftest import Town

WIDE = "location/quay/noon/wide"
ROPE = "location/quay/noon/rope"
IMAGERY = "quay/imagery.yaml"
A, B = "subject: a coil of rope", "subject: a frayed rope"


@pytest.fixture
def flying(quay: Town) -> Town:
    """Both pictures asked for, in a batch that ends when it is told to."""
    quay.gemini.state.pace = Pace(pending_s=600, running_s=600)
    quay.done("submit")
    return quay


def landed(town: Town) -> None:
    """The batch under way ends with its pictures; later ones end at once."""
    town.gemini.advance(3600)
    town.gemini.state.pace = Pace(polls=1)


def edited(town: Town, old: str, new: str) -> None:
    """The writer changes words and pushes; the push's workflow runs."""
    town.writer.edit(IMAGERY, old, new)
    town.push()
    town.done("submit")


def costs(town: Town) -> dict[str, Any]:
    """This month's costs."""
    runner = town.runner()
    (month,) = json.loads(runner("costs", "--format", "json", "--root", str(runner.root)).out)["months"]
    return dict(month)


def test_five_quick_commits_are_one_more_batch_when_the_stale_one_has_ended(
    flying: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    words = [A, *(f"subject: a rope in {n} knots" for n in range(5))]
    for old, new in itertools.pairwise(words):
        edited(flying, old, new)
        flying.done("tick")
    assert len(flying.gemini.state.batches) == 1
    assert flying.whys()[ROPE] == "debounced: older wording in flight"

    landed(flying)
    said = flying.done("tick")
    flying.done("tick")

    assert len(flying.gemini.state.batches) == 2
    assert len(flying.gemini.paid) == 3
    stale = "location.quay.noon.rope.v1: no shot asks for it any more; kept, not shown"
    assert f"stale: {stale}" in said.err
    assert stale in summary.read_text()
    assert list(costs(flying)["waste"]) == ["stale"]
    flying.merge_all()
    assert set(flying.whys().values()) == {"unchanged"}


def test_words_that_are_taken_back_meanwhile_are_what_comes(flying: Town) -> None:
    edited(flying, A, B)
    edited(flying, B, A)
    assert flying.whys()[ROPE].startswith("in flight")

    landed(flying)
    flying.done("tick")

    assert len(flying.gemini.paid) == 2
    assert flying.whys()[ROPE].startswith("proposed")
    assert costs(flying)["waste"] == {}


def test_there_and_back_again_after_it_came_pays_for_each_wording_once(flying: Town) -> None:
    edited(flying, A, B)
    landed(flying)
    flying.done("tick")
    flying.done("tick")
    assert len(flying.gemini.paid) == 3

    edited(flying, B, A)
    flying.done("tick")

    assert len(flying.gemini.paid) == 3
    (pull,) = flying.open_pulls().values()
    assert "a coil of rope" in (pull.body or "")
    assert "a frayed rope" not in (pull.body or "")
    edited(flying, A, B)
    flying.done("tick")
    assert len(flying.gemini.paid) == 3


def test_what_comes_for_a_shot_that_is_gone_is_kept_and_answers_it_when_it_is_back(flying: Town) -> None:
    line = "      - {id: rope, subject: a coil of rope}\n"
    edited(flying, line, "")
    landed(flying)

    said = flying.done("tick")

    assert "stale: location.quay.noon.rope.v1" in said.err
    (pull,) = flying.open_pulls().values()
    assert pull.title == "Pictures for location/quay: 1 shot"
    assert list(costs(flying)["waste"]) == ["stale"]

    flying.writer.write(IMAGERY, QUAY)
    flying.push()
    flying.done("tick")
    assert len(flying.gemini.paid) == 2
    assert {pull.title for pull in flying.open_pulls().values()} == {"Pictures for location/quay: 2 shots"}


def test_a_shot_that_is_renamed_meanwhile_gets_what_comes(flying: Town) -> None:
    edited(flying, "id: rope", "id: hawser")
    landed(flying)

    flying.done("tick")

    assert len(flying.gemini.paid) == 2
    assert flying.whys()["location/quay/noon/hawser"].startswith("proposed")


def test_one_that_is_renamed_and_edited_waits_for_it_where_it_says_what_it_was(flying: Town) -> None:
    edited(flying, "{id: rope, " + A, "{id: hawser, moved_from: " + ROPE + ", " + B)
    assert flying.whys()["location/quay/noon/hawser"] == "debounced: older wording in flight"

    landed(flying)
    flying.done("tick")
    flying.done("tick")

    assert len(flying.gemini.state.batches) == 2
    assert flying.whys()["location/quay/noon/hawser"].startswith("proposed")
