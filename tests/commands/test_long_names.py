"""Addresses: as long as they may be, changed by their writer, and chosen one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

QUAY = "quay/imagery.yaml"
LONGEST = "s" * 63


@pytest.fixture
def longest(one_shot: World) -> World:
    """A world of one picture, whose kind, slug, scene and shot have the longest names there are."""
    shot = f"    shots:\n      - {{id: {LONGEST}, subject: a quay}}\n"
    one_shot.write(QUAY, f"kind: character\nslug: {LONGEST}\nscenes:\n  - id: {LONGEST}\n{shot}")
    return one_shot


def test_the_longest_address_is_sent_brought_in_and_applied(longest: World, gemini: Emulator) -> None:
    steps = ["submit --yes", "collect --wait --no-apply", "apply", "plan --detailed-exitcode"]

    said = [longest("batch", *step.split()) for step in steps]

    assert [item.code for item in said] == [0, 0, 0, 0], said
    assert longest.plan() == []
    assert len(gemini.paid) == 1


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_the_longest_address_can_be_forced(longest: World, gemini: Emulator, mode: str) -> None:
    longest.make()

    longest.make("--force", "--mode", mode)

    assert len(gemini.paid) == 2
    assert longest.plan() == []
    assert longest("batch", "apply").code == 0


def test_a_renamed_scene_pays_nothing_and_has_its_picture_put_back(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    before = (one_shot.root / "quay/images/noon.main.png").read_bytes()
    one_shot.edit(QUAY, "id: noon", "id: midday")
    assert [(line.address, line.action) for line in one_shot.plan()] == [
        ("location/quay/midday/main", "restore")
    ]

    one_shot.make()

    assert len(gemini.paid) == 1
    assert (one_shot.root / "quay/images/midday.main.png").read_bytes() == before
    assert one_shot.plan() == []


def test_only_applies_what_it_chose(one_shot: World, gemini: Emulator) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0
    assert one_shot("batch", "collect", "--wait", "--no-apply").code == 0
    one_shot.write("inn/imagery.yaml", "kind: location\nslug: inn\nscenes:\n  - {id: bar, subject: a bar}\n")

    one_shot.make("--only", "location/inn")

    assert "generated_images" in one_shot.read("inn/imagery.yaml")
    assert "generated_images" not in one_shot.read(QUAY)
    assert len(gemini.paid) == 2
    one_shot.make()
    assert "generated_images" in one_shot.read(QUAY)
    assert len(gemini.paid) == 2
