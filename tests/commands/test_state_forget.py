"""`chargen state forget` is a person's word, held against the provider's: what may have been paid is not forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chargen.commands.state_books import settle
from chargen.commands.wiring import open_session
from chargen.core.submission import Move, State, Submission
from chargen.errors import UsageError
from chargen.pipeline.booking import stamp
from tests.commands.test_state import booked, claimed, put

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


def submitted(world: World, **changes: str | State) -> Submission:
    """A batch that is with the provider; the books say of it what is given."""
    said = world("batch", "submit", "--yes")
    assert said.code == 0, said.text
    put(open_session(world.root).desk(), replace(booked(world), **changes))  # type: ignore[arg-type]
    return booked(world)


def test_a_batch_that_is_listed_is_to_be_adopted(one_shot: World, gemini: Emulator) -> None:
    batch = submitted(one_shot).batch
    put(open_session(one_shot.root).desk(), replace(booked(one_shot), state=State.QUARANTINED, batch=""))
    held = booked(one_shot)

    for word in ((), ("--unlisted",)):
        said = one_shot("state", "forget", held.id, "--yes", *word)

        assert said.code == 5, said.text
        assert f"chargen state adopt {held.id} {batch}" in said.err
        assert booked(one_shot) == held
    assert one_shot("state", "adopt", held.id, batch).code == 0
    assert one_shot("batch", "collect", "--wait").code == 0
    assert len(gemini.paid) == 1


def test_where_the_list_cannot_be_asked_nothing_is_forgotten_without_a_word_of_its_own(
    one_shot: World, gemini: Emulator
) -> None:
    _, held = claimed(one_shot, Move.CREATE, Move.QUARANTINE)
    gemini.fault("403:on=batch-list,times=forever")

    refused = one_shot("state", "forget", held.id, "--yes")
    before = booked(one_shot)
    said = one_shot("state", "forget", held.id, "--yes", "--unlisted")

    assert refused.code == 4, refused.text
    assert "--unlisted" in refused.err
    assert before == held
    assert said.code == 0, said.text
    assert "was not asked, and your word stands for it" in said.err
    assert booked(one_shot).state is State.FENCED


def test_without_a_key_it_is_a_configuration_error_or_a_person_s_word(one_shot: World) -> None:
    _, held = claimed(one_shot, Move.CREATE, Move.QUARANTINE)

    refused = one_shot("state", "forget", held.id, "--yes")
    before = booked(one_shot)
    asked = one_shot("state", "forget", held.id, "--unlisted")
    said = one_shot("state", "forget", held.id, "--unlisted", "--yes")

    assert refused.code == 3, refused.text
    assert "GEMINI_API_KEY is not set" in refused.err
    assert before == held
    assert asked.code == 64, "it still asks"
    assert said.code == 0, said.text
    assert booked(one_shot).state is State.FENCED


@pytest.mark.parametrize("word", [(), ("--unlisted",)])
def test_one_that_may_not_be_listed_yet_is_refused(
    one_shot: World, gemini: Emulator, word: tuple[str, ...]
) -> None:
    desk, held = claimed(one_shot, Move.CREATE, Move.QUARANTINE)
    one_shot.edit("chargen.yaml", "list_lag: 0", "list_lag: 120")

    refused = one_shot("state", "forget", held.id, "--yes", *word)
    before = booked(one_shot)
    earlier = {
        "created_at": stamp(desk.clock.now() - timedelta(minutes=3)),
        "lease_until": stamp(desk.clock.now() + timedelta(minutes=12)),
    }
    put(desk, replace(held, **earlier))  # type: ignore[arg-type]
    said = one_shot("state", "forget", held.id, "--yes", *word)

    assert refused.code == 5, refused.text
    assert "try again at 2" in refused.err
    assert before == held
    assert said.code == 0, said.text


def test_a_batch_that_the_provider_knows_is_collected_and_not_forgotten(
    one_shot: World, gemini: Emulator
) -> None:
    sent = submitted(one_shot)

    said = one_shot("state", "forget", sent.id, "--yes")

    assert said.code == 5, said.text
    assert "chargen batch collect" in said.err
    assert booked(one_shot) == sent


def test_a_batch_that_the_provider_knows_no_longer_is_forgotten_and_its_requests_are_sent_again(
    one_shot: World, gemini: Emulator
) -> None:
    sent = submitted(one_shot, batch="batches/gone")
    gemini.state.batches.clear()

    said = one_shot("state", "forget", sent.id, "--yes")

    assert said.code == 0, said.text
    assert booked(one_shot).state is State.FAILED
    assert [line.action for line in one_shot.plan()] == ["generate"]


def test_one_that_was_adopted_while_the_person_was_asked_is_not_forgotten(one_shot: World) -> None:
    """A batch can be forgotten, too, once it is named: the word was about a submission without one."""
    desk, held = claimed(one_shot, Move.CREATE, Move.QUARANTINE)
    desk.advance(held.id, Move.ACCEPT, "Adopted", batch="batches/1")

    with pytest.raises(UsageError, match="is SUBMITTED by now"):
        settle(desk, held, Move.FORGET)

    assert booked(one_shot).state is State.SUBMITTED
