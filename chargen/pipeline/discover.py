"""
discover: a tree of files -> a world: entities, shots, references, and what is wrong, with its file, line and column.

One bad file never stops the rest; only a bad chargen.yaml does, since nothing can be priced without it.
"""

from __future__ import annotations

import fnmatch
import hashlib
import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from chargen.core.digest import canonical_json, sha256
from chargen.core.picture_format import parse_lfs_pointer, sniff
from chargen.core.problem import BadConfiguration, Problem, warning
from chargen.core.prose import ProseNames, unknown_prose
from chargen.core.references import escapes, resolve_path
from chargen.core.shot import NO_SUCH_FILE, Entity, Origin, Picture, PictureIndex, Prose, picture_path
from chargen.core.validation import problems_from
from chargen.core.world import CONFIG_FILE, World
from chargen.core.world_checks import check_config
from chargen.core.world_config import WorldConfig
from chargen.dialects import memoryquill
from chargen.dialects.markdown import read_prose
from chargen.dialects.memoryquill import IDEAS
from chargen.dialects.recognise import FILE_NAME, likely_address, misnamed, read_entity
from chargen.dialects.yaml_text import BadYaml, YamlDocument, read_yaml
from chargen.errors import ChargenError, Place
from chargen.ports import Tree

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from chargen.core.shot import YamlPath

_MISSING: Final = "-"


@dataclass
class _Reading:
    """What has been read so far: every file once, its digest kept for the world's."""

    tree: Tree
    documents: dict[str, YamlDocument] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # kind/slug -> the file that could not be read
    prose: dict[str, ProseNames] = field(default_factory=dict)  # by kind: what its files could give

    def leave_out(self, path: str, problem: Problem, data: object = None) -> None:
        """Name a file that cannot be read, and remember whose it is: what refers to it must wait, not be made without."""
        self.problems.append(problem)
        self.left_out[likely_address(path, data)] = path

    def read(self, path: str) -> bytes:
        try:
            data = self.tree.read(path)
        except FileNotFoundError:
            self.digests[path] = _MISSING
            raise
        self.digests[path] = sha256(data)
        return data

    def locate(self, origin: Origin) -> Place:
        document = self.documents.get(origin.file)
        if document is None or origin.line:
            return Place(origin.file, origin.line)
        return document.place(*origin.path)


def discover(tree: Tree) -> World:
    """
    Read a world.

    Raises ConfigurationError when chargen.yaml is bad: every finding in one message.
    """
    reading = _Reading(tree)
    config = _config(reading)
    paths = _without_other_worlds(sorted(tree.files()), reading)
    _closed_folders(reading, config)
    entities = _without_collisions(list(_entities(reading, config, paths)), reading)
    with_prose = (_with_prose(entity, reading, config, paths) for entity in entities)
    entities = [entity for entity in with_prose if entity.address not in reading.left_out]
    reading.problems.extend(unknown_prose(config.context, reading.prose, reading.locate))
    pictures = {path: _picture(reading, path) for path in sorted(set(_picture_paths(entities, config)))}
    return World(
        config=config,
        entities={entity.address: entity for entity in entities},
        index=PictureIndex(pictures),
        problems=tuple(reading.problems),
        digest=sha256(
            canonical_json([f"{path} {digest}" for path, digest in sorted(reading.digests.items())])
        ),
        locate=reading.locate,
        left_out=reading.left_out,
    )


def _config(reading: _Reading) -> WorldConfig:
    try:
        document = read_yaml(reading.read(CONFIG_FILE), path=CONFIG_FILE)
    except FileNotFoundError:
        return WorldConfig()
    except BadYaml as error:
        raise BadConfiguration((_bad_yaml(error, CONFIG_FILE),)) from None
    except (ChargenError, OSError) as error:
        said = error.message if isinstance(error, ChargenError) else f"cannot be read: {_why(error)}"
        raise BadConfiguration((Problem(Place(CONFIG_FILE), said, rule="unreadable-file"),)) from None
    reading.documents[CONFIG_FILE] = document

    def place(path: YamlPath, key: bool) -> Place:  # noqa: FBT001
        return document.place(*path, key=key)

    try:
        config = WorldConfig.model_validate({} if document.data is None else document.data)
    except ValidationError as error:
        raise BadConfiguration(problems_from(error, WorldConfig, place)) from None
    problems = check_config(config, place)
    if problems:
        raise BadConfiguration(problems)
    return config


