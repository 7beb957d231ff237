"""
The shapes of a memoryquill file: which keys are read in which of its mappings. Pure.

The JSON Schemas of the shape are made from these tables, and misspelt keys are told by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.dialects import memoryquill_lists as lists
from chargen.dialects import memoryquill_words as words
from chargen.dialects.memoryquill_entity import ANCHOR, NAMES, SLUGS
from chargen.dialects.memoryquill_people import DOING, WHO

if TYPE_CHECKING:
    from collections.abc import Mapping

# Known keys without a picture in them: whoever writes one means it, however near it is to one that is read.
UNREAD: Final = frozenset(
    [
        "moments",
        "source_moment",
        "narrative_soul",
        "narrative_significance",
        "narrative_role",
        "mood_rationale",
        "symbolic_elements",
        "visual_thesis",
        "zone_type",
        "category",
        "source_quote",
        "featured_in_chapters",
        "character_interaction",
        "scene_variations",
        "characteristic_light",
        "image_subtype",
        "character",
        "chapter",
        "chapter_ref",
        "one_line_essence",
        "prompts",
        "notes",
        "type",
        "tone",
        "scent",
        "states",
        "quality",
        "size",
        "orientation",
    ]
)
WHOSE: Final = ("entity_type", *SLUGS, *NAMES, "metadata", "generation_defaults")
TOP: Final[Mapping[str, frozenset[str]]] = {
    "chapter": frozenset({*WHOSE, "image_inventory", "images", "locations"}),
    "location": frozenset({*WHOSE, "image_inventory", "zones", "parts", "overview", "beat_images", ANCHOR}),
    "character": frozenset({*WHOSE, "image_inventory", "appearance", "generated_images"}),
}
METADATA: Final = frozenset({*WHOSE, "color_palette"} - {"metadata"})
DEFAULTS: Final = frozenset({*words.MUST_INCLUDE, *words.AVOID, "aspect_ratio"})
ANCHORED: Final = frozenset({"signature_elements", "materials", "color_anchors"})
IDEAS: Final = frozenset({"character", "visual_consistency", "scenes"})
CHARACTER: Final = frozenset({"name", "summary"})
LISTED: Final = frozenset(
    [
        "id",
        "path",
        "file_path",
        "status",
        "is_reference_portrait",
        "content",
        "archived",
        "shot",
        "scene",
        "custom_id",
        "image_slug",
    ]
)
_MORE: Final = [
    "scene_id",
    "scene_ref",
    "images",
    "lighting",
    "palette",
    "camera",
    "framing",
    "character_states",
    "references",
    "character_portrait_refs",
    "status",
    "tags",
    "caption",
    "alt_text",
    "generated_images",
    "file_path",
    "file_name",
]
PICTURE: Final = frozenset().union(
    *(
        words.DESCRIPTIONS,
        words.PROMPTS,
        words.HAPPENINGS,
        words.SETTINGS,
        words.COMPOSITIONS,
        words.MUST_INCLUDE,
    ),
    *(
        words.AVOID,
        words.MOODS,
        words.FEELINGS,
        words.PEOPLE,
        words.PLACES,
        words.ZONES,
        words.PLAIN,
        words.TITLES,
    ),
    *(lists.INNER, lists.IDS, _MORE),
)
# Maps of a picture, each with its keys; any other key of light and palette is painted under its own name.
MAPS: Final[Mapping[str, frozenset[str]]] = {
    "camera": frozenset({*words.CAMERA, "framing"}),
    "lighting": frozenset(
        {"source", "primary_source", "secondary_source", "quality", "direction", "color_temperature"}
    ),
    "palette": frozenset({"dominant", "accent", "avoid"}),
}
# Of a chapter: the palette of all its images; a location it plays in; what it says of a zone there.
COLOURS: Final = frozenset({"primary", "accent", "avoid"})
LOCATION: Final = frozenset({"ref", "zones"})
CONTEXT: Final = frozenset({"id", "chapter_context"})
# Of a picture: somebody in it, or a crowd; the location as a map; a portrait it refers to; and one named by its file.
PERSON: Final = frozenset({*WHO, *DOING, "generic_count"})
PLACE: Final = frozenset({"slug", "ref"})
REFERENCE: Final = frozenset({"type", "slug", "reason"})
PORTRAIT: Final = frozenset({"slug", "portrait"})
CONTENT: Final = frozenset({"title"})  # of a listed picture
ROW: Final = frozenset({"custom_id", "job_id", "file_path", "file_name", "archived", "provider_metadata"})
