"""In which order shots are judged: each after those its references name. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chargen.core.address import Address
    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World


def in_order(shots: Mapping[Address, CompiledShot]) -> Iterator[Address]:
    """Addresses, each after those its references name; a cycle comes in any order and is reported by `without_cycle`."""
    done: set[Address] = set()
    for start in sorted(shots):
        stack = [(start, iter(needs(shots, start)))]
        on_stack = {start}
        while stack and start not in done:
            here, rest = stack[-1]
            following = next((other for other in rest if other not in done and other not in on_stack), None)
            if following is None:
                stack.pop()
                done.add(here)
                yield here
            else:
                on_stack.add(following)
                stack.append((following, iter(needs(shots, following))))


def needs(shots: Mapping[Address, CompiledShot], address: Address) -> list[Address]:
    """The shots of this plan that a shot's references name."""
    named = (sent.used.shot for sent in shots[address].references)
    return [other for other in named if other is not None and other in shots]


def without_cycle(world: World, shots: Mapping[Address, CompiledShot], shot: CompiledShot) -> CompiledShot:
    """The shot, with an error when its references lead back to it: it could never be made."""
    seen: set[Address] = set()
    ahead = needs(shots, shot.address)
    while ahead:
        other = ahead.pop()
        if other == shot.address:
            place = world.locate(shot.shot.origin)
            return shot.with_problem(
                Problem(
                    place,
                    f"the references of {shot.address} lead back to it",
                    "break the circle",
                    rule="circular-reference",
                )
            )
        if other not in seen:
            seen.add(other)
            ahead.extend(needs(shots, other))
    return shot
