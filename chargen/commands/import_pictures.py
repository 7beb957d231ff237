"""`chargen import`: bring pictures that exist under chargen's care, or write a memoryquill file in the native shape."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, Final

import click

from chargen.commands import options
from chargen.commands.agreeing import agree
from chargen.commands.telling import as_json, result, show_problems
from chargen.commands.wiring import Session, open_session
from chargen.core.counted import counted
from chargen.core.one_line import one_line
from chargen.errors import ChargenError, ExitCode, worst

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.core.address import Address
    from chargen.core.adoption import Adoption
    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World
    from chargen.pipeline.adopt import Adopting, NewText

_NAME: Final = 40


@click.command("import")
@options.root
@options.only
@click.option(
    "--to-native",
    is_flag=True,
    help="Write these memoryquill files in the native shape instead. Without --yes they are only printed.",
)
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@options.output_format("text", "json")
@click.argument("targets", metavar="[FILE|ENTITY]...", nargs=-1)
def command(
    root: Path | None, only: tuple[str, ...], to_native: bool, yes: bool, style: str, targets: tuple[str, ...]
) -> int:
    """
    Bring pictures that exist under chargen's care: their rows and hashes are written, nothing is paid.

    A picture is taken as the answer to today's words: a later change of the words has it made anew, a retouched one is left
    alone. Shots are listed first, each with its picture, or with why it has none. The pictures stay where they are.

    With --to-native and an imagery.yaml, or a kind/slug: the same words in the native shape. What carries no picture is
    listed; pictures that exist are adopted with it.
    """
    session = open_session(root)
    if to_native:
        from chargen.commands.import_native import convert

        if only:
            raise click.UsageError(
                "--only goes with pictures; name the files, or the entities, after --to-native"
            )
        return convert(session, targets, yes=yes, style=style)
    if targets:
        raise click.UsageError(
            f"{targets[0]!r}: pictures are selected with --only GLOB, files go with --to-native"
        )
    return _adopt(session, only, yes=yes, style=style)


def _adopt(session: Session, only: tuple[str, ...], *, yes: bool, style: str) -> int:
    from chargen.pipeline.adopt import prepare

    world, shots = session.world()
    adopting = prepare(
        world,
        shots,
        session.books_here(),
        wanted=_wanted(list(shots), only),
        files=session.files,
        pictures=session.pictures,
    )
    if style == "text":
        for line in _lines(adopting):
            result(line)
    rows = len(adopting.rows)
    if rows:
        files = counted(len(adopting.texts), "file")
        agree(f"write {counted(rows, 'row')} into {files}? No picture is changed, nothing is paid", yes=yes)
    written, troubles = _write(session, adopting.texts)
    if style == "json":
        as_json(_data(adopting, written, [*adopting.problems, *troubles]))
    elif written:
        result(f"{counted(sum(len(text.rows) for text in written), 'picture')} adopted.")
    return worst(show_problems([*adopting.problems, *troubles]), unread(world))


def unread(world: World) -> ExitCode:
    """1 when a file of the world could not be read, having said which."""
    from chargen.errors import WorkFailed

    files = sorted(set(world.left_out.values()))
    said = (WorkFailed(f"{file} cannot be read", hint="chargen validate says why") for file in files)
    return show_problems(said)


def _wanted(addresses: list[Address], only: tuple[str, ...]) -> list[Address]:
    """What the globs select. UsageError for one that selects nothing."""
    from chargen.commands.batch_plan import check_globs
    from chargen.core.address import selects
    from chargen.core.plan import Options

    check_globs(Options(only=only), list(map(str, addresses)))
    return [address for address in addresses if not only or any(selects(glob, address) for glob in only)]


def _write(session: Session, texts: list[NewText]) -> tuple[list[NewText], list[ChargenError]]:
    """Write file after file; those that could be, and what went wrong with the others."""
    from chargen.edges.one_writer import one_writer
    from chargen.pipeline.adopt import write

    written: list[NewText] = []
    troubles: list[ChargenError] = []
    if not texts:
        return written, troubles
    with one_writer(session.root):
        for text in texts:
            try:
                write(text, session.files)
                written.append(text)
            except ChargenError as error:
                troubles.append(error)
    return written, troubles


def _lines(adopting: Adopting) -> Iterator[str]:
    """Shot by shot: the picture it gets, or why it gets none; paths start at the entity's folder, as in its file."""
    told = [(row.adoption.shot, list(_adopted(row.adoption))) for row in adopting.rows]
    told += [
        (item.shot, [f"  - {_short(item.shot)} {_beside(item.shot, item.path)}: {one_line(item.why)}"])
        for item in adopting.left
    ]
    entity = ""
    for shot, lines in sorted(told, key=lambda pair: pair[0].address):
        if shot.address.entity != entity:
            entity = shot.address.entity
            yield entity
        yield from lines
    if told:
        yield ""
    yield _summary(adopting)


def _adopted(adoption: Adoption) -> Iterator[str]:
    shot = adoption.shot
    yield f"  + {_short(shot)} {_beside(shot, adoption.path)}"
    if adoption.others:
        yield f"      also there, not taken: {', '.join(_beside(shot, path) for path in adoption.others)}"
    if adoption.warning:
        yield f"      warning: {adoption.warning}"


def _short(shot: CompiledShot) -> str:
    return f"{shot.address.scene}/{shot.address.shot}".ljust(_NAME)


def _beside(shot: CompiledShot, path: str) -> str:
    return one_line(posixpath.relpath(path, shot.shot.folder or "."))


def _summary(adopting: Adopting) -> str:
    missing = sum(item.missing for item in adopting.left)
    other = len(adopting.left) - missing
    left = [f"{counted(missing, 'picture')} that is named and not there"] if missing == 1 else []
    left += [f"{missing} pictures that are named and not there"] if missing > 1 else []
    left += [f"{other} left as {'it is' if other == 1 else 'they are'}"] if other else []
    rows = len(adopting.rows)
    first = f"{counted(rows, 'picture')} to adopt" if rows else "Nothing to adopt"
    return f"{'; '.join([first, *left])}."


def _data(adopting: Adopting, written: list[NewText], problems: list[ChargenError]) -> dict[str, Any]:
    done = {row.adoption.shot.address for text in written for row in text.rows}
    return {
        "adopted": [
            {
                "address": str(row.adoption.shot.address),
                "path": row.adoption.path,
                "others": list(row.adoption.others),
                "warning": row.adoption.warning,
                "row": dict(row.row),
            }
            for row in adopting.rows
            if row.adoption.shot.address in done
        ],
        "left": [
            {"address": str(item.shot.address), "path": item.path, "why": item.why, "missing": item.missing}
            for item in adopting.left
        ],
        "problems": [str(problem) for problem in problems],
    }
