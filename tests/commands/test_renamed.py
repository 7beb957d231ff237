"""What was paid for under an address that is gone is put back under its new one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


def rename(world: World, what: str) -> None:
    if what == "scene":
        world.edit("locations/pier/imagery.yaml", "- id: dusk", "- id: evening")
    elif what == "slug":
        world.edit("characters/mara/imagery.yaml", "slug: mara", "slug: marah")
        world.edit("chapters/one/imagery.yaml", "ref: mara,", "ref: marah,")
    else:
        shutil.move(world.root / "locations/pier", world.root / "locations/quay")
        world.edit("locations/quay/imagery.yaml", "slug: pier", "slug: quay")
        world.edit("chapters/one/imagery.yaml", "ref: location/pier", "ref: location/quay")


@pytest.mark.parametrize(
    ("what", "restored", "generated"),
    [
        ("scene", 1, set()),
        ("slug", 1, {"chapter/one/opening/arrival"}),  # its words name her by the slug
        ("folder", 3, {"chapter/one/opening/arrival"}),  # and so with the place
    ],
)
def test_a_new_name_for_the_same_words_is_put_back_for_nothing(
    world: World, gemini: Emulator, what: str, restored: int, generated: set[str]
) -> None:
    world.make()
    paid = len(gemini.paid)

    rename(world, what)
    plan = world.plan()
    world.make()

    assert sum(line.action == "restore" for line in plan) == restored
    assert {line.address for line in plan if line.action == "generate"} <= generated
    assert world.plan() == []
    assert len(gemini.paid) == paid + len(generated)
