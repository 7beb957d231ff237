"""The books of another repository's copy, made one's own: what is under way there stays there. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.core.books import Proposals
from chargen.core.proposal import Happening, Proposal, Standing
from chargen.core.submission import Move, State, Submission, move

if TYPE_CHECKING:
    from chargen.core.books import Books, Identity
    from chargen.core.books_files import Thing

_REASON = "let go when these books were adopted: the repository they were copied from holds it"


def adopted(books: Books, identity: Identity, *, at: str) -> list[Thing]:
    """
    What to write so that copied books are a repository's own.

    What the other repository is about to send is let go, as it will send it; a batch that is with the provider may be
    collected by both. Pull requests are the other repository's, whatever has their numbers here.
    """
    let_go = [_let_go(item, at) for item in books.submissions.values() if _is_in_hand(item)]
    proposals = [
        Proposals(entity, tuple(map(_forgotten, every))) for entity, every in sorted(books.proposals.items())
    ]
    changed = [item for item in proposals if item.every != tuple(books.proposals[item.entity])]
    return [identity, *let_go, *changed]


def _is_in_hand(item: Submission) -> bool:
    return item.holds and not (item.state is State.SUBMITTED and item.mode == "batch")


def _let_go(item: Submission, at: str) -> Submission:
    moves = {State.INTENT: Move.WITHDRAW, State.CREATING: Move.FENCE}
    return move(item, moves.get(item.state, Move.FORGET), error=_REASON, ended_at=at)


def _forgotten(proposal: Proposal) -> Proposal:
    stands = proposal.standing in (Standing.OPEN, Standing.WITHDRAWING, Standing.REOPENED)
    ended = proposal.after(Happening.END) if stands else proposal
    return replace(ended, number=0, url="")
