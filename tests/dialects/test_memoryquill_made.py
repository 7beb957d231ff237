"""Which pictures were made before chargen, and for which shot: its own fields and rows, and approved inventory rows tied to it."""

from __future__ import annotations

import json

import pytest

from tests.memoryquill import ODO, findings, mill, odo, shot, zone
from tests.worlds import a_picture, plan_of, whys, world_of

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 5\n"


def earlier(words: str) -> tuple[str, ...]:
    """The earlier pictures that a zone's own words name."""
    return shot(zone(words)).earlier


# ---- its own row ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("images/loft.png", "locations/mill/images/loft.png"),
        ("locations/mill/images/loft.png", "locations/mill/images/loft.png"),
        ("../pier/loft.png", "locations/pier/loft.png"),
        (r"'images\loft.png'", "locations/mill/images/loft.png"),
    ],
)
def test_a_shots_own_file_path_is_one_from_beside_the_file_or_from_the_folder_of_all(
    said: str, path: str
) -> None:
    assert earlier(f"file_path: {said}") == (path,)


def test_a_file_name_stands_for_a_path_where_there_is_none() -> None:
    assert earlier("file_path: null\nfile_name: loft.png") == ("locations/mill/loft.png",)


def test_placeholders_name_nothing() -> None:
    assert earlier("generated_at: null\nfile_path: null\nfile_name: null\nprovider_metadata: {}") == ()


def test_rows_of_another_tool_name_pictures_the_newest_first() -> None:
    rows = [
        {"custom_id": "loft", "file_path": "images/1.png"},
        {"custom_id": "loft", "file_path": "images/2.png", "archived": True},
        {"custom_id": "loft", "file_path": "images/3.png"},
        {"custom_id": "loft", "job_id": "location.mill.loft.main.v1", "file_path": "images/ours.png"},
        "no row", {"file_path": None},
    ]  # fmt: skip

    assert earlier(f"generated_images: {json.dumps(rows)}") == (
        "locations/mill/images/3.png", "locations/mill/images/1.png"
    )  # fmt: skip


def test_at_the_top_of_a_characters_file_a_row_is_of_the_scene_whose_id_it_has() -> None:
    rows = "generated_images:\n- {custom_id: odo-rest, file_path: images/rest.png}\n- {custom_id: other, file_path: images/x.png}\n"
    files = odo(rows, ideas="scenes: [{title: Rest, scene: a}, {title: Work, scene: b}]")

    assert {shot.title: shot.earlier for shot in world_of(files).shots()} == {
        "Rest": ("characters/odo/images/rest.png",), "Work": ()
    }  # fmt: skip


@pytest.mark.parametrize("rows", ["{}", "a.png", "{a: b}", "true", "''"])
def test_rows_that_are_no_list_are_an_error_before_anything_is_paid(rows: str) -> None:
    files = zone(f"generated_images: {rows}")

    said = "locations/mill/imagery.yaml:5:23: generated_images is not a list"
    assert whys(plan_of(files)) == {"location.mill.loft.main.v1": f"skip: problem {said}"}
    assert findings(files) == [
        "locations/mill/imagery.yaml:5:23: error: generated_images is not a list (write generated_images: [])"
    ]


# ---- the inventory --------------------------------------------------------------------------------------------------


def tied(*rows: dict[str, object]) -> dict[str, tuple[str, ...]]:
    """The pictures of the scenes Rest, Rest at Noon and Cid of the character cid, by title."""
    inventory = json.dumps([{"status": "approved", **row} for row in rows])
    files = {
        "characters/cid/imagery.yaml": f"entity_type: character\nimage_inventory: {inventory}\n",
        "characters/cid/image-ideas.yaml": "scenes: [{title: Rest, scene: a}, {title: Rest at Noon, scene: b}, {title: Cid Rests, scene: c}]\n",
    }
    return {shot.title: shot.earlier for shot in world_of(files).shots() if shot.earlier}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("rest", "Rest"),
        ("cid-rest", "Rest"),
        ("cid-cid-rest", "Rest"),
        ("cid-rest-1766292459141-2025-12-21", "Rest"),
        ("cid-rest-1766292459141-2025-12-21-01", "Rest"),
        ("Cid_Rest".replace("_", " "), "Rest"),
        ("cid-rest-at-noon-3", "Rest at Noon"),
        ("cid-cid-rests-04", "Cid Rests"),
    ],
)
def test_an_approved_row_is_tied_by_its_file_name_or_id_but_for_slug_and_numbers(
    name: str, title: str
) -> None:
    assert tied({"path": f"images/{name}.jpg", "id": "x"}) == {title: (f"characters/cid/images/{name}.jpg",)}
    assert tied({"path": "images/a.jpg", "id": name}) == {title: ("characters/cid/images/a.jpg",)}


@pytest.mark.parametrize(
    "name", ["cid-rested", "cid-rest-tired", "at-noon", "cid", "rest-tired-2", "1766292459141"]
)
def test_any_other_name_is_tied_to_nothing(name: str) -> None:
    assert tied({"path": f"images/{name}.jpg", "id": name}) == {}


@pytest.mark.parametrize("key", ["shot", "scene", "custom_id", "image_slug"])
def test_a_row_may_name_its_shot(key: str) -> None:
    assert tied({"path": "images/a.jpg", key: "rest-at-noon"}) == {
        "Rest at Noon": ("characters/cid/images/a.jpg",)
    }


