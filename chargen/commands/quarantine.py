"""Submissions in quarantine, told by the commands that meet them: nothing of them goes on before a person has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.commands.telling import say
from chargen.core.books_report import submission_lines
from chargen.core.submission import State
from chargen.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chargen.commands.wiring import Session
    from chargen.core.books import Books
    from chargen.core.submission import Submission


def in_quarantine(books: Books, run_id: str | None = None) -> list[Submission]:
    """The submissions that only a person can settle: of one run, or all."""
    every = (item for item in books.submissions.values() if item.state is State.QUARANTINED)
    return sorted((item for item in every if run_id in (None, item.run_id)), key=lambda item: item.created_at)


def tell_quarantined(session: Session, submissions: Iterable[Submission]) -> ExitCode:
    """Say who holds what since when, and what ends it; the exit code that follows."""
    code = ExitCode.DONE
    for item in submissions:
        code = ExitCode.CONFLICT
        url = session.environment.google_gemini_base_url
        for line in submission_lines(item, lapsed=False, now=session.clock.now(), base_url=url):
            say(line)
    return code
