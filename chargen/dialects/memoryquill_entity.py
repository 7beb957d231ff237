"""Whose file it is, in the memoryquill shape: kind, slug, name, and the canon that holds in every picture. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import KINDS, slugify
from chargen.core.problem import Problem
from chargen.core.shot import Layer, Listed, Origin
from chargen.core.suggest import did_you_mean
from chargen.core.world_path import is_of_one_machine
from chargen.dialects.memoryquill_words import (
    Draft,
    first_said,
    in_order,
    listed,
    mapping,
    plain,
    say_musts,
    spoken,
)
from chargen.dialects.naming import name_by_folders

if TYPE_CHECKING:
    from chargen.dialects.yaml_text import YamlDocument

ANCHOR: Final = "location_visual_anchor"
SLUGS: Final = ("slug", "location_slug", "chapter_slug", "character_slug")
NAMES: Final = ("name", "location_name", "character_name")
# Of a location's anchor: what is always true of it. Its light by hour is of one picture at a time.
_ALWAYS: Final = {"signature_elements": "", "materials": "materials", "color_anchors": "colours"}
APPROVED: Final = frozenset({"approved", "canon", "accepted"})


def whose(document: YamlDocument, file: str) -> tuple[str, str, tuple[Problem, ...]]:
    """Kind and slug: as written at the top or under `metadata`, else from the folders."""
    data = document.data
    kind, folder = name_by_folders(file)
    metadata = mapping(data.get("metadata"))
    said = plain(data.get("entity_type") or metadata.get("entity_type"))
    slug = next(
        (plain(level[key]) for level in (data, metadata) for key in SLUGS if plain(level.get(key))), ""
    )
    slug = slugify(slug or folder)
    written = said.lower().removesuffix("-imagery").removesuffix("_imagery").removesuffix("s")
    if not said and kind:
        return kind, slug, ()
    if written in KINDS:
        return written, slug, ()
    at = ("entity_type",) if data.get("entity_type") else ("metadata", "entity_type")
    what = f"unknown entity_type {said!r}" if said else "which kind of entity is this?"
    hint = did_you_mean(written, KINDS) if said else f"add `entity_type:` ({', '.join(KINDS)})"
    return "", slug, (Problem(document.place(*at), what, hint, rule="unknown-kind"),)


def entity_layer(kind: str, document: YamlDocument, ideas: YamlDocument | None) -> Layer:
    """What holds for every picture: name, canon, donts, a chapter's palette, a character's portraits."""
    data, at = document.data, Origin(document.path)
    metadata, below = mapping(data.get("metadata")), at.below(("metadata",))
    draft = Draft(at)
    if kind == "character":
        _character(draft, data, at, ideas)
        _name(draft, data, at)
    _name(draft, metadata, below)
    if kind != "character":
        _anchor(draft, mapping(data.get(ANCHOR)), at.below((ANCHOR,)))
    colours = mapping(metadata.get("color_palette"))
    for weight, said in (("dominant", "primary"), ("accent", "accent"), ("avoid", "avoid")):
        texts = [plain(text) for text in listed(colours.get(said)) if plain(text)]
        draft.put(("palette", weight), texts, below.below(("color_palette", said)))
    for level, where in ((data, at), (metadata, below)):
        defaults = mapping(level.get("generation_defaults"))
        say_musts(draft, defaults, where.below(("generation_defaults",)))
        ratio = plain(defaults.get("aspect_ratio"))
        draft.put(("aspect_ratio",), ratio, where.below(("generation_defaults", "aspect_ratio")))
    return _as_canon(draft)


def _character(draft: Draft, data: Mapping[str, Any], at: Origin, ideas: YamlDocument | None) -> None:
    draft.line("canonical", plain(data.get("appearance")), at.below(("appearance",)))
    if ideas is not None and isinstance(ideas.data, Mapping):
        there = Origin(ideas.path)
        about = mapping(ideas.data.get("character"))
        draft.put(("name",), plain(about.get("name")), there.below(("character", "name")))
        _list(draft, ideas.data.get("visual_consistency"), there.below(("visual_consistency",)))
        draft.line("canonical", plain(about.get("summary")), there.below(("character", "summary")))
    for item in inventory(data, at, folder=posixpath.dirname(at.file)):
        if item.portrait and item.approved:
            known = draft.data.setdefault("references", [])
            draft.said["references", len(known)] = item.origin
            words = {"id": slugify(item.id), "path": beside(at.file, item.path), "role": "character"}
            known.append(words | {"must_match": True})


def _name(draft: Draft, data: Mapping[str, Any], at: Origin) -> None:
    key = first_said(data, NAMES)
    draft.put(("name",), plain(data.get(key)), at.below((key,)))


def _anchor(draft: Draft, anchor: Mapping[str, Any], at: Origin) -> None:
    for key, label in _ALWAYS.items():
        value = anchor.get(key)
        if isinstance(value, Mapping):
            for name, item in in_order(value):
                origin = at.below((key, name))
                if str(name) == "avoid":
                    for text in listed(item):
                        draft.line("donts", plain(text), origin)
                elif plain(item):
                    draft.line("canonical", f"{label or spoken(key)}, {spoken(name)}: {plain(item)}", origin)
        else:
            _list(draft, value, at.below((key,)))


def _list(draft: Draft, value: Any, at: Origin) -> None:
    for i, item in enumerate(listed(value)):
        draft.line("canonical", plain(item), at.below((i,)) if isinstance(value, list) else at)


def _as_canon(draft: Draft) -> Layer:
    """Canon and donts go under `continuity`, as in the native shape."""
    layer = draft.layer()
    data = {key: value for key, value in layer.data.items() if key not in {"canonical", "donts"}}
    canon = {key: layer.data[key] for key in ("canonical", "donts") if layer.data.get(key)}
    said = {("continuity", *at) if at[0] in canon else at: origin for at, origin in layer.said.items()}
    return Layer(data | ({"continuity": canon} if canon else {}), layer.origin, said)


def inventory(data: Mapping[str, Any], at: Origin, *, folder: str) -> tuple[Listed, ...]:
    """The pictures the file's own inventory lists, each with its path from the root."""
    found = []
    for i, row in enumerate(listed(data.get("image_inventory"))):
        said = plain(row.get("path") or row.get("file_path")) if isinstance(row, Mapping) else ""
        if said:
            content = mapping(row.get("content"))
            found.append(
                Listed(
                    path=from_root(folder, said),
                    said=said,
                    origin=at.below(("image_inventory", i)),
                    id=plain(row.get("id")),
                    title=plain(content.get("title")),
                    approved=plain(row.get("status")).lower() in APPROVED and not row.get("archived"),
                    portrait=row.get("is_reference_portrait") is True,
                )
            )
    return tuple(found)


