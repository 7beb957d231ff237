"""Where a memoryquill file wants pictures: every list of it, every way to name and to describe what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.memoryquill import (
    CHAPTER,
    MILL,
    ODO,
    ODO_IDEAS,
    addresses,
    chapter,
    findings,
    mill,
    odo,
    sections,
    shot,
)
from tests.worlds import world_of

if TYPE_CHECKING:
    from tests.worlds import Files


def homes(files: Files) -> dict[str, Any]:
    """Where each shot's rows go, and the custom_id they get."""
    return {str(shot.address): (shot.file, shot.at, shot.own_id) for shot in world_of(files).shots()}


# ---- chapters -------------------------------------------------------------------------------------------------------


def test_an_image_is_called_by_its_scene_and_its_own_id_without_the_chapters() -> None:
    files = chapter("images: [{custom_id: ch01-img-02-01, scene_id: scn-02, visual_description: a road}]")

    assert homes(files) == {"chapter/ch01/scn-02/img-02-01": (CHAPTER, ("images", 0), "ch01-img-02-01")}


def test_an_image_without_a_scene_is_in_one_for_all_of_these() -> None:
    assert addresses(chapter("images: [{custom_id: a, description: x}]")) == ["chapter/ch01/images/a"]


def test_the_scene_of_an_image_may_stand_under_scene_ref() -> None:
    files = chapter("images: [{custom_id: a, scene_ref: scn-9, description: x}]")

    assert addresses(files) == ["chapter/ch01/scn-9/a"]


def test_words_about_a_scene_are_no_name_of_one() -> None:
    assert addresses(chapter("images: [{custom_id: a, scene: they walk away}]")) == ["chapter/ch01/images/a"]


@pytest.mark.parametrize("key", ["custom_id", "image_slug", "slug", "id", "title", "image_title", "name"])
def test_every_kind_of_name_of_an_image_is_one(key: str) -> None:
    files = chapter(f"images: [{{{key}: The Long Road, scene_id: s, description: x}}]")

    assert addresses(files) == ["chapter/ch01/s/the-long-road"]


# ---- overviews ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["visual_description", "description", "narrative_context"])
def test_an_overview_describes_itself_in_three_ways(key: str) -> None:
    files = mill(f"overview: {{slug: mill-overview, {key}: the whole mill}}")

    assert homes(files) == {"location/mill/overview/main": (MILL, ("overview",), "mill-overview")}
    assert sections(files)["subject"] == {"text": "the whole mill"}


@pytest.mark.parametrize("view", ["primary", "secondary", "establishing"])
def test_an_overview_may_be_made_of_views(view: str) -> None:
    files = mill(f"overview: {{{view}: {{description: the whole mill}}}}")

    assert homes(files) == {f"location/mill/overview/{view}": (MILL, ("overview",), f"mill-overview-{view}")}


def test_a_view_may_have_an_id_of_its_own() -> None:
    files = mill("overview: {primary: {slug: mill-front, description: the mill}}")

    assert homes(files) == {"location/mill/overview/primary": (MILL, ("overview",), "mill-front")}


def test_pictures_of_a_view_are_its_own_and_those_of_its_id_under_the_overview() -> None:
    files = mill("""\
        overview:
          generated_images: [{custom_id: mill-overview-primary, file_path: a.png}, {custom_id: x, file_path: b.png}]
          primary: {description: the mill, file_path: c.png}
          secondary: {description: at night}
    """)

    primary, secondary = world_of(files).shots()
    assert primary.earlier == ("locations/mill/a.png", "locations/mill/c.png")
    assert secondary.earlier == ()


def test_a_row_of_another_address_gives_way_in_a_list_of_one_shot_and_stays_where_many_share_it() -> None:
    row = "{custom_id: a, job_id: location.mill.loft.main.v1}"
    one = mill(f"zones: [{{slug: attic, description: dust, generated_images: [{row}, {{custom_id: b}}]}}]")
    many = mill(f"overview: {{generated_images: [{row}], primary: {{scene: a}}, secondary: {{scene: b}}}}")

    assert [shot.displaced for shot in world_of(one).shots()] == [("location.mill.loft.main.v1",)]
    assert [shot.displaced for shot in world_of(many).shots()] == [(), ()]


def test_an_overview_that_speaks_itself_is_a_picture_beside_its_views() -> None:
    files = mill("overview: {description: the mill, secondary: {description: at night}}")

    assert addresses(files) == ["location/mill/overview/main", "location/mill/overview/secondary"]


