"""`chargen import --to-native`: memoryquill files in the native shape, with the same pictures and nothing asked anew."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from chargen.commands.telling import as_json, result, say, show_problems
from chargen.core.counted import counted
from chargen.core.one_line import one_line
from chargen.core.suggest import did_you_mean
from chargen.errors import ChargenError, ExitCode, Place, WorkFailed, worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chargen.commands.wiring import Session
    from chargen.core.address import Address
    from chargen.core.compiled import CompiledShot
    from chargen.core.shot import Entity
    from chargen.core.world import World
    from chargen.pipeline.adopt import Adopting
    from chargen.pipeline.convert import Converted, LeftBehind

_LINES: Final = 12  # of comments; the first tell where to look


def convert(session: Session, targets: Sequence[str], *, yes: bool, style: str) -> int:
    """Print each entity's native file, or with `yes` write it; one that cannot be leaves the others alone."""
    if not targets:
        raise click.UsageError("--to-native needs imagery.yaml files, or entities such as location/old-mill")
    world, shots = session.world()
    entities = {entity.address: entity for entity in (_entity(session, world, target) for target in targets)}
    done: list[tuple[Converted, Adopting]] = []
    problems: list[ChargenError] = []
    for entity in entities.values():
        try:
            converted = _one(session, world, shots, entity, yes=yes)
        except ChargenError as error:
            problems.append(error)
            continue
        done += [converted] if converted else []
        if converted and style == "text":
            _tell(*converted, yes=yes)
    if style == "json":
        as_json(_data(done, problems, yes=yes))
    return worst(ExitCode.DONE, show_problems(problems))


def _entity(session: Session, world: World, target: str) -> Entity:
    """The entity a `kind/slug`, a file or a folder names. UsageError; WorkFailed for one that cannot be read."""
    if target in world.entities:
        return world.entities[target]
    path = _from_root(session.root, target)
    by_file = {entity.file: entity for entity in world.entities.values()}
    found = by_file.get(path) or by_file.get(posixpath.join(path, "imagery.yaml"))
    if found is not None:
        return found
    broken = world.left_out.get(target) or next(
        (file for file in world.left_out.values() if file == path), ""
    )
    if broken:
        raise WorkFailed("it cannot be read", hint="chargen validate says why", place=Place(broken))
    hint = did_you_mean(target, [*world.entities, *by_file])
    raise click.UsageError(f"{target!r} is no imagery.yaml of this world, and no kind/slug ({hint})")


def _from_root(root: Path, target: str) -> str:
    """A path as it was typed, from the root: it starts there, or where the command runs."""
    here = (Path.cwd() / target).resolve()
    if here.is_relative_to(root.resolve()) and here.exists():
        return here.relative_to(root.resolve()).as_posix()
    return posixpath.normpath(target.replace("\\", "/"))


def _one(
    session: Session, world: World, shots: Mapping[Address, CompiledShot], entity: Entity, *, yes: bool
) -> tuple[Converted, Adopting] | None:
    """One entity converted, and written with `yes`; None for one that is native already. ChargenError."""
    from chargen.pipeline.adopt import prepare
    from chargen.pipeline.convert import convert as convert_entity

    if entity.dialect == "native":
        say(f"{entity.file} is native already.")
        return None
    if yes:
        _refuse_uncommitted(session, entity.file)
    adopting = prepare(
        world,
        shots,
        session.books_here(),
        wanted=[shot.address for shot in entity.shots],
        files=session.files,
        pictures=session.pictures,
    )
    adopted = {row.adoption.shot.address: row.edit for row in adopting.rows}
    converted = convert_entity(world, shots, entity, session.files, adopted=adopted)
    if yes:
        _write(session, converted)
    return converted, adopting


def _refuse_uncommitted(session: Session, path: str) -> None:
    """What git does not hold would be lost: comments, and all that carries no picture. WorkFailed."""
    from chargen.edges.committed import is_committed
    from chargen.edges.git import find_repository

    repository = find_repository(session.root)
    if repository is not None and not is_committed(repository, session.repository_path(path)):
        hint = "commit it first, so that what the native file does not say is kept in git"
        raise WorkFailed("git does not hold this file as it lies", hint=hint, place=Place(path))


def _write(session: Session, converted: Converted) -> None:
    from chargen.edges.one_writer import one_writer
    from chargen.pipeline.adopt import NewText, write

    with one_writer(session.root):
        write(NewText(converted.entity.file, converted.old, converted.new, ()), session.files)


def _tell(converted: Converted, adopting: Adopting, *, yes: bool) -> None:
    """The file on stdout where it was not written; what became of the rest on stderr."""
    entity = converted.entity
    if yes:
        result(f"wrote {entity.file}: {entity.address}, {counted(converted.shots, 'shot')}")
    else:
        result(f"# {entity.file}")
        result(converted.new.decode().replace("\r\n", "\n").rstrip("\n"))
    for line in _lines(converted, adopting):
        say(line)
    if not yes:
        say("Nothing was written: with --yes, this replaces the file.")


def _lines(converted: Converted, adopting: Adopting) -> Iterator[str]:
    yield f"{converted.entity.address}: {counted(converted.shots, 'shot')}, asked for just as before."
    if adopting.rows:
        yield f"  {counted(len(adopting.rows), 'picture')} made before chargen adopted with it."
    for item in adopting.left:
        if not item.missing:
            name = f"{item.shot.address.scene}/{item.shot.address.shot}"
            yield f"  warning: {name} has no row, and is wanted anew: {item.path}: {one_line(item.why)}"
    for problem in converted.undescribed:
        yield f"  warning: left behind: {one_line(str(problem))}"
    if converted.rows_left:
        yield f"  warning: rows that are no shot's, left behind: {one_line(', '.join(converted.rows_left))}"
    for one in converted.left:
        yield from _left(one)
    if converted.unread:
        yield f"  {converted.unread} stays, and is no longer read: delete it when nothing of it is missed."


def _left(one: LeftBehind) -> Iterator[str]:
    if one.fields:
        yield f"  left behind of {one.path}, as it carries no picture:"
    for name, count in one.fields:
        yield f"    {one_line(name):<50} {counted(count, 'text')}"
    if one.comments:
        lines = ", ".join(map(str, one.comments[:_LINES]))
        more = f" and {len(one.comments) - _LINES} more" if len(one.comments) > _LINES else ""
        comments = counted(len(one.comments), "comment")
        yield f"  {comments} of {one.path} left behind: line{'s' * (len(one.comments) > 1)} {lines}{more}"


def _data(
    done: Sequence[tuple[Converted, Adopting]], problems: Sequence[ChargenError], *, yes: bool
) -> dict[str, Any]:
    files = [
        {
            "path": converted.entity.file,
            "address": converted.entity.address,
            "written": yes,
            "text": converted.new.decode(),
            "adopted": [str(row.adoption.shot.address) for row in adopting.rows],
            "wantedAnew": [str(item.shot.address) for item in adopting.left if not item.missing],
            "undescribed": [str(problem) for problem in converted.undescribed],
            "rowsLeft": list(converted.rows_left),
            "noLongerRead": converted.unread,
            "left": [
                {"path": one.path, "fields": dict(one.fields), "commentLines": list(one.comments)}
                for one in converted.left
            ],
        }
        for converted, adopting in done
    ]
    return {"files": files, "problems": [str(problem) for problem in problems]}