def _without_other_worlds(paths: list[str], reading: _Reading) -> list[str]:
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


def _entities(reading: _Reading, config: WorldConfig, paths: Iterable[str]) -> Iterator[Entity]:
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


def _entity(reading: _Reading, config: WorldConfig, path: str, known: Container[str]) -> Entity | None:
    """The entity of an imagery.yaml, with the scenes beside it; None: it was named and left out."""
    document = _document(reading, path)
    if document is None:
        return None
    ideas_path = _ideas(reading, path, known) if memoryquill.claims(document.data) else ""
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


def _document(reading: _Reading, path: str, owner: object = None) -> YamlDocument | None:
    """A YAML file; None where it cannot be read, and its entity (`owner`: what its imagery.yaml says) is left out."""
    try:
        reading.documents[path] = read_yaml(reading.read(path), path=path)
    except BadYaml as error:
        reading.leave_out(path, _bad_yaml(error, path), owner)
    except (ChargenError, OSError) as error:
        reading.leave_out(path, Problem(Place(path), _why(error), rule="unreadable-file"), owner)
    return reading.documents.get(path)


def _ideas(reading: _Reading, path: str, known: Container[str]) -> str:
    """The file with the scenes of a character; of two, the first is read and the second is named."""
    beside = [
        name
        for name in (f"{posixpath.dirname(path)}/{ideas}".lstrip("/") for ideas in IDEAS)
        if name in known
    ]
    for unread in beside[1:]:
        hint = "make one file of the two"
        problem = warning(
            Place(unread), f"{beside[0]} is read, this file is not", hint=hint, rule="misnamed-file"
        )
        reading.problems.append(problem)
    return beside[0] if beside else ""


def _lone_ideas(reading: _Reading, path: str, known: Container[str]) -> None:
    """Scenes without an imagery.yaml beside them have no place for their rows."""
    folder = posixpath.dirname(path)
    if f"{folder}/{FILE_NAME}".lstrip("/") not in known:
        hint = f"add an {FILE_NAME} beside it that says `entity_type: character`"
        what = f"no {FILE_NAME} beside it, so its pictures would have no rows"
        reading.leave_out(path, Problem(Place(path), what, hint, rule="unwritable-row"))


def _closed_folders(reading: _Reading, config: WorldConfig) -> None:
    """Name the folders that could not be listed, and leave out the entities that may lie in them."""
    roots = [posixpath.normpath(root) for root in config.roots]
    for path, words in getattr(reading.tree, "problems", ()):  # a commit's tree has none
        below = any(f"{path}/".startswith(f"{root}/") or f"{root}/".startswith(f"{path}/") for root in roots)
        if below or "." in roots:
            hint = "give this user the right to read it, or move it out of the world"
            problem = Problem(Place(path), words, hint, rule="unreadable-file")
            reading.leave_out(f"{path}/{FILE_NAME}", problem)


def _bad_yaml(error: BadYaml, path: str) -> Problem:
    return Problem(error.place or Place(path), error.message, error.hint, rule="bad-yaml")


def _why(error: ChargenError | OSError) -> str:
    return error.message if isinstance(error, ChargenError) else (error.strerror or str(error))