def test_what_an_overview_says_around_its_views_holds_for_each_that_does_not_say_it() -> None:
    files = mill("""\
        overview:
          scene_mood: still
          lighting: {quality: soft}
          primary: {description: the mill, scene_mood: proud}
          secondary: {description: at night}
    """)

    assert sections(files, "location/mill/overview/primary")["mood"] == {
        "name": "proud", "lighting": {"quality": "soft"}
    }  # fmt: skip
    assert sections(files, "location/mill/overview/secondary")["mood"]["name"] == "still"


def test_a_view_that_nothing_describes_is_listed_beside_one_that_is_made() -> None:
    files = mill("overview:\n  primary: {description: the mill}\n  secondary: {scene_mood: still}\n")

    assert addresses(files) == ["location/mill/overview/primary"]
    assert findings(files) == [
        f"{MILL}:4:14: error: nothing describes this overview, secondary (say what is to be seen, e.g. visual_description: ...)"
    ]


@pytest.mark.parametrize(
    "part", ["lighting", "palette", "camera", "composition", "image_spec", "zone_visual_anchor"]
)
def test_a_part_of_a_picture_is_no_view_however_it_describes_itself(part: str) -> None:
    files = mill(f"overview: {{visual_description: the mill, {part}: {{description: soft, image_type: x}}}}")

    assert addresses(files) == ["location/mill/overview/main"]


def test_overviews_may_stand_in_a_list() -> None:
    files = mill("overview: [{slug: mill-front, description: a}, {title: At Night, description: b}]")

    assert addresses(files) == ["location/mill/overview/at-night", "location/mill/overview/front"]


# ---- zones ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["slug", "zone_slug", "zone_id", "id", "zone_name", "name", "title"])
@pytest.mark.parametrize("many", ["zones", "parts"])
def test_every_kind_of_name_of_a_zone_or_part_is_one(many: str, key: str) -> None:
    files = mill(f"{many}: [{{{key}: The Hay Loft, description: hay}}]")

    assert homes(files) == {"location/mill/the-hay-loft/main": (MILL, (many, 0), "The Hay Loft")}


def test_a_slug_goes_before_a_name_wherever_it_stands() -> None:
    files = mill("zones: [{name: Hay, title: The Hay, slug: mill-loft, description: hay}]")

    assert addresses(files) == ["location/mill/loft/main"]


@pytest.mark.parametrize(
    "key", ["visual_description", "description", "zone_description", "narrative_context"]
)
def test_a_zone_describes_itself_in_four_ways(key: str) -> None:
    files = mill(f"zones: [{{slug: loft, {key}: hay to the rafters}}]")

    assert sections(files)["subject"] == {"text": "hay to the rafters"}


def test_the_first_that_describes_a_zone_is_enough() -> None:
    files = mill("""\
        zones:
          - slug: loft
            prompt_used: oil painting, hay
            narrative_context: where he slept
            description: hay
            visual_description: hay to the rafters
    """)

    assert sections(files) == {"subject": {"text": "hay to the rafters"}}


def test_the_anchor_of_a_zone_is_its_setting() -> None:
    files = mill("""\
        zones:
          - zone_slug: loft
            zone_description: hay to the rafters
            zone_visual_anchor: {defining_features: [a hatch, a ladder], materials: larch}
    """)

    assert sections(files) == {
        "subject": {"text": "hay to the rafters"},
        "setting": {"text": ["defining features: a hatch; a ladder", "materials: larch"]},
    }


def test_a_zone_with_images_is_a_scene_whose_shots_they_are() -> None:
    files = mill("""\
        zones:
          - zone_slug: loft
            zone_description: hay to the rafters
            zone_name: The Loft
            scene_mood: still
            default_prompt_elements: {atmosphere: dust in the air, must_include: [hay], must_avoid: [straw]}
            tags: [inside]
            images:
              - {image_slug: loft-asleep, description: somebody sleeps}
              - {image_slug: loft-hatch, prompt: the open hatch, scene_mood: bright}
    """)

    assert homes(files) == {
        "location/mill/loft/loft-asleep": (MILL, ("zones", 0, "images", 0), "loft-asleep"),
        "location/mill/loft/loft-hatch": (MILL, ("zones", 0, "images", 1), "loft-hatch"),
    }
    assert sections(files, "location/mill/loft/loft-asleep") == {
        "subject": {"text": "somebody sleeps"},
        "setting": {"text": ["hay to the rafters", "dust in the air"]},
        "mood": {"name": "still"},
        "continuity": {"must_include": ["hay"], "donts": ["straw"]},
    }
    assert sections(files, "location/mill/loft/loft-hatch")["mood"] == {"name": "bright"}


