"""Where the wanted pictures stand in a memoryquill file: its lists walked, one kind of entity after the other. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import slugify
from chargen.core.problem import Problem, warning
from chargen.core.shot import Origin, YamlPath
from chargen.dialects.left_out import LeftOut
from chargen.dialects.memoryquill_names import NOTHING, Part, Wanted, place_of, words_name
from chargen.dialects.memoryquill_words import (
    COMPOSITIONS,
    DESCRIPTIONS,
    PEOPLE,
    PROMPTS,
    SETTINGS,
    TITLES,
    first_said,
    listed,
    mapping,
    plain,
)
from chargen.dialects.naming import MAIN

if TYPE_CHECKING:
    from chargen.dialects.yaml_text import YamlDocument

BEATS: Final = "beats"
OVERVIEW: Final = "overview"
LOOSE: Final = "images"  # the scene of a chapter's image that names none
VIEWS: Final = ("primary", "secondary", "establishing")  # what an overview may be made of
_IMAGE_IDS: Final = ("custom_id", "image_slug", "slug", "id", "title", "image_title", "name")
_ZONE_IDS: Final = ("slug", "zone_slug", "zone_id", "id", "zone_name", "name", "title")
_BEAT_IDS: Final = ("slug", "beat_slug", "beat_id", "id", "beat_name", "beat_title", "name", "title")
_IDEA_IDS: Final = ("id", "slug", "title", "name")
IDS: Final = frozenset({*_IMAGE_IDS, *_ZONE_IDS, *_BEAT_IDS, *_IDEA_IDS})
_OWNERS: Final = {
    "images": "chapter",
    "overview": "location",
    "zones": "location",
    "parts": "location",
    "beat_images": "location",
}
_SPEAKING: Final = (*DESCRIPTIONS, *PROMPTS)
_OWN: Final = frozenset({*_SPEAKING, *TITLES, "tags", "caption", "alt_text", "images", "generated_images"})
INNER: Final = ("default_prompt_elements", "image_spec")  # mappings that speak on for what they stand in
# Mappings of one picture, which are no pictures of their own.
_PARTS: Final = frozenset(
    {*INNER, *COMPOSITIONS, *SETTINGS, *PEOPLE, "camera", "lighting", "palette", "character_states"}
    | {"provider_metadata", "references"}
)


def wanted_pictures(
    kind: str, slug: str, document: YamlDocument, ideas: YamlDocument | None
) -> tuple[list[Wanted], list[LeftOut], list[Problem]]:
    """Every picture a file wants, in its order, the items that have not the shape of one, and what else is wrong."""
    lists = _Lists(slug, document, ideas)
    lists.name_unread(kind)
    match kind:
        case "chapter":
            found = list(lists.images())
        case "location":
            found = [*lists.overview(), *lists.zones("zones"), *lists.zones("parts"), *lists.beats()]
        case _:
            found = list(lists.scenes())
    return found, lists.left_out, lists.problems


def zone_names(document: YamlDocument, slug: str) -> frozenset[str]:
    """What the zones of a location are called, by any of their names."""
    zones = [mapping(zone) for key in ("zones", "parts") for zone in listed(document.data.get(key))]
    said = (plain(zone[key]) for zone in zones for key in _ZONE_IDS if plain(zone.get(key)))
    return frozenset(slugify(name).removeprefix(f"{slug}-") for name in said)


class _Lists:
    """Walks one entity's lists; used by `wanted_pictures` alone."""

    def __init__(self, slug: str, document: YamlDocument, ideas: YamlDocument | None) -> None:
        self.slug, self.document, self.ideas = slug, document, ideas
        self.problems: list[Problem] = []
        self.left_out: list[LeftOut] = []

    def name_unread(self, kind: str) -> None:
        """A list that belongs to another kind of entity is named, not guessed at; so are scenes that are no character's."""
        if kind != "character" and self.ideas is not None:
            message, hint = f"the scenes of a {kind} are not read", "they are what a character has"
            place = self.ideas.place("scenes", key=True)
            self.problems.append(warning(place, message, hint=hint, rule="unread-list"))
        for key, owner in _OWNERS.items():
            if owner != kind and self.document.data.get(key):
                message, hint = f"`{key}` of a {kind} is not read", f"it is what a {owner} has"
                place = self.document.place(key, key=True)
                self.problems.append(warning(place, message, hint=hint, rule="unread-list"))

    def images(self) -> Iterator[Wanted]:
        for part in self._items(self.document, ("images",), "image", scene=LOOSE):
            own_id, name = self._id(part, _IMAGE_IDS, "image")
            scene = self._short(plain(part[0].get("scene_id") or part[0].get("scene_ref"))) or LOOSE
            yield _wanted("image", (scene, name, own_id), part)

    def overview(self) -> Iterator[Wanted]:
        value = self.document.data.get(OVERVIEW)
        if isinstance(value, list):
            for part in self._items(self.document, (OVERVIEW,), OVERVIEW, scene=OVERVIEW):
                own_id, name = self._id(part, _IMAGE_IDS, OVERVIEW)
                yield _wanted(OVERVIEW, (OVERVIEW, name, own_id), part)
            return
        if value is not None and not isinstance(value, Mapping):
            problem = _misshapen(self.document, (OVERVIEW,), "this overview is no mapping")
            self.left_out.append(LeftOut(OVERVIEW, MAIN, problem))
        data, at = mapping(value), Origin(self.document.path, (OVERVIEW,))
        views = {key: view for key, view in data.items() if is_view(key, view)}
        if data and (not views or first_said(data, _SPEAKING)):
            own_id = plain(data.get("slug")) or f"{self.slug}-overview"
            yield _wanted(OVERVIEW, (OVERVIEW, MAIN, own_id), (data, at))
        around = _around(data, at, but=views)
        for key, view in views.items():
            own_id = plain(view.get("slug")) or f"{self.slug}-overview-{slugify(str(key))}"
            names = (OVERVIEW, slugify(str(key)), own_id)
            yield _wanted(OVERVIEW, names, (view, at.below((key,))), around, home=at.path)

    def zones(self, key: str) -> Iterator[Wanted]:
        what = key.removesuffix("s")
        for zone, at in self._items(self.document, (key,), what):
            own_id, name = self._id((zone, at), _ZONE_IDS, what)
            if not listed(zone.get("images")):
                yield _wanted(what, (name, MAIN, own_id), (zone, at))
                continue
            around = _around(zone, at)
            path = (*at.path, "images")
            for part in self._items(self.document, path, f"image of a {what}", scene=name):
                own, shot = self._id(part, _IMAGE_IDS, f"image of a {what}")
                spoken = first_said(zone, DESCRIPTIONS)
                said = (plain(zone.get(spoken)), at.below((spoken,)))
                yield _wanted(f"image of a {what}", (name, shot, own), part, around, setting=said)

    def beats(self) -> Iterator[Wanted]:
        for part in self._items(self.document, ("beat_images",), "beat", scene=BEATS):
            own_id, name = self._id(part, _BEAT_IDS, "beat")
            yield _wanted("beat", (BEATS, name, own_id), part)

    def scenes(self) -> Iterator[Wanted]:
        if self.ideas is None or self.ideas.data is None:
            return
        if not isinstance(self.ideas.data, Mapping):
            message, hint = "the scenes of a character are a mapping", "write `scenes:` and a list of them"
            self.problems.append(Problem(self.ideas.place(), message, hint, rule="misshapen"))
            return
        for part in self._items(self.ideas, ("scenes",), "scene"):
            _, name = self._id(part, _IDEA_IDS, "scene")
            yield _wanted("scene", (name, MAIN, f"{self.slug}-{name}"), part, home=())

    def _items(self, document: YamlDocument, path: YamlPath, what: str, *, scene: str = "") -> Iterator[Part]:
        """The mappings of a list; anything else in it is left out, as a shot of `scene` or a scene of its own."""
        value: Any = document.data
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else value[step]
        if value is not None and not isinstance(value, list):
            message = f"a list belongs here, of one {what} after the other"
            self.problems.append(_misshapen(document, path, message))
            return
        for i, item in enumerate(value or ()):
            if isinstance(item, Mapping):
                yield item, Origin(document.path, (*path, i))
            else:
                problem = _misshapen(document, (*path, i), f"this {what} is no mapping")
                name = self._short(plain(item)) or words_name(str(item))
                self.left_out.append(LeftOut(scene or name, name if scene else MAIN, problem))

    def _id(self, part: Part, keys: Sequence[str], what: str) -> tuple[str, str]:
        """The id as written, and the part of an address made of it; without any, a digest of its words."""
        data, at = part
        key = first_said(data, keys)
        if key:
            return plain(data[key]), self._short(plain(data[key]))
        name = words_name(plain(data.get(first_said(data, _SPEAKING))) or plain(data))
        message = f"this {what} has no name: it is called {name}, after its words"
        hint = f"give it one, e.g. {keys[0]}: ..."
        place = place_of(at, self.document, self.ideas)
        self.problems.append(warning(place, message, hint=hint, rule="unnamed"))
        return name, name

    def _short(self, text: str) -> str:
        """An id as part of an address, without the entity's slug before it."""
        name = slugify(text) if text else ""
        return name.removeprefix(f"{self.slug}-").strip("-_") or name


