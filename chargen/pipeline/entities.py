"""The entities of a world: every imagery.yaml in its roots, with what lies beside it; what cannot be read is left out."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from chargen.core.problem import Problem, warning
from chargen.core.world import CONFIG_FILE
from chargen.dialects import memoryquill
from chargen.dialects.memoryquill import IDEAS
from chargen.dialects.recognise import FILE_NAME, misnamed, read_entity, said_in
from chargen.dialects.yaml_text import BadYaml, YamlDocument, read_yaml
from chargen.errors import ChargenError, Place
from chargen.pipeline.reading import Reading, bad_yaml, why

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from chargen.core.shot import Entity
    from chargen.core.world_config import WorldConfig


def without_other_worlds(paths: list[str], reading: Reading) -> list[str]:
    """What lies below another chargen.yaml is another world's: its words mean something else there."""
    inside = [posixpath.dirname(path) for path in paths if posixpath.basename(path) == CONFIG_FILE]
    others = [folder for folder in inside if folder]
    for folder in others:
        hint = f"work on it there, or with --root {folder}"
        reading.problems.append(
            warning(
                Place(f"{folder}/{CONFIG_FILE}"), "another world begins here", hint=hint, rule="other-world"
            )
        )
    return [path for path in paths if not any(path.startswith(f"{folder}/") for folder in others)]


def entities_of(reading: Reading, config: WorldConfig, paths: Iterable[str]) -> Iterator[Entity]:
    """Each entity that can be read, in the order of its files."""
    roots, known = [posixpath.normpath(root) for root in config.roots], frozenset(paths)
    for path in paths:
        in_roots = any(root == "." or path.startswith(f"{root}/") for root in roots)
        wrong_name = misnamed(path)
        if wrong_name is not None and (in_roots or "/" not in path):
            reading.problems.append(wrong_name)
        if in_roots and posixpath.basename(path) == FILE_NAME:
            entity = _entity(reading, config, path, known)
            yield from [entity] if entity is not None else []
        elif in_roots and posixpath.basename(path) in IDEAS:
            _lone_ideas(reading, path, known)


def _entity(reading: Reading, config: WorldConfig, path: str, known: Container[str]) -> Entity | None:
    """The entity of an imagery.yaml, with the scenes beside it; None: it was named and left out."""
    document = _document(reading, path)
    if document is None:
        return None
    ideas_path = _ideas(reading, path, known, of_native=not memoryquill.claims(document.data))
    ideas = _document(reading, ideas_path, owner=document.data) if ideas_path else None
    if ideas_path and ideas is None:
        return None
    entity, problems = read_entity(document, config=config, ideas=ideas)
    if entity is not None:
        reading.problems.extend(problems)
        return entity
    for problem in problems:
        reading.leave_out(path, problem, document.data)
    return None


def _document(reading: Reading, path: str, owner: object = None) -> YamlDocument | None:
    """A YAML file; None where it cannot be read, and its entity (`owner`: what its imagery.yaml says) is left out."""
    raw = b""
    try:
        raw = reading.read(path)
        reading.documents[path] = read_yaml(raw, path=path)
    except BadYaml as error:
        reading.leave_out(path, bad_yaml(error, path), owner or said_in(raw.decode("utf-8", "replace")))
    except (ChargenError, OSError) as error:
        reading.leave_out(path, Problem(Place(path), why(error), rule="unreadable-file"), owner)
    return reading.documents.get(path)


def _ideas(reading: Reading, path: str, known: Container[str], *, of_native: bool) -> str:
    """The file with the scenes of a character: one is read, and any other is named; a native file has its own scenes."""
    beside = [
        name
        for name in (f"{posixpath.dirname(path)}/{ideas}".lstrip("/") for ideas in IDEAS)
        if name in known
    ]
    is_read = path if of_native else beside[0] if beside else ""
    for unread in (other for other in beside if other != is_read):
        hint = "make one file of the two"
        message = f"{is_read} is read, this file is not"
        reading.problems.append(warning(Place(unread), message, hint=hint, rule="misnamed-file"))
    return "" if of_native else is_read


def _lone_ideas(reading: Reading, path: str, known: Container[str]) -> None:
    """Scenes without an imagery.yaml beside them have no place for their rows."""
    folder = posixpath.dirname(path)
    if f"{folder}/{FILE_NAME}".lstrip("/") not in known:
        hint = f"add an {FILE_NAME} beside it that says `entity_type: character`"
        what = f"no {FILE_NAME} beside it, so its pictures would have no rows"
        reading.leave_out(path, Problem(Place(path), what, hint, rule="unwritable-row"))


def name_closed_folders(reading: Reading, config: WorldConfig) -> None:
    """Name the folders that could not be listed, and leave out the entities that may lie in them."""
    roots = [posixpath.normpath(root) for root in config.roots]
    for path, words in getattr(reading.tree, "problems", ()):  # a commit's tree has none
        below = any(f"{path}/".startswith(f"{root}/") or f"{root}/".startswith(f"{path}/") for root in roots)
        if below or "." in roots:
            hint = "give this user the right to read it, or move it out of the world"
            problem = Problem(Place(path), words, hint, rule="unreadable-file")
            reading.leave_out(f"{path}/{FILE_NAME}", problem)


def without_collisions(entities: list[Entity], reading: Reading) -> list[Entity]:
    """Two folders for one kind/slug (case aside) are an error of both: to take either would be a guess."""
    by_name: dict[str, list[Entity]] = {}
    for entity in entities:
        by_name.setdefault(entity.address.casefold(), []).append(entity)
    for name, same in by_name.items():
        for entity in same if len(same) > 1 else ():
            files = [other.file for other in same if other is not entity]
            others = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
            hint = "give one another `slug:`"
            message = f"{name} is also {others}"
            problem = Problem(Place(entity.file, 1, 1), message, hint, rule="doubled-slug")
            reading.leave_out(entity.file, problem)
            reading.left_out[entity.address] = entity.file
    return [same[0] for same in by_name.values() if len(same) == 1]
