"""What others wrote of a picture that chargen did not make: rows, a shot's own fields, an inventory. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import Address, parse_job_id, slugify
from chargen.core.world_path import resolve_path
from chargen.dialects.memoryquill_entity import from_root
from chargen.dialects.memoryquill_words import listed, mapping, plain
from chargen.dialects.naming import MAIN
from chargen.dialects.row_text import Spelled

if TYPE_CHECKING:
    from chargen.core.shot import Entity, Shot, YamlPath
    from chargen.dialects.yaml_text import YamlDocument

ROWS: Final = "generated_images"
# What is told of how a picture was made, and the keys that tell it.
_KNOWN: Final = {
    "generated_at": ("generated_at", "created_at"),
    "provider": ("provider",),
    "model": ("model",),
    "size": ("size",),
}
_BARE: Final = re.compile(r"[\w.+-](?:[\w.:+-]*[\w.+-])?")  # safe as it stands in block and flow style alike
_NONE: Final[Mapping[str, Any]] = {}
_ROWS_OWN: Final = frozenset({"provider_metadata"})  # of chargen's own rows: it says what was paid


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A row that the adopted one takes the place of (none: it is added), and what is known of the picture's making."""

    data: Mapping[str, Any] = field(default_factory=dict)
    replaces: frozenset[str] = frozenset()
    known: Mapping[str, str] = field(default_factory=dict)


def rows_at(document: YamlDocument, at: YamlPath) -> list[Any]:
    """The rows of the mapping at a path, as they would be written again; none where it has no list of them."""
    owner: Any = document.data
    for step in at:
        owner = owner[step]
    rows = mapping(owner).get(ROWS)
    return [_spelled(row, document, (*at, ROWS, i)) for i, row in enumerate(listed(rows))]


def _spelled(value: Any, document: YamlDocument, at: YamlPath) -> Any:
    """A value of a row, its plain numbers, dates and words marked as what they are."""
    if isinstance(value, Mapping):
        return {key: _spelled(item, document, (*at, str(key))) for key, item in value.items()}
    if isinstance(value, list):
        return [_spelled(item, document, (*at, i)) for i, item in enumerate(value)]
    if not (isinstance(value, str) and _BARE.fullmatch(value)):
        return value
    node = document.node(*at)
    plain_there = node is not None and node.real.kind == "scalar" and not (node.real.style or node.real.tag)
    return Spelled(value) if plain_there else value


def named_pictures(rows: Any, address: Address, *, folder: str) -> tuple[str, ...]:
    """The pictures of the rows that somebody else wrote for a native shot, from the root, the newest first."""
    return tuple(
        resolve_path(folder, plain(row["file_path"]))
        for row in reversed(_rows(rows))
        if plain(row.get("file_path"))
        and not row.get("archived")
        and _whose(row) is None
        and names_shot(plain(row.get("custom_id")), address)
    )


def names_shot(said: str, address: Address) -> bool:
    """Whether an id that is no job's names a shot: its own, with what stands before it in the address or without."""
    parts = (address.kind, address.slug, address.scene, address.shot)
    ends = [4, 3] if address.shot == MAIN else [4]
    names = {slugify("-".join(parts[i:end])) for end in ends for i in range(end)}
    return bool(said) and slugify(said) in names - {MAIN}


def earlier_row(document: YamlDocument, entity: Entity, shot: Shot, path: str) -> EarlierRow:
    """What a file says of a picture of a shot's, by the picture's path from the root."""
    owner: Any = document.data
    for step in shot.at:
        owner = owner[step]
    rows = _rows(rows_at(document, shot.at))
    row = next((row for row in reversed(rows) if _is_of(row, shot, path)), _NONE)
    inventory = listed(mapping(document.data).get("image_inventory"))
    items = [inventory[int(item.origin.path[-1])] for item in entity.inventory if item.path == path]
    told = [row, mapping(owner) if _points_at(mapping(owner), shot.folder, path) else {}]
    told += [part for item in items for part in (item, mapping(item.get("provenance")))]
    known = {key: text for key, keys in _KNOWN.items() if (text := _first(told, keys))}
    name = plain(row.get("job_id") or row.get("custom_id"))
    if not name or sum(name in (other.get("custom_id"), other.get("job_id")) for other in rows) != 1:
        return EarlierRow(known=known)
    kept = {str(key): value for key, value in row.items() if key not in _ROWS_OWN and value is not None}
    return EarlierRow(kept, frozenset({name}), known)


def _rows(written: Any) -> list[Mapping[str, Any]]:
    return [row for row in written if isinstance(row, Mapping)] if isinstance(written, list) else []


def _whose(row: Mapping[str, Any]) -> Address | None:
    """The shot whose job a row names."""
    try:
        return parse_job_id(plain(row.get("job_id") or row.get("custom_id")))[0]
    except ValueError:
        return None


def _is_of(row: Mapping[str, Any], shot: Shot, path: str) -> bool:
    return _whose(row) in (None, shot.address) and _points_at(row, shot.folder, path)


def _points_at(data: Mapping[str, Any], folder: str, path: str) -> bool:
    said = plain(data.get("file_path") or data.get("file_name"))
    return bool(said) and path in (resolve_path(folder, said), from_root(folder, said))


def _first(told: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> str:
    return next((plain(data[key]) for data in told for key in keys if plain(data.get(key))), "")
