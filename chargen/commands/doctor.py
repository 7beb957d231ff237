"""`chargen doctor`: everything a world's setup needs, checked one by one, each with what to do. Writes and spends nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from chargen.commands import options
from chargen.commands.telling import as_json, result
from chargen.core.checkup import Finding, Level, exit_code, finding_lines, totals, without_secrets
from chargen.errors import ChargenError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chargen.commands.examining import Check

_COLOURS: Final = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "red", Level.UNKNOWN: "cyan"}

_ABOUT: Final = {"GEMINI_API_KEY": "key", "GITHUB_TOKEN": "github"}  # the variables that checks are about


@click.command("doctor")
@options.root
@options.output_format("text", "json")
def command(root: Path | None, style: str) -> int:
    """Check all that a world's setup needs, and say what to do. Exit 1 when something is wrong, 3 when it is missing."""
    found: list[Finding] = []
    for finding in map(without_secrets, _findings(root)):
        found.append(finding)
        if style == "text":
            _tell(finding)
    if style == "json":
        as_json({"checks": [_data(finding) for finding in found]})
    else:
        result(f"\n{totals(found)}")
    return exit_code(found)


def _findings(root: Path | None) -> Iterator[Finding]:
    """Each finding as soon as it is known: the network takes its time."""
    from chargen.commands.examining import Examined
    from chargen.commands.wiring import Session
    from chargen.edges.environment import read_what_can_be

    environment, bad = read_what_can_be()
    examined = Examined(Session(root=_root(root), environment=environment))
    for error in bad:
        variable = error.message.partition(" ")[0]
        name = _ABOUT.get(variable, "environment")
        examined.failed.add(name)
        yield Finding(name, Level.ERROR, error.message, error.hint, ExitCode.CONFIGURATION)
    for name, check, needs in _checks():
        unseen = [other for other in (name, *needs.split()) if other in examined.failed]
        if not unseen:
            yield from examined.guard(name, partial(check, examined))
        elif name not in unseen:
            examined.failed.add(name)
            yield Finding(name, Level.UNKNOWN, f"not looked at: see {unseen[0]}")


def _root(root: Path | None) -> Path:
    """The world's folder, or the current one: why it cannot be found is what the checks say."""
    from chargen.commands.whereabouts import find_root

    try:
        return find_root(root)
    except ChargenError:
        return Path.cwd()


def _checks() -> Sequence[tuple[str, Check, str]]:
    """All of them, in the order in which each makes sense of the next, and the ones each is blind without."""
    from chargen.commands import examining, examining_pictures, examining_remote
    from chargen.commands.examining_github import github

    return (
        ("chargen", examining.packages, ""),
        ("python", examining.python, ""),
        ("git", examining.git, ""),
        ("world", examining.world, ""),
        ("pictures", examining_pictures.pictures, "world"),
        ("inventory", examining_pictures.inventory, "world"),
        ("repository", examining_remote.repository, "git"),
        ("push", examining_remote.push, "repository"),
        ("lfs", examining.lfs, "git world"),
        ("pin", examining.pins, "git"),
        ("github", github, ""),
        ("key", examining_remote.key, ""),
        ("clock", examining_remote.clock, ""),
        ("books", examining_remote.books, "repository"),
    )


def _tell(finding: Finding) -> None:
    head, *steps = finding_lines(finding)
    mark, rest = head[:3], head[3:]
    result(click.style(mark, fg=_COLOURS[finding.level], bold=True) + rest)
    for step in steps:
        result(step)


def _data(finding: Finding) -> dict[str, Any]:
    return {"name": finding.name, "level": finding.level, "said": finding.said, "do": finding.do}
