"""A folder of the world that is a mount of its own, as a container's volume is: nothing can be moved into it from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


def test_pictures_go_into_a_folder_that_is_a_mount_and_nothing_is_left_beside_them(
    one_shot: World, gemini: Emulator, mount_of_its_own: Callable[[Path], None]
) -> None:
    mount_of_its_own(one_shot.root / "quay")

    one_shot.make()

    assert one_shot.plan() == []
    assert sorted(one_shot.files()) == ["chargen.yaml", "quay/imagery.yaml", "quay/images/noon.main.png"]
    assert list((one_shot.root / ".chargen").rglob("*.tmp")) == []
    assert len(gemini.paid) == 1
