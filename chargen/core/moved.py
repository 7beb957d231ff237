"""Shots that say where they stood before (`moved_from`): believed where only one says so and nobody stands there. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.core.problem import Problem, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from chargen.core.books import Books
    from chargen.core.shot import Entity, Origin, Shot
    from chargen.core.world import World
    from chargen.errors import Place

_RULE = "moved-from"
_FIELD = "moved_from"


def settle_moves(
    entities: Iterable[Entity], locate: Callable[[Origin], Place]
) -> tuple[list[Entity], list[Problem]]:
    """The entities, with every move that cannot be believed taken out of them; and a warning for each."""
    every = list(entities)
    shots = [shot for entity in every for shot in entity.shots]
    standing = {shot.address for shot in shots}
    said = Counter(shot.formerly for shot in shots)
    problems: list[Problem] = []
    settled = []
    for entity in every:
        kept = []
        for shot in entity.shots:
            why = _why_not(shot, taken=shot.formerly in standing, shared=said[shot.formerly] > 1)
            if why:
                hint = f"take `{_FIELD}` away, or name where it really was"
                problems.append(warning(locate(shot.said_at(_FIELD)), why, hint=hint, rule=_RULE))
            kept.append(_staying(shot) if why else shot)
        settled.append(replace(entity, shots=tuple(kept)))
    return settled, problems


def _why_not(shot: Shot, *, taken: bool, shared: bool) -> str:
    if shot.formerly in (None, shot.address):
        return ""
    if taken:
        return f"{shot.address} cannot have been moved from {shot.formerly}: that shot is still there"
    return f"several shots say they were moved from {shot.formerly}" if shared else ""


def _staying(shot: Shot) -> Shot:
    rows = tuple(row for row in shot.rows if row.written_as == row.job_id)
    return replace(shot, formerly=None, rows=rows)


def unknown_moves(world: World, books: Books) -> Iterator[Problem]:
    """A warning for each `moved_from` of whose shots the books know nothing under their former addresses."""
    by_place: dict[Place, list[Shot]] = {}
    for shot in world.shots() if books.tip else ():
        if shot.formerly is not None:
            by_place.setdefault(world.locate(shot.said_at(_FIELD)), []).append(shot)
    for place, shots in by_place.items():
        if not any(_known(shot, books) for shot in shots):
            message = (
                f"nothing is known of {shots[0].says(_FIELD)}, from where this is said to have been moved"
            )
            yield warning(place, message, hint="correct it, or take it away", rule=_RULE)


def _known(shot: Shot, books: Books) -> bool:
    before = shot.formerly
    assert before is not None  # noqa: S101  # asked of moved shots alone
    return bool(shot.rows or books.about(before) or books.decision(before))
