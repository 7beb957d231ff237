"""Worlds as people keep them: line ends, flow style, folders of a repository, other picture formats, many models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

BLOCK = "kind: location\nslug: quay\nscenes:\n  - id: noon\n    subject: a quay   # at noon\n  - id: night\n    subject: dark\n"
FLOW = "{kind: location, slug: quay, scenes: [{id: noon, subject: a quay}, {id: night, subject: dark}]}\n"
EMPTY = BLOCK.replace("# at noon\n", "# at noon\n    generated_images: []\n")


@pytest.mark.parametrize(
    "text",
    [
        BLOCK,
        BLOCK.replace("\n", "\r\n"),
        "\ufeff" + BLOCK,
        BLOCK.rstrip("\n"),
        FLOW,
        FLOW.rstrip("\n"),
        EMPTY,
        EMPTY.replace("[]", "null"),
        EMPTY.replace("[]", "~  # none yet"),
        BLOCK.replace("    ", " " * 8).replace("  - ", "    -   "),
        "---\n" + BLOCK + "...\n",
    ],
    ids=[
        "block",
        "crlf",
        "bom",
        "no end",
        "flow",
        "flow no end",
        "empty",
        "null",
        "tilde",
        "wide",
        "document",
    ],
)
def test_every_way_to_write_yaml_is_kept(one_shot: World, gemini: Emulator, text: str) -> None:
    one_shot.write("quay/imagery.yaml", text)
    one_shot.make()
    made = one_shot.read("quay/imagery.yaml")
    assert one_shot.plan() == []

    assert made.count("\r\n") == (made.count("\n") if "\r\n" in text else 0)
    assert made.startswith("\ufeff") == text.startswith("\ufeff")
    assert ("# at noon" in made) == ("# at noon" in text)
    assert len(gemini.paid) == 2
    one_shot.edit("quay/imagery.yaml", "subject: dark", "subject: darker")
    one_shot.make()
    assert one_shot.plan() == []
    assert one_shot.read("quay/imagery.yaml").count("custom_id") == 2


@pytest.mark.parametrize("kind", ["webp", "jpeg"])
def test_pictures_stored_otherwise_are_known_again(one_shot: World, gemini: Emulator, kind: str) -> None:
    one_shot.edit("chargen.yaml", "limits:", f"storage: {{format: {kind}}}\nlimits:")
    one_shot.make()
    (path,) = (path for path in one_shot.root.glob("quay/images/*"))
    before = one_shot.files()
    with Image.open(path) as image:
        assert image.format == kind.upper()
    assert one_shot.plan() == []

    path.unlink()
    assert [line.action for line in one_shot.plan()] == ["restore"]
    one_shot.make()

    assert one_shot.files() == before
    assert len(gemini.paid) == 1


def test_another_storage_format_pays_nothing(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    one_shot.edit("chargen.yaml", "limits:", "storage: {format: webp}\nlimits:")

    one_shot.make()

    assert len(gemini.paid) == 1
    assert one_shot.plan() == []


def test_a_world_in_a_folder_of_a_repository(
    world: World, gemini: Emulator, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    top = world.root.parent
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "begin")
    monkeypatch.chdir(top)

    said = world("batch", "run", "--yes", "--root", "world")

    assert said.code == 0, said.text
    assert not (top / ".chargen").exists()
    assert git(top, "for-each-ref", "refs/chargen/books")
    monkeypatch.chdir(world.root / "locations" / "pier")
    assert world("batch", "plan", "--detailed-exitcode").code == 0, "the world is found upward"
    world.edit("chargen.yaml", "still water", "water like glass")
    said = world("batch", "plan", "--base", "HEAD")
    assert "still water" in said.out
    assert "water like glass" in said.out


def test_shots_of_two_models_go_in_batches_of_their_own(world: World, gemini: Emulator) -> None:
    world.edit("locations/pier/imagery.yaml", "- id: bench", "- id: bench\n        model: gemini-3-pro-image")

    said = world("batch", "run", "--mode", "batch", "--yes", "--only", "location/**")
    live = world.make()

    assert said.code == 0, said.text
    assert len(gemini.state.batches) == 2
    assert {answer.model for answer in gemini.paid if "bench" in answer.key} == {"gemini-3-pro-image"}
    assert world.plan() == [], live.text


def test_a_small_batch_size_makes_many_batches(world: World, gemini: Emulator) -> None:
    world.edit("chargen.yaml", "limits: {", "limits: {requests_per_batch: 1, open_batches: 2, ")

    said = world("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 0, said.text
    assert len(gemini.state.batches) == 5
    assert world.plan() == []


def test_a_blocked_first_variant_leaves_the_second_current(one_shot: World, gemini: Emulator) -> None:
    one_shot.edit("quay/imagery.yaml", "subject: a quay", "subject: a quay, variants: 2")
    gemini.fault("image-safety")
    one_shot.edit("chargen.yaml", "limits: {", "limits: {workers: 1, ")

    one_shot.make()

    assert "noon.main.v2" in one_shot.read("quay/imagery.yaml")
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


def test_words_edited_while_a_batch_runs_are_kept(world: World, gemini: Emulator) -> None:
    assert world("batch", "submit", "--yes", "--only", "location/**").code == 0
    world.edit("locations/pier/imagery.yaml", "'the lamp at the head'", "the lamp, broken")
    world.edit("locations/pier/imagery.yaml", "# he wants it quiet", "# she wants it quiet")

    said = world("batch", "collect", "--wait")

    assert said.code == 0, said.text
    text = world.read("locations/pier/imagery.yaml")
    assert "the lamp, broken" in text
    assert "# she wants it quiet" in text
    assert text.count("custom_id") == 2
    world.make()
    assert world.plan() == []
    assert len(gemini.paid) == 6
