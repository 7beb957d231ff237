"""Where rows go in memoryquill files: behind the writer's placeholders, two lists deep, and at the top for many shots."""

from __future__ import annotations

import random

from chargen.dialects.splice import RowEdit, outside, splice
from chargen.dialects.yaml_text import read_yaml

CHAPTER = """\
images:
  - custom_id: "one-img-01"
    visual_description: |
      A lamp on a sill.

    palette: {dominant: ["lamp gold"]}
    generated_at: null
    file_path: null
    provider_metadata: {}

  # the second
  - custom_id: "one-img-02"
    prompt_used: |
      rain
    generated_images: null
    provider_metadata: {}
"""
LOCATION = """\
zones:
    - slug: "quay"
      images:
      - image_slug: "noon"
        description: 'bare planks'
        # what he said
        tags:
        - wood
      - image_slug: "dusk"
    # of the zone
    - slug: "shed"
beat_images: []
"""
CHARACTER = """\
entity_type: "character"
generated_images:
  - custom_id: "old"   # by hand
    file_path: images/old.jpg
image_inventory:
  - id: "mara-portrait"
    content:
      tags:
        - "portrait"
"""


def row(name: str, title: str = "t") -> dict[str, str]:
    return {"custom_id": name, "job_id": f"chapter.one.{name}.main.v1", "title": title}


def test_a_row_follows_the_placeholders_and_leaves_them_alone() -> None:
    text = CHAPTER.replace("\n", "\r\n")
    edits = [RowEdit(("images", 0), row("one-img-01")), RowEdit(("images", 1), row("one-img-02"))]

    new = splice(text, edits, path="imagery.yaml").text

    of = "{i}  - custom_id: one-img-0{n}\n{i}    job_id: chapter.one.one-img-0{n}.main.v1\n{i}    title: t\n"
    metadata = "    provider_metadata: {}\n"
    first, _, second = CHAPTER.partition(metadata)
    rows = "    generated_images:\n" + of.format(i="    ", n=1)
    second = second.replace("images: null\n", "images:\n" + of.format(i="    ", n=2))
    assert new == f"{first}{metadata}{rows}{second}".replace("\n", "\r\n")


def test_an_image_of_a_zone_has_rows_of_its_own_beside_the_zone_s() -> None:
    edits = [
        RowEdit(("zones", 0), row("zone")),
        RowEdit(("zones", 0, "images", 0), row("noon")),
        RowEdit(("zones", 0, "images", 1), row("dusk")),
    ]

    new = splice(LOCATION, edits, path="imagery.yaml").text

    of = "{i}generated_images:\n{i}- custom_id: {n}\n{i}  job_id: chapter.one.{n}.main.v1\n{i}  title: t\n"
    dusk = '      - image_slug: "dusk"\n'
    wanted = LOCATION.replace("        - wood\n", "        - wood\n" + of.format(i=" " * 8, n="noon"))
    both = of.format(i=" " * 8, n="dusk") + of.format(i=" " * 6, n="zone")
    assert new == wanted.replace(dusk, dusk + both)


def test_rows_of_many_shots_share_the_list_at_the_top() -> None:
    first = [RowEdit((), row(name)) for name in ("storm", "calm")]
    text = splice(CHARACTER, first, path="imagery.yaml").text

    again = splice(text, [RowEdit((), row("storm", "anew")), RowEdit((), row("fog"))], path="imagery.yaml")

    titles = [
        (item["custom_id"], item.get("title"))
        for item in read_yaml(again.text, path="f").data["generated_images"]
    ]
    assert titles == [("old", None), ("storm", "anew"), ("calm", "t"), ("fog", "t")]
    assert outside(text, again.old_spans) == outside(again.text, again.new_spans)
    assert (
        '  - custom_id: "old"   # by hand\n    file_path: images/old.jpg\n  - custom_id: storm\n'
        in again.text
    )


def test_the_first_row_at_the_top_goes_to_the_end_as_deep_as_the_file_s_lists() -> None:
    text = CHARACTER.partition("generated_images")[0] + CHARACTER[CHARACTER.index("image_inventory") :]

    new = splice(text, [RowEdit((), row("storm"))], path="imagery.yaml").text

    rows = "generated_images:\n  - custom_id: storm\n    job_id: chapter.one.storm.main.v1\n    title: t\n"
    assert new == text + rows


def test_shots_of_one_list_may_come_in_any_order_and_in_any_portions() -> None:
    edits = [RowEdit((), row(f"s{number}")) for number in range(20)]
    one_by_one = CHARACTER
    for edit in edits:
        one_by_one = splice(one_by_one, [edit], path="imagery.yaml").text

    assert splice(CHARACTER, edits, path="imagery.yaml").text == one_by_one
    random.Random(0).shuffle(edits)
    assert splice(one_by_one, edits, path="imagery.yaml").text == one_by_one
