"""A memoryquill entity in the native shape: the same addresses, words, hashes and rows; what is lost is named."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from chargen.core.row import write_digests
from chargen.dialects import memoryquill_words as words
from chargen.dialects.yaml_text import read_yaml
from chargen.errors import WorkFailed
from chargen.pipeline.compile import compile_world
from chargen.pipeline.convert import Converted, convert
from chargen.pipeline.discover import discover
from tests.fakes import FakeFiles, FakeTree
from tests.memoryquill import CHAPTER, MILL, ODO, ODO_IDEAS, chapter, mill, odo
from tests.worlds import a_picture, tree_of

PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = st.sampled_from(
    [
        "a mill",
        "16:9",
        "yes",
        "- dashed",
        "key: value # no comment",
        "a " + "very " * 40 + "long text",
        "two\nlines\n\n  and one indented",
        "tab\there",
        "“quoted” — and 'single' \"double\"",
        "double  blank " * 12,
        "*star & anchor, [brackets] {braces}",
        "2026-11-23T04:12:09Z",
        "é\u0301 \u2028 \U0001f600",
        "|",
        "007",
    ]
)
VALUES = st.recursive(
    TEXTS | st.sampled_from([None, True, 7, ""]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS.filter(len), below, max_size=3),
    max_leaves=5,
)
LIGHT = st.dictionaries(
    st.sampled_from(["source", "primary_source", "rim", "other", "16:9", "quality"]), TEXTS
)
COLOURS = st.dictionaries(
    st.sampled_from(["dominant", "accent", "metal", "other", "no"]), st.lists(TEXTS) | TEXTS
)
PEOPLE = st.lists(
    st.sampled_from(["odo", "mara", "Old Mara", {"slug": "odo", "role": "reads"}, {"description": "a crowd"}])
)
PICTURE = st.fixed_dictionaries(
    {"description": TEXTS.filter(lambda text: text != "|")},
    optional={
        **dict.fromkeys(
            (*words.HAPPENINGS, *words.SETTINGS, *words.COMPOSITIONS, *words.MUST_INCLUDE, *words.AVOID), VALUES
        ),
        **dict.fromkeys((*words.MOODS, *words.FEELINGS, "shot_type", "title", "caption", "prompt_used", "tags"), VALUES),
        **dict.fromkeys(words.PEOPLE, PEOPLE),
        "character_states": st.dictionaries(st.sampled_from(["odo", "mara", "who"]), TEXTS),
        "lighting": LIGHT | TEXTS,
        "palette": COLOURS | TEXTS,
        "camera": st.dictionaries(st.sampled_from([*words.CAMERA, "framing"]), TEXTS) | TEXTS,
        "location": st.sampled_from(["mill", "barn", "mill/loft"]),
        "zone": TEXTS,
        "status": st.sampled_from(["wanted", "paused", "locked", "done"]),
        "references": st.just([{"type": "character_portrait", "slug": "odo", "reason": "his face"}]),
        "mood_rationale": TEXTS,
    },
)  # fmt: skip
LISTS = {"chapter": "images", "location": "zones", "character": "scenes"}


def entity_of(files: dict[str, Any], address: str, *, adopted: Any = None) -> tuple[FakeTree, Converted]:
    """A world of texts, and one of its entities converted."""
    tree = tree_of(files)
    world = discover(tree)
    fake = FakeFiles({path: data for path, data in tree.contents.items() if isinstance(data, bytes)})
    return tree, convert(world, compile_world(world), world.entities[address], fake, adopted=adopted)


def hashes(tree: FakeTree) -> dict[str, tuple[Any, ...]]:
    """All that decides about money, by address."""
    return {
        str(address): (shot.prompt_hash, shot.source_digest, shot.ask(), shot.provider, shot.status)
        for address, shot in compile_world(discover(tree)).items()
    }


def written(tree: FakeTree, converted: Converted) -> FakeTree:
    """The tree with the native file in place of the other."""
    return FakeTree({**tree.contents, converted.entity.file: converted.new})


WORLDS = st.sampled_from(
    [
        "",
        "prompt_override: prompt_used\n",
        "moods: {a mill: {look: [still], lighting: {source: sun, other: {rim: gold}}}}\n",
    ]
)


@PATIENT
@given(st.sampled_from(sorted(LISTS)), st.lists(PICTURE, min_size=1, max_size=3), WORLDS)
def test_every_shot_is_asked_for_as_before(kind: str, pictures: list[dict[str, Any]], config: str) -> None:
    head, body = {"entity_type": kind, "slug": "it"}, {LISTS[kind]: pictures}
    files: dict[str, Any] = {"chargen.yaml": config}
    if kind == "character":
        files["characters/it/image-ideas.yaml"] = json.dumps(body)
    files[f"{kind}s/it/imagery.yaml"] = json.dumps(head if kind == "character" else head | body)
    tree, converted = entity_of(
        files | mill("zones:\n  - {slug: loft, description: a loft}\n") | odo(), f"{kind}/it"
    )

    assert hashes(written(tree, converted)) == hashes(tree)
    assert read_yaml(converted.new, path="x").data["schema"] == "chargen/imagery@1"


WHOLE = """
    location_visual_anchor:
      signature_elements: [a wheel of eleven paddles]   # counted twice
      characteristic_light: {dawn: grey}
    # the views
    overview:
      title: The mill
      visual_description: |
        The mill stands in the stream,
        seen from the weir.
      mood_rationale: it is the first we see
      lighting: {primary_source: dawn, shadow_depth: soft, rim: a silver line}
      generated_images:
        - {custom_id: mill-overview, file_path: images/old.png, quality: hd}
    zones:
      - slug: loft
        description: a loft
        generated_at: null
      - {slug: cellar}