def test_what_a_zone_is_called_and_tagged_is_not_its_images() -> None:
    files = mill("zones: [{slug: loft, title: Loft, tags: [in], images: [{slug: a, description: hay}]}]")

    assert (shot(files).title, shot(files).tags) == ("hay", ())


def test_a_zones_description_describes_none_of_its_images() -> None:
    files = mill(
        "zones:\n  - slug: loft\n    description: hay\n    images: [{image_slug: a, composition: wide}]\n"
    )

    assert addresses(files) == []
    assert findings(files) == [
        f"{MILL}:5:14: error: nothing describes this image of a zone, a (say what is to be seen, e.g. visual_description: ...)"
    ]


@pytest.mark.parametrize("empty", ["[]", "null", "", "{}"])
def test_a_zone_with_no_images_in_its_list_is_a_shot_itself(empty: str) -> None:
    files = mill(f"zones:\n  - slug: loft\n    description: hay\n    images: {empty}\n")

    assert addresses(files) == ["location/mill/loft/main"]


# ---- beats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", ["slug", "beat_slug", "beat_id", "id", "beat_name", "beat_title", "name", "title"]
)
def test_every_kind_of_name_of_a_beat_is_one(key: str) -> None:
    files = mill(f"beat_images: [{{{key}: The Fire, description: it burns}}]")

    assert homes(files) == {"location/mill/beats/the-fire": (MILL, ("beat_images", 0), "The Fire")}


def test_a_beat_goes_on_in_its_image_spec() -> None:
    files = mill("""\
        zones: [{slug: loft, description: hay}]
        beat_images:
          - beat_slug: fire
            zone_ref: loft
            emotional_beat: terror
            narrative_context: it burns
            scene_mood: grim
            image_spec: {composition: wide, key_elements: [smoke], prompt: oil painting, scene_mood: wild}
    """)

    assert sections(files, "location/mill/beats/fire") == {
        "subject": {"text": "it burns"},
        "setting": {"text": "loft"},
        "mood": {"name": "wild", "note": ["terror"]},
        "composition": {"composition": "wide"},
        "continuity": {"must_include": ["smoke"]},
    }


# ---- characters -----------------------------------------------------------------------------------------------------


def test_a_characters_scenes_stand_beside_its_file_and_their_rows_in_it() -> None:
    files = odo(ideas="scenes:\n  - {title: The Long Night, scene: he waits, tags: [night]}\n")

    assert homes(files) == {"character/odo/the-long-night/main": (ODO, (), "odo-the-long-night")}
    assert (shot(files).origin.file, shot(files).origin.path) == (ODO_IDEAS, ("scenes", 0))
    assert (shot(files).title, shot(files).tags) == ("The Long Night", ("night",))


# ---- what nothing describes, names or can read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (chapter("images:\n  - {custom_id: a, location: mill}\n"), f"{CHAPTER}:3:5: error: nothing describes this image, a"),
        (mill("overview:\n  slug: x\n"), f"{MILL}:3:3: error: nothing describes this overview, overview"),
        (mill("zones:\n  - {slug: loft, name: Loft}\n"), f"{MILL}:3:5: error: nothing describes this zone, loft"),
        (mill("parts:\n  - {slug: loft}\n"), f"{MILL}:3:5: error: nothing describes this part, loft"),
        (mill("beat_images:\n  - {slug: fire}\n"), f"{MILL}:3:5: error: nothing describes this beat, fire"),
        (odo(ideas="scenes:\n  - {title: A, pose: sits}\n"), f"{ODO_IDEAS}:2:5: error: nothing describes this scene, a"),
    ],
)  # fmt: skip
def test_what_nothing_describes_is_listed_and_not_guessed_from_its_name(files: Files, said: str) -> None:
    assert addresses(files) == []
    assert findings(files) == [f"{said} (say what is to be seen, e.g. visual_description: ...)"]


@pytest.mark.parametrize("key", ["prompt_used", "prompt", "prompt_template"])
def test_an_earlier_prompt_is_the_subject_where_nothing_else_describes(key: str) -> None:
    files = mill(f"zones:\n  - slug: loft\n    {key}: oil painting of hay\n")

    assert sections(files) == {"subject": {"text": "oil painting of hay"}}
    assert findings(files) == [
        f"{MILL}:4:{7 + len(key)}: note: nothing but an earlier prompt describes this zone: it is taken as the subject"
    ]


