"""What `chargen validate` finds in a world, and `chargen doctor` counts: the plan's problems, and what is odd in its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen import __version__
from chargen.core.findings import Finding, findings_of
from chargen.core.lint import lint
from chargen.core.plan import Options, Plan
from chargen.pipeline.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.core.address import Address
    from chargen.core.books import Books
    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World


def findings_in(
    world: World, shots: Mapping[Address, CompiledShot], books: Books
) -> tuple[tuple[Finding, ...], Plan]:
    """Every finding, worst first, and the plan of all that is wanted."""
    plan = make_plan(world, shots, books, Options(), version=__version__)
    judged = {item.address: item.compiled for item in plan.items if item.compiled is not None}
    compiled = list((dict(shots) | judged).values())
    problems = [*world.problems, *(problem for shot in compiled for problem in shot.problems), *plan.problems]
    return findings_of([*problems, *lint(world, compiled)], compiled, world.unmade()), plan
