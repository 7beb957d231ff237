"""No picture is paid for twice: what re-bills, what does not, and what is put back for nothing."""

from __future__ import annotations

import io
import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

PIER = "locations/pier/imagery.yaml"
MARA = "characters/mara/imagery.yaml"
BENCH = "locations/pier/images/dusk.bench.png"


@pytest.fixture(scope="session")
def template(emulator_server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the small world lies with all its pictures, once one has been made."""
    return tmp_path_factory.mktemp("made") / "world"


@pytest.fixture
def made(world: World, gemini: Emulator, template: Path) -> World:
    """The small world with all its pictures, which were paid for before the test began."""
    if not template.exists():
        world.make()
        assert len(gemini.paid) == 5
        shutil.copytree(world.root, template)
        gemini.reset()
    shutil.rmtree(world.root)
    shutil.copytree(template, world.root)
    os.chdir(world.root)
    return world


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (PIER, "kind: location\nslug: pier\n", "slug: pier\nkind: location\n"),
        (PIER, "first light over\n      a slack tide", "first\n      light over a\n      slack tide"),
        (PIER, "    mood: ominous\n", "    # as in the first chapter\n    mood: ominous\n"),
        (PIER, "subject: an empty bench", 'subject: "an empty   bench"'),
        ("chargen.yaml", "limits:", "provider: {model: gemini-3-pro-image}\nlimits:"),
        ("chargen.yaml", "limits:", "provider: {size: 2K}\nlimits:"),
        ("chargen.yaml", "limits:", "context: {character: {sections: [Nothing]}}\nlimits:"),
        (
            PIER,
            "subject: an empty bench",
            "subject: an empty bench\n        title: The bench\n        tags: [sea]",
        ),
    ],
    ids=["key order", "re-wrapped", "comment", "white space", "model", "size", "empty context", "title"],
)
def test_what_is_no_other_picture_costs_nothing(made: World, path: str, old: str, new: str) -> None:
    made.edit(path, old, new)

    said = made("batch", "plan", "--detailed-exitcode")

    assert said.code == 0, said.text


def test_regenerate_on_model_asks_for_new_pictures(made: World) -> None:
    more = "provider: {model: gemini-3-pro-image, regenerate_on: [model]}\nlimits:"
    made.edit("chargen.yaml", "limits:", more)

    whys = {line.why for line in made.plan("--only", "character/**")}

    assert whys == {"model changed: gemini-nano-banana-2.1 -> gemini-3-pro-image"}


def test_another_reference_picture_remakes_just_its_dependents(made: World) -> None:
    made.paint("characters/mara/images/face.png", "brown")

    lines = made.plan()

    assert [(line.address, line.why) for line in lines] == [
        ("chapter/one/opening/arrival", "reference changed: mara/face"),
        ("character/mara/portrait/main", "reference changed: face"),
    ]


def test_an_edited_mood_remakes_just_its_shots_and_says_so(made: World, gemini: Emulator) -> None:
    made.edit("chargen.yaml", "still water", "water like glass")

    lines = made.plan()
    assert [(line.address, line.why) for line in lines] == [
        ("character/mara/portrait/main", "prompt changed: mood"),
        ("location/pier/dusk/bench", "prompt changed: mood"),
    ]

    made.make()
    assert made.plan() == []
    assert len(gemini.paid) == 2


def test_a_shot_that_refers_to_another_follows_it(made: World, gemini: Emulator) -> None:
    made.edit(PIER, "subject: the whole pier, no people", "subject: the whole pier in fog")

    made.make()

    assert made.plan() == []
    assert len(gemini.paid) == 2


def test_going_back_to_older_words_puts_the_older_picture_back(made: World, gemini: Emulator) -> None:
    first = made.files()
    made.edit(PIER, "subject: an empty bench", "subject: a full bench")
    made.make()
    made.edit(PIER, "subject: a full bench", "subject: an empty bench")

    assert made.plan() == [("location/pier/dusk/bench", "restore", "paid before")]
    assert made.plan(), "looking costs nothing"
    made.make()

    assert made.files() == first
    assert len(gemini.paid) == 1


def test_a_deleted_row_is_put_back(made: World, gemini: Emulator) -> None:
    before = made.files()
    text = made.read(PIER)
    made.write(PIER, text[: text.rindex("        generated_images:")])

    assert made.plan() == [("location/pier/dusk/bench", "restore", "paid before")]
    made.make()

    assert made.files() == before
    assert len(gemini.paid) == 0


def test_a_deleted_picture_is_put_back(made: World, gemini: Emulator) -> None:
    before = made.files()
    (made.root / BENCH).unlink()

    assert made.plan() == [("location/pier/dusk/bench", "restore", "paid before: its file is missing")]
    made.make()

    assert made.files() == before
    assert len(gemini.paid) == 0


def test_a_row_whose_sha256_was_changed_by_hand_is_said_to_be_wrong(made: World, gemini: Emulator) -> None:
    before = made.files()
    text = made.read(PIER)
    at = text.rindex("sha256: sha256:") + len("sha256: sha256:") if "sha256: sha256:" in text else -1
    at = at if at > 0 else text.rindex('sha256: "sha256:') + len('sha256: "sha256:')
    made.write(PIER, text[:at] + "0" * 64 + text[at + 64 :])

    wrong = "paid before: the sha256 of its row is not that of its file"
    assert made.plan() == [("location/pier/dusk/bench", "restore", wrong)]
    made.make()

    assert made.files() == before
    assert len(gemini.paid) == 0


def test_a_deleted_picture_is_put_back_without_the_runs(made: World, gemini: Emulator) -> None:
    before = made.files()
    (made.root / BENCH).unlink()
    shutil.rmtree(made.root / ".chargen" / "runs")

    made.make()

    assert made.files() == before
    assert len(gemini.paid) == 0


@pytest.mark.parametrize("force", [[], ["--force"], ["--force", "location/pier/dusk/bench"]])
def test_a_retouched_picture_is_never_overwritten(made: World, gemini: Emulator, force: list[str]) -> None:
    retouched = made.paint(BENCH, "green", (1376, 768))
    assert made.whys()["location/pier/dusk/bench"] == "skip: edited by hand"
    made.edit("chargen.yaml", "still water", "water like glass")
    assert made.whys()["location/pier/dusk/bench"].startswith("skip: edited by hand")

    said = made("batch", "run", "--yes", *force)

    assert said.code == 0, said.text
    assert (made.root / BENCH).read_bytes() == retouched
    assert all("bench" not in answer.key for answer in gemini.paid)


def test_force_pays_once_more_and_resuming_pays_nothing(made: World, gemini: Emulator) -> None:
    made.make("--force", "location/pier/dusk/*")
    assert len(gemini.paid) == 1
    assert made.plan() == []

    said = made("batch", "run", "--resume", "--yes")

    assert said.code == 0, said.text
    assert len(gemini.paid) == 1
    assert made.plan() == []
    row = made.read(PIER).partition("dusk.bench.png")[2]
    assert "run-002" in row, "what was forced is current"


def test_more_variants_later_make_nothing_by_themselves(made: World, gemini: Emulator) -> None:
    made.edit(PIER, "subject: an empty bench", "subject: an empty bench\n        variants: 3")
    assert made.plan() == []

    made.make("--force", "location/pier/dusk/*", "--variants", "3")

    assert len(gemini.paid) == 3
    assert made.plan() == []


def test_two_shots_that_ask_for_the_same_are_paid_once(one_shot: World, gemini: Emulator) -> None:
    one_shot.write(
        "quay/imagery.yaml",
        "kind: location\nslug: quay\nscenes:\n  - {id: noon, subject: a quay}\n  - {id: one, subject: a quay}\n",
    )

    said = one_shot.make()

    assert len(gemini.paid) == 1
    assert "one picture serves both" in said.err
    assert len([path for path in one_shot.files() if path.endswith(".png")]) == 2
    assert one_shot.plan() == []


def test_a_paused_or_locked_shot_is_left_alone(made: World, gemini: Emulator) -> None:
    made.edit(PIER, "- id: lamp", "- id: lamp\n        status: paused")
    made.edit(PIER, "- id: bench", "- id: bench\n        status: locked")
    made.edit("chargen.yaml", "still water", "water like glass")
    made.edit("chargen.yaml", "low cloud", "lower cloud")

    said = made.make()

    assert "bench" not in "".join(answer.key for answer in gemini.paid), said.text
    assert made.whys()["location/pier/dusk/bench"] == "skip: locked"
    assert made.whys()["location/pier/dawn/lamp"] == "skip: paused"


def test_the_cap_is_kept_and_the_rest_waits(world: World, gemini: Emulator) -> None:
    said = world("batch", "run", "--yes", "--max-cost", "0.08")

    assert said.code == 0, said.text
    assert "over budget" in said.text
    assert len(gemini.paid) == 2


def test_the_months_budget_is_kept(world: World, gemini: Emulator) -> None:
    world.edit("chargen.yaml", "limits:", "budget: {month_usd: 0.08}\nlimits:")

    said = world("batch", "run", "--yes")

    assert said.code == 0, said.text
    assert "month's budget" in said.text
    assert len(gemini.paid) == 2


def test_an_edit_while_a_batch_is_in_flight_waits_for_it(one_shot: World, gemini: Emulator) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0
    one_shot.edit("quay/imagery.yaml", "a quay", "a quay at low water")
    assert one_shot.whys()["location/quay/noon/main"].startswith("skip: debounced: older wording in flight")
    assert one_shot("batch", "submit", "--yes").code == 0

    said = one_shot("batch", "collect", "--wait")

    assert "stale" in said.text
    assert "images" not in one_shot.read("quay/imagery.yaml"), "a picture of older words is never shown"
    one_shot.make()
    assert len(gemini.paid) == 2
    assert one_shot.plan() == []


class _Terminal(io.StringIO):
    """A person who types answers."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answers", "paid", "code"), [("y\ny\n", 5, 0), ("y\nn\n", 4, 0), ("n\n", 0, 0)])
def test_every_cent_is_asked_for(
    world: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch, answers: str, paid: int, code: int
) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal(answers))

    said = world("batch", "run")

    assert said.code == code, said.text
    assert len(gemini.paid) == paid
    assert "4 to make: spend at most" in said.err
    assert ("1 more to make: spend at most" in said.err) == (paid > 0)


def test_a_renamed_shot_has_one_row_and_pays_nothing(made: World, gemini: Emulator) -> None:
    made.edit(PIER, "- id: bench", "- id: seat")

    made.make()

    assert len(gemini.paid) == 0
    assert made.plan() == []
    rows = made.read(PIER)
    assert rows.count("custom_id: location.pier.dusk.seat.v1") == 1
    assert "location.pier.dusk.bench" not in rows