"""


def test_what_carries_no_picture_is_named() -> None:
    _, converted = entity_of(mill(WHOLE), "location/mill")

    (left,) = converted.left
    assert left.fields == (
        ("location_visual_anchor.characteristic_light", 1),
        ("overview.mood_rationale", 1),
        ("zones[].slug", 1),
    )
    assert left.comments == (4, 6)
    assert [problem.message for problem in converted.undescribed] == ["nothing describes this zone, cellar"]


def test_the_native_file_reads_as_a_person_would_write_it() -> None:
    _, converted = entity_of(mill(WHOLE), "location/mill")

    assert converted.new.decode() == dedent(
        """\
        schema: chargen/imagery@1
        kind: location
        slug: mill
        continuity:
          canonical: [a wheel of eleven paddles]
        scenes:
          - id: overview
            shots:
              - id: main
                title: The mill
                subject: |-
                  The mill stands in the stream,
                  seen from the weir.
                lighting:
                  source: dawn
                  shadow_depth: soft
                  other: {rim: a silver line}
                generated_images:
                  - custom_id: mill-overview
                    file_path: images/old.png
                    quality: hd
          - id: loft
            shots:
              - {id: main, subject: a loft}
        """
    )


def test_line_ends_stay_what_they_were() -> None:
    files = mill("zones:\n  - {slug: loft, description: a loft}\n")

    _, converted = entity_of({MILL: files[MILL].replace("\n", "\r\n").encode()}, "location/mill")

    assert converted.new.count(b"\r\n") == converted.new.count(b"\n") > 5


def row(address: str, files: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A row of chargen's for a shot, beside its own id."""
    shot = next(shot for at, shot in compile_world(discover(tree_of(files))).items() if str(at) == address)
    ask = shot.ask()
    own = {"custom_id": shot.shot.own_id, "job_id": shot.address.job_id(1), "file_path": "images/a.png"}
    asked = {"prompt_hash": ask.prompt_hash, "digests": write_digests(ask), "aspect_ratio": ask.aspect_ratio}
    return own | asked | more


def test_the_rows_of_a_character_go_to_their_shots_and_those_of_none_are_named() -> None:
    ideas = "scenes:\n  - {title: Reading, scene: he reads}\n  - {title: Asleep, scene: he sleeps}\n"
    files = odo(ideas=ideas)
    rows = [row(f"character/odo/{name}/main", files) for name in ("asleep", "reading")]
    listed = [{"custom_id": "lost", "file_path": "images/lost.png"}, *rows]
    files = odo(f"generated_images: {json.dumps(listed)}\n", ideas=ideas)
    tree, converted = entity_of(files, "character/odo")

    scenes = read_yaml(converted.new, path="x").data["scenes"]
    assert [scene["shots"][0]["generated_images"] for scene in scenes] == [[rows[1]], [rows[0]]]
    assert converted.rows_left == ("lost",)
    assert converted.unread == ODO_IDEAS
    assert set(written(tree, converted).contents) == {ODO, ODO_IDEAS}


