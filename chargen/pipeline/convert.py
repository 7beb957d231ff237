"""
convert: an entity in another shape -> its file in the native shape, proved to ask for the same pictures.

Reads only; what would be asked for differently, or cannot be carried, is refused or named.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import Address
from chargen.core.problem import Problem, Severity
from chargen.core.row import read_row
from chargen.core.shot import Entity
from chargen.dialects.earlier_rows import rows_at
from chargen.dialects.left_behind import Left, comment_lines, left_behind
from chargen.dialects.memoryquill import IDEAS
from chargen.dialects.memoryquill_words import mapping, plain
from chargen.dialects.native import read_entity
from chargen.dialects.native_data import native_data
from chargen.dialects.native_text import native_text
from chargen.dialects.row_edit import decide, decided_rows
from chargen.dialects.yaml_text import YamlDocument, read_yaml
from chargen.errors import Place, WorkFailed
from chargen.pipeline.compile import compile_world

if TYPE_CHECKING:
    from chargen.core.compiled import CompiledShot
    from chargen.core.shot import Shot
    from chargen.core.world import World
    from chargen.dialects.row_edit import RowEdit
    from chargen.ports import WorldFiles

_HINT: Final = "leave the file as it is, and report this: it should not happen"
# What leaves a picture out of an entity although the file describes it.
_UNREAD: Final = frozenset({"unwritable-row", "misshapen"})


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What one file says that is not carried over: fields with their counts, and the lines of comments."""

    path: str
    fields: tuple[Left, ...]
    comments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """An entity's file as it is and as it would be, with all that is lost on the way."""

    entity: Entity
    old: bytes
    new: bytes
    shots: int
    left: tuple[LeftBehind, ...]
    rows_left: tuple[str, ...] = ()  # rows that belong to no shot, by their ids
    undescribed: tuple[Problem, ...] = ()  # pictures that are wanted by their name alone
    unread: str = ""  # the file beside it that is no longer read


def convert(
    world: World,
    shots: Mapping[Address, CompiledShot],
    entity: Entity,
    files: WorldFiles,
    *,
    adopted: Mapping[Address, RowEdit] | None = None,
) -> Converted:
    """
    The entity in the native shape, with the rows it has and those of pictures that are `adopted` with it.

    Raises WorkFailed where a picture it describes would be lost, or any shot of the world be asked for differently.
    """
    old = files.read(entity.file)
    document, ideas = read_yaml(old, path=entity.file), _ideas(entity, files)
    every = [document, ideas] if ideas else [document]
    problems = _problems(world, {one.path for one in every})
    rows, rows_left = _rows(document, entity, adopted or {})
    data = native_data(entity, rows)
    text = native_text(data, path=entity.file, line_end="\r\n" if b"\r\n" in old else "\n")
    _prove(world, shots, entity, text)
    return Converted(
        entity=entity,
        old=old,
        new=text.encode(),
        shots=len(entity.shots),
        left=tuple(LeftBehind(one.path, left_behind(one, entity, data), comment_lines(one)) for one in every),
        rows_left=rows_left,
        undescribed=tuple(problem for problem in problems if problem.rule == "undescribed"),
        unread=ideas.path if ideas else "",
    )


def _problems(world: World, paths: Collection[str]) -> list[Problem]:
    """What is wrong with some files. WorkFailed where a picture that they describe is left out for it."""
    found = [problem for problem in world.problems if problem.place.path in paths]
    for problem in found:
        if problem.rule in _UNREAD and problem.severity is Severity.ERROR:
            raise WorkFailed(f"{problem.message}: mend this first", hint=problem.hint, place=problem.place)
    return found


def _ideas(entity: Entity, files: WorldFiles) -> YamlDocument | None:
    """The scenes beside a character's file, as they were read with it."""
    said = {shot.origin.file for shot in entity.shots} | {at.file for at in entity.layer.said.values()}
    for name in IDEAS:
        path = posixpath.join(posixpath.dirname(entity.file), name)
        if path in said:
            return read_yaml(files.read(path), path=path)
    return None


def _rows(
    document: YamlDocument, entity: Entity, adopted: Mapping[Address, RowEdit]
) -> tuple[dict[Address, list[Any]], tuple[str, ...]]:
    """The rows of each shot, in their order, and the names of those that are no shot's."""
    rows, taken, top = dict[Address, list[Any]](), set[int](), rows_at(document, ())
    for shot in entity.shots:
        edit = adopted.get(shot.address)
        own = rows_at(document, shot.at) if shot.at else [row for row in top if _is_of(row, shot, edit)]
        taken.update(map(id, own))
        rows[shot.address] = decided_rows(own, decide(own, [edit], place=document)) if edit else own
    left = (row for row in top if id(row) not in taken)
    return rows, tuple(_name(row) for row in left)


def _is_of(row: Any, shot: Shot, edit: RowEdit | None) -> bool:
    """Whether a row of a list that several shots share is this shot's."""
    named = edit is not None and isinstance(row, Mapping) and row.get("custom_id") in edit.names
    return named or read_row(row, shot.address) is not None


def _name(row: Any) -> str:
    said = mapping(row)
    return plain(said.get("custom_id") or said.get("job_id") or said.get("file_path")) or plain(row)


def _prove(world: World, shots: Mapping[Address, CompiledShot], entity: Entity, text: str) -> None:
    """Reads the text as the next run will, and compares every shot of the world. WorkFailed."""
    read, problems = read_entity(read_yaml(text, path=entity.file), file=entity.file)
    if read is None or problems:
        said = f": {problems[0].message}" if problems else ""
        raise WorkFailed(f"the native file would not be read{said}", hint=_HINT, place=Place(entity.file))
    entities = {**world.entities, entity.address: replace(read, prose=entity.prose)}
    after = compile_world(replace(world, entities=entities))
    changed = [
        str(address)
        for address in sorted({*shots, *after})
        if address not in shots or address not in after or _asks(shots[address]) != _asks(after[address])
    ]
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        message = f"as a native file, {changed[0]}{more} would be asked for differently"
        raise WorkFailed(message, hint=_HINT, place=Place(entity.file))


def _asks(shot: CompiledShot) -> tuple[Any, ...]:
    """All that decides whether a picture of a shot is made, and how."""
    return shot.ask(), shot.provider, shot.status, shot.variants
