"""Which pictures that exist are brought under care, for which shots, and why others are not."""

from __future__ import annotations

from typing import Any

import pytest

from chargen.core.adoption import Adoptions, adoptions, candidates
from chargen.core.picture_facts import PictureFacts
from chargen.pipeline.compile import compile_world
from tests.memoryquill import image, odo
from tests.worlds import (
    PIER,
    WIDE,
    a_picture,
    a_request,
    a_submission,
    an_outcome,
    books_of,
    made,
    one_shot,
    shot_of,
    world_of,
)

IN_PLACE = "locations/pier/images/dawn.wide.png"
OPEN, OTHER = a_picture("open"), a_picture("other")


def found(files: dict[str, Any], books: Any = None, looked: Any = None, only: str = "") -> Adoptions:
    world = world_of(files)
    shots = compile_world(world)
    wanted = [at for at in shots if not only or str(at) == only]
    return adoptions(world, shots, books or books_of(), looked or {}, wanted=wanted)


def adopted(files: dict[str, Any], **more: Any) -> dict[str, str]:
    return {str(item.shot.address): item.path for item in found(files, **more).adopted}


def left(files: dict[str, Any], **more: Any) -> dict[str, str]:
    return {str(item.shot.address): f"{item.path}: {item.why}" for item in found(files, **more).left}


def written(row: str) -> dict[str, Any]:
    """The one-shot world with a row of somebody else's."""
    return {PIER: one_shot(f"generated_images:\n  - {{{row}}}\n")}


def test_a_picture_in_the_place_of_the_shot_s_is_adopted() -> None:
    assert adopted({PIER: one_shot(), IN_PLACE: OPEN}) == {WIDE: IN_PLACE}


def test_nothing_is_said_of_a_shot_for_which_nothing_was_ever_named() -> None:
    assert found({PIER: one_shot()}) == Adoptions()


@pytest.mark.parametrize(
    "named",
    ["wide", "dawn-wide", "dawn.wide", "pier-dawn-wide", "Dawn Wide", WIDE, "location.pier.dawn.wide.v1"],
)
def test_a_row_without_hashes_that_names_the_shot_brings_its_picture(named: str) -> None:
    row = written(f"custom_id: {named}, file_path: images/old.jpg")

    assert adopted(row | {"locations/pier/images/old.jpg": OPEN}) == {WIDE: "locations/pier/images/old.jpg"}


@pytest.mark.parametrize("row", ["custom_id: dawn", "custom_id: location.pier.dusk.wide.v1", "title: wide"])
def test_a_row_that_names_another_shot_or_none_brings_nothing(row: str) -> None:
    files = written(f"{row}, file_path: images/old.png") | {"locations/pier/images/old.png": OPEN}

    assert adopted(files) == {}


def test_an_archived_row_brings_nothing() -> None:
    files = written("custom_id: wide, file_path: old.png, archived: true") | {"locations/pier/old.png": OPEN}

    assert adopted(files) == {}


def test_a_row_with_hashes_is_left_as_it_is() -> None:
    (shot,) = compile_world(world_of(made())).values()

    assert found(made()) == Adoptions()
    assert candidates(world_of(made()), shot) == ()


def test_a_row_without_hashes_keeps_its_variant() -> None:
    files = written("custom_id: location.pier.dawn.wide.v2, file_path: a.png") | {
        "locations/pier/a.png": OPEN
    }

    (item,) = found(files).adopted
    assert item.job_id == "location.pier.dawn.wide.v2"


def test_the_first_of_several_is_taken_and_the_others_are_named() -> None:
    rows = "generated_images:\n  - {custom_id: wide, file_path: a.png}\n  - {custom_id: wide, file_path: b.png}\n"
    files = {
        PIER: one_shot(rows),
        "locations/pier/a.png": OPEN,
        "locations/pier/b.png": OTHER,
        IN_PLACE: a_picture(),
    }

    (item,) = found(files).adopted
    assert item.path == "locations/pier/b.png"  # the newer row
    assert item.others == ("locations/pier/a.png", IN_PLACE)


def test_a_picture_that_is_named_and_gone_is_missing() -> None:
    (item,) = found(written("custom_id: wide, file_path: a.png")).left

    assert (item.path, item.why, item.missing) == ("locations/pier/a.png", "no such file", True)


def test_what_is_no_picture_is_left() -> None:
    named = written("custom_id: wide, file_path: a.png")

    assert left(named | {"locations/pier/a.png": b"words"}) == {WIDE: "locations/pier/a.png: not an image"}
    assert left(
        named | {"locations/pier/a.png": OPEN}, looked={"locations/pier/a.png": "does not decode"}
    ) == {WIDE: "locations/pier/a.png: does not decode"}


def test_a_broken_picture_makes_way_for_the_next() -> None:
    named = written("custom_id: wide, file_path: a.png")
    files = named | {"locations/pier/a.png": b"words", IN_PLACE: OPEN}

    assert adopted(files) == {WIDE: IN_PLACE}