def _misshapen(document: YamlDocument, path: YamlPath, message: str) -> Problem:
    hint = "write it like its neighbours: `- key: value`"
    return Problem(document.place(*path), message, hint, rule="misshapen")


def _wanted(
    what: str,
    names: tuple[str, str, str],
    part: Part,
    around: Sequence[Part] = (),
    home: YamlPath | None = None,
    setting: tuple[str, Origin] = NOTHING,
) -> Wanted:
    """A picture by its scene, shot and own id, with all that speaks for it."""
    owner = part[1].path if home is None else home
    return Wanted(what, *names, part[1], (*around, part, *_inner(part)), owner, setting=setting)


def _around(data: Mapping[str, Any], at: Origin, but: Container[str] = ()) -> list[Part]:
    """What holds for every picture inside a mapping: all that does not describe, name or tag the mapping itself."""
    found = [(data, at), *_inner((data, at))]
    return [
        ({key: value for key, value in part.items() if key not in _OWN and key not in but}, where)
        for part, where in found
    ]


def _inner(part: Part) -> Iterator[Part]:
    data, at = part
    for key in INNER:
        if isinstance(data.get(key), Mapping):
            yield data[key], at.below((key,))


def is_view(key: str, value: Any) -> bool:
    """Whether a value inside an overview is a picture of its own."""
    if not isinstance(value, Mapping) or key in _PARTS:
        return False
    return key in VIEWS or bool(first_said(value, (*_SPEAKING, "image_type")))
