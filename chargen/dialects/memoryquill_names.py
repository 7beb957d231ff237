"""
One wanted picture of a memoryquill file, and what it is called: by `scene_id`, `custom_id`, slugs or titles, never by the
place it stands in. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from chargen.core.digest import canonical_json, sha256, short
from chargen.core.problem import Problem, warning
from chargen.core.shot import Origin, YamlPath
from chargen.dialects.memoryquill_words import DESCRIPTIONS, MACHINE_OWNED, PROMPTS, first_said, plain
from chargen.dialects.naming import MAIN

if TYPE_CHECKING:
    from chargen.dialects.yaml_text import YamlDocument
    from chargen.errors import Place

NOTHING: Final = ("", Origin(""))
_LONGEST: Final = 53  # leaves room for a digest and a number behind it

Part = tuple[Mapping[str, Any], Origin]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wanted picture: its names, the mappings that speak of it (outermost first), and the one that owns its rows."""

    what: str  # overview, zone, beat ... in the words of the file
    scene: str
    shot: str
    own_id: str
    origin: Origin
    parts: tuple[Part, ...]
    home: YamlPath
    text: str = ""  # what describes it; empty: nothing does
    said_at: Origin = NOTHING[1]
    by_prompt: bool = False  # only an earlier prompt describes it
    setting: tuple[str, Origin] = NOTHING  # what describes the zone that it is an image of

    @property
    def address(self) -> tuple[str, str]:
        """Its place in the entity."""
        return self.scene, self.shot

    @property
    def name(self) -> str:
        """What tells it from its neighbours: the shot, or the scene of a picture that is alone in it."""
        return self.scene if self.shot == MAIN else self.shot

    def described(self, *, prompt_first: bool) -> Wanted:
        """The picture with the words that describe it: the writer's own before an earlier prompt, or the other way round."""
        for keys in (PROMPTS, DESCRIPTIONS) if prompt_first else (DESCRIPTIONS, PROMPTS):
            for data, at in reversed(self.parts):
                key = first_said(data, keys)
                if key:
                    of_prompt = keys is PROMPTS
                    return replace(self, text=plain(data[key]), said_at=at.below((key,)), by_prompt=of_prompt)
        return self

    def says(self, keys: Sequence[str]) -> str:
        """The innermost part's word for the first of some keys."""
        found = (plain(data.get(key)) for data, _ in reversed(self.parts) for key in keys)
        return next(filter(None, found), "")


def distinct(
    wanted: Sequence[Wanted], document: YamlDocument, ideas: YamlDocument | None
) -> tuple[list[Wanted], list[Problem]]:
    """
    The pictures with names of their own: where two have one, each gets a digest of its words behind it.

    So neither the order they stand in nor a third of the name changes what a picture is called.
    """
    groups: dict[tuple[str, str], list[Wanted]] = {}
    for picture in wanted:
        groups.setdefault(picture.address, []).append(picture)
    problems, renamed, taken = [], {}, set(groups)
    for same in groups.values():
        for picture in same if len(same) > 1 else ():
            told = renamed[picture.origin] = _told_apart(picture, same, taken)
            other = next(other for other in same if other is not picture)
            line = place_of(other.origin, document, ideas).line
            message = f"{picture.what} {picture.name!r} is there twice (also on line {line}): this one is called {told.name}"
            place = place_of(picture.origin, document, ideas)
            hint = "give each its own slug, title or custom_id"
            problems.append(warning(place, message, hint=hint, rule="doubled-name"))
    return [renamed.get(picture.origin, picture) for picture in wanted], problems


def place_of(origin: Origin, document: YamlDocument, ideas: YamlDocument | None) -> Place:
    """Where an origin stands: in the entity's file, or in the scenes beside it."""
    return (ideas if ideas is not None and origin.file == ideas.path else document).place(*origin.path)


def words_name(text: str) -> str:
    """The name of a picture without any: a digest of its words."""
    return f"x-{short(sha256(canonical_json([text])))}"


def _told_apart(picture: Wanted, same: Sequence[Wanted], taken: set[tuple[str, str]]) -> Wanted:
    alike = [other for other in same if other.text == picture.text]
    words = [picture.text] if len(alike) == 1 else [_said(data) for data, _ in picture.parts]
    digest = short(sha256(canonical_json(words)))[:6]
    stem = name = f"{picture.name[:_LONGEST].rstrip('-_')}-{digest}"
    n = 1
    while (
        told := _called(picture, name)
    ).address in taken:  # the very same words: which is which is all the same
        n += 1
        name = f"{stem}-{n}"
    taken.add(told.address)
    return told


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a writer says in a mapping: no rows, and no fields that are filled in when a picture is made."""
    return {key: value for key, value in data.items() if key not in MACHINE_OWNED}


def _called(picture: Wanted, name: str) -> Wanted:
    if picture.shot != MAIN:
        return replace(picture, shot=name)
    # The rows of all of a character's scenes share a list: their ids have to differ, too.
    own_id = picture.own_id if picture.home else picture.own_id.removesuffix(picture.scene) + name
    return replace(picture, scene=name, own_id=own_id)
