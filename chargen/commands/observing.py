"""Learn from the forge what became of the pull requests, and book what people decided by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.commands.telling import say
from chargen.core.proposal import Standing
from chargen.pipeline.decide import Seen, decide

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.core.proposal import Proposal
    from chargen.core.pull import Pull
    from chargen.pipeline.booking import Desk
    from chargen.ports import Forge


def observe(desk: Desk, forge: Forge) -> list[Seen]:
    """What has happened to pull requests since it was last booked; booked now, each happening once."""
    books = desk.read()
    every = [item for proposals in books.proposals.values() for item in proposals]
    if not every:
        return []
    listed = {pull.number: pull for pull in forge.open_pulls()}
    seen = list(_seen(forge, every, listed))

    def decided(now: Books) -> Sequence[Thing]:
        return decide(now, seen)

    happened = [item for item in seen if item.happening is not None]
    for item in happened:
        rejects = ": its pictures are rejected" if item.happening == "close" and item.closer_may_write else ""
        say(f"  {item.proposal.branch} {item.pull.url}: {_PAST[str(item.happening)]}{rejects}")
    desk.book(decided, f"Decide: {len(happened)} pull requests")
    return happened


_PAST = {"merge": "merged", "close": "closed", "reopen": "reopened", "withdraw": "withdrawn"}


def _seen(forge: Forge, proposals: Sequence[Proposal], listed: Mapping[int, Pull]) -> Iterator[Seen]:
    for proposal in proposals:
        pull = listed.get(proposal.number)
        if proposal.standing is Standing.WITHDRAWN and pull is not None:
            forge.close_pull(proposal.number)  # we ended between booking that and closing it
        elif proposal.open:
            pull = pull or _found(forge, proposal)
            if pull is not None:
                closed = not pull.open and not pull.merged and bool(pull.closed_by)
                yield Seen(proposal, pull, closed and forge.may_write(pull.closed_by))
        elif proposal.standing is Standing.CLOSED and pull is not None:
            yield Seen(proposal, pull)


def _found(forge: Forge, proposal: Proposal) -> Pull | None:
    """A proposal's pull request: by its number; else the bot's own from its branch at a commit that is booked."""
    if proposal.number:
        return forge.pull(proposal.number)
    ours = (
        pull
        for pull in (forge.pulls(proposal.branch) if proposal.pushed else ())
        if pull.same_repository and pull.author_is_bot and pull.head_sha in proposal.pushed
    )
    found = next(ours, None)
    return forge.pull(found.number) if found is not None else None
