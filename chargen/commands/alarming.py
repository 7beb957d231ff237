"""Batches that take long, submissions in quarantine and what was withdrawn, told where they are seen: in runs, in pull requests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.commands.summary import annotate, summarise
from chargen.commands.telling import say
from chargen.core.alarm import MARKER, alarms
from chargen.core.status_comment import status_of
from chargen.pipeline.decide import with_proposals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.commands.wiring import Session
    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.core.proposal import Proposal
    from chargen.pipeline.booking import Desk
    from chargen.ports import Forge


def alarm(session: Session, desk: Desk) -> None:
    """Tell in the log, on the run's page and in its summary what a person should know of."""
    late = alarms(desk.read().submissions.values(), desk.clock.now())
    for item in late:
        say(f"  {item.level}: {item.said}")
        annotate(session, item.level, f"{item.said}. {item.do.replace('`', '')}", title=item.title)
    if late:
        lines = [f"- **{item.title}**: {item.said}. {item.do}" for item in late]
        summarise(session, "\n".join(["## Late", "", *lines]))


def alarm_pulls(desk: Desk, forge: Forge) -> None:
    """The status comment of each pull request says what of its entity is late, or what it is; each thing once. ForgeTrouble."""
    books = desk.read()
    late = alarms(books.submissions.values(), desk.clock.now())
    for proposal in (item for entity in sorted(books.proposals) for item in books.proposals[entity]):
        status = status_of(proposal, late)
        if status is not None and proposal.number and status.told != proposal.alarmed:
            forge.comment(proposal.number, MARKER, status.body, only_edit=not status.told)
            _book(desk, proposal, status.told)


def _book(desk: Desk, proposal: Proposal, told: str) -> None:
    def decide(books: Books) -> Sequence[Thing]:
        every = books.proposals.get(proposal.entity, ())
        now = next((item for item in every if item.n == proposal.n), None)
        if now is None or now.standing is not proposal.standing:
            return []
        return [with_proposals(books, proposal.entity, [replace(now, alarmed=told)])]

    desk.book(decide, f"Tell {proposal.branch} its status")
