"""`--force` orders one more picture of each shot: whatever goes wrong on the way, the order is paid for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

DUSK = "location/quay/dusk/main"
ONE_FAILS = pytest.mark.parametrize(
    ("mode", "fault"), [("live", "undecodable:match=pier"), ("batch", "line-error:match=pier,code=3")]
)


def make_two(world: World, noon: str, dusk: str) -> None:
    """A world of two shots, each with its picture."""
    scenes = f"  - {{id: noon, subject: {noon}}}\n  - {{id: dusk, subject: {dusk}}}\n"
    world.write("quay/imagery.yaml", f"kind: location\nslug: quay\nscenes:\n{scenes}")
    world.make()


@pytest.fixture
def quay(one_shot: World, gemini: Emulator) -> World:
    """A quay at noon and a pier at dusk, which were paid for before the test began."""
    make_two(one_shot, "a quay", "a pier")
    gemini.reset()
    return one_shot


@ONE_FAILS
def test_one_failure_in_a_forced_run_is_made_again_and_nothing_else(
    quay: World, gemini: Emulator, mode: str, fault: str
) -> None:
    gemini.fault(fault)

    said = quay("batch", "run", "--force", "--mode", mode, "--yes")

    assert said.code == 0, said.text
    assert len(gemini.state.answers) == 3, "noon, dusk that failed, dusk"
    assert quay.plan() == []


@ONE_FAILS
def test_a_forced_run_that_is_resumed_pays_only_what_it_still_owes(
    quay: World, gemini: Emulator, mode: str, fault: str
) -> None:
    gemini.fault(fault)
    quay("batch", "run", "--force", "--mode", mode, "--yes", "--no-apply")  # one round
    assert len(gemini.state.answers) == 2

    said = [quay("batch", "run", "--resume", "--yes") for _ in range(3)]

    assert [item.code for item in said] == [0, 0, 0], said
    assert len(gemini.state.answers) == 3, "noon, dusk that failed, dusk"
    assert quay.plan() == []


def test_one_picture_answers_both_orders_of_forced_shots_that_ask_for_the_same(
    one_shot: World, gemini: Emulator
) -> None:
    make_two(one_shot, "a quay", "a quay")
    assert len(gemini.paid) == 1

    one_shot.make("--force")

    assert len(gemini.paid) == 2
    assert one_shot.plan() == []
    one_shot.make()
    assert len(gemini.paid) == 2


def test_forcing_again_while_an_order_is_open_makes_one_picture(quay: World, gemini: Emulator) -> None:
    gemini.fault("undecodable")
    quay("batch", "run", "--force", DUSK, "--yes")
    assert [(line.address, line.action) for line in quay.plan()] == [(DUSK, "generate")]
    paid = len(gemini.paid)

    quay.make("--force", DUSK)

    assert len(gemini.paid) == paid + 1
    assert quay.plan() == []
