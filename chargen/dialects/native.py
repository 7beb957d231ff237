"""The native dialect: imagery.yaml in the shape `chargen/imagery@1` -> an entity and its shots. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from chargen.core.address import KINDS, Address, moved_address, slugify
from chargen.core.problem import Problem
from chargen.core.shot import Entity, Layer, Origin, Shot, Unmade, YamlPath
from chargen.core.suggest import did_you_mean
from chargen.core.validation import problems_from
from chargen.dialects.earlier_rows import named_pictures
from chargen.dialects.naming import MAIN, displaced_rows, homeless, name_by_folders, own_rows
from chargen.dialects.native_shape import SCHEMA, Imagery, Scene
from chargen.dialects.native_shape import Shot as WrittenShot

if TYPE_CHECKING:
    from chargen.dialects.yaml_text import YamlDocument
    from chargen.errors import Place

_NOT_A_LAYER: Final = frozenset(
    {
        "schema_",
        "kind",
        "slug",
        "summary",
        "scenes",
        "shots",
        "id",
        "title",
        "caption",
        "alt_text",
        "tags",
        "generated_images",
    }
)


def claims(data: Any) -> bool:
    """Whether a file is in this shape: it names the schema, or it has scenes and nothing of another shape."""
    return isinstance(data, Mapping) and (
        str(data.get("schema", "")).startswith("chargen/") or "scenes" in data
    )


def read_entity(document: YamlDocument, *, file: str) -> tuple[Entity | None, tuple[Problem, ...]]:
    """The entity a file describes; None with the problems when it cannot be read as a whole."""
    schema = document.data.get("schema", SCHEMA)
    if schema != SCHEMA:
        hint = f"this chargen reads {SCHEMA}"
        message = f"schema {schema!r} is not known"
        return None, (Problem(document.place("schema"), message, hint, rule="unknown-shape"),)

    def place(path: YamlPath, key: bool) -> Place:  # noqa: FBT001
        return document.place(*path, key=key)

    try:
        written = Imagery.model_validate(document.data)
    except ValidationError as error:
        return None, problems_from(error, Imagery, place)
    kind, slug, unnamed = _name(written, document, file)
    doubled = _doubled_ids(written, document)
    if unnamed or doubled:
        return None, (*unnamed, *doubled)
    return _entity(written, document, file=file, kind=kind, slug=slug)


def _name(written: Imagery, document: YamlDocument, file: str) -> tuple[str, str, tuple[Problem, ...]]:
    """Kind and slug: as written, else from the folders (`characters/veyra/imagery.yaml`)."""
    kind, folder = name_by_folders(file)
    slug = slugify(written.slug or folder)
    if written.kind is not None:
        if written.kind in KINDS:
            return written.kind, slug, ()
        hint = did_you_mean(written.kind, KINDS)
        message = f"unknown kind {written.kind!r}"
        return "", slug, (Problem(document.place("kind"), message, hint, rule="unknown-kind"),)
    if kind:
        return kind, slug, ()
    hint = f"add `kind:` ({', '.join(KINDS)})"
    return "", slug, (Problem(document.place(), "which kind of entity is this?", hint, rule="unknown-kind"),)


def _doubled_ids(written: Imagery, document: YamlDocument) -> tuple[Problem, ...]:
    problems = list(_doubles([scene.id for scene in written.scenes], "scene", document, ("scenes",)))
    for i, scene in enumerate(written.scenes):
        problems += _doubles([shot.id for shot in scene.shots], "shot", document, ("scenes", i, "shots"))
    return tuple(problems)


def _doubles(ids: list[str], what: str, document: YamlDocument, at: YamlPath) -> tuple[Problem, ...]:
    first: dict[str, int] = {}
    problems = []
    for i, name in enumerate(ids):
        slug = slugify(name)
        if slug in first:
            line = document.place(*at, first[slug], "id").line
            as_other = "" if ids[first[slug]] == name else f" (both are {slug!r} as a name)"
            message = f"{what} id {name!r} is used twice{as_other}; first on line {line}"
            place = document.place(*at, i, "id")
            problems.append(Problem(place, message, "give each its own id", rule="doubled-id"))
        first.setdefault(slug, i)
    return tuple(problems)


def _entity(
    written: Imagery, document: YamlDocument, *, file: str, kind: str, slug: str
) -> tuple[Entity, tuple[Problem, ...]]:
    layer = _layer(written, Origin(file))
    wanted: list[Shot | Unmade] = []
    for i, scene in enumerate(written.scenes):
        main = Address(kind, slug, slugify(scene.id), MAIN)
        wanted += _scene(scene, layer, document, main, ("scenes", i))
    shots = tuple(item for item in wanted if isinstance(item, Shot))
    unmade = tuple(item for item in wanted if isinstance(item, Unmade))
    entity = Entity(kind, slug, file, layer, shots, unmade=unmade)
    return entity, tuple(item.problem for item in unmade)


def _scene(
    scene: Scene, entity: Layer, document: YamlDocument, main: Address, at: YamlPath
) -> list[Shot | Unmade]:
    origin = Origin(document.path, at)
    layer = _layer(scene, origin)
    if not scene.shots:
        return [_shot(scene, (entity, layer, Layer({}, origin)), document, main, at)]
    found = []
    for i, shot in enumerate(scene.shots):
        here = (*at, "shots", i)
        address = Address(main.kind, main.slug, main.scene, slugify(shot.id))
        found.append(
            _shot(shot, (entity, layer, _layer(shot, Origin(document.path, here))), document, address, here)
        )
    return found


def _shot(
    written: Scene | WrittenShot,
    layers: tuple[Layer, ...],
    document: YamlDocument,
    address: Address,
    at: YamlPath,
) -> Shot | Unmade:
    subject = (written.subject,) if isinstance(written.subject, str) else written.subject or ()
    if not any(text.strip() for text in subject):
        said = "subject" in written.model_fields_set
        message = "the subject is empty" if said else "a scene needs shots, or a subject of its own"
        where = document.place(*at, "subject") if said else document.place(*at)
        hint = "say in a sentence what is to be seen"
        return Unmade(address, document.path, Problem(where, message, hint, rule="empty-subject"))
    problem = homeless(document, at)
    if problem is not None:
        return Unmade(address, document.path, problem)
    moved = (str(layer.data["moved_from"]) for layer in reversed(layers) if "moved_from" in layer.data)
    before = next(moved, "")
    formerly = moved_address(before, address) if before else None
    return Shot(
        address=address,
        file=document.path,
        at=at,
        layers=layers,
        rows=own_rows(written.generated_images, address, formerly),
        displaced=displaced_rows(written.generated_images, address),
        formerly=formerly,
        title=written.title or subject[0],
        caption=written.caption or "",
        alt_text=written.alt_text or "",
        tags=written.tags,
        earlier=named_pictures(written.generated_images, address, folder=posixpath.dirname(document.path)),
    )


def _layer(written: Imagery | Scene | WrittenShot, origin: Origin) -> Layer:
    data = written.model_dump(mode="json", exclude_unset=True, exclude_none=True, exclude=set(_NOT_A_LAYER))
    return Layer(data, origin)
