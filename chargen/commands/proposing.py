"""What a pull request says of each picture it shows: before and after, why, what it cost, what is odd about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.core.address import parse_address
from chargen.core.digest import differences, match
from chargen.core.picture_facts import deviation
from chargen.core.plan import Reason
from chargen.core.pull_body import OtherCandidate, ProposedShot, picture_url
from chargen.core.verdict import explain_differences
from chargen.core.world_path import resolve_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chargen.commands.rewording import Rewording
    from chargen.commands.wiring import Session
    from chargen.core.address import Address
    from chargen.core.books import Books, Candidate
    from chargen.core.compiled import CompiledShot
    from chargen.core.proposal import Proposal
    from chargen.core.world import World
    from chargen.pipeline.apply import Change


def describe(
    session: Session,
    world: World,
    shots: Mapping[Address, CompiledShot],
    books: Books,
    proposal: Proposal,
    changes: Sequence[Change],
    rewording: Rewording,
) -> list[ProposedShot]:
    """The pictures that a proposal's branch holds, in the order of their addresses."""
    fresh = {str(change.shot.address): change for change in changes}
    described = []
    for name, digest in sorted(proposal.shots.items()):
        shot = shots.get(parse_address(name))
        every = books.candidates(shot.address, shot.wishes(), shot.formerly) if shot else ()
        shown = [item for item in every if item.outcome.sha256 == digest]
        if shot is not None and shown:
            said = _shot(session, world, shot, books, shown[-1], fresh.get(name))
            described.append(replace(said, changed=rewording.of(shot)))
    return described


def _shot(
    session: Session,
    world: World,
    shot: CompiledShot,
    books: Books,
    candidate: Candidate,
    change: Change | None,
) -> ProposedShot:
    orders = [books.orders[name] for name in candidate.request.orders if name in books.orders]
    return ProposedShot(
        address=str(shot.address),
        title=shot.shot.title,
        why=_why(world, shot, candidate),
        after=_url(session, candidate.submission.kept, candidate.outcome.file),
        before=_before(session, world, shot),
        alt=shot.shot.alt_text or shot.shot.title,
        prompt=shot.prompt(candidate.request.note),
        note=f"asked with: {candidate.request.note}" if candidate.request.note else "",
        reason="; ".join(dict.fromkeys(order.reason for order in orders if order.reason)),
        model=candidate.submission.model,
        mode=candidate.submission.mode,
        cost_usd=candidate.outcome.cost_usd,
        problems=(*_odd(session, change), *(item.message for item in shot.problems)),
        others=tuple(_others(session, world, shot, books, candidate)),
    )


def _others(
    session: Session, world: World, shot: CompiledShot, books: Books, shown: Candidate
) -> Iterator[OtherCandidate]:
    """The other pictures that answer the same words and were not rejected, by their variant."""
    decision = books.decision(shot.address, shot.formerly)
    rejected = decision.rejected if decision else ()
    row = shot.shot.row
    for item in sorted(
        books.candidates(shot.address, shot.wishes(), shot.formerly), key=lambda item: item.variant
    ):
        there = row is not None and item.outcome.bears(row.sha256)
        known = there or item.outcome.sha256 == shown.outcome.sha256 or item.submission.pruned_at
        fits = match(shot.ask(), item.request.ask, tuple(world.config.provider.regenerate_on))
        if fits and not known and not any(map(item.outcome.bears, rejected)):
            url = _url(session, item.submission.kept, item.outcome.file)
            yield OtherCandidate(f"v{item.variant}", url, item.outcome.cost_usd)


def _odd(session: Session, change: Change | None) -> list[str]:
    """What a picture is not that was asked for: it is kept, as it is paid."""
    if change is None:
        return []
    ask = change.candidate.request.ask
    facts = session.pictures.check(change.data)
    said = deviation(facts, aspect_ratio=ask.aspect_ratio, size=ask.provider.get("size", "1K"))
    return [said] if said else []


def _why(world: World, shot: CompiledShot, candidate: Candidate) -> str:
    """Why the picture was made: what its shot's row no longer answers, or that somebody wished for another."""
    row = shot.shot.row
    if candidate.request.orders:
        return Reason.FORCED
    if row is None:
        return Reason.NEW
    found = differences(shot.ask(), row.ask, tuple(world.config.provider.regenerate_on))
    if not found:
        return "its file was missing"
    reason, detail = explain_differences(found)
    return f"{reason}: {detail}" if detail else str(reason)


def _before(session: Session, world: World, shot: CompiledShot) -> str:
    """The picture that the base has now; empty where it has none."""
    row = shot.shot.row
    if row is None or session.base is None:
        return ""
    path = resolve_path(shot.shot.folder, row.file_path)
    if not world.picture(path).sha256:
        return ""
    return _url(session, session.base.commit, session.base.path(path))


def _url(session: Session, commit: str, path: str) -> str:
    environment = session.environment
    if not commit or not environment.github_repository:
        return ""
    return picture_url(environment.github_server_url, environment.github_repository, commit, path)
