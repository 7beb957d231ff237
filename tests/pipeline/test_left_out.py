"""What cannot be read is never made without: shots that lean on a broken file wait for it to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.edges.work_tree import WorkTree
from chargen.pipeline.compile import compile_world
from chargen.pipeline.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

CHAPTER = """
scenes:
  - id: a
    subject: two people on a pier
    location: pier
    characters: [mara]
  - id: b
    subject: nobody at all
"""


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def obstacles(root: Path) -> dict[str, str]:
    world = discover(WorkTree(root))
    found = ((shot.address.scene, shot.obstacle) for shot in compile_world(world).values())
    return {scene: obstacle.message for scene, obstacle in found if obstacle is not None}


def test_a_broken_location_holds_the_shots_that_are_set_there(tmp_path: Path) -> None:
    write(tmp_path, "chapters/one/imagery.yaml", CHAPTER)
    write(tmp_path, "locations/pier/imagery.yaml", "scens: []\n")
    write(tmp_path, "characters/mara/imagery.yaml", "name: Mara\nscenes: []\n")

    assert obstacles(tmp_path) == {"a": "location 'pier' could not be read"}


def test_so_does_a_broken_character_named_by_its_own_slug(tmp_path: Path) -> None:
    write(tmp_path, "chapters/one/imagery.yaml", CHAPTER)
    write(tmp_path, "locations/pier/imagery.yaml", "scenes: []\n")
    write(tmp_path, "characters/folder/imagery.yaml", "slug: mara\nscenes: 3\n")

    assert obstacles(tmp_path) == {"a": "character 'mara' could not be read"}


def test_a_file_that_is_no_yaml_holds_them_too(tmp_path: Path) -> None:
    write(tmp_path, "chapters/one/imagery.yaml", CHAPTER)
    write(tmp_path, "locations/pier/imagery.yaml", "scenes: []\n")
    write(tmp_path, "characters/mara/imagery.yaml", "name: [Mara\n")

    assert obstacles(tmp_path) == {"a": "character 'mara' could not be read"}


def test_prose_that_cannot_be_read_leaves_its_entity_out(tmp_path: Path) -> None:
    write(tmp_path, "chargen.yaml", "context: {location: {front_matter: [look]}}\n")
    write(tmp_path, "chapters/one/imagery.yaml", CHAPTER)
    write(tmp_path, "locations/pier/imagery.yaml", "scenes: [{id: own, subject: the pier}]\n")
    write(tmp_path, "locations/pier/about.md", "---\nlook: [\n---\n")
    write(tmp_path, "characters/mara/imagery.yaml", "name: Mara\n")

    assert obstacles(tmp_path) == {"a": "location 'pier' could not be read"}
    assert "location/pier" not in discover(WorkTree(tmp_path)).entities


def test_what_lies_in_another_world_is_left_to_it(tmp_path: Path) -> None:
    """Its moods and styles are its own: planned from above, every picture would be made anew."""
    write(tmp_path, "worlds/one/chargen.yaml", "moods: {calm: {look: still}}\n")
    write(
        tmp_path,
        "worlds/one/locations/pier/imagery.yaml",
        "scenes: [{id: a, subject: the pier, mood: calm}]\n",
    )
    write(tmp_path, "locations/quay/imagery.yaml", "scenes: [{id: a, subject: the quay}]\n")

    world = discover(WorkTree(tmp_path))

    assert list(world.entities) == ["location/quay"]
    assert [str(problem) for problem in world.problems] == [
        "worlds/one/chargen.yaml: warning: another world begins here (work on it there, or with --root worlds/one)"
    ]


def test_a_shot_written_once_and_used_by_alias_is_found_before_it_is_paid(tmp_path: Path) -> None:
    """A row there would be a row of both."""
    shots = "scenes:\n  - {id: a, shots: &all [{id: x, subject: the pier}]}\n  - {id: b, shots: *all}\n"
    write(tmp_path, "locations/pier/imagery.yaml", shots)

    world = discover(WorkTree(tmp_path))

    assert list(world.shots()) == []
    assert [problem.place.line for problem in world.problems] == [2, 3]
    assert "used here by alias (*all)" in world.problems[1].message


def test_a_merge_key_inside_a_shot_is_fine(tmp_path: Path) -> None:
    text = "lighting: &noon {source: sun}\nscenes: [{id: a, subject: the pier, lighting: {<<: *noon, quality: hard}}]\n"
    write(tmp_path, "locations/pier/imagery.yaml", text)

    world = discover(WorkTree(tmp_path))

    assert (len(list(world.shots())), world.problems) == (1, ())