def test_a_picture_without_a_name_is_called_after_its_words_and_reported() -> None:
    one = mill("zones:\n  - description: hay\n  - {slug: b, description: c}\n")
    other = mill("zones:\n  - {slug: b, description: c}\n  - {description: hay, scene_mood: calm}\n")

    (name,) = (address for address in addresses(one) if "/b/" not in address)

    assert name in addresses(other)
    assert findings(one) == [
        f"{MILL}:3:5: warning: this zone has no name: it is called {name.split('/')[2]}, after its words (give it one, e.g. slug: ...)"
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (mill("zones: a loft\n"), ":2:8: error: a list belongs here, of one zone after the other"),
        (mill("zones: {loft: {description: x}}\n"), ":2:8: error: a list belongs here, of one zone after the other"),
        (mill("zones:\n  - a loft\n"), ":3:5: error: this zone is no mapping"),
        (mill("zones:\n  - {slug: a, images: {b: c}}\n"), ":3:23: error: a list belongs here, of one image of a zone after the other"),
        (mill("zones:\n  - {slug: a, images: [b]}\n"), ":3:24: error: this image of a zone is no mapping"),
        (mill("overview: the whole mill\n"), ":2:11: error: this overview is no mapping"),
        (mill("overview: [x]\n"), ":2:12: error: this overview is no mapping"),
        (mill("beat_images:\n  -\n"), ":3:4: error: this beat is no mapping"),
    ],
)  # fmt: skip
def test_what_has_not_the_shape_of_a_picture_is_listed(files: Files, said: str) -> None:
    (found,) = findings(files)

    assert found == f"{MILL}{said} (write it like its neighbours: `- key: value`)"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (mill("images: [{custom_id: a, description: x}]\n"), f"{MILL}:2:1: warning: `images` of a location is not read (it is what a chapter has)"),
        (chapter("zones: [{slug: a}]\n"), f"{CHAPTER}:2:1: warning: `zones` of a chapter is not read (it is what a location has)"),
        (odo("beat_images: [{slug: a}]\n"), f"{ODO}:3:1: warning: `beat_images` of a character is not read (it is what a location has)"),
        (
            mill("zones: []\n") | {"locations/mill/image-ideas.yaml": "# ideas\nscenes: [{title: a}]\n"},
            "locations/mill/image-ideas.yaml:2:1: warning: the scenes of a location are not read (they are what a character has)",
        ),
    ],
)  # fmt: skip
def test_a_list_of_another_kind_of_entity_is_named(files: Files, said: str) -> None:
    assert addresses(files) == []
    assert findings(files) == [said]


# ---- whose file -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "head", "address"),
    [
        ("locations/mill/imagery.yaml", "{}", "location/mill"),
        ("locations/mill/imagery.yaml", "{slug: old-mill}", "location/old-mill"),
        ("x/y/imagery.yaml", "{entity_type: location-imagery, location_slug: old-mill}", "location/old-mill"),
        ("x/y/imagery.yaml", "{entity_type: locations, location_slug: Old Mill}", "location/old-mill"),
        ("x/y/imagery.yaml", "{entity_type: chapter_imagery, chapter_slug: one}", "chapter/one"),
    ],
)
def test_kind_and_slug_are_said_under_metadata_or_by_the_folders(path: str, head: str, address: str) -> None:
    world = world_of({path: f"metadata: {head}\nzones: []\nimages: []\n"})

    assert list(world.entities) == [address]


def test_a_file_of_no_known_kind_is_left_out_at_the_word_that_says_so() -> None:
    files = {
        "x/y/imagery.yaml": "metadata:\n  entity_type: locaton-imagery\nzones: [{slug: a, description: b}]\n"
    }

    assert addresses(files) == []
    assert findings(files) == [
        "x/y/imagery.yaml:2:16: error: unknown entity_type 'locaton-imagery' (did you mean 'location'?)"
    ]


@pytest.mark.parametrize("key", ["images", "zones", "parts", "overview", "beat_images", "image_inventory"])
def test_any_key_that_only_this_shape_has_makes_a_file_one_of_it(key: str) -> None:
    world = world_of({MILL: f"{key}: []\nunknown_key: what it likes\n"})

    assert [entity.dialect for entity in world.entities.values()] == ["memoryquill"]
