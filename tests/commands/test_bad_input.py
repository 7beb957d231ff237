"""Bad files of a world: each is named with its line and what to do, and never stops the rest."""

from __future__ import annotations

import os
import shutil
import threading
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

PIER = "locations/pier/imagery.yaml"
ONE = "chapters/one/imagery.yaml"
MARA = "characters/mara/imagery.yaml"

# what is wrong: the file, its words, what they become, the place, what is said of it, and what to do
BAD = {
    "unparsable": (PIER, "- id: dusk", "- id: [dusk", f"{PIER}:19:9", "not readable as YAML", "bracket is missing"),
    "tab": (PIER, "    mood: ominous", "\tmood: ominous", f"{PIER}:12:1", "not readable as YAML", "use spaces"),
    "unknown key": (PIER, "mood: calm", "moood: calm", f"{PIER}:19:5", "unknown key 'moood'", "did you mean 'mood'?"),
    "same scene": (PIER, "- id: dusk", "- id: dawn", f"{PIER}:18:9", "'dawn' is used twice; first on line 8", "its own id"),
    "same shot": (PIER, "- id: lamp", "- id: wide", f"{PIER}:16:13", "'wide' is used twice; first on line 14", "its own id"),
    "out of the world": (MARA, "images/", "../../../", f"{MARA}:7:22", "leads out of the world", "inside the world"),
    "absolute path": (MARA, "images/face.png", "/etc/passwd", f"{MARA}:7:22", "leads out of the world", "inside the world"),
    "missing file": (MARA, "face.png", "fase.png", f"{MARA}:7:22", "no such file", "check the path"),
    "ratio": (PIER, "mood: calm ", "aspect_ratio: '17:9' ", f"{PIER}:19:19", "has no aspect ratio '17:9'", "16:9"),
    "unknown character": (ONE, "ref: mara", "ref: marra", f"{ONE}:9:28", "no character 'marra'", "did you mean 'mara'?"),
    "variants": (PIER, "- id: bench", "- id: bench\n        variants: many", f"{PIER}:22:19", "'variants'", "number"),
    "camera": (PIER, "- id: bench", "- id: bench\n        camera: [low]", f"{PIER}:22:17", "'camera'", ""),
    "tags": (PIER, "- id: bench", "- id: bench\n        tags: {a: b}", f"{PIER}:22:15", "not a list", ""),
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "old", "new", "place", "words", "remedy"),
    BAD.values(),
    ids=BAD,
)
def test_a_bad_place_is_named_and_the_rest_is_made(
    world: World, gemini: Emulator, path: str, old: str, new: str, place: str, words: str, remedy: str
) -> None:
    world.edit(path, old, new)
    before = world.files()

    said = world("batch", "run", "--yes")

    assert said.code == 1, said.text
    assert place in said.err
    assert words in said.err
    assert remedy in said.err
    assert 1 <= len(gemini.paid) < 5
    assert world.files()[path] == before[path] or path == PIER
    assert "Traceback" not in said.text


def test_an_unknown_mood_is_a_warning_as_moods_are_an_open_vocabulary(world: World, gemini: Emulator) -> None:
    world.edit(PIER, "mood: calm", "mood: calmm")

    said = world.make()

    assert f"{PIER}:19:11: warning: mood 'calmm' is not among the world's moods" in said.err
    assert "did you mean 'calm'?" in said.err


def test_two_folders_with_one_slug_are_both_named(world: World) -> None:
    world.write("locations/other/imagery.yaml", "kind: location\nslug: Pier\nscenes: [{id: a, subject: b}]\n")

    said = world("batch", "plan")

    assert said.code == 1
    assert "locations/other/imagery.yaml:1:1" in said.text
    assert f"{PIER}:1:1" in said.text
    assert "give one another `slug:`" in said.text
    assert {line.address for line in world.plan()} == {"character/mara/portrait/main"}


