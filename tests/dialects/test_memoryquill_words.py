"""Which words of a memoryquill picture land in which section of its prompt, and which are no words of one."""

from __future__ import annotations

from typing import Any

import pytest

from chargen.dialects.memoryquill_words import AVOID, COMPOSITIONS, HAPPENINGS, MUST_INCLUDE, SETTINGS
from tests.memoryquill import CHAPTER, chapter, findings, idea, image, mill, odo, sections, shot, zone
from tests.worlds import shots_of

MOODS = {"chargen.yaml": "moods: {still: {look: no wind}, a slow dread: {look: long shadows}}\n"}


def also(words: str) -> dict[str, Any]:
    """What words of a zone bring into its prompt, besides that it is a loft."""
    found = dict(sections(zone(words)))
    assert found.pop("subject") == {"text": "a loft"}
    return found


# ---- subject and setting --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "label"), HAPPENINGS.items())
def test_what_goes_on_is_one_more_line_of_the_subject(key: str, label: str) -> None:
    said = f"{label}: sweeping" if label else "sweeping"

    assert sections(zone(f"{key}: sweeping"))["subject"] == {"text": ["a loft", said]}


@pytest.mark.parametrize(("key", "label"), SETTINGS.items())
def test_where_and_when_it_is_are_lines_of_the_setting(key: str, label: str) -> None:
    assert also(f"{key}: in dust") == {"setting": {"text": f"{label}: in dust" if label else "in dust"}}


def test_a_zone_is_named_in_the_setting_in_words() -> None:
    found = mill(
        "zones: [{slug: hay-loft, description: a}]\nbeat_images: [{slug: b, zone_ref: hay-loft, description: c}]"
    )

    assert sections(found, "location/mill/beats/b")["setting"] == {"text": "hay loft"}


def test_a_line_that_says_the_same_in_other_letters_is_said_once() -> None:
    found = mill(
        "zones: [{slug: hay-loft, description: a}]\n"
        "beat_images: [{slug: b, zone: hay-loft, location_within: Hay Loft, description: c}]"
    )

    assert sections(found, "location/mill/beats/b")["setting"] == {"text": "hay loft"}


def test_what_a_chapter_says_of_a_zone_holds_in_its_images_there() -> None:
    found = chapter("""\
        locations:
          - {ref: mill, zones: [{id: loft, chapter_context: after the flood}, {id: yard, chapter_context: mud}]}
        images: [{custom_id: a, scene_id: s, location: mill, zone: loft, description: she waits}]
    """)

    assert sections(found)["setting"] == {"place": "mill", "text": ["loft", "after the flood"]}


def test_maps_and_lists_become_lines_with_their_keys() -> None:
    assert also("atmospheric: {slow_smoke: to the east, dust: [fine, gold]}\n")["setting"] == {
        "text": ["dust: fine; gold", "slow smoke: to the east"]
    }


# ---- mood -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["mood", "scene_mood"])
def test_a_short_mood_is_a_name_of_one(key: str) -> None:
    assert also(f"{key}: quietly proud") == {"mood": {"name": "quietly proud"}}


@pytest.mark.parametrize("text", ["the hour before a storm breaks", "proud, and tired"])
def test_a_mood_that_is_a_sentence_is_a_note(text: str) -> None:
    assert also(f"mood: {text}") == {"mood": {"note": [text]}}


def test_scene_mood_goes_before_mood() -> None:
    assert also("mood: calm\nscene_mood: grim") == {"mood": {"name": "grim"}}


def test_of_a_character_every_mood_is_a_note_but_one_of_the_world() -> None:
    assert sections(idea("mood: proud"))["mood"] == {"note": ["proud"]}
    assert sections(MOODS | idea("mood: still"))["mood"] == {"name": "still", "look": ["no wind"]}


