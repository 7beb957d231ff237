"""`chargen explain`: all that is known of one shot, for people and for programs; which shot is meant, and which might be."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from chargen.commands.explaining import Page, explanation_lines
from chargen.core.books import Order
from chargen.core.digest import SECTIONS
from chargen.core.explanation import explain
from chargen.core.plan import Options
from chargen.pipeline.plan import make_plan
from tests.worlds import PIER, Files, address, books_of, made, one_shot, shots_of, world_of

if TYPE_CHECKING:
    from chargen.core.books import Books
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

ARRIVAL = "chapter/one/opening/arrival"
WIDE = "location/pier/dawn/wide"
LONG = "a pier of black piles that goes out for a mile and a half " * 4


def test_a_shot_is_told_line_by_line(world: World) -> None:
    world("batch", "plan", "--format", "json")

    said = world("explain", ARRIVAL)

    assert said.code == 0
    assert said.out.splitlines() == [
        f"{ARRIVAL}    <- chapters/one/imagery.yaml:7:9",
        "",
        "Prompt (312 characters)",
        "  One finished illustration, full frame, without any lettering, caption, border or watermark.",
        "  Subject: a woman walks out on the pier    <- chapters/one/imagery.yaml:8:18",
        "  Characters:",
        "  - mara    <- chapters/one/imagery.yaml:9:22",
        "  Medium: ink and wash    <- chargen.yaml:1:17",
        "  Always true of mara:    <- chapters/one/imagery.yaml:9:22",
        "  - grey braid    <- characters/mara/imagery.yaml:5:15",
        "  - oilskin coat    <- characters/mara/imagery.yaml:5:27",
        "  Reference 1: face (mara/face), match it exactly    <- characters/mara/imagery.yaml:7:5",
        "  Reference 2: place (location/pier/dawn/wide)    <- chapters/one/imagery.yaml:10:22",
        "",
        "References, in the order they are sent",
        (
            "  1  mara/face: face, must match, brought by character/mara"
            "    <- characters/mara/imagery.yaml:7:5, chapters/one/imagery.yaml:9:28"
        ),
        f"     characters/mara/images/face.png  {digest(world, ARRIVAL, 0)[:19]}",
        f"  2  {WIDE}: place    <- chapters/one/imagery.yaml:10:22",
        f"     the accepted picture of {WIDE}: there is none yet",
        "",
        "Hashes",
        *(f"  {line}" for line in hash_lines(told(world, ARRIVAL))),
        "  request     none while a reference has no picture",
        "",
        "Price",
        "  gemini-nano-banana-2.1, 1K, 16:9, seeds by variant",
        "  312 characters               0.000156      104 tokens at 1.50 USD a million",
        "  2 references                 0.003360     2240 tokens at 1.50 USD a million",
        "  the picture, 1K              0.033600     1120 tokens at 30 USD a million",
        "  set aside for thinking       0.001920      256 tokens at 7.50 USD a million",
        "  at most 0.0391 USD a picture, live",
        "",
        "Plan",
        f"  - chapter.one.opening.arrival.v1  skip: waiting for {WIDE}",
    ]


def told(world: World, shot: str, *options: str) -> Any:
    return json.loads(world("explain", shot, "--format", "json", *options).out)


def digest(world: World, shot: str, number: int) -> str:
    found: str = told(world, shot)["references"][number]["sha256"]
    return found


def hash_lines(data: Any) -> list[str]:
    hashes = data["hashes"]
    sections = ", ".join(f"{name} {hashes['sections'][name]}" for name in SECTIONS)
    return [
        f"prompt      {hashes['prompt']}",
        f"source      {hashes['source']}, epoch 1",
        f"sections    {sections}",
    ]


def test_a_program_is_told_as_much(world: World, gemini: Emulator) -> None:
    world.edit("locations/pier/imagery.yaml", "id: wide\n", "id: wide\n        variants: 2\n")
    world.make("--only", WIDE)

    data = told(world, WIDE, "--mode", "batch")

    plan = json.loads(world("batch", "plan", "--format", "json", "--mode", "batch").out)
    (item,) = (item for item in plan["items"] if item["address"] == WIDE)
    assert data["schema"] == "chargen/explanation@1"
    assert data["items"] == [item]
    assert "\n".join(line["text"] for line in data["lines"]) == data["prompt"] == item["prompt"]
    assert data["hashes"]["prompt"] == item["promptHash"]
    assert data["hashes"]["requests"][item["jobId"]] == item["requestHash"]
    assert list(data["hashes"]["requests"]) == ["location.pier.dawn.wide.v1", "location.pier.dawn.wide.v2"]
    assert data["current"]["filePath"] == "images/dawn.wide.png"
    assert data["current"]["promptHash"] == item["promptHash"]
    assert (data["price"]["variants"], data["provider"]["mode"]) == (2, "batch")
    assert data["price"]["usd"] == "0.0179"
    assert data["place"] == {"path": "locations/pier/imagery.yaml", "line": 14, "column": 9}


def test_explaining_changes_nothing_and_is_the_same_again(world: World) -> None:
    before = world.files()

    assert world("explain", WIDE) == world("explain", WIDE)
    assert world("explain", WIDE, "--format", "json") == world("explain", WIDE, "--format", "json")
    assert world.files() == before
    assert not (world.root / ".chargen").exists()


def test_what_was_cut_is_shown_with_the_budget_that_cut_it(world: World) -> None:
    world.write("characters/mara/profile.md", "# Mara\n\n## Looks\n\nShort, broad and seldom still.\n")
    world.edit(
        "chargen.yaml", "limits:", "context:\n  character:\n    sections: [Looks]\n    budget: 12\nlimits:"
    )

    out = world("explain", "character/mara/portrait/main").out
    (cut,) = told(world, "character/mara/portrait/main")["trimmed"]

    assert (
        "Left out of the prompt\n"
        "  Looks: 12 of 30 characters kept    <- characters/mara/profile.md:3\n"
        "    a character's prose may bring 12 characters: context.character.budget    <- chargen.yaml:8:13\n"
        "    cut: and seldom still.\n"
    ) in out
    assert (cut["kept"], cut["length"], cut["cut"], cut["budget"]) == (12, 30, "and seldom still.", 12)


@pytest.mark.parametrize(
    "name", ["location.pier.dusk.bench.v3", "location/pier/dusk", "*bench", "location/pier/dusk/"]
)
def test_whatever_selects_one_shot_names_it(world: World, name: str) -> None:
    assert world("explain", name).out.startswith("location/pier/dusk/bench    <- ")


def test_what_selects_several_lists_them(world: World) -> None:
    said = world("explain", "location/pier")
    data = world("explain", "location/pier", "--format", "json")

    assert (said.code, data.code) == (64, 64)
    assert [re.split(r"  +", line)[0] for line in said.out.splitlines()] == [
        "+ location/pier/dawn/lamp",
        "+ location/pier/dawn/wide",
        "+ location/pier/dusk/bench",
    ]
    assert said.err == (
        "error: location/pier selects 3 shots\n  explain one of them; a whole address selects one shot\n"
    )
    assert json.loads(data.out) == {
        "selected": ["location/pier/dawn/lamp", "location/pier/dawn/wide", "location/pier/dusk/bench"]
    }


def test_a_mistyped_address_is_met_with_the_nearest(world: World) -> None:
    said = world("explain", "location/pier/dawn/lamb")

    assert (said.code, said.out) == (64, "")
    assert said.err == "error: no shot location/pier/dawn/lamb\n  did you mean 'location/pier/dawn/lamp'?\n"


def test_a_shot_of_a_file_that_cannot_be_read_names_the_file(world: World) -> None:
    world.write("locations/pier/imagery.yaml", "kind: location\nslug: pier\nscenes: [\n")

    said = world("explain", WIDE)

    assert said.code == 64
    assert (
        "locations/pier/imagery.yaml could not be read, or is left out: chargen validate says why" in said.err
    )


def test_words_of_the_writer_s_move_no_cursor(world: World) -> None:
    world.edit(
        "locations/pier/imagery.yaml", "subject: an empty bench", 'subject: "an \\e[2J ::error::bench"'
    )

    out = world("explain", "location/pier/dusk/bench").out

    assert "\x1b" not in out
    assert "::error::" not in out


def test_an_order_s_note_is_told_with_what_it_asks_for() -> None:
    order = Order(
        "comment-7", "reroll", "location.pier.dawn.wide.v1", "2026-11-23T04:00:00Z", note="less fog"
    )

    lines = on_a_terminal(made(), 0, books_of(orders=[order]))

    assert lines[-2].startswith("  ~ location.pier.dawn.wide.v1  generate: rerolled")
    assert lines[-1] == "    ordered as comment-7, sent as one more line: less fog"
    assert any(line.startswith("  has images/dawn.wide.png  sha256:") for line in lines)


def on_a_terminal(files: Files, width: int, books: Books | None = None) -> list[str]:
    """What a terminal of a width shows, its colours taken off."""
    world, shots = world_of(files), {shot.address: shot for shot in shots_of(files).values()}
    plan = make_plan(world, shots, books or books_of(), Options(), version="1")
    lines = explanation_lines(explain(world, shots[address()], plan), Page(width))
    return [re.sub(r"\x1b\[\d+m", "", line) for line in lines]


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_a_terminal_s_lines_fit_and_lose_no_word(width: int) -> None:
    files: Files = {
        PIER: one_shot(f"subject: {LONG}\ncamera: {{angle: low, position: {LONG}}}\nmust_include: [{LONG}]\n")
    }

    lines = on_a_terminal(files, width)

    assert max(map(len, lines)) <= max(width, len(f"    {PIER}:8"))
    words = " ".join(lines).split()
    assert " ".join(word for word in words if not word.startswith((PIER, ":"))).count(LONG.strip()) == 3


def test_a_terminal_s_lines_hang_and_their_places_stand_at_the_edge() -> None:
    lines = on_a_terminal(
        {PIER: one_shot(f"subject: {LONG}\ncamera:\n  angle: low\n  position: above\n")}, 100
    )

    at = next(i for i, line in enumerate(lines) if line.startswith("  Subject: "))
    assert lines[at + 1].startswith("      ")
    assert next(line for line in lines if "Camera" in line) == (
        "  Camera: low angle; above" + f"{PIER}:9, :10".rjust(100 - 26)
    )
    assert all(len(line) == 100 for line in lines if line.endswith((f"{PIER}:7", f"{PIER}:9, :10")))


# ---- wanted, and no shot --------------------------------------------------------------------------------------------


def test_a_wanted_picture_that_cannot_be_made_is_told_with_its_place_and_what_to_do(world: World) -> None:
    world.edit(PIER, "an empty bench", "''")

    said = world("explain", "location/pier/dusk/bench")

    assert (said.code, said.err) == (1, "")
    assert said.out.splitlines() == [
        f"location/pier/dusk/bench    <- {PIER}:22:18",
        "",
        "Findings: it cannot be made",
        f"  error: the subject is empty    <- {PIER}:22:18",
        "      say in a sentence what is to be seen",
        "",
        "Plan",
        f"  - location.pier.dusk.bench.v1  skip: problem {PIER}:22:18: the subject is empty",
    ]


def test_a_wanted_picture_that_cannot_be_made_is_told_as_data(world: World) -> None:
    world.edit(PIER, "an empty bench", "''")

    said = world("explain", "location.pier.dusk.bench.v1", "--format", "json")

    told_of = json.loads(said.out)
    assert said.code == 1
    assert (told_of["address"], told_of["place"]["line"]) == ("location/pier/dusk/bench", 22)
    assert [problem["message"] for problem in told_of["problems"]] == ["the subject is empty"]
    assert [(item["action"], item["reason"]) for item in told_of["items"]] == [("skip", "problem")]


def test_what_cannot_be_made_is_among_several_that_are_selected(world: World) -> None:
    world.edit(PIER, "an empty bench", "''")

    said = world("explain", "location/pier")

    assert said.code == 64
    assert f"- location/pier/dusk/bench  skip: problem {PIER}:22:18: the subject is empty" in said.out
    assert "selects 3 shots" in said.err


def test_a_slip_of_the_pen_is_led_to_what_cannot_be_made(world: World) -> None:
    world.edit(PIER, "an empty bench", "''")

    assert "did you mean 'location/pier/dusk/bench'?" in world("explain", "location/pier/dusk/bensh").err
