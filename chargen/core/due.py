"""Which picture is to be brought to a shot: paid for, answering its words, and not there yet. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.case import Case
from chargen.core.current import kept_of, shown_in
from chargen.core.digest import same
from chargen.core.in_place import by_hand, in_the_way
from chargen.core.proposal import Standing
from chargen.core.submission import Deliver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.core.address import Address
    from chargen.core.books import Books, Candidate
    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World


def due_picture(world: World, shot: CompiledShot, books: Books, deliver: Deliver) -> Candidate | None:
    """
    The picture to bring to a shot, into the files (`TREE`) or by pull request (`REVIEW`); None when there is none such.

    A picture goes where its submission says; one whose row matches but whose file has gone may be put back by either,
    where it is known. One that was shown in a pull request that is closed now is not shown again.
    """
    if shot.obstacle or not shot.complete or is_held(shot, books):
        return None
    case = Case(world, books, shot)
    lost = _missing_file(case) if case.shown.row else None
    found = case.shown.candidate or lost
    if found is None or found.submission.pruned_at:
        return None
    if found.submission.deliver is not deliver and (deliver is Deliver.REVIEW or lost is None):
        return None
    return found if deliver is Deliver.TREE or _may_propose(case, found) else None


def _may_propose(case: Case, found: Candidate) -> bool:
    """Whether nothing of a person's stands against proposing a picture: a closing, a retouched file, one in its place."""
    if by_hand(case) or in_the_way(case):
        return False
    shot, row = case.shot, case.shot.shot.row
    proposed = case.books.proposed(shot.address, found.outcome.sha256, shot.formerly)
    accepted = row is not None and found in shown_in(row, case.candidates)
    return accepted or proposed is None or proposed.standing is not Standing.CLOSED


def is_held(shot: CompiledShot, books: Books) -> bool:
    """Whether the writer or a reviewer wants the shot left as it is."""
    decision = books.decision(shot.address, shot.formerly)
    return shot.status != "wanted" or (decision is not None and decision.locked)


def _missing_file(case: Case) -> Candidate | None:
    """The picture of a row that matches but whose file has gone, or is one of ours and not the one the row names."""
    row, picture = case.shot.shot.row, case.picture
    if row is None:
        return None
    lying = picture.sha256 if picture is not None else ""
    ours = bool(row.sha256) and any(item.outcome.bears(lying) for item in case.candidates)
    if lying and (same(lying, row.sha256) or not ours):
        return None
    kept = kept_of(row, case.candidates)
    return kept[-1] if kept else None


def due_by_entity(
    world: World, shots: Mapping[Address, CompiledShot], books: Books
) -> dict[str, dict[str, str]]:
    """What pull requests should show, for each entity: address -> sha256 of the picture as it came."""
    found: dict[str, dict[str, str]] = {}
    for address in sorted(shots):
        picture = due_picture(world, shots[address], books, Deliver.REVIEW)
        if picture is not None:
            found.setdefault(address.entity, {})[str(address)] = picture.outcome.sha256
    return found