@pytest.mark.parametrize("status", ["rejected", "draft", "", None, "archived"])
def test_a_row_that_is_not_approved_is_tied_to_nothing(status: str | None) -> None:
    assert tied({"path": "images/rest.jpg", "status": status}) == {}


def test_a_portrait_is_of_no_scene() -> None:
    assert tied({"path": "images/rest.jpg", "is_reference_portrait": True}) == {}


def test_of_two_rows_of_one_shot_the_newest_goes_first() -> None:
    assert tied({"path": "images/rest-1.jpg"}, {"path": "images/rest-2.jpg"}) == {
        "Rest": ("characters/cid/images/rest-2.jpg", "characters/cid/images/rest-1.jpg")
    }


def test_the_inventory_says_of_each_picture_what_a_checkup_needs() -> None:
    files = odo(
        "image_inventory:\n"
        "- {id: a, path: images/a.png, status: approved, content: {title: A}}\n"
        "- {id: b, file_path: characters/odo/images/b.png, status: Draft, is_reference_portrait: true}\n"
        "- no row\n- {id: c}\n"
    )
    (entity,) = world_of(files).entities.values()

    assert [
        (item.path, item.said, item.approved, item.portrait, item.id, item.title) for item in entity.inventory
    ] == [
        ("characters/odo/images/a.png", "images/a.png", True, False, "a", "A"),
        ("characters/odo/images/b.png", "characters/odo/images/b.png", False, True, "b", ""),
    ]
    assert [(item.origin.file, item.origin.path) for item in entity.inventory] == [
        (ODO, ("image_inventory", 0)), (ODO, ("image_inventory", 1))
    ]  # fmt: skip


# ---- the plan -------------------------------------------------------------------------------------------------------

PICTURE = "locations/mill/images/loft.png"
WAITING = zone("file_path: images/loft.png")


@pytest.mark.parametrize("data", [a_picture(), LFS], ids=["a picture", "a pointer"])
def test_a_shot_whose_picture_is_there_is_made(data: str | bytes) -> None:
    assert whys(plan_of({**WAITING, PICTURE: data})) == {
        "location.mill.loft.main.v1": f"skip: unchanged: made before chargen: {PICTURE}"
    }


def test_a_shot_whose_picture_is_gone_is_wanted() -> None:
    assert whys(plan_of(WAITING)) == {"location.mill.loft.main.v1": "generate: new"}


def test_of_several_pictures_the_first_that_is_there_counts() -> None:
    files = mill("""\
        zones:
          - slug: loft
            description: hay
            generated_images: [{file_path: images/a.png}, {file_path: images/gone.png}]
    """)

    (said,) = whys(plan_of({**files, "locations/mill/images/a.png": a_picture()})).values()

    assert said == "skip: unchanged: made before chargen: locations/mill/images/a.png"


def test_a_made_shot_is_made_again_when_somebody_asks() -> None:
    plan = plan_of({**WAITING, PICTURE: a_picture()}, force=("location/mill/loft/main",))

    assert whys(plan) == {"location.mill.loft.main.v1": "generate: forced"}


def test_a_picture_outside_of_the_world_makes_nothing() -> None:
    files = zone("file_path: ../../../loft.png")

    assert whys(plan_of(files)) == {"location.mill.loft.main.v1": "generate: new"}


# ---- who has it -----------------------------------------------------------------------------------------------------


def test_an_adopted_row_of_a_former_name_still_answers_and_one_that_was_paid_for_is_put_back_by_the_books() -> (
    None
):
    row = {"custom_id": "old", "job_id": "location.mill.attic.main.v1", "file_path": "images/attic.png"}

    assert earlier(f"generated_images: [{json.dumps(row)}]") == ("locations/mill/images/attic.png",)
    assert earlier(f"generated_images: [{json.dumps(row | {'provider_metadata': {'mode': 'live'}})}]") == ()


def test_a_listed_picture_that_fits_two_shots_is_taken_for_neither_and_named() -> None:
    files = mill("""\
        zones: [{slug: loft, description: dust}]
        beat_images: [{slug: loft, description: a fall}]
        image_inventory: [{id: loft-2025-01-02, path: images/loft-2025-01-02.png, status: approved}]
    """)

    assert [shot.earlier for shot in world_of(files).shots()] == [(), ()]
    (said,) = findings(files)
    assert "'images/loft-2025-01-02.png' could be of 2 pictures called 'loft': taken for none" in said


def test_a_picture_that_is_named_and_not_there_is_made_anew_and_told() -> None:
    files = zone("file_path: images/gone.png")

    assert whys(plan_of(files)) == {"location.mill.loft.main.v1": "generate: new"}
    (said,) = findings(files)
    assert "warning: a picture is named for this shot and not there: it is made anew" in said
    assert "locations/mill/images/gone.png" in said
    assert findings(files | {"locations/mill/images/gone.png": a_picture()}) == []


@pytest.mark.parametrize(
    "folder", ["locations/mill", "locations/north/mill", "content/locations/mill", "locations/a/b/mill"]
)
def test_a_path_from_the_folder_of_folders_is_found_however_deep_the_entity_lies(folder: str) -> None:
    top = "content/" if folder.startswith("content/") else ""
    path = f"{folder.removeprefix(top)}/images/gate.png"
    text = f"metadata: {{entity_type: location, slug: mill}}\nzones: [{{slug: gate, description: a gate, file_path: {path}}}]\n"

    (found,) = world_of({f"{folder}/imagery.yaml": text}).shots()

    assert found.earlier == (f"{folder}/images/gate.png",)
