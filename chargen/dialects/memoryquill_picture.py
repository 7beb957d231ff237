"""One picture of a memoryquill file as a layer of the native shape, each field with the place it came from. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.dialects.memoryquill_lists import BEATS
from chargen.dialects.memoryquill_people import Unmatched, say_people, say_place, say_portraits, say_states
from chargen.dialects.memoryquill_words import (
    HAPPENINGS,
    SETTINGS,
    Draft,
    labelled,
    say_frame,
    say_light_and_colour,
    say_mood,
    say_musts,
    say_plain,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.core.shot import Layer, Origin
    from chargen.core.world_config import WorldConfig
    from chargen.dialects.memoryquill_names import Wanted

__all__ = ["Unmatched", "picture_layer"]

_CHARACTER: Final = "character"


def picture_layer(
    picture: Wanted,
    *,
    kind: str,
    slug: str,
    config: WorldConfig,
    contexts: Mapping[tuple[str, str], tuple[str, Origin]],
) -> tuple[Layer, list[Unmatched]]:
    """
    The layer, and the states for people who are not in the picture.

    A prompt that the world lets override stands for subject, setting and composition alike.
    """
    draft, unmatched = Draft(picture.origin), list[Unmatched]()
    whole = picture.by_prompt and config.prompt_override is not None
    me = slug if kind == _CHARACTER else ""
    draft.line("subject", picture.text, picture.said_at)
    if not whole:
        draft.line("setting", *picture.setting)
    for data, at in picture.parts:
        if not whole:
            labelled(draft, "subject", data, HAPPENINGS, at)
        say_people(draft, data, at, own=me)
        say_place(draft, data, at, own=slug, contexts={} if whole else contexts)
        if not whole:
            labelled(draft, "setting", data, SETTINGS, at)
        say_musts(draft, data, at)
        say_portraits(draft, data, at, in_the_picture=picture.scene == BEATS)
    for data, at in picture.parts:  # whoever names them: a state may stand before its person
        unmatched += say_states(draft, data, at, own=me)
    for data, at in reversed(picture.parts):  # the innermost word holds
        say_mood(draft, data, at, known=tuple(config.moods), prose=kind == _CHARACTER)
        if not whole:
            say_frame(draft, data, at)
        say_light_and_colour(draft, data, at)
        say_plain(draft, data, at)
    return draft.layer(), unmatched
