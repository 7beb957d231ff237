"""
The native shape of imagery.yaml, `chargen/imagery@1`, as people write it. Pure.

Every field is optional but a shot's `id` and `subject`; unknown keys are errors. What an entity says holds for its
scenes, what a scene says for its shots; the nearest wins, lists of canon, donts and references add up.
"""

from __future__ import annotations

import enum
from typing import Annotated, Any

from pydantic import Field

from chargen.core.strict import Lines, Strict, Text, Words, empty_as, mapping_from
from chargen.core.world_config import LightingField, PaletteField, References, Variants

SCHEMA = "chargen/imagery@1"
MOVED_FROM = r"^(character|location|chapter)(/[a-z0-9][a-z0-9_-]{0,62}){1,3}$"


class Status(enum.StrEnum):
    """Whether a shot is to be made: wanted, paused for a while, or locked as it is."""

    WANTED = "wanted"
    PAUSED = "paused"
    LOCKED = "locked"


class Camera(Strict):
    """Where the viewer stands."""

    angle: Text | None = None
    position: Text | None = None
    movement: Text | None = None
    focus: Text | None = None


class CharacterUse(Strict):
    """A character in the picture: brings canonical lines, the named state and must-match references."""

    ref: Text
    state: Text | None = None
    action: Text | None = None
    must_match: bool = False


class LocationUse(Strict):
    """Where a picture is set: brings the location's canonical lines, the named state and must-match references."""

    ref: Text
    zone: Text | None = None
    state: Text | None = None
    must_match: bool = False


class Continuity(Strict):
    """What must stay true of an entity in every picture."""

    canonical: Lines = ()
    donts: Lines = ()
    states: Annotated[dict[str, Lines], empty_as({})] = Field(default_factory=dict)


class Look(Strict):
    """What an entity, a scene or a shot may say about its pictures; inherited downwards."""

    moved_from: Annotated[str, Field(pattern=MOVED_FROM)] | None = None
    setting: Words | None = None
    mood: Text | None = None
    mood_note: Lines = ()
    shot_type: Text | None = None
    camera: Annotated[Camera, mapping_from("angle")] | None = None
    focal_length: Text | None = None
    framing: Text | None = None
    composition: Words | None = None
    lighting: LightingField | None = None
    palette: PaletteField | None = None
    must_include: Lines = ()
    donts: Lines = ()
    state: Text | None = None
    location: Annotated[LocationUse, mapping_from("ref")] | None = None
    characters: tuple[Annotated[CharacterUse, mapping_from("ref")], ...] | None = None
    references: References = ()
    image_type: Text | None = None
    aspect_ratio: Text | None = None
    size: Text | None = None
    model: Text | None = None
    variants: Variants | None = None
    status: Status | None = None


class Described(Look):
    """What a picture says of itself besides: its words for people, and its rows."""

    title: Text | None = None
    caption: Text | None = None
    alt_text: Text | None = None
    tags: Lines = ()
    generated_images: Any = None  # machine-owned; read as rows, never as words


class Shot(Described):
    """One wanted picture."""

    id: Text
    subject: Words


class Scene(Described):
    """Shots that belong together; a scene without shots is itself a shot."""

    id: Text
    subject: Words | None = None
    shots: Annotated[tuple[Shot, ...], empty_as(())] = ()


class Imagery(Look):
    """A whole imagery.yaml in the native shape."""

    schema_: Text = Field(default=SCHEMA, alias="schema")
    kind: Text | None = None
    slug: Text | None = None
    name: Text | None = None
    summary: Text | None = None
    continuity: Annotated[Continuity, empty_as({})] = Continuity()
    scenes: Annotated[tuple[Scene, ...], empty_as(())] = ()