def test_a_mood_of_many_words_is_a_name_where_the_world_has_it() -> None:
    files = {"chargen.yaml": MOODS["chargen.yaml"].replace("slow dread", "very slow and old dread")}

    assert sections(files | zone("mood: a very slow and old dread"))["mood"]["look"] == ["long shadows"]


def test_a_mood_that_the_world_does_not_know_is_a_warning_with_the_nearest() -> None:
    assert findings(MOODS | image("scene_mood: stil")) == [
        f"{CHAPTER}:6:17: warning: mood 'stil' is not among the world's moods (did you mean 'still'?)"
    ]


@pytest.mark.parametrize("key", ["emotional_beat", "mood_shift_from_base"])
def test_feelings_are_notes_of_the_mood(key: str) -> None:
    assert also(f"{key}: relief, at last") == {"mood": {"note": ["relief, at last"]}}


def test_lighting_goes_by_its_keys() -> None:
    words = "lighting: {primary_source: the sun, secondary_source: snow, quality: hard, atmospheric: [dust, haze]}"

    assert also(words)["mood"]["lighting"] == {
        "source": "the sun", "secondary_source": "snow", "quality": "hard", "atmospheric": "dust; haze"
    }  # fmt: skip


def test_a_palette_goes_by_its_weights_each_a_list() -> None:
    assert also("palette: {dominant: [ash, bone], accent: rust, avoid: null}")["mood"]["palette"] == {
        "dominant": ["ash", "bone"], "accent": ["rust"]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("lighting: low sun", {"lighting": {"source": "low sun"}}),
        ("lighting: [sun, snow]", {"lighting": {"source": "sun; snow"}}),
        ("palette: ash and bone", {"palette": {"dominant": ["ash and bone"]}}),
        ("palette: [ash, bone]", {"palette": {"dominant": ["ash", "bone"]}}),
    ],
)
def test_lighting_and_palette_may_be_texts_or_lists(words: str, said: object) -> None:
    assert also(words) == {"mood": said}


def test_a_chapters_colours_hold_where_an_image_names_none_of_that_weight() -> None:
    head = "metadata: {entity_type: chapter, slug: ch01, color_palette: {primary: ['#102030'], accent: [tin], avoid: [red]}}\n"
    files = {CHAPTER: head + "images: [{custom_id: a, description: x, palette: {accent: [gold]}}]\n"}

    assert sections(files)["mood"]["palette"] == {
        "dominant": ["#102030"],
        "accent": ["gold"],
        "avoid": ["red"],
    }


# ---- composition ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "label"), COMPOSITIONS.items())
def test_composition_may_be_a_text_a_list_or_a_map(key: str, label: str) -> None:
    before = f"{label}: " if label else ""

    assert also(f"{key}: from below")["composition"] == {"composition": f"{before}from below"}
    assert also(f"{key}: [from below, near]")["composition"] == {
        "composition": [f"{before}from below", f"{before}near"]
    }
    assert also(f"{key}: {{focal_point: a hatch, foreground: hay}}")["composition"] == {
        "composition": [f"{before}focal point: a hatch", f"{before}foreground: hay"]
    }


def test_a_camera_goes_by_its_keys_and_may_bring_the_framing() -> None:
    assert also("camera: {angle: low, framing: wide, focus: the hatch, brand: none}")["composition"] == {
        "camera": {"angle": "low", "focus": "the hatch"}, "framing": "wide"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("camera: low and near", {"camera": {"angle": "low and near"}}),
        ("framing: wide\ncamera: {framing: near}", {"framing": "wide"}),
        (
            "shot_type: extreme-wide\nfocal_length: wide",
            {"shot_type": "extreme-wide", "focal_length": "wide"},
        ),
    ],
)
def test_the_frame(words: str, said: object) -> None:
    assert also(words) == {"composition": said}


# ---- what must be seen, and what must not ---------------------------------------------------------------------------


