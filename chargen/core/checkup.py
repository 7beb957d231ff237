"""
What `chargen doctor` finds: how bad it is, what is wrong, the exact thing to do; and its words about this machine. Pure.

checkup_remote.py has the words about git's remote, Gemini and GitHub, checkup_books.py those about the books.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from chargen.core.counted import counted
from chargen.core.one_line import one_line, without_users
from chargen.errors import ExitCode, worst

LEAST_PYTHON: Final = (3, 11)
LEAST_GIT: Final = (2, 30)
CLOCK_WARNING_S: Final = 60
CLOCK_ERROR_S: Final = 600  # leases are fifteen minutes
NAMED: Final = 3  # of a list, and how many more
_WIDTH: Final = 15


class Level(enum.StrEnum):
    """How bad a finding is; unknown: it could not be looked at."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    UNKNOWN = "unknown"


MARKS: Final = {Level.OK: "ok", Level.WARNING: "!", Level.ERROR: "x", Level.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do, a step a line; `code` is what an error counts for."""

    name: str
    level: Level
    said: str
    do: str = ""
    code: ExitCode = ExitCode.FAILED


def without_secrets(finding: Finding) -> Finding:
    """The same without the user names and passwords of the URLs it names."""
    return replace(finding, said=without_users(finding.said), do=without_users(finding.do))


def exit_code(findings: Iterable[Finding]) -> ExitCode:
    """Done unless something is an error; 3 where configuration or a secret is missing."""
    return worst(*(item.code for item in findings if item.level is Level.ERROR))


def finding_lines(finding: Finding) -> list[str]:
    """A line for a terminal, and what to do below it."""
    head = f"{MARKS[finding.level]:<3} {finding.name:<{_WIDTH}} {one_line(finding.said)}"
    return [head, *(f"{'':<{_WIDTH + 5}}{one_line(step)}" for step in finding.do.splitlines())]


def totals(findings: Sequence[Finding]) -> str:
    """The last line."""
    levels = Counter(item.level for item in findings)
    parts = [
        counted(levels[Level.ERROR], "error"),
        counted(levels[Level.WARNING], "warning"),
        f"{levels[Level.UNKNOWN]} not known",
    ]
    kept = [part for part in parts if not part.startswith("0 ")]
    return f"{counted(len(findings), 'check')}: {', '.join(kept) or 'all well'}."


def some(names: Sequence[str]) -> str:
    """The first few of them, and how many more."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def by_count(names: Iterable[str]) -> list[str]:
    """Each name with how often it is there, the most frequent first."""
    return [
        f"{name}: {times}"
        for name, times in sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    ]


def about_packages(chargen: str, installed: Mapping[str, str]) -> Finding:
    """Our own version and those of the libraries that talk to the world outside; empty: not installed."""
    missing = [name for name, version in installed.items() if not version]
    said = ", ".join(
        [f"{chargen}", *(f"{name} {version or 'is not installed'}" for name, version in installed.items())]
    )
    do = f"install chargen again, with what it needs: pip install {' '.join(missing)}" if missing else ""
    return Finding("chargen", Level.ERROR if missing else Level.OK, said, do, code=ExitCode.CONFIGURATION)


def about_python(version: tuple[int, int, int]) -> Finding:
    """The Python that runs this."""
    said, least = ".".join(map(str, version)), ".".join(map(str, LEAST_PYTHON))
    if version[:2] >= LEAST_PYTHON:
        return Finding("python", Level.OK, said)
    do = f"install Python {least} or later, and chargen with it"
    return Finding("python", Level.ERROR, f"{said} is too old", do, code=ExitCode.CONFIGURATION)


def about_git(said: str) -> Finding:
    """What `git --version` says."""
    found = re.search(r"(\d+)\.(\d+)\S*", said)
    least = ".".join(map(str, LEAST_GIT))
    if found is None:
        return Finding("git", Level.UNKNOWN, f"its version is not known: {said}", f"{least} is needed")
    if (int(found[1]), int(found[2])) >= LEAST_GIT:
        return Finding("git", Level.OK, found[0])
    do = f"install git {least} or later"
    return Finding("git", Level.ERROR, f"{found[0]} is too old", do, code=ExitCode.CONFIGURATION)


def about_world(root: str, shots: int, errors: int, warnings: int) -> Finding:
    """The world's files."""
    said = f"{root}: {counted(shots, 'shot')}, {counted(errors, 'error')}, {counted(warnings, 'warning')}"
    if not shots and not errors:
        do = "is this the world's folder? name it with --root; to begin one: chargen init"
        return Finding("world", Level.WARNING, said, do)
    if errors or warnings:
        level = Level.ERROR if errors else Level.WARNING
        return Finding("world", level, said, "see them with their lines: chargen validate")
    return Finding("world", Level.OK, said)


def about_pictures(
    named: int,
    lost: Sequence[str],
    unnamed: Sequence[str],
    in_the_way: Sequence[str],
    owners: Sequence[str] = (),
) -> Finding:
    """
    Rows and the files they name; `in_the_way` lie where a shot's picture would, and no row is theirs.

    `owners` are those of the unnamed, one each: many are told by whose they are.
    """
    said, steps = [f"{counted(named, 'row')} with a picture" if named or lost else "no row has one yet"], []
    if lost:
        said.append(f"{counted(len(lost), 'row')} whose file is missing ({some(lost)})")
        steps.append(
            "put back what git has: git checkout -- FILE; `chargen batch plan` says what comes back for nothing"
        )
    if in_the_way:
        said.append(f"{counted(len(in_the_way), 'picture')} in the way of a shot's own ({some(in_the_way)})")
        steps.append("move or rename them: no picture is written over one that is not chargen's")
    if unnamed:
        whose = some(unnamed if len(unnamed) <= NAMED or not owners else by_count(owners))
        said.append(f"{counted(len(unnamed), 'picture')} that no row names ({whose})")
    return Finding("pictures", Level.WARNING if steps else Level.OK, "; ".join(said), "\n".join(steps))


@dataclass(frozen=True, slots=True)
class Lfs:
    """What is known of Git LFS here; `given` and `pointers` are paths of pictures, `kept` of those not given to it."""

    wanted: bool  # chargen.yaml says storage.lfs
    installed: bool
    set_up: bool  # `git lfs install` was run
    given: Sequence[str]
    kept: Sequence[str]
    pointers: Sequence[str]


def about_lfs(lfs: Lfs) -> Finding:
    """Whether pictures can come and go, where LFS has them."""
    if not (lfs.wanted or lfs.given or lfs.pointers):
        return Finding("lfs", Level.OK, "not used: pictures lie in git itself")
    if not lfs.installed or not lfs.set_up:
        missing = "not installed" if not lfs.installed else "not set up"
        step = (
            "git lfs install"
            if lfs.installed
            else "install git-lfs (https://git-lfs.com), then: git lfs install"
        )
        said = f"pictures are to lie in Git LFS, and git-lfs is {missing}"
        return Finding("lfs", Level.ERROR, said, step, code=ExitCode.CONFIGURATION)
    if lfs.pointers:
        said = f"{counted(len(lfs.pointers), 'picture')} only a pointer here ({some(lfs.pointers)})"
        return Finding("lfs", Level.WARNING, said, "git lfs pull: a pointer cannot be sent as a reference")
    if lfs.wanted and lfs.kept:
        said = f"storage.lfs is true, and .gitattributes leaves {counted(len(lfs.kept), 'picture')} to git ({some(lfs.kept)})"
        endings = sorted({name.rpartition(".")[2] for name in lfs.kept})
        return Finding(
            "lfs", Level.WARNING, said, "\n".join(f"git lfs track '*.{ending}'" for ending in endings)
        )
    return Finding("lfs", Level.OK, f"{counted(len(lfs.given), 'picture')} given to Git LFS")


def about_clock(ahead_s: Mapping[str, float]) -> Finding:
    """Our clock against those of the servers that were asked."""
    if not ahead_s:
        do = "set GEMINI_API_KEY or GITHUB_TOKEN: their servers tell the time"
        return Finding("clock", Level.UNKNOWN, "no server told the time", do)
    server, off = max(ahead_s.items(), key=lambda item: abs(item[1]))
    if abs(off) <= CLOCK_WARNING_S:
        return Finding(
            "clock", Level.OK, f"right within {CLOCK_WARNING_S} s, by {' and '.join(sorted(ahead_s))}"
        )
    said = f"{span(abs(off))} {'ahead of' if off > 0 else 'behind'} {server}'s"
    do = (
        "set it: timedatectl set-ntp true (elsewhere: the system's date settings, time from the network)"
        "\nuntil then nothing should be bought: who holds a lease is told by the clock"
    )
    return Finding("clock", Level.ERROR if abs(off) > CLOCK_ERROR_S else Level.WARNING, said, do)


def span(seconds: float) -> str:
    """A length of time in the unit people would use."""
    for size, noun in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return counted(int(seconds // size), noun)
    return counted(int(seconds), "second")
