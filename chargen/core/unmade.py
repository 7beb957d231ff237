"""What was asked for and brought no picture, told beside the pictures that came with it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.core.attempts import attempt
from chargen.core.case import Case
from chargen.core.digest import match
from chargen.core.due import is_held
from chargen.core.plan import Reason
from chargen.core.submission import Came

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chargen.core.address import Address
    from chargen.core.books import Books
    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World

_CAME_TO_NOTHING: Final = frozenset({Reason.BLOCKED, Reason.GAVE_UP, Reason.RETRY})


def unmade(world: World, shots: Mapping[Address, CompiledShot], books: Books, entity: str) -> dict[str, str]:
    """Address -> what became of it, of an entity's wanted shots: blocked, failed and to be tried again, given up."""
    found = {}
    for address in sorted(name for name in shots if name.entity == entity):
        shot = shots[address]
        if shot.obstacle or not shot.complete or is_held(shot, books):
            continue
        said = list(_came_to_nothing(Case(world, books, shot)))
        if said:
            found[str(address)] = "; ".join(said)
    return found


def _came_to_nothing(case: Case) -> Iterator[str]:
    """Of the shot's picture, or of its other candidates by their variants."""
    if case.shown.row is not None:
        return
    came = {
        name
        for name, _, request in case.records
        if request.outcome
        and request.outcome.came is Came.IMAGE
        and match(case.shot.ask(), request.ask, case.regenerate_on)
    }
    for variant in range(1, case.shot.variants + 1):
        item = attempt(case, variant, Reason.NEW, "")
        if item.job_id not in came and item.reason in _CAME_TO_NOTHING:
            yield f"candidate v{variant} {item.why}" if variant > 1 else item.why
