"""What bringing a proposal's pictures to its branch changes: on the base tip, or on top of what people committed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chargen.core.address import parse_address
from chargen.core.digest import canonical_json, sha256
from chargen.core.submission import Deliver
from chargen.errors import ChargenError
from chargen.pipeline.apply import Applied, Change, apply

if TYPE_CHECKING:
    from chargen.commands.refreshing import Refresh
    from chargen.core.address import Address
    from chargen.core.compiled import CompiledShot
    from chargen.core.proposal import Proposal
    from chargen.edges.commit_files import CommitFiles


@dataclass(frozen=True, slots=True)
class Brought:
    """Files by their path from the repository's top, on `parent`; `shots`: what lies on the branch with them."""

    parent: str
    shots: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    content: str = ""  # digest of what changes, and from what
    changes: Sequence[Change] = ()
    missing: Sequence[str] = ()  # wanted, and kept away by what people committed
    problems: Sequence[ChargenError] = ()


def bring(refresh: Refresh, wanted: Proposal, head: str) -> Brought:
    """Apply the pictures of a proposal; with problems, nothing of it is to be pushed."""
    parent = head if wanted.shared else refresh.branches.base
    session = refresh.session.at(parent) if wanted.shared else refresh.session
    world, shots = session.world() if wanted.shared else (refresh.world, refresh.shots)
    files = session.commit_files()
    addresses = [parse_address(name) for name in wanted.shots]
    applied = apply(
        world,
        shots,
        refresh.books,
        addresses,
        files=files,
        pictures=session.pictures,
        fetch=session.fetch,
        deliver=Deliver.REVIEW,
    )
    if applied.problems:
        return Brought(parent, problems=applied.problems)
    lying = _lying(refresh, wanted, shots, applied)
    missing = [name for name, digest in wanted.shots.items() if lying.get(name) != digest]
    return Brought(
        parent,
        shots=lying,
        files={refresh.branches.path(path): data for path, data in files.written.items()},
        content=_content(files),
        changes=tuple(applied.changes),
        missing=missing if wanted.shared else (),
    )


def _lying(
    refresh: Refresh, wanted: Proposal, shots: Mapping[Address, CompiledShot], applied: Applied
) -> dict[str, str]:
    """The pictures that lie on the branch once these changes are: a person's branch may hold others than are wanted."""
    lying = {str(item.shot.address): item.candidate.outcome.sha256 for item in applied.changes}
    if not wanted.shared:
        return lying
    before = refresh.books.proposals.get(wanted.entity, ())
    named = {*wanted.shots, *(name for item in before if item.n == wanted.n for name in item.shots)}
    for name in sorted(named - lying.keys()):
        shot = shots.get(parse_address(name))
        row = shot.shot.row if shot is not None else None
        if shot is not None and row is not None:
            every = refresh.books.candidates(shot.address, shot.wishes(), shot.formerly)
            for item in every:
                if item.outcome.bears(row.sha256):
                    lying[name] = item.outcome.sha256
    return dict(sorted(lying.items()))


def _content(files: CommitFiles) -> str:
    """What is written and over what: the same again needs no other commit."""
    return sha256(
        canonical_json({path: [sha256(data), _digest(files, path)] for path, data in files.written.items()})
    )


def _digest(files: CommitFiles, path: str) -> str:
    before = files.before(path)
    return sha256(before) if before is not None else ""
