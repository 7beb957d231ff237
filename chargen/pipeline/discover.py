"""
discover: a tree of files -> a world: entities, shots, references, and what is wrong, with its file, line and column.

One bad file never stops the rest; only a bad chargen.yaml does, since nothing can be priced without it.
"""

from __future__ import annotations

import fnmatch
import hashlib
import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from chargen.core.digest import canonical_json, sha256
from chargen.core.moved import settle_moves
from chargen.core.picture_format import parse_lfs_pointer, sniff
from chargen.core.problem import BadConfiguration, Problem
from chargen.core.prose import ProseNames, unknown_prose
from chargen.core.shot import NO_SUCH_FILE, Entity, Origin, Picture, PictureIndex, Prose, picture_path
from chargen.core.validation import problems_from
from chargen.core.world import CONFIG_FILE, World
from chargen.core.world_checks import check_config
from chargen.core.world_config import WorldConfig
from chargen.core.world_path import escapes, resolve_path
from chargen.dialects.markdown import read_prose
from chargen.dialects.recognise import FILE_NAME
from chargen.dialects.yaml_text import BadYaml, read_yaml
from chargen.errors import ChargenError, Place
from chargen.pipeline.entities import (
    entities_of,
    name_closed_folders,
    without_collisions,
    without_other_worlds,
)
from chargen.pipeline.reading import Reading, bad_yaml, why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chargen.core.shot import YamlPath
    from chargen.ports import Tree


def discover(tree: Tree) -> World:
    """
    Read a world.

    Raises ConfigurationError when chargen.yaml is bad: every finding in one message.
    """
    reading = Reading(tree)
    config = _config(reading)
    paths = without_other_worlds(sorted(_with_names(tree.files(), reading)), reading)
    name_closed_folders(reading, config)
    entities = without_collisions(list(entities_of(reading, config, paths)), reading)
    with_prose = (_with_prose(entity, reading, config, paths) for entity in entities)
    entities = [entity for entity in with_prose if entity.address not in reading.left_out]
    reading.problems.extend(unknown_prose(config.context, reading.prose, reading.locate))
    entities, moved = settle_moves(entities, reading.locate)
    reading.problems.extend(moved)
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
        digests=reading.digests,
        left_out=reading.left_out,
    )


def _with_names(paths: Iterable[str], reading: Reading) -> Iterator[str]:
    """The paths that are text; of the others, which no report and no hash could hold, those of entities are told."""
    for path in paths:
        shown = path.encode("utf-8", "backslashreplace").decode()
        if shown == path:
            yield path
        elif posixpath.basename(path) == FILE_NAME:
            hint = "rename the folder"
            reading.problems.append(
                Problem(Place(shown), "its path is not UTF-8 text", hint, rule="unreadable-file")
            )


def _config(reading: Reading) -> WorldConfig:
    try:
        document = read_yaml(reading.read(CONFIG_FILE), path=CONFIG_FILE)
    except FileNotFoundError:
        return WorldConfig()
    except BadYaml as error:
        raise BadConfiguration((bad_yaml(error, CONFIG_FILE),)) from None
    except (ChargenError, OSError) as error:
        said = error.message if isinstance(error, ChargenError) else f"cannot be read: {why(error)}"
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


def _with_prose(entity: Entity, reading: Reading, config: WorldConfig, paths: Iterable[str]) -> Entity:
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
    reading: Reading, entity: Entity, path: str, sections: tuple[str, ...], front_matter: tuple[str, ...]
) -> list[Prose]:
    """The parts of one markdown file; where it cannot be read, its entity is left out, not made without it."""
    try:
        text = reading.read(path).decode("utf-8-sig")
        found = read_prose(text, sections=sections, front_matter=front_matter, path=path)
    except BadYaml as error:
        problem = bad_yaml(error, path)
    except UnicodeDecodeError:
        problem = Problem(Place(path), "not UTF-8 text", "save the file as UTF-8", rule="unreadable-file")
    except (ChargenError, OSError) as error:
        problem = Problem(Place(path), why(error), rule="unreadable-file")
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


def _picture(reading: Reading, path: str) -> Picture:
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
        return Picture(path, problem=why(error))
    pointer = parse_lfs_pointer(data)
    if pointer is not None:
        return Picture(path, sha256=pointer, lfs=True)
    mime = sniff(data)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if not mime:
        what = "not an image" if data else "an empty file"
        return Picture(path, sha256=digest, problem=what, hint="PNG, JPEG and WebP are read")
    return Picture(path, sha256=digest, mime=mime)
