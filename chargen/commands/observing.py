"""Learn from the forge what became of the pull requests, and book what people decided by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.commands.telling import say
from chargen.core.address import parse_address
from chargen.core.proposal import Happening, Standing
from chargen.core.pull import UNKNOWN
from chargen.errors import ForgeTrouble
from chargen.pipeline.decide import Seen, accepted_by_hand, decide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from chargen.core.address import Address
    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.core.compiled import CompiledShot
    from chargen.core.proposal import Proposal
    from chargen.core.pull import Pull
    from chargen.pipeline.booking import Desk
    from chargen.ports import Forge


def observe(desk: Desk, forge: Forge) -> list[Seen]:
    """What people did to pull requests since it was last booked; booked now, each happening once."""
    books = desk.read()
    every = [item for proposals in books.proposals.values() for item in proposals]
    if not every:
        return []
    listed = forge.open_pulls()
    seen = list(_seen(forge, every, listed))

    def decided(now: Books) -> Sequence[Thing]:
        return decide(now, seen)

    happened = [item for item in seen if item.happening is not None]
    for item in happened:
        rejects = ": its pictures are rejected" if item.happening == "close" and item.closer_may_write else ""
        where = " ".join(filter(None, (item.proposal.branch, item.pull.url)))
        say(f"  {where}: {_PAST[str(item.happening)]}{rejects}")
    desk.book(decided, f"Decide: {len(happened)} pull requests")
    return [item for item in happened if item.happening is not Happening.END]


_PAST = {
    "merge": "merged",
    "close": "closed",
    "reopen": "reopened",
    "end": "closed, as nothing was left of it",
}
_UNDECIDED = (Standing.OPEN, Standing.WITHDRAWING, Standing.REOPENED)


def _seen(forge: Forge, proposals: Sequence[Proposal], listed: Sequence[Pull]) -> Iterator[Seen]:
    for proposal in proposals:
        pull = _among(listed, proposal)
        for late in _in_vain(listed, proposal):
            say(f"  {late.url}: closed, as nothing is left of {proposal.branch}, or all of it is decided")
            forge.close_pull(late.number)  # a run ended before it could, or opened it when all was decided
            pull = None if late is pull else pull
            if not proposal.number:  # booked from now on: who opens it again is heard
                yield Seen(proposal, forge.pull(late.number))
        if proposal.standing in _UNDECIDED:
            pull = pull or _found_or_told(forge, proposal)
            if pull is None and not proposal.open:
                pull = UNKNOWN  # nothing is left to close
            if pull is not None:
                yield _judged(forge, proposal, pull)
        elif proposal.standing in (Standing.CLOSED, Standing.WITHDRAWN) and pull is not None:
            yield Seen(proposal, pull)


def _judged(forge: Forge, proposal: Proposal, pull: Pull) -> Seen:
    closed = not pull.open and not pull.merged and bool(pull.closed_by)
    return Seen(proposal, pull, closed and forge.may_write(pull.closed_by))


def book_end(desk: Desk, forge: Forge, proposal: Proposal) -> Books:
    """What became of a pull request that was just closed, booked at once: who opens it again opens one that has ended."""
    seen = _judged(forge, proposal, forge.pull(proposal.number))
    return desk.book(lambda books: decide(books, [seen]), f"End {proposal.branch}")


def _in_vain(listed: Sequence[Pull], proposal: Proposal) -> list[Pull]:
    """The open pull requests that show what we withdraw, or once more what was decided in the one that is booked."""
    if proposal.open and not proposal.number:
        return []  # it may be the very one
    withdrawing = proposal.standing is Standing.WITHDRAWING
    booked = [pull for pull in listed if withdrawing and pull.number == proposal.number]
    return [*booked, *(pull for pull in ours(listed, proposal) if pull.number != proposal.number)]


def _found_or_told(forge: Forge, proposal: Proposal) -> Pull | None:
    """The same; one that the forge does not know keeps nobody else from being decided."""
    try:
        return _found(forge, proposal)
    except ForgeTrouble as trouble:
        if trouble.status != 404:
            raise
        say(f"  {proposal.branch}: the forge knows no pull request {proposal.name}")
        return None


def _found(forge: Forge, proposal: Proposal) -> Pull | None:
    """A proposal's pull request: by its number; else the bot's own from its branch at a commit that is booked."""
    if proposal.number:
        return forge.pull(proposal.number)
    found = _among(forge.pulls(proposal.branch) if proposal.pushed else (), proposal)
    return forge.pull(found.number) if found is not None else None


def _among(pulls: Sequence[Pull], proposal: Proposal) -> Pull | None:
    """A proposal's own: the one that bears its number; where none is booked, the bot's own."""
    if proposal.number:
        return next((pull for pull in pulls if pull.number == proposal.number), None)
    return next(ours(pulls, proposal), None)


def ours(pulls: Iterable[Pull], proposal: Proposal) -> Iterator[Pull]:
    """The bot's own from a proposal's branch, at one of the commits that are booked."""
    for pull in pulls:
        mine = pull.branch == proposal.branch and pull.same_repository and pull.author_is_bot
        if mine and pull.head_sha in proposal.pushed:
            yield pull


def learn_accepted(desk: Desk, forge: Forge, shots: Mapping[Address, CompiledShot]) -> None:
    """
    What the base's rows show was accepted, whatever became of the pull request that brought it: a closing rejects none of it.

    One that was closed, reopened and merged between two looks is found by its rows, too.
    """
    books = desk.read()
    closed = [
        item
        for every in books.proposals.values()
        for item in every
        if item.standing is Standing.CLOSED and item.number and _any_accepted(books, shots, item.shots)
    ]
    merged = [seen for seen in (Seen(item, forge.pull(item.number)) for item in closed) if seen.pull.merged]
    undone = {
        name: tuple(digest for digest in decision.rejected if not _is_accepted(books, shots, name, digest))
        for name, decision in books.decisions.items()
    }

    def decided(now: Books) -> Sequence[Thing]:
        return accepted_by_hand(now, merged, undone)

    if merged or any(undone[name] != decision.rejected for name, decision in books.decisions.items()):
        desk.book(decided, "Accepted on the default branch")


def _any_accepted(books: Books, shots: Mapping[Address, CompiledShot], shown: Mapping[str, str]) -> bool:
    return any(_is_accepted(books, shots, name, digest) for name, digest in shown.items())


def _is_accepted(books: Books, shots: Mapping[Address, CompiledShot], name: str, digest: str) -> bool:
    """Whether a shot's row shows a picture, as it came or as it is stored."""
    shot = shots.get(parse_address(name))
    row = shot.shot.row if shot is not None else None
    if shot is None or row is None:
        return False
    every = books.candidates(shot.address, shot.wishes(), shot.formerly)
    return any(item.outcome.sha256 == digest and item.outcome.bears(row.sha256) for item in every)
