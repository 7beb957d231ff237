"""A key that is nearly one that is read is told at its line; what people have besides is nobody's business."""

from __future__ import annotations

import pytest

from chargen.core.problem import Severity
from chargen.dialects.memoryquill_shapes import UNREAD
from tests.memoryquill import CHAPTER, MILL, ODO, ODO_IDEAS, chapter, idea, image, mill, odo, zone
from tests.memoryquill_world import untidy_world
from tests.worlds import Files, a_picture, world_of


def misspelt(files: Files) -> list[str]:
    """The misspelt keys of a world: each with its place, and what was meant."""
    found = (problem for problem in world_of(files).problems if problem.rule == "misspelt-key")
    return [f"{problem.place} {problem.message.split()[0]}: {problem.hint}" for problem in found]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("depicts_charcters", "depicts_characters"),
        ("negative_promt", "negative_prompt"),
        ("pallete", "palette"),
        ("scene_mod", "scene_mood"),
        ("visual_hok", "visual_hook"),
        ("mod", "mood"),
        ("zoen", "zone"),
        ("Location", "location"),
        ("lighting_", "lighting"),
        ("negative-prompt", "negative_prompt"),
        ("gnerated_images", "generated_images"),
    ],
)
def test_a_pictures_key_with_a_wrong_letter_is_a_warning_with_the_right_one(said: str, meant: str) -> None:
    assert misspelt(image(f"{said}: [odo]")) == [f"{CHAPTER}:6:5 {said!r}: did you mean {meant!r}?"]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (odo("apearance: a boy"), f"{ODO}:3:1 'apearance': did you mean 'appearance'?"),
        (mill("overveiw: {description: a}"), f"{MILL}:2:1 'overveiw': did you mean 'overview'?"),
        (chapter("location: [{ref: mill}]"), f"{CHAPTER}:2:1 'location': did you mean 'locations'?"),
        (chapter("locations: [{ref: mill, zone: []}]"), f"{CHAPTER}:2:25 'zone': did you mean 'zones'?"),
        (
            chapter("locations: [{ref: mill, zones: [{id: a, chapter_contxt: b}]}]"),
            f"{CHAPTER}:2:41 'chapter_contxt': did you mean 'chapter_context'?",
        ),
        (mill("overview: {visual_descripton: a}"), f"{MILL}:2:12 'visual_descripton': did you mean 'visual_description'?"),
        (mill("overview: {primary: {description: a, framng: b}}"), f"{MILL}:2:38 'framng': did you mean 'framing'?"),
        (mill("overview: {primry: {framing: a}}"), f"{MILL}:2:12 'primry': did you mean 'primary'?"),
        (mill("parts: [{slug: a, describtion: b}]"), f"{MILL}:2:19 'describtion': did you mean 'description'?"),
        (zone("image: [{slug: b, description: c}]"), f"{MILL}:5:5 'image': did you mean 'images'?"),
        (zone("images: [{slug: b, promt: c}]"), f"{MILL}:5:24 'promt': did you mean 'prompt'?"),
        (mill("beat_images: [{slug: a, emotional_beats: b}]"), f"{MILL}:2:25 'emotional_beats': did you mean 'emotional_beat'?"),
        (
            mill("beat_images: [{slug: a, image_spec: {scen_mood: b}}]"),
            f"{MILL}:2:38 'scen_mood': did you mean 'scene_mood'?",
        ),
        (zone("camera: {anlge: low}"), f"{MILL}:5:14 'anlge': did you mean 'angle'?"),
        (zone("palette: {aviod: [neon]}"), f"{MILL}:5:15 'aviod': did you mean 'avoid'?"),
        (mill("location_visual_anchor: {signature_element: [a]}"), f"{MILL}:2:26 'signature_element': did you mean 'signature_elements'?"),
        (mill("generation_defaults: {aspect_ration: '1:1'}"), f"{MILL}:2:23 'aspect_ration': did you mean 'aspect_ratio'?"),
        ({MILL: "metadata: {entity_type: location, slg: mill}"}, f"{MILL}:1:35 'slg': did you mean 'slug'?"),
        (odo("image_inventory: [{path: a.png, staus: approved}]"), f"{ODO}:3:33 'staus': did you mean 'status'?"),
        (idea("poze: seated"), f"{ODO_IDEAS}:4:5 'poze': did you mean 'pose'?"),
        (odo(ideas="scene: [{title: a, scene: b}]\n"), f"{ODO_IDEAS}:1:1 'scene': did you mean 'scenes'?"),
        (odo(ideas="character: {sumary: a}\n"), f"{ODO_IDEAS}:1:13 'sumary': did you mean 'summary'?"),
    ],
)  # fmt: skip
def test_every_mapping_that_is_read_is_looked_at(files: Files, told: str) -> None:
    assert misspelt(files) == [told]


def test_a_key_whose_neighbour_is_there_is_a_key_of_the_writers_own() -> None:
    assert misspelt(image("palette: {dominant: [sand]}\npallete: [sand]")) == []


@pytest.mark.parametrize("key", sorted({*UNREAD, "model", "provider", "generated_at", "soundscape", "x"}))
def test_a_known_or_a_far_key_is_not_told(key: str) -> None:
    assert misspelt(image(f"{key}: a")) == []


def test_a_key_of_light_that_is_painted_under_its_own_name_is_not_told() -> None:
    assert misspelt(zone("lighting: {source: a, secondary_source: b, quality: c, moonlight: d}")) == []


def test_an_untidy_world_without_a_wrong_letter_has_none() -> None:
    assert misspelt(untidy_world(a_picture())) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("imges", "images"),
        ("zone", "zones"),
        ("beat_image", "beat_images"),
        ("overveiw", "overview"),
        ("entity_typ", "entity_type"),
    ],
)
def test_a_file_known_by_no_key_but_a_misspelt_one_is_an_error_that_names_it(said: str, meant: str) -> None:
    (problem,) = world_of({CHAPTER: f"slug: ch01\n{said}: [{{custom_id: a}}]\nmoments: []\n"}).problems

    assert (problem.severity, problem.rule) == (Severity.ERROR, "misspelt-key")
    assert (str(problem.place), problem.hint) == (f"{CHAPTER}:2:1", f"did you mean {meant!r}?")


def test_a_native_file_with_a_wrong_key_is_read_as_one() -> None:
    (problem,) = world_of({CHAPTER: "slug: ch01\nimage_typ: hero\n"}).problems

    assert problem.rule == "unknown-key"