def _without_collisions(entities: list[Entity], reading: _Reading) -> list[Entity]:
    """Two folders for one kind/slug (case aside) are an error of both: to take either would be a guess."""
    by_name: dict[str, list[Entity]] = {}
    for entity in entities:
        by_name.setdefault(entity.address.casefold(), []).append(entity)
    for name, same in by_name.items():
        for entity in same if len(same) > 1 else ():
            others = ", ".join(other.file for other in same if other is not entity)
            hint = "give one another `slug:`"
            message = f"{name} is also {others}"
            problem = Problem(Place(entity.file, 1, 1), message, hint, rule="doubled-slug")
            reading.leave_out(entity.file, problem)
            reading.left_out[entity.address] = entity.file
    return [same[0] for same in by_name.values() if len(same) == 1]


def _with_prose(entity: Entity, reading: _Reading, config: WorldConfig, paths: Iterable[str]) -> Entity:
    context = config.context.get(entity.kind)  # type: ignore[call-overload]
    if context is None:
        return entity
    folder = posixpath.dirname(entity.file)
    beside = [path for path in paths if posixpath.dirname(path) == folder]
    prose: list[Prose] = []
    reading.prose.setdefault(entity.kind, ProseNames())
    for pattern in context.files:
        for path in (path for path in beside if fnmatch.fnmatchcase(posixpath.basename(path), pattern)):
            prose.extend(_passages(reading, entity, path, context.sections, context.front_matter))
    return replace(entity, prose=tuple(dict.fromkeys(prose)))


def _passages(
    reading: _Reading, entity: Entity, path: str, sections: tuple[str, ...], front_matter: tuple[str, ...]
) -> list[Prose]:
    """The parts of one markdown file; where it cannot be read, its entity is left out, not made without it."""
    try:
        text = reading.read(path).decode("utf-8-sig")
        found = read_prose(text, sections=sections, front_matter=front_matter, path=path)
    except BadYaml as error:
        problem = _bad_yaml(error, path)
    except UnicodeDecodeError:
        problem = Problem(Place(path), "not UTF-8 text", "save the file as UTF-8", rule="unreadable-file")
    except (ChargenError, OSError) as error:
        problem = Problem(Place(path), _why(error), rule="unreadable-file")
    else:
        reading.prose[entity.kind].learn(found.titles, found.keys)
        return [Prose(part.name, part.text, Origin(path, (), part.line)) for part in found.passages]
    reading.problems.append(problem)
    reading.left_out[entity.address] = path
    reading.prose[entity.kind].unread = True
    return []


def _picture_paths(entities: Iterable[Entity], config: WorldConfig) -> Iterator[str]:
    """Every image file that words or rows name, from the root."""
    yield from (resolve_path("", item.path) for item in config.style.references if item.path)
    for entity in entities:
        folder = posixpath.dirname(entity.file)
        layers = {id(layer): layer for shot in entity.shots for layer in (entity.layer, *shot.layers)}
        for layer in [entity.layer, *layers.values()]:
            for reference in layer.data.get("references") or ():
                if reference.get("path"):
                    yield resolve_path(folder, str(reference["path"]))
        for shot in entity.shots:
            yield picture_path(shot, config.storage.format)
            yield from (resolve_path(folder, row.file_path) for row in shot.rows if row.file_path)
            yield from shot.earlier


def _picture(reading: _Reading, path: str) -> Picture:
    if escapes(path):
        return Picture(
            path,
            problem="leads out of the world",
            hint="use a file inside the world, beside the imagery.yaml",
        )
    try:
        data = reading.read(path)
    except FileNotFoundError:
        return Picture(
            path, problem=NO_SUCH_FILE, hint="check the path; it starts at the folder of the imagery.yaml"
        )
    except ChargenError as error:
        return Picture(path, problem=error.message, hint=error.hint)
    except OSError as error:
        return Picture(path, problem=_why(error))
    pointer = parse_lfs_pointer(data)
    if pointer is not None:
        return Picture(path, sha256=pointer, lfs=True)
    mime = sniff(data)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if not mime:
        return Picture(path, sha256=digest, problem="not an image", hint="PNG, JPEG and WebP are read")
    return Picture(path, sha256=digest, mime=mime)
