"""Keep pictures for words they were not made from, on a person's word: rows stamped anew, nothing paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chargen.commands.agreeing import agree
from chargen.commands.telling import result, show_problems
from chargen.core.counted import counted
from chargen.core.drift import Drift, drift_lines, drift_summary, find_drift
from chargen.core.rebuilt import refuse_missing_books
from chargen.errors import ExitCode, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Collection

    from chargen.commands.wiring import Session
    from chargen.core.books import Books
    from chargen.core.plan import Options


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept and what was left (None: nobody asked for it), and the exit code of what went wrong."""

    drift: Drift | None = None
    code: ExitCode = ExitCode.DONE


def keep_drift(session: Session, books: Books, asked: Options, *, yes: bool, tell: bool) -> Kept:
    """
    List what has drifted, ask, and write the rows.

    Raises UsageError without a terminal and without --yes, BooksConflict when the books that paid are not here.
    """
    from chargen.edges.one_writer import one_writer
    from chargen.pipeline.restamp import restamp

    found = _found(session, books, asked.only)
    for line in drift_lines(found) if tell else ():
        result(line)
    if found.accepted:
        would = counted(len(found.accepted), "picture")
        agree(f"{would} would be made anew for today's words: keep as made, and stamp the rows?", yes=yes)
    with one_writer(session.root):
        now = _found(session, books, asked.only)
        restamped = restamp([item for item in found.accepted if item in now.accepted], files=session.files)
    changed = [
        WorkFailed(f"{item.address} has changed meanwhile", hint="run it again")
        for item in found.accepted
        if item not in now.accepted
    ]
    done = replace(found, accepted=tuple(restamped.done))
    if tell:
        result(f"{drift_summary(done)}\n")
    return Kept(done, show_problems([*restamped.problems, *changed]))


def _found(session: Session, books: Books, only: Collection[str]) -> Drift:
    world, shots = session.world()
    refuse_missing_books(books, world.shots())
    return find_drift(world, shots, books, only)
