"""The writer goes on while pictures wait for review, in a file of the memoryquill shape: both are there in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.dialects.splice import outside
from chargen.dialects.yaml_text import read_yaml
from tests.gitops.conftest import git

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

FILE = "chapters/one/imagery.yaml"
BRANCH = "chargen/chapter/one.1"
HEAD = """\
# the first night
metadata:
  entity_type: "chapter-imagery"
  slug: "one"
images:
"""
LAMP = """\
  - custom_id: "one-img-01"
    scene_id: "scn-01"
    scene_mood: "calm"
    visual_description: |
      A lamp on a sill.
    narrative_significance: "Somebody is awake."  # keep
    generated_at: null
    file_path: null
    provider_metadata: {}
"""
ROAD = """\

  # a quiet one
  - custom_id: "one-img-02"
    scene_id: "scn-01"
    scene_mood: 'ominous'
    visual_description: >-
      A wet road
      under low cloud.
    generated_at: null
    file_path: null
    provider_metadata: {}
"""
INN = """\
  - custom_id: "one-img-03"
    scene_id: "scn-02"
    visual_description: "The inn, its shutters closed."
    provider_metadata: {}
"""


def rows_of(text: str) -> dict[str, list[str]]:
    """The pictures each image shows, by the writer's id of it."""
    images = read_yaml(text, path=FILE).data["images"]
    return {
        image["custom_id"]: [row["file_name"] for row in image.get("generated_images", [])]
        for image in images
    }


def words_of(text: str) -> str:
    """The text without the lists of rows."""
    document = read_yaml(text, path=FILE)
    lists = [
        document.node("images", index, "generated_images") for index in range(len(document.data["images"]))
    ]
    spans = [
        (text.rindex("    generated_images:", 0, node.start), text.index("}\n", node.start) + 2)
        for node in lists
        if node is not None
    ]
    return outside(text, spans)


def test_words_that_move_and_change_meanwhile_and_rows_are_both_there(quay: Town) -> None:
    quay.writer.write(FILE, (HEAD + LAMP + ROAD).replace("\n", "\r\n"))
    quay.push()
    quay.done("submit")
    quay.done("tick")
    before = quay.show(f"{BRANCH}:{FILE}")

    lamp = LAMP.replace("Somebody is awake.", "Nobody sleeps.")
    quay.writer.write(FILE, HEAD.replace("first", "longest") + ROAD + INN + lamp)
    quay.push()
    quay.done("tick")

    after = quay.show(f"{BRANCH}:{FILE}")
    assert rows_of(before) == {"one-img-01": ["scn-01.img-01.png"], "one-img-02": ["scn-01.img-02.png"]}
    assert rows_of(after) == {**rows_of(before), "one-img-03": []}
    assert words_of(f"{after}\n") == quay.show(f"main:{FILE}") + "\n"
    assert git(quay.bare, "merge-base", "main", BRANCH) == git(quay.bare, "rev-parse", "main")


def test_what_is_merged_after_that_leaves_nothing_to_make_again(quay: Town) -> None:
    quay.writer.write(FILE, HEAD + LAMP + ROAD)
    quay.push()
    quay.done("submit")
    quay.done("tick")
    quay.writer.write(FILE, HEAD + ROAD + LAMP)
    quay.push()
    paid = len(quay.gemini.paid)

    quay.done("tick")
    quay.merge_all()
    quay.done("tick")

    assert set(quay.whys().values()) == {"unchanged"}
    assert len(quay.gemini.paid) == paid
