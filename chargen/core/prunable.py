"""Which kept pictures nothing needs any more: ended long ago, every shot decided, the tree holding what it accepted. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.address import parse_job_id
from chargen.core.case import Case
from chargen.core.digest import same
from chargen.core.world_path import resolve_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chargen.core.address import Address
    from chargen.core.books import Books, Candidate
    from chargen.core.compiled import CompiledShot
    from chargen.core.shot import Shot
    from chargen.core.submission import Outcome, Submission
    from chargen.core.world import World


def prunable(
    world: World, shots: Mapping[Address, CompiledShot], books: Books, *, before: str
) -> list[Submission]:
    """The submissions that ended before a time and whose pictures need not be kept, oldest first."""
    needed = _Needed(world, shots, books)
    ended = [item for item in books.submissions.values() if _has_ended(item, before)]
    return sorted((item for item in ended if not needed.of(item)), key=lambda item: (item.ended_at, item.id))


def _has_ended(item: Submission, before: str) -> bool:
    pictures = any(request.outcome and request.outcome.file for request in item.requests)
    return (
        pictures and not item.holds and not item.pruned_at and bool(item.ended_at) and item.ended_at < before
    )


class _Needed:
    """What is still needed: by a shot that is not decided, a pull request that is open, or a row whose file has gone."""

    def __init__(self, world: World, shots: Mapping[Address, CompiledShot], books: Books) -> None:
        self._shots = {shot.formerly: shot for shot in shots.values() if shot.formerly} | dict(shots)
        self._all_read = not world.left_out
        self._open = {name for proposal in books.open_proposals() for name in proposal.shots}
        self._lost = [sha256 for shot in world.shots() for sha256 in _without_file(world, shot)]
        self._due = {
            (item.submission.id, item.request.request_hash)
            for shot in shots.values()
            for item in _undecided(world, shot, books)
        }

    def of(self, item: Submission) -> bool:
        """Whether any picture of a submission is."""
        return any(
            (item.id, request.request_hash) in self._due
            or any(map(self._is_open, request.job_ids))
            or self._is_lost(request.outcome)
            for request in item.requests
            if request.outcome and request.outcome.file
        )

    def _is_open(self, job_id: str) -> bool:
        """Whether a shot is being reviewed, or cannot be judged now."""
        address, _ = parse_job_id(job_id)
        shot = self._shots.get(address)
        if shot is None:
            return not self._all_read  # it may be in the file that cannot be read
        is_open = not self._open.isdisjoint((str(address), str(shot.address)))
        return is_open or shot.obstacle is not None or not shot.complete

    def _is_lost(self, outcome: Outcome) -> bool:
        return any(map(outcome.bears, self._lost))


def _undecided(world: World, shot: CompiledShot, books: Books) -> Sequence[Candidate]:
    """The pictures of a shot that would show one of them now, in place of what its row says."""
    case = Case(world, books, shot)
    return case.candidates if case.shown.candidate is not None else ()


def _without_file(world: World, shot: Shot) -> Iterator[str]:
    """The pictures a shot's rows name that do not lie there as they were written."""
    for row in shot.rows:
        lying = world.picture(resolve_path(shot.folder, row.file_path)).sha256
        if row.sha256 and not (lying and same(lying, row.sha256)):
            yield row.sha256
