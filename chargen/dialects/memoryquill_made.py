"""Which pictures of a memoryquill file were made before chargen, and for which shot. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import Address, parse_job_id
from chargen.dialects.memoryquill_entity import from_root, is_elsewhere
from chargen.dialects.memoryquill_words import listed, plain

if TYPE_CHECKING:
    from chargen.core.shot import Listed

_TIES: Final = ("shot", "scene", "custom_id", "image_slug")
_NO_LETTER: Final = re.compile(r"[^a-z0-9_]+")
_NUMBER: Final = re.compile(r"-[0-9]+$")


def own_pictures(
    data: Mapping[str, Any], address: Address, *, folder: str, own_id: str = ""
) -> Iterator[str]:
    """
    The pictures a shot's own fields and rows point at, the newest row first; what chargen bought is none of them.

    An adopted row of a former name is one: no books know of its picture. With `own_id`, the mapping is the home of many
    shots, and only rows of that custom_id are the shot's.
    """
    if not own_id:
        yield from _path(data, folder)
    for row in reversed(listed(data.get("generated_images"))):
        if not isinstance(row, Mapping) or row.get("archived") or not _counts(row, address):
            continue
        if plain(row.get("custom_id")) == own_id or not own_id:
            yield from _path(row, folder)


def _path(data: Mapping[str, Any], folder: str) -> Iterator[str]:
    said = plain(data.get("file_path") or data.get("file_name"))
    if said and not is_elsewhere(said):
        yield from_root(folder, said)


def _counts(row: Mapping[str, Any], address: Address) -> bool:
    """Whether a row's picture can be a shot's earlier one: not what chargen paid for, which it can put back, nor its row now."""
    try:
        owner, _ = parse_job_id(plain(row.get("job_id") or row.get("custom_id")))
    except ValueError:
        return True
    return owner != address and not row.get("provider_metadata")


def listed_pictures(
    rows: Sequence[tuple[Listed, Mapping[str, Any]]], names: frozenset[str], *, slug: str
) -> dict[str, list[str]]:
    """
    The approved inventory rows that are tied to a shot, by the name of the shot: paths, the newest first.

    A row is tied by a field that names the shot, or by an id or file name that is the shot's name with nothing but the
    entity's slug before it and numbers (times, dates, counters) behind it.
    """
    found: dict[str, list[str]] = {}
    for item, data in rows:
        if item.approved and not item.portrait and not is_elsewhere(item.said):
            name = next((name for said in _spellings(item, data) if (name := _tied(said, names, slug))), "")
            if name:
                found.setdefault(name, []).insert(0, item.path)
    return found


def _spellings(item: Listed, data: Mapping[str, Any]) -> Iterator[str]:
    yield from (plain(data[key]) for key in _TIES if plain(data.get(key)))
    yield posixpath.splitext(posixpath.basename(item.path))[0]
    yield item.id


def _tied(said: str, names: frozenset[str], slug: str) -> str:
    """The shot a spelling names: the longest that is left when numbers are taken from its end, one by one."""
    name = _NO_LETTER.sub("-", said.lower()).strip("-")  # whole: a slug would cut a long one
    while name:
        short = name
        while short.startswith(f"{slug}-"):
            if short in names:
                return short
            short = short.removeprefix(f"{slug}-")
        if short in names:
            return short
        shorter = _NUMBER.sub("", name)
        name = "" if shorter == name else shorter
    return ""