def beside(file: str, path: str) -> str:
    """A path from the root as one that starts at the folder of a file; one of a single machine as it was written."""
    return path if is_elsewhere(path) else posixpath.relpath(path, posixpath.dirname(file) or ".")


def from_root(folder: str, said: str) -> str:
    """
    A path of such a file, from the root: beside the file, or from the folder that holds `characters/` and the others.

    One that holds on a single machine only comes back as it was written.
    """
    if is_elsewhere(said):
        return said
    said = said.replace("\\", "/")
    above = _above_kinds(folder)
    of_site = _of_kinds(said.lstrip("/"))
    return posixpath.normpath(
        posixpath.join(above, said.lstrip("/")) if of_site else posixpath.join(folder, said)
    )


def _above_kinds(folder: str) -> str:
    """The folder that holds `characters/` and the others, however deep below them an entity's own lies."""
    parts = folder.split("/")
    last = max((i for i, part in enumerate(parts) if _of_kinds(f"{part}/")), default=max(len(parts) - 2, 0))
    return "/".join(parts[:last])


def is_elsewhere(said: str) -> bool:
    """Whether a path is one machine's, or the web's; `/chapters/...` is not: a site's root is where its folders lie."""
    return is_of_one_machine(said) and not (said.startswith("/") and _of_kinds(said[1:]))


def _of_kinds(said: str) -> bool:
    """Whether a path begins with `characters/`, `locations/` or `chapters/`."""
    first, slash, _ = said.partition("/")
    return bool(slash) and first.lower().removesuffix("s") in KINDS
