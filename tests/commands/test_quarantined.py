"""A submission in quarantine is told wherever it keeps something from being made: whose it is, since when, and how to end it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from chargen.edges.clock import SystemClock

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import Said, World

NOON = "location/quay/noon/main"


@pytest.fixture
def held(one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The one shot's submission: its create had no answer, and its input cannot be deleted."""
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")
    gemini.fault("drop:on=create,times=1", "delete-fails:times=forever")
    said = one_shot("batch", "submit", "--yes")
    gemini.state.faults.clear()
    (held,) = one_shot.status()["submissions"]
    assert (said.code, held["state"]) == (5, "QUARANTINED"), said.text
    return {"said": said.err, **{name: str(held[name]) for name in ("id", "runId", "createdAt")}}


def told(said: Said, held: dict[str, str]) -> bool:
    """Whether it is said once: who holds what of which run since when, and both commands that end it."""
    line = f"QUARANTINED  {held['id']}  1 request, batch, run {held['runId']}, since {held['createdAt']}"
    wanted = (
        line,
        "held until a person settles it",
        f"chargen state adopt {held['id']} batches/...",
        f"chargen state forget {held['id']}",
    )
    return all(said.err.count(words) == 1 for words in wanted)


def test_the_command_that_meets_it_says_how_to_end_it(held: dict[str, str], one_shot: World) -> None:
    listed = one_shot("state", "list")

    for line in listed.out.splitlines()[1:8]:
        assert held["said"].count(line) == 1


@pytest.mark.parametrize(
    "command", [["submit", "--yes"], ["run", "--yes"], ["run", "--mode", "batch", "--yes"]]
)
def test_a_command_that_pays_tells_of_it_and_ends_with_5(
    held: dict[str, str], one_shot: World, gemini: Emulator, command: list[str]
) -> None:
    said = one_shot("batch", *command)

    assert said.code == 5, said.text
    assert told(said, held), said.err
    assert "brings in what is in flight" not in said.err
    assert gemini.paid == []


def test_collecting_tells_of_it_and_ends_with_5(held: dict[str, str], one_shot: World) -> None:
    said = one_shot("batch", "collect", "--wait")

    assert said.code == 5, said.text
    assert told(said, held), said.err
    assert said.out == "No batch is open, and 1 submission is in quarantine.\n"


def test_collecting_says_in_json_what_is_in_quarantine(held: dict[str, str], one_shot: World) -> None:
    said = one_shot("batch", "collect", "--format", "json")

    assert [item["id"] for item in json.loads(said.out)["quarantined"]] == [held["id"]]


def test_a_plan_does_not_promise_that_collecting_brings_it_in(held: dict[str, str], one_shot: World) -> None:
    said = one_shot("batch", "plan")

    assert said.code == 0, said.text
    assert said.out.splitlines()[-1] == (
        "Nothing to make: 1 in quarantine. What is in quarantine waits for a person: `chargen state list` says what to do."
    )


def test_what_a_run_leaves_in_quarantine_is_counted_at_its_end(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")
    gemini.fault("drop:on=create,times=1", "delete-fails:times=forever")

    said = one_shot("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 5, said.text
    assert "1 planned = 0 succeeded + 0 failed + 0 skipped + 1 open (1 in quarantine); 0.0000 USD" in said.out


def test_what_it_does_not_hold_is_made_without_a_word_of_it(
    held: dict[str, str], one_shot: World, gemini: Emulator
) -> None:
    one_shot.write(
        "inn/imagery.yaml", "kind: location\nslug: inn\nscenes:\n  - {id: noon, subject: an inn}\n"
    )

    said = one_shot("batch", "run", "--yes", "--only", "location/inn/**")

    assert said.code == 0, said.text
    assert held["id"] not in said.err
    assert len(gemini.paid) == 1


def test_what_a_run_could_make_is_made_before_it_tells_of_the_rest(
    held: dict[str, str], one_shot: World, gemini: Emulator
) -> None:
    one_shot.write(
        "inn/imagery.yaml", "kind: location\nslug: inn\nscenes:\n  - {id: noon, subject: an inn}\n"
    )

    said = one_shot("batch", "run", "--yes")

    assert said.code == 5, said.text
    assert told(said, held), said.err
    assert len(gemini.paid) == 1


def test_new_words_that_wait_for_it_are_told_of_it(held: dict[str, str], one_shot: World) -> None:
    one_shot.edit("quay/imagery.yaml", "a quay", "a long quay")

    said = one_shot("batch", "submit", "--yes")

    assert said.code == 5, said.text
    assert told(said, held), said.err