def test_a_git_lfs_pointer_counts_with_its_oid() -> None:
    oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n".encode()

    (item,) = found({PIER: one_shot(), IN_PLACE: pointer}).adopted
    assert item.sha256 == f"sha256:{oid}"


def test_a_picture_of_another_shape_is_adopted_with_a_warning() -> None:
    square, wide = (
        found({PIER: one_shot(), IN_PLACE: OPEN}, looked={IN_PLACE: PictureFacts(*size, "image/png", "")})
        for size in ((1024, 1024), (1600, 900))
    )

    assert [item.warning for item in (*square.adopted, *wide.adopted)] == [
        "16:9 is wanted, it is 1024x1024",
        "",
    ]


def test_a_shot_with_a_problem_is_left_with_it() -> None:
    files = {PIER: one_shot("characters: [{ref: nobody, must_match: true}]\n"), IN_PLACE: OPEN}

    assert "the shot has a problem" in left(files)[WIDE]
    assert "nobody" in left(files)[WIDE]


def test_what_chargen_has_on_its_books_is_left_to_it() -> None:
    shot = shot_of({PIER: one_shot()})
    bought = books_of(a_submission(a_request(shot, outcome=an_outcome(picture=OPEN))))

    assert adopted({PIER: one_shot(), IN_PLACE: OPEN}, books=bought) == {}
    assert "on its books" in left({PIER: one_shot(), IN_PLACE: OTHER}, books=bought)[WIDE]


def test_one_picture_is_one_shot_s() -> None:
    images = "".join(
        f"  - {{custom_id: ch01-{name}, scene_id: s, visual_description: {name}, file_path: images/a.png}}\n"
        for name in ("first", "second")
    )
    file = "chapters/ch01/imagery.yaml"
    files = {file: f"entity_type: chapter\nslug: ch01\nimages:\n{images}", "chapters/ch01/images/a.png": OPEN}

    assert adopted(files) == {"chapter/ch01/s/first": "chapters/ch01/images/a.png"}
    assert left(files) == {
        "chapter/ch01/s/second": "chapters/ch01/images/a.png: it is the picture of chapter/ch01/s/first"
    }


def test_a_picture_that_a_row_of_chargen_s_names_is_that_shot_s() -> None:
    second = "\n      - {id: narrow, subject: a plank, generated_images: [{custom_id: narrow, file_path: images/dawn.wide.png}]}\n"
    files = made()
    files[PIER] = files[PIER].rstrip() + second

    assert left(files) == {"location/pier/dawn/narrow": f"{IN_PLACE}: it is the picture of {WIDE}"}


CHAIN = """\
kind: location
slug: pier
scenes:
  - id: a
    subject: the far end
    references: [{ref: location/pier/b/main}]
  - id: b
    subject: the near end
"""


def test_a_picture_that_refers_to_an_adopted_one_is_adopted_with_its_digest() -> None:
    files = {PIER: CHAIN, "locations/pier/images/a.main.png": OPEN, "locations/pier/images/b.main.png": OTHER}

    every = found(files)
    one, two = every.adopted
    assert every.left == []
    assert (str(one.shot.address), str(two.shot.address)) == ("location/pier/a/main", "location/pier/b/main")
    assert [sent.sha256 for sent in one.shot.references] == [two.sha256]


def test_a_picture_that_refers_to_one_that_is_not_there_waits() -> None:
    files = {PIER: CHAIN, "locations/pier/images/a.main.png": OPEN}

    assert left(files) == {
        "location/pier/a/main": "locations/pier/images/a.main.png: location/pier/b/main, which it refers to, has no picture"
    }


def test_only_what_is_wanted_is_looked_at() -> None:
    files = {PIER: CHAIN, "locations/pier/images/a.main.png": OPEN, "locations/pier/images/b.main.png": OTHER}

    assert adopted(files, only="location/pier/b/main") == {
        "location/pier/b/main": "locations/pier/images/b.main.png"
    }


def test_a_memoryquill_shot_brings_the_picture_its_own_fields_or_the_inventory_name() -> None:
    own = image("file_path: images/old.png") | {"chapters/ch01/images/old.png": OPEN}
    inventory = "image_inventory:\n  - {id: odo-reading-01, path: images/r.png, status: approved}\n"
    listed = odo(inventory, ideas="scenes:\n  - {title: Reading, scene: he reads}\n")

    assert adopted(own) == {"chapter/ch01/scn-1/img-1": "chapters/ch01/images/old.png"}
    assert adopted(listed | {"characters/odo/images/r.png": OPEN}) == {
        "character/odo/reading/main": "characters/odo/images/r.png"
    }


def test_a_circle_of_references_ends() -> None:
    zones = CHAIN + "    references: [{ref: location/pier/a/main}]\n"
    files = {PIER: zones, "locations/pier/images/a.main.png": OPEN, "locations/pier/images/b.main.png": OTHER}

    assert (len(found(files).adopted), len(found(files).left)) == (0, 2)
