"""Wanted pictures that cannot be made, each under an address that no other picture has. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chargen.core.problem import Problem
from chargen.core.shot import Unmade
from chargen.dialects.naming import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chargen.core.address import Address

_ROOM = 59  # of the 63 characters that a part of an address may have: a number goes behind it


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A wanted picture by its scene and shot, and why it cannot be made."""

    scene: str
    shot: str
    problem: Problem


def addressed(
    left: Iterable[LeftOut], main: Address, *, file: str, taken: Iterable[Address]
) -> tuple[Unmade, ...]:
    """What is left out of the entity of `main`, under addresses beside the `taken` ones of its shots."""
    known, found = set(taken), []
    for item in left:
        wanted = address = replace(main, scene=item.scene, shot=item.shot)
        n = 1
        while address in known:
            n += 1
            address = _numbered(wanted, n)
        known.add(address)
        found.append(Unmade(address, file, item.problem))
    return tuple(found)


def _numbered(address: Address, n: int) -> Address:
    if address.shot != MAIN:
        return replace(address, shot=f"{address.shot[:_ROOM].rstrip('-_')}-{n}")
    return replace(address, scene=f"{address.scene[:_ROOM].rstrip('-_')}-{n}")
