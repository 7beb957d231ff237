"""Several batches, one in trouble: the others are brought in, and nothing is asked for without end."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from chargen.edges.clock import SystemClock

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


@pytest.fixture
def sent(world: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch) -> World:
    """Four batches of one picture each, with the provider; no waiting between attempts."""
    world.edit("chargen.yaml", "limits: {", "limits: {requests_per_batch: 1, ")
    assert world("batch", "submit", "--yes").code == 0
    assert len(gemini.state.batches) == 4
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)
    return world


def test_a_batch_the_service_has_forgotten_leaves_the_others_alone(sent: World, gemini: Emulator) -> None:
    gone = next(iter(gemini.state.batches))
    del gemini.state.batches[gone]

    said = sent("batch", "collect", "--wait")

    assert said.code == 4, said.text
    assert gone in said.err
    assert "chargen state forget" in said.err
    assert "model may have been retired" not in said.err
    assert "3 batches collected, 1 still open." in said.out
    assert len(sent.plan()) <= 1


def test_a_batch_that_cannot_be_asked_for_is_asked_for_again(sent: World, gemini: Emulator) -> None:
    gemini.fault("503:on=batch-get,times=7")

    said = sent("batch", "collect", "--wait")

    assert said.code == 0, said.text
    assert "4 batches collected, 0 still open." in said.out


def test_a_result_that_never_comes_whole_leaves_the_others_alone(sent: World, gemini: Emulator) -> None:
    gemini.fault("cut-download:times=5")

    said = sent("batch", "collect")

    assert said.code == 1, said.text
    assert "3 batches collected, 1 still open." in said.out
    assert sent("batch", "collect", "--wait").code == 0
    assert len(gemini.paid) == 4


def test_a_key_withdrawn_meanwhile_is_said_once(
    sent: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "bad-key-of-somebody")

    said = sent("batch", "collect", "--wait")

    assert said.code == 4, said.text
    assert said.err.count("Gemini refuses the key") == 1
    monkeypatch.setenv("GEMINI_API_KEY", "a-good-key")
    assert sent("batch", "collect", "--wait").code == 0
    assert len(gemini.paid) == 4


def test_cancel_asks_for_all_of_a_run(sent: World, gemini: Emulator) -> None:
    said = sent("batch", "cancel", "--run", "1")

    assert said.code == 0, said.text
    assert sent("batch", "cancel", "--run", "1").out == "No batch of this run is open.\n"
    states = {item["state"] for item in sent.status()["submissions"]}
    assert states <= {"CANCELLED", "COLLECTED"}


def test_a_run_that_only_the_books_know_is_cancelled_by_its_name(sent: World, gemini: Emulator) -> None:
    (run,) = (sent.root / ".chargen/runs").glob("*_run-*")
    shutil.rmtree(run)

    said = sent("batch", "cancel", "--run", run.name)

    assert said.code == 0, said.text
    assert {batch.state for batch in gemini.state.batches.values()} == {"CANCELLED"}
    assert sent("batch", "cancel", "--run", "never").code == 64
