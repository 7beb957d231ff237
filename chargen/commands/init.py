"""`chargen init`: a world's workflows and first files. Writes what is missing; what is there stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from chargen.commands import options
from chargen.commands.telling import as_json, result
from chargen.commands.whereabouts import find_root
from chargen.core.counted import counted
from chargen.core.next_steps import next_steps
from chargen.core.scaffold import (
    REPOSITORY,
    Act,
    Home,
    Pin,
    Step,
    check_root,
    named_owner,
    paths,
    steps,
)
from chargen.edges.origin import Origin
from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


_SHOWN: Final = 30
_NOWHERE: Final = (
    "this one was not installed from a published commit: name one with --from OWNER/REPO --ref SHA"
)


@click.command("init")
@options.root
@click.option(
    "--from",
    "repository",
    metavar="OWNER/REPO",
    help="Where chargen comes from. Default: whence this one does.",
)
@click.option("--ref", metavar="SHA", help="The full commit id of the chargen to run. Default: this one's.")
@click.option("--branch", metavar="NAME", help="The branch whose pushes order pictures. Default: origin's.")
@click.option(
    "--owner",
    metavar="@NAME",
    help="Who CODEOWNERS says must agree to spending: a person, @ORGANISATION/TEAM or an address. Default: origin's owner.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@options.output_format("text", "json")
def command(
    root: Path | None,
    repository: str | None,
    ref: str | None,
    branch: str | None,
    owner: str | None,
    dry_run: bool,
    style: str,
) -> None:
    """
    Write a world's workflows, chargen.yaml, an example and the lines for CODEOWNERS and .gitattributes.

    Only what is missing is written. A file that differs is left alone, and named with what it lacks.
    """
    from chargen.edges.templates import read_templates

    site = _site(find_root(root).resolve())
    home = Home(site.folder, _branch(site, branch))
    named = named_owner(owner or site.origin.repository.partition("/")[0])
    found = _found(site.top, home)
    check_root(found, home)
    entities = _entities(site.world)
    todo = steps(read_templates(), found, _pin(repository, ref), home, owner=named, example=not entities)
    if not dry_run:
        _write(site.top, todo)
    following = next_steps(home, named, todo, is_clone=site.is_clone, made=_made_before(site, entities))
    if style == "json":
        as_json({"repository": str(site.top), "files": [_data(step) for step in todo], "next": following})
    else:
        _tell(todo, following, dry_run=dry_run)


@dataclass(frozen=True)
class _Site:
    """A world's folder, the repository around it (the folder itself where there is none) and that one's origin."""

    world: Path
    top: Path
    is_clone: bool
    origin: Origin

    @property
    def folder(self) -> str:
        path = self.world.relative_to(self.top).as_posix()
        return "" if path == "." else path


def _site(world: Path) -> _Site:
    from chargen.edges.git import find_repository
    from chargen.edges.origin import Origin, origin_of

    clone = find_repository(world)
    top = clone.resolve() if clone else world
    return _Site(world, top, clone is not None, origin_of(top) if clone else Origin())


def _branch(site: _Site, named: str | None) -> str:
    """The branch whose pushes order: as named, else origin's. UsageError for a name that git does not take."""
    from chargen.edges.origin import is_branch_name

    if named is not None and not is_branch_name(site.top, named):
        raise UsageError(f"{named!r} is no branch", hint="--branch NAME, as git branch shows it")
    return named or site.origin.branch or "main"


def _pin(repository: str | None, ref: str | None) -> Pin:
    """The chargen to run: as named, else the one that runs now. UsageError when neither says it whole."""
    from chargen import __version__
    from chargen.edges.origin import Installed, installed_from

    known = Installed() if repository and ref else installed_from()
    repository = repository or known.repository or REPOSITORY
    ref = ref or known.commit
    if not repository:
        raise UsageError("which repository does chargen come from?", hint=_NOWHERE)
    if not ref:
        raise UsageError("which commit of chargen shall the workflows run?", hint=_NOWHERE)
    return Pin(repository, ref.lower(), __version__)


def _found(top: Path, home: Home) -> dict[str, str]:
    from chargen.edges.files import read_inside

    found = {}
    for path in paths(home):
        try:
            found[path] = read_inside(top, path).decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            continue
    return found


def _entities(world: Path) -> list[str]:
    """The files that describe entities."""
    from chargen.dialects.recognise import FILE_NAME
    from chargen.edges.work_tree import WorkTree

    return [path for path in WorkTree(world).files() if path.rpartition("/")[2] == FILE_NAME]


def _made_before(site: _Site, entities: Sequence[str]) -> bool:
    """Whether pictures were made here, on books that only this clone has."""
    from chargen.edges.files import read_inside
    from chargen.edges.origin import has_own_books

    if not site.is_clone or not has_own_books(site.top):
        return False
    return any(b"provider_metadata" in read_inside(site.world, path) for path in entities)


def _write(top: Path, todo: Sequence[Step]) -> None:
    from chargen.edges.files import write_inside

    for step in todo:
        if step.act in (Act.WRITE, Act.EXTEND):
            write_inside(top, step.path, step.text.encode("utf-8", "surrogateescape"))


def _data(step: Step) -> dict[str, object]:
    return {"path": step.path, "act": step.act.value, "lines": list(step.lines)}


def _tell(todo: Sequence[Step], following: Sequence[str], *, dry_run: bool) -> None:
    words = (
        {Act.WRITE: "write", Act.EXTEND: "add to"}
        if dry_run
        else {Act.WRITE: "wrote", Act.EXTEND: "added to"}
    )
    for step in todo:
        if step.act in words:
            more = f": {counted(len(step.lines), 'line')}" if step.act is Act.EXTEND else ""
            result(f"{words[step.act]:<9} {step.path}{more}")
        elif step.act is Act.LEAVE:
            _tell_left(step)
    if not any(step.act in words for step in todo):
        result("Nothing to write.")
        return
    result("\nNext:")
    for number, line in enumerate(following, 1):
        result(f"  {number}. {line}")


def _tell_left(step: Step) -> None:
    """A file that was left alone: what it lacks, or how it differs from what would have been written."""
    differs = len(step.lines) > 1
    why = (
        "it differs; remove it and run this again to have it written anew"
        if differs
        else "its first line may be"
    )
    result(f"{'left':<9} {step.path}: {why}")
    for line in step.lines[:_SHOWN]:
        result(f"          {''.join(char if char.isprintable() else '?' for char in line)}")
    if len(step.lines) > _SHOWN:
        result(f"          and {counted(len(step.lines) - _SHOWN, 'more line', 'more lines')}")