@pytest.mark.parametrize("key", MUST_INCLUDE)
def test_what_must_be_seen(key: str) -> None:
    assert also(f"{key}: [a hatch, hay]") == {"continuity": {"must_include": ["a hatch", "hay"]}}


@pytest.mark.parametrize("key", AVOID)
def test_what_must_not_be_seen_is_cut_at_its_commas(key: str) -> None:
    assert also(f"{key}: text, people (near, or far); neon") == {
        "continuity": {"donts": ["text", "people (near, or far)", "neon"]}
    }
    assert also(f"{key}: [text, neon]") == {"continuity": {"donts": ["text", "neon"]}}


def test_a_negative_prompt_may_be_wrapped_anywhere() -> None:
    wrapped = "negative_prompt: |\n  text, modern mining\n  equipment,\n  neon signs\n"

    assert also(wrapped)["continuity"] == {"donts": ["text", "modern mining equipment", "neon signs"]}


def test_a_negative_prompt_may_be_a_list_inside_a_text() -> None:
    assert also("negative_prompt: |\n  - text\n  - neon\n    signs\n")["continuity"] == {
        "donts": ["text", "neon signs"]
    }


# ---- what decides how it is asked for -------------------------------------------------------------------------------


def test_of_the_fields_of_another_tool_only_the_aspect_ratio_counts() -> None:
    (found,) = shots_of(
        image("aspect_ratio: '21:9'\nsize: 1792x768\nquality: hd\nprovider: openai\nmodel: dall-e-3\nimage_type: hero")
    ).values()  # fmt: skip

    assert (found.provider.aspect_ratio, found.image_type) == ("21:9", "hero")
    assert (found.provider.size, found.provider.model, found.problems) == ("1K", "gemini-nano-banana-2.1", ())


def test_an_aspect_ratio_that_no_model_has_is_an_error_where_it_is_written() -> None:
    (found,) = findings(image("aspect_ratio: '7:5'"))

    assert found.startswith(f"{CHAPTER}:6:19: error: ")


@pytest.mark.parametrize("where", ["generation_defaults: {aspect_ratio: '3:2'}\n", ""])
def test_the_defaults_of_a_file_hold_unless_a_picture_says_otherwise(where: str) -> None:
    head = (
        where or "metadata: {entity_type: location, slug: mill, generation_defaults: {aspect_ratio: '3:2'}}\n"
    )
    files = {
        "locations/mill/imagery.yaml": head
        + "zones:\n- {slug: a, description: x}\n- {slug: b, description: y, aspect_ratio: '1:1'}\n"
    }

    ratios = [found.provider.aspect_ratio for found in shots_of(files).values()]

    assert ratios == ["3:2", "1:1"]


@pytest.mark.parametrize("status", ["wanted", "paused", "locked"])
def test_a_status_of_chargens_holds(status: str) -> None:
    (found,) = shots_of(zone(f"status: {status}")).values()

    assert found.status == status


@pytest.mark.parametrize("status", ["approved", "[paused]", "{a: b}", "5", "null"])
def test_any_other_status_is_another_tools(status: str) -> None:
    (found,) = shots_of(zone(f"status: {status}")).values()

    assert found.status == "wanted"


# ---- canon ----------------------------------------------------------------------------------------------------------


def test_the_canon_of_a_character_is_its_appearance_then_what_its_scenes_say_of_it() -> None:
    files = odo(
        "appearance: a broad man\n",
        ideas="""\
            character: {name: Odo Fenn, summary: the miller}
            visual_consistency: [flour on his sleeves, 'one blind eye']
            scenes: [{title: a, scene: he reads}]
        """,
    )

    assert sections(files)["continuity"] == {
        "name": "Odo Fenn",
        "canonical": ["a broad man", "flour on his sleeves", "one blind eye", "the miller"],
    }


