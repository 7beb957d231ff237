"""Which dialect an imagery.yaml is written in, file by file: a world may mix them. Pure."""

from __future__ import annotations

import difflib
import posixpath
import re
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import slugify
from chargen.core.problem import Problem, warning
from chargen.core.world import CONFIG_FILE
from chargen.dialects import memoryquill, native
from chargen.dialects.cut_off import cut_off
from chargen.dialects.memoryquill_elsewhere import pictures_elsewhere
from chargen.dialects.memoryquill_entity import SLUGS
from chargen.dialects.memoryquill_keys import misspelt, misspelt_shape
from chargen.dialects.naming import name_by_folders
from chargen.errors import Place

if TYPE_CHECKING:
    from chargen.core.shot import Entity
    from chargen.core.world_config import WorldConfig
    from chargen.dialects.yaml_text import YamlDocument

_HEAD: Final = 4000  # characters
_WHOSE: Final = re.compile(
    rf"""[ ]*["']?(?P<key>kind|entity_type|{"|".join(SLUGS)})["']?[ ]*:[ ]*["']?(?P<said>[^"'#]+)"""
)
FILE_NAME: Final = "imagery.yaml"
_MISSPELT: Final = 0.85


def read_entity(
    document: YamlDocument, *, config: WorldConfig, ideas: YamlDocument | None = None
) -> tuple[Entity | None, tuple[Problem, ...]]:
    """The entity an imagery.yaml describes, by the first dialect that claims it; `ideas`: the scenes beside it."""
    entity, problems = _read(document, config, ideas)
    cut = [
        item
        for read in (document, ideas)
        if entity is not None and read is not None
        for item in cut_off(read)
    ]
    return entity, tuple(sorted([*problems, *cut])) if cut else problems


def _read(
    document: YamlDocument, config: WorldConfig, ideas: YamlDocument | None
) -> tuple[Entity | None, tuple[Problem, ...]]:
    data: Any = document.data
    if data is None:
        hint = "add scenes, or delete the file"
        return None, (Problem(document.place(), "the file is empty", hint, rule="unknown-shape"),)
    if not isinstance(data, dict):
        hint = "an imagery.yaml is a mapping: `scenes:` and what belongs to them"
        message = f"{_named(data)} where a mapping belongs"
        return None, (Problem(document.place(), message, hint, rule="unknown-shape"),)
    if native.claims(data):
        return native.read_entity(document, file=document.path)
    if memoryquill.claims(data):
        return _read_memoryquill(document, config, ideas)
    problem = misspelt_shape(document, memoryquill.KEYS)
    return (None, (problem,)) if problem else native.read_entity(document, file=document.path)


def _read_memoryquill(
    document: YamlDocument, config: WorldConfig, ideas: YamlDocument | None
) -> tuple[Entity | None, tuple[Problem, ...]]:
    """An entity in that shape, with what its file says in vain."""
    entity, problems = memoryquill.read_entity(document, file=document.path, config=config, ideas=ideas)
    if entity is None:
        return None, problems
    in_vain = [*misspelt(entity.kind, document, ideas), *pictures_elsewhere(entity, document, ideas)]
    return entity, tuple(sorted([*problems, *in_vain]))


def _named(data: object) -> str:
    return {str: "text", list: "a list", bool: "true or false", int: "a number", float: "a number"}.get(
        type(data), "something else"
    )


def misnamed(path: str) -> Problem | None:
    """A warning for a file that was surely meant to be read, and is not: imagery.yml, Imagery.yaml, images-ideas.yaml ..."""
    folder, name = posixpath.split(path)
    stem, dot, extension = name.lower().rpartition(".")
    if extension not in {"yaml", "yml"}:
        return None
    said = stem + dot + "yaml"
    meant = said if said == CONFIG_FILE and not folder else _nearly(said)
    if not meant or name == meant:
        return None
    hint = f"chargen reads {meant}: rename it"
    return warning(Place(path), "this file is not read", hint=hint, rule="misnamed-file")


def _nearly(said: str) -> str:
    """The file of an entity that a name is but for a letter or two; empty: none. `imagery-notes.yaml` is a file of its own."""
    stem = posixpath.splitext(said)[0]
    names = [posixpath.splitext(name)[0] for name in (FILE_NAME, *memoryquill.IDEAS)]
    if any(stem.startswith(name) and stem != name for name in names):
        return ""  # a copy, or notes beside it
    found = difflib.get_close_matches(stem, names, n=1, cutoff=_MISSPELT)
    return f"{found[0]}.yaml" if found else ""


def likely_addresses(path: str, data: object) -> frozenset[str]:
    """The `kind/slug` that a file which cannot be read may be about: by where it lies, and by what it says."""
    kind, folder = name_by_folders(path)
    said = data if isinstance(data, dict) else {}
    metadata = said["metadata"] if isinstance(said.get("metadata"), dict) else {}
    levels = (said, metadata)
    named = next((level["entity_type"] for level in levels if level.get("entity_type")), "")
    kinds = {str(said.get("kind") or str(named).lower().removesuffix("-imagery") or kind)}
    slugs = {str(level[key]) for level in levels for key in SLUGS if level.get(key)} or {folder}
    return frozenset(f"{one}/{slugify(slug)}" for one in kinds if one for slug in slugs)


def said_in(text: str) -> dict[str, str]:
    """What the lines of a text that is no YAML say of whose it is, at the top or under `metadata`: kind and slug."""
    found: dict[str, str] = {}
    below = ""
    for line in text[:_HEAD].splitlines():
        if line[:1].strip(" \t#"):
            below = line.partition(":")[0].strip("\"' ")
        match = _WHOSE.match(line)
        if match and (below == "metadata" or not line.startswith(" ")):
            found.setdefault(match["key"], match["said"].strip())
    return found