def test_a_portrait_stays_a_must_match_reference() -> None:
    inventory = "image_inventory:\n  - {id: odo-face, path: images/face.png, is_reference_portrait: true, status: approved}\n"
    files = odo(inventory, ideas="scenes:\n  - {title: Reading, scene: he reads}\n")
    tree, converted = entity_of(files | {"characters/odo/images/face.png": a_picture()}, "character/odo")

    references = read_yaml(converted.new, path="x").data["references"]
    assert references == [
        {"id": "odo-face", "path": "images/face.png", "role": "character", "must_match": True}
    ]
    assert hashes(written(tree, converted)) == hashes(tree)
    assert converted.left[0].fields == (("image_inventory", 4),)


def test_what_looks_like_a_comment_inside_a_text_is_none() -> None:
    body = "# one\nzones:\n  - slug: loft   # two\n    description: |\n      a loft\n      # no comment\n    title: 'a # b'\n"

    _, converted = entity_of(mill(body), "location/mill")

    assert converted.left[0].comments == (2, 4)


def test_a_shot_that_would_be_asked_for_differently_stops_it() -> None:
    files = mill("zones:\n  - {slug: loft, description: a loft}\n  - {slug: cellar, description: a cellar}\n")
    world, other = (
        discover(tree_of(one)) for one in (files, files | {"chargen.yaml": "style: {medium: ink}\n"})
    )

    with pytest.raises(
        WorkFailed, match=r"location/mill/cellar/main and 1 more would be asked for differently"
    ):
        convert(
            world,
            compile_world(other),
            world.entities["location/mill"],
            FakeFiles({MILL: files[MILL].encode()}),
        )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("zones:\n  - just words\n  - {slug: loft, description: a loft}\n", "this zone is no mapping"),
        (
            (
                "shared: &one {description: a loft}\nzones:\n  - {slug: loft, images: [*one, *one]}\n"
                "  - {slug: low, description: low}\n"
            ),
            "mend this first",
        ),
    ],
)
def test_a_file_with_pictures_that_cannot_be_read_is_refused(body: str, said: str) -> None:
    with pytest.raises(WorkFailed, match=said) as caught:
        entity_of(mill(body), "location/mill")

    assert (caught.value.place and caught.value.place.path) == MILL


def test_a_chapter_keeps_who_does_what_where() -> None:
    files = chapter(
        """
        images:
          - custom_id: ch01-img-1
            scene_id: scn-1
            visual_description: a road
            depicts_characters: [odo, Mara]
            character_states: {odo: tired}
            location: mill
            zone: loft
        """
    )

    _, converted = entity_of(files, "chapter/ch01")

    (shot,) = read_yaml(converted.new, path=CHAPTER).data["scenes"][0]["shots"]
    assert shot == {
        "id": "img-1",
        "subject": "a road",
        "setting": "loft",
        "location": {"ref": "mill", "zone": "loft"},
        "characters": [{"ref": "odo", "action": "tired"}, {"ref": "Mara"}],
    }


def test_rows_mean_to_every_reader_what_they_meant() -> None:
    row_text = (
        "{custom_id: loft-1, file_path: a.png, weight: 0.5, quoted: '0.5', made: 2025-12-22, archived: no, said: 'no', "
        "generated_at: 2025-12-22T14:38:47.499Z, ratio: 16:9, tags: [1.5, x], more: {at: 2024-01-01, count: 3, none: null}}"
    )
    files = mill(f"zones:\n  - slug: loft\n    description: a loft\n    generated_images: [{row_text}]\n")
    _, converted = entity_of(files, "location/mill")

    for version in ((1, 1), (1, 2)):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        before = reader.load(files[MILL])["zones"][0]["generated_images"]
        after = reader.load(converted.new)["scenes"][0]["shots"][0]["generated_images"]
        assert after == before
