"""One create that makes two batches, its answer naming the first: found, ended if it runs, and counted once."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from chargen.emulator.state import Pace

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


@pytest.fixture
def doubled(one_shot: World, gemini: Emulator) -> World:
    """A submit whose batch was made twice; the first brought in."""
    gemini.fault("double-create")
    assert one_shot("batch", "submit", "--yes").code == 0
    assert len(gemini.state.batches) == 2
    return one_shot


def more_words(world: World, words: str) -> None:
    world.edit("quay/imagery.yaml", "subject: a quay", f"subject: a quay {words}")


def end(gemini: Emulator, name: str) -> None:
    """Let a batch end as it will."""
    batch = gemini.state.batches[name]
    assert batch.work is not None
    batch.work.result(timeout=20)
    batch.advance(Pace(), batch.created + 3600)
    assert batch.state == "SUCCEEDED"


def list_it(gemini: Emulator) -> None:
    """From now on the list shows every batch."""
    for batch in gemini.state.batches.values():
        batch.hidden_lists = 0


def waste(world: World) -> dict[str, Decimal]:
    (month,) = json.loads(world("costs", "--format", "json").out)["months"]
    return {name: Decimal(item["usd"]) for name, item in month["waste"].items()}


def test_it_is_named_and_counted_as_a_duplicate_once(doubled: World, gemini: Emulator) -> None:
    assert doubled("batch", "collect", "--wait").code == 0
    more_words(doubled, "at night")

    first = doubled("batch", "submit", "--yes")
    assert doubled("batch", "collect", "--wait").code == 0
    more_words(doubled, "in rain")
    second = doubled("batch", "submit", "--yes")

    assert first.code == second.code == 0, first.text
    assert "is a second batch of" in first.err
    assert "second batch" not in second.err
    assert waste(doubled)["duplicate"] == Decimal("0.0178")
    assert "is a double of it, counted as waste" in doubled("state", "list", "--all").out


def test_one_that_runs_is_told_to_end_and_the_first_goes_on(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("double-create", "batch-stuck:times=1,after=1")
    one_shot.edit("quay/imagery.yaml", "  - {id: noon", "  - {id: dusk, subject: fog}\n  - {id: noon")
    assert one_shot("batch", "submit", "--yes", "--only", "**/noon/**").code == 0

    said = one_shot("batch", "submit", "--yes", "--only", "**/dusk/**")

    assert said.code == 0, said.text
    assert "is a second batch of" in said.err
    assert gemini.state.calls["batch-cancel"] == 1
    assert one_shot("batch", "collect", "--wait").code == 0
    assert one_shot.plan() == []


def test_it_is_counted_once_although_the_first_then_ends_in_vain(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("double-create", "batch-stuck:times=2")
    one_shot.edit("quay/imagery.yaml", "  - {id: noon", "  - {id: dusk, subject: fog}\n  - {id: noon")
    assert one_shot("batch", "submit", "--yes", "--only", "**/noon/**").code == 0
    run_id = one_shot.status()["submissions"][0]["runId"]
    assert "is a second batch of" in one_shot("batch", "submit", "--yes", "--only", "**/dusk/**").err

    assert one_shot("batch", "cancel", "--run", run_id).code == 0
    said = one_shot("batch", "submit", "--yes")

    assert said.code == 0, said.text
    assert "second batch" not in said.err
    assert waste(one_shot) == {"duplicate": Decimal("0.0178")}


@pytest.mark.parametrize("wait", [(), ("--wait",)])
@pytest.mark.parametrize("fate", ["batch-failed", "batch-expired", "batch-cancelled"])
def test_it_answers_where_the_first_ended_in_vain(
    one_shot: World, gemini: Emulator, fate: str, wait: tuple[str, ...]
) -> None:
    gemini.fault("double-create", fate)
    assert one_shot("batch", "submit", "--yes").code == 0
    first, second = gemini.state.batches

    said = one_shot("batch", "collect", *wait)

    assert said.code == 0, said.text
    assert f"{second} answers for" in said.err
    assert f"not {first}" in said.err
    assert f"{second}: COLLECTED, 1 of 1 pictures" in said.err
    assert one_shot.plan() == []
    assert (len(gemini.paid), waste(one_shot)) == (1, {})
    assert gemini.state.calls["batch-list"] == 2, "by the submit, and where it was needed"


def test_it_is_waited_for_where_the_first_ended_in_vain(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("double-create", "batch-failed", "batch-stuck")
    assert one_shot("batch", "submit", "--yes").code == 0
    _, second = gemini.state.batches

    said = one_shot("batch", "collect")

    assert said.code == 0, said.text
    assert "0 batches collected, 1 still open." in said.out
    assert f"{second}: still with the provider" in said.err
    assert one_shot.plan() == []


def test_a_submit_takes_up_what_brought_pictures_and_ends_what_still_runs(
    one_shot: World, gemini: Emulator
) -> None:
    gemini.fault("double-create", "batch-stuck")
    one_shot.edit("quay/imagery.yaml", "  - {id: noon", "  - {id: dusk, subject: fog}\n  - {id: noon")
    assert one_shot("batch", "submit", "--yes", "--only", "**/noon/**").code == 0
    first, second = gemini.state.batches
    end(gemini, second)

    said = one_shot("batch", "submit", "--yes", "--only", "**/dusk/**")

    assert said.code == 0, said.text
    assert f"{second} answers for" in said.err
    assert f"{first} (RUNNING) is a second batch" in said.err
    assert gemini.state.batches[first].state == "CANCELLED"
    assert one_shot("batch", "collect", "--wait").code == 0
    assert one_shot.plan() == []
    assert waste(one_shot) == {"duplicate": Decimal("0.0178")}


def test_a_run_that_is_cancelled_leaves_no_second_batch_at_work(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("double-create", "batch-stuck:times=2")
    assert one_shot("batch", "submit", "--yes").code == 0
    run_id = one_shot.status()["submissions"][0]["runId"]

    said = one_shot("batch", "cancel", "--run", run_id)

    assert said.code == 0, said.text
    assert {batch.state for batch in gemini.state.batches.values()} == {"CANCELLED"}
    assert "1 batch ended, 0 still ending." in said.out


@pytest.fixture
def fenced(one_shot: World, gemini: Emulator) -> World:
    """A submit that had no answer and was fenced off; the list shows its batch from the third look on."""
    gemini.fault("lost-answer:on=create", "list-lag:lists=3")
    said = one_shot("batch", "submit", "--yes")
    assert "never created (fenced off)" in said.err, said.text
    assert len(gemini.state.batches) == 1
    return one_shot


def test_one_that_is_listed_late_is_taken_up_instead_of_another(fenced: World, gemini: Emulator) -> None:
    list_it(gemini)

    said = fenced("batch", "submit", "--yes")

    (late,) = gemini.state.batches
    assert said.code == 0, said.text
    assert f"{late} answers for" in said.err
    assert fenced("batch", "collect", "--wait").code == 0
    assert fenced.plan() == []
    assert (len(gemini.paid), waste(fenced)) == (1, {})


def test_one_that_is_listed_later_than_another_was_made_is_ended_and_counted_once(
    fenced: World, gemini: Emulator
) -> None:
    assert fenced("batch", "submit", "--yes").code == 0
    assert len(gemini.state.batches) == 2
    late = next(iter(gemini.state.batches))
    end(gemini, late)
    assert fenced("batch", "collect", "--wait").code == 0
    more_words(fenced, "at night")

    first = fenced("batch", "submit", "--yes")
    more_words(fenced, "in rain")
    second = fenced("batch", "submit", "--yes")

    assert first.code == second.code == 0, first.text
    assert f"{late} (SUCCEEDED) was listed late" in first.err
    assert late not in second.err
    assert waste(fenced)["duplicate"] == Decimal("0.0178")