def test_a_reference_that_is_no_image_is_named(world: World) -> None:
    world.write("characters/mara/images/face.png", "not a picture")

    said = world("batch", "plan")

    assert said.code == 1
    assert f"{MARA}:7:" in said.text
    assert "not an image" in said.text
    assert "PNG, JPEG and WebP" in said.text


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_a_reference_that_does_not_open_stops_only_its_shots(
    world: World, gemini: Emulator, mode: str
) -> None:
    whole = world.paint("characters/mara/images/face.png", "tan", (400, 400))
    world.write("characters/mara/images/face.png", whole[: len(whole) // 2])

    said = world("batch", "run", "--yes", "--mode", mode)

    assert said.code == 1, said.text
    assert said.text.count("characters/mara/images/face.png: the reference picture cannot be read") == 1
    assert "opens in a viewer" in said.err
    assert len(gemini.paid) == 3
    assert len(world.plan()) == 2


def test_a_symlink_out_of_the_world_is_not_followed(world: World, gemini: Emulator) -> None:
    secret = world.root.parent / "secret.png"
    world.paint("../secret.png", "black")
    link = world.root / "characters/mara/images/face.png"
    link.unlink()
    link.symlink_to(secret)

    said = world("batch", "run", "--yes")

    assert said.code == 1, said.text
    assert f"{MARA}:7:" in said.text
    assert "out of the world" in said.text
    assert len(gemini.paid) == 3


def test_pictures_are_not_written_through_a_symlink(world: World, gemini: Emulator) -> None:
    elsewhere = world.root.parent / "elsewhere"
    elsewhere.mkdir()
    (world.root / "locations/pier/images").symlink_to(elsewhere)

    said = world("batch", "run", "--yes")

    assert said.code == 1, said.text
    assert list(elsewhere.iterdir()) == []
    assert "generated_images" not in world.read(PIER)
    assert "generated_images" in world.read(MARA)


def test_a_picture_of_the_writers_is_not_replaced(world: World, gemini: Emulator) -> None:
    mine = world.paint("locations/pier/images/dusk.bench.png", "blue")

    said = world("batch", "run", "--yes")

    assert said.code == 1, said.text
    assert (world.root / "locations/pier/images/dusk.bench.png").read_bytes() == mine
    assert "locations/pier/images/dusk.bench.png" in said.text
    assert "move it away" in said.text
    assert "dusk.bench" not in world.read(PIER)
    paid = len(gemini.paid)
    (world.root / "locations/pier/images/dusk.bench.png").unlink()
    world.make()
    assert world.plan() == []
    assert len(gemini.paid) == 5 >= paid


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("moods: [calm", "chargen.yaml:2:1"),
        ("provider: {modle: x}", "chargen.yaml:1:12: unknown key 'modle'"),
        ("limits: {workers: many}", "chargen.yaml:1:19"),
        ("limits: 4", "chargen.yaml:1:9"),
        ("[]", "chargen.yaml"),
        ("provider: {model: gemini-2.5-flash-image-preview}", "chargen.yaml:1:19"),
        ("provider: {aspect_ratio: '17:9'}", "chargen.yaml:1:26"),
        ("provider: {size: 16K}", "chargen.yaml:1:18"),
        ("budget: {run_usd: -1}", "chargen.yaml:1:19"),
    ],
)
@pytest.mark.parametrize("command", [["plan"], ["run", "--yes"]])
def test_a_bad_chargen_yaml_is_exit_3(
    world: World, gemini: Emulator, command: list[str], text: str, words: str
) -> None:
    world.write("chargen.yaml", text + "\n")

    said = world("batch", *command)

    assert said.code == 3, said.text
    assert words in said.err
    assert gemini.paid == []


def test_a_retired_model_says_so(world: World) -> None:
    world.write("chargen.yaml", "provider: {model: gemini-2.5-flash-image-preview}\n")

    said = world("batch", "plan")

    assert "retired" in said.text or "shut down" in said.text
    assert "gemini-nano-banana-2.1" in said.text


def test_an_empty_world_has_nothing_to_make(world: World, gemini: Emulator) -> None:
    for folder in ("locations", "characters", "chapters"):
        shutil.rmtree(world.root / folder)

    said = world("batch", "plan")
    ran = world("batch", "run", "--yes")

    assert (said.code, ran.code) == (0, 0), said.text + ran.text
    assert "no imagery.yaml here asks for a picture" in said.text
    assert gemini.paid == []


if os.geteuid() != 0:  # root reads everything; tests/edges/test_work_tree.py asks as another user

    def test_a_file_nobody_may_read_is_named(world: World) -> None:
        (world.root / PIER).chmod(0)

        said = world("batch", "plan")

        assert said.code == 1
        assert PIER in said.text


def test_text_that_is_not_utf8_is_named(world: World) -> None:
    world.write(PIER, world.read(PIER).replace("a lamp", "a lämp").encode("latin-1"))

    said = world("batch", "plan")

    assert said.code == 1
    assert PIER in said.text
    assert "UTF-8" in said.text


def test_a_file_that_breaks_while_its_pictures_are_made_is_told_and_nothing_is_lost(
    world: World, gemini: Emulator
) -> None:
    whole = world.read(PIER)
    gemini.fault("slow:on=generate,delay=0.5,times=forever")

    def break_it() -> None:
        while not gemini.state.answers:
            time.sleep(0.01)
        (world.root / PIER).write_text(whole[: whole.index("- id: dusk")] + "- id: [dusk\n")

    breaking = threading.Thread(target=break_it)
    breaking.start()
    said = world("batch", "run", "--yes")
    breaking.join()

    assert said.code == 1
    assert f"{PIER}:" in said.err
    assert "its pictures are kept: mend the file" in said.err
    paid = len(gemini.paid)
    (world.root / PIER).write_text(whole)
    assert world("batch", "run", "--yes").code == 0
    assert len(gemini.paid) == max(paid, 5)
    assert world.plan() == []


@pytest.mark.parametrize("verb", [("batch", "plan"), ("batch", "run", "--yes"), ("batch", "submit", "--yes")])
def test_forcing_what_cannot_be_made_says_why(world: World, gemini: Emulator, verb: tuple[str, ...]) -> None:
    world.write("locations/mill/imagery.yaml", "entity_type: location\nzones:\n- slug: loft\n")

    said = world(*verb, "--force", "location/mill/loft/main")

    assert said.code == 64
    place = "locations/mill/imagery.yaml:3:3"
    assert f"location/mill/loft/main cannot be made: {place}: nothing describes this zone" in said.text
    assert len(gemini.paid) == 0
