"""The pictures that a memoryquill file names by a path of one machine, or of the web: of no use to anybody else. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import parse_job_id
from chargen.core.problem import Problem, warning
from chargen.core.shot import Origin
from chargen.dialects.memoryquill_entity import is_elsewhere
from chargen.dialects.memoryquill_words import listed, mapping, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chargen.core.shot import Entity, YamlPath
    from chargen.dialects.yaml_text import YamlDocument

_PATHS: Final = ("file_path", "file_name")


def pictures_elsewhere(
    entity: Entity, document: YamlDocument, ideas: YamlDocument | None
) -> Iterator[Problem]:
    """A warning for each path in a shot's own fields, and in the rows of other tools; the lists of the file are lint's."""
    homes = (Origin(document.path, shot.at) for shot in entity.shots)
    for origin in dict.fromkeys([*homes, *(shot.origin for shot in entity.shots)]):
        there = ideas if ideas is not None and origin.file == ideas.path else document
        for said, path in _paths(_at(there.data, origin.path), origin.path):
            message = f"picture {said!r} is on one machine only"
            hint = "name it from this file's folder: images/..."
            yield warning(there.place(*path), message, hint=hint, rule="absolute-path")


def _at(data: Any, path: YamlPath) -> Mapping[str, Any]:
    for step in path:
        data = data[step]
    return mapping(data)


def _paths(data: Mapping[str, Any], at: YamlPath) -> Iterator[tuple[str, YamlPath]]:
    """The paths of one machine in a mapping and its rows, each with its place."""
    rows = [(row, (*at, "generated_images", i)) for i, row in enumerate(listed(data.get("generated_images")))]
    for said, where in [(data, at), *((mapping(row), where) for row, where in rows if not _is_ours(row))]:
        for key in _PATHS:
            if is_elsewhere(plain(said.get(key))):
                yield plain(said[key]), (*where, key)


def _is_ours(row: Any) -> bool:
    """Whether a row is chargen's, whose paths are looked at in every shape alike."""
    try:
        parse_job_id(plain(mapping(row).get("job_id") or mapping(row).get("custom_id")))
    except ValueError:
        return False
    return True