def test_the_canon_of_a_location_is_what_is_always_true_of_it() -> None:
    files = mill("""\
        location_visual_anchor:
          signature_elements: [a wheel, a weir]
          materials: {walls: fieldstone, roof: [shingle, moss]}
          color_anchors: {dominant: [slate], avoid: [neon, chrome]}
          characteristic_light: {dawn: grey}
        overview: {description: the mill}
    """)

    assert sections(files)["continuity"] == {
        "canonical": ["a wheel", "a weir", "materials, roof: shingle; moss", "materials, walls: fieldstone", "colours, dominant: slate"],
        "donts": ["neon", "chrome"],
    }  # fmt: skip


@pytest.mark.parametrize("key", ["name", "location_name"])
def test_a_location_is_called_as_its_metadata_says(key: str) -> None:
    head = f"metadata: {{entity_type: location, slug: mill, {key}: The Old Mill}}\n"
    files = {"locations/mill/imagery.yaml": head + "overview: {description: a mill}\n"}

    assert sections(files)["setting"] == {"place": "The Old Mill"}


@pytest.mark.parametrize(
    "where", ["name: Odo Fenn", "character_name: Odo Fenn", "metadata: {character_name: Odo Fenn}"]
)
def test_a_character_may_be_named_in_its_own_file(where: str) -> None:
    assert sections(idea("", file=f"{where}\n"))["continuity"] == {"name": "Odo Fenn"}


# ---- what carries no picture ----------------------------------------------------------------------------------------

NO_WORDS_OF_A_PICTURE = (
    "source_moment", "moment_ref", "scene_ref", "chapter", "chapter_ref", "chapter_slug", "category", "orientation",
    "size", "quality", "provider", "model", "mood_rationale", "narrative_significance", "narrative_role",
    "symbolic_elements", "source_quote", "zone_type", "featured_in_chapters", "base_zone", "character_sources",
    "character_interaction", "notes", "anything_else", "prompt_used", "title", "tags", "caption", "alt_text",
)  # fmt: skip


@pytest.mark.parametrize("key", NO_WORDS_OF_A_PICTURE)
def test_what_carries_no_picture_stays_out(key: str) -> None:
    assert also(f"{key}: because of the flood") == {}


def test_nor_does_what_a_file_tells_of_its_story() -> None:
    story = "narrative_soul: x\none_line_essence: y\nmoments: [{title: z, narrative_beat: w}]\nreferences: {a: [{slug: b}]}\n"

    assert sections(mill(story + "zones: [{slug: loft, description: a loft}]\n")) == {
        "subject": {"text": "a loft"}
    }


# ---- an earlier prompt before all else ------------------------------------------------------------------------------


def test_where_the_world_says_so_an_earlier_prompt_stands_for_subject_setting_and_composition() -> None:
    words = "prompt_used: oil painting of hay\nsetting: a barn\nlocation_within: the top\ncomposition: wide\nscene_mood: still\nkey_elements: [a hatch]"
    files = {"chargen.yaml": "prompt_override: prompt_used\n"}

    assert sections(files | zone(words)) == {
        "subject": {"text": "oil painting of hay"},
        "mood": {"name": "still"},
        "continuity": {"must_include": ["a hatch"]},
    }
    assert findings(files | zone(words)) == []


def test_there_a_picture_without_an_earlier_prompt_is_described_as_ever() -> None:
    files = {"chargen.yaml": "prompt_override: prompt_used\n"} | zone("composition: wide")

    assert sections(files) == {"subject": {"text": "a loft"}, "composition": {"composition": "wide"}}


# ---- words for people -----------------------------------------------------------------------------------------------


def test_rows_take_title_caption_alternative_text_and_tags_from_the_picture() -> None:
    found = shot(zone("title: Hay\ncaption: hay!\nalt_text: some hay\ntags: [hay, 5, inside]"))

    assert (found.title, found.caption, found.alt_text, found.tags) == (
        "Hay",
        "hay!",
        "some hay",
        ("hay", "5", "inside"),
    )
