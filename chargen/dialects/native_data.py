"""An entity of another shape as the data of a native imagery.yaml: the same addresses, the same words, the same rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from chargen.core.source import LOOK
from chargen.core.world_config import Lighting, Palette
from chargen.dialects.native_shape import SCHEMA

if TYPE_CHECKING:
    from chargen.core.address import Address
    from chargen.core.shot import Entity, Shot
    from chargen.core.strict import Strict

# In the order in which a person thinks of a picture.
_ORDER: Final = (
    "name",
    "continuity",
    "subject",
    "setting",
    "location",
    "characters",
    *LOOK,
    "references",
    "image_type",
    "aspect_ratio",
    "status",
)
_OPEN: Final[Mapping[str, type[Strict]]] = {"lighting": Lighting, "palette": Palette}
Rows = Mapping["Address", Sequence[Mapping[str, Any]]]


def native_data(entity: Entity, rows: Rows) -> dict[str, Any]:
    """The file's data; `rows` are those of each shot."""
    scenes: dict[str, list[dict[str, Any]]] = {}
    for shot in entity.shots:
        scenes.setdefault(shot.address.scene, []).append(_shot(shot, rows.get(shot.address, ())))
    return {
        "schema": SCHEMA,
        "kind": entity.kind,
        "slug": entity.slug,
        **_words(entity.layer.data),
        "scenes": [{"id": scene, "shots": shots} for scene, shots in scenes.items()],
    }


def _shot(shot: Shot, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    words = _words(shot.layers[-1].data)
    subject = words["subject"]
    first = subject if isinstance(subject, str) else subject[0]
    title = {"title": shot.title} if shot.title != first else {}
    more = {
        "caption": shot.caption,
        "alt_text": shot.alt_text,
        "tags": list(shot.tags),
        "generated_images": list(rows),
    }
    return {"id": shot.address.shot, **title, **words, **{key: said for key, said in more.items() if said}}


def _words(data: Mapping[str, Any]) -> dict[str, Any]:
    """A layer as it is written: keys of the writer's own go under `other`."""
    known = [key for key in _ORDER if key in data]
    rest = [key for key in data if key not in _ORDER]
    return {key: _written(key, data[key]) for key in (*known, *rest)}


def _written(key: str, value: Any) -> Any:
    if key not in _OPEN:
        return value
    known = _OPEN[key].model_fields.keys() - {"other"}
    other = {name: said for name, said in value.items() if name not in known}
    return {name: said for name, said in value.items() if name in known} | ({"other": other} if other else {})
