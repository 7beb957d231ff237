"""Paths of one machine in a memoryquill file are told as they were written, and name nothing; those of the site's root do."""

from __future__ import annotations

import pytest

from tests.memoryquill import MILL, ODO, findings, image, mill, odo, shot, zone
from tests.worlds import Files, a_picture, plan_of, shots_of, whys, world_of

ELSEWHERE = ("/home/me/x.png", "C:\\x.png", "file:///home/me/x.png", "https://a.example/x.png", "~/x.png")


def told(files: Files) -> list[str]:
    """The absolute paths of a world's files, each with its place."""
    found = (problem for problem in world_of(files).problems if problem.rule == "absolute-path")
    return [f"{problem.place}: {problem.message}" for problem in found]


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("/chapters/ch01/images/d.png", "chapters/ch01/images/d.png"),
        ("/locations/mill/d.png", "locations/mill/d.png"),
        ("/characters/odo/d.png", "characters/odo/d.png"),
    ],
)
def test_a_path_from_the_root_of_the_site_is_read_from_the_folder_of_all(said: str, path: str) -> None:
    files = image(f"file_path: {said}")

    assert shot(files).earlier == (path,)
    assert told(files) == []


def test_a_site_whose_folders_lie_deeper_is_read_from_where_they_lie() -> None:
    (text,) = image("file_path: /chapters/ch01/d.png").values()

    assert shot({"world/chapters/ch01/imagery.yaml": text}).earlier == ("world/chapters/ch01/d.png",)


@pytest.mark.parametrize("said", ELSEWHERE)
@pytest.mark.parametrize("key", ["file_path", "file_name"])
def test_a_placeholder_that_is_one_machines_is_told_and_names_nothing(said: str, key: str) -> None:
    files = zone(f"{key}: '{said}'")

    assert shot(files).earlier == ()
    assert told(files) == [f"{MILL}:5:{7 + len(key)}: picture {said!r} is on one machine only"]


@pytest.mark.parametrize("said", ELSEWHERE)
def test_so_is_another_tools_row(said: str) -> None:
    files = zone(f"generated_images:\n  - custom_id: loft\n    file_path: '{said}'")

    assert shot(files).earlier == ()
    assert told(files) == [f"{MILL}:7:20: picture {said!r} is on one machine only"]


def test_rows_that_several_pictures_share_are_told_once() -> None:
    rows = "generated_images: [{custom_id: a, file_path: /home/me/x.png}]"

    assert (
        len(told(mill(f"overview: {{primary: {{description: a}}, secondary: {{description: b}}, {rows}}}")))
        == 1
    )


def test_a_listed_picture_is_told_and_ties_nothing() -> None:
    listing = "image_inventory: [{path: /home/me/rest.png, status: approved}]"
    files = odo(listing, ideas="scenes: [{title: Rest, scene: he rests}]")
    (entity,) = world_of(files).entities.values()

    assert shot(files).earlier == ()
    assert [item.path for item in entity.inventory] == ["/home/me/rest.png"]


@pytest.mark.parametrize("said", ELSEWHERE)
def test_a_portrait_is_told_as_it_was_written(said: str) -> None:
    listing = f"image_inventory: [{{path: '{said}', status: approved, is_reference_portrait: true}}]"
    files = odo(listing, ideas="scenes: [{title: Rest, scene: he rests}]")

    (line,) = [
        problem
        for shot in shots_of(files).values()
        for problem in shot.problems
        if problem.rule == "absolute-path"
    ]

    assert line.place.path == ODO
    assert f"reference {said!r}: " in line.message


def test_the_portrait_of_a_zone_is_told_as_it_was_written() -> None:
    files = zone("character_portrait_refs: [{slug: odo, portrait: /home/me/x.png}]")

    (line,) = [line for line in findings(files) if "reference" in line]

    assert "'/home/me/x.png'" in line


# ---- archived -------------------------------------------------------------------------------------------------------


def archived(more: str) -> Files:
    """A character with one scene, and an approved picture of it in its list."""
    listing = f"image_inventory: [{{path: images/rest.png, status: approved{more}}}]"
    return {
        **odo(listing, ideas="scenes: [{title: Rest, scene: he rests}]"),
        "characters/odo/images/rest.png": a_picture(),
    }


def test_an_archived_row_of_the_list_makes_nothing() -> None:
    assert whys(plan_of(archived(", archived: true"))) == {"character.odo.rest.main.v1": "generate: new"}
    assert shot(archived(", archived: true")).earlier == ()  # nor is it there to be imported
    assert shot(archived(", archived: false")).earlier == ("characters/odo/images/rest.png",)


def test_an_archived_portrait_need_not_be_matched() -> None:
    assert shot(archived(", is_reference_portrait: true")).layers[0].data["references"]
    assert "references" not in shot(archived(", is_reference_portrait: true, archived: true")).layers[0].data
