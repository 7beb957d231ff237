"""Copied books made one's own: what is in somebody's hands there is let go here, and their pull requests are not ours."""

from __future__ import annotations

import pytest

from chargen.core.adopted import adopted
from chargen.core.books import Identity, Proposals
from chargen.core.proposal import Proposal, Standing
from chargen.core.submission import State, Submission
from tests.worlds import PIER, a_request, a_submission, books_of, one_shot, shot_of

AT = "2026-11-24T00:00:00Z"
MINE = Identity("mine", 42)
REQUEST = a_request(shot_of({PIER: one_shot()}))


@pytest.mark.parametrize(
    ("state", "mode", "let_go"),
    [
        (State.INTENT, "batch", State.CANCELLED),
        (State.CREATING, "batch", State.FENCED),
        (State.QUARANTINED, "batch", State.FENCED),
        (State.SUBMITTED, "live", State.FAILED),
        (State.SUBMITTED, "batch", None),  # whoever has the key collects it, without paying
        (State.COLLECTED, "batch", None),
    ],
)
def test_what_is_in_hand_there_is_let_go_here(state: State, mode: str, let_go: State | None) -> None:
    books = books_of(a_submission(REQUEST, state=state, mode=mode))

    identity, *others = adopted(books, MINE, at=AT)

    assert identity == MINE
    assert [(item.state, item.ended_at) for item in others if isinstance(item, Submission)] == (
        [(let_go, AT)] if let_go else []
    )


def test_pull_requests_are_the_other_repository_s() -> None:
    opened = Proposal("location/pier", 1, number=7, url="https://x/7")
    merged = Proposal("location/pier", 2, Standing.MERGED, number=8)
    leaving = Proposal("location/pier", 3, Standing.WITHDRAWING, number=9)
    books = books_of(proposals=[opened, merged, leaving])

    _, proposals = adopted(books, MINE, at=AT)

    assert isinstance(proposals, Proposals)
    assert [(item.n, item.standing, item.number, item.url) for item in proposals.every] == [
        (1, Standing.WITHDRAWN, 0, ""),
        (2, Standing.MERGED, 0, ""),
        (3, Standing.WITHDRAWN, 0, ""),
    ]
