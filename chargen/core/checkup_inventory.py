"""What `chargen doctor` says of the pictures that files list themselves (`image_inventory`). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chargen.core.checkup import Finding, Level
from chargen.core.counted import counted

_TOLD: Final = 12  # entities, and how many more


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one entity's file lists: how many pictures, and where it says so of those that are not there."""

    listed: int
    lost: Sequence[str] = field(default_factory=tuple)


def about_inventories(found: Mapping[str, Inventory]) -> Finding:
    """Rows of inventories whose file is missing, entity by entity, the one that lacks most first."""
    listed = sum(item.listed for item in found.values())
    lacking = {name: item for name, item in found.items() if item.lost}
    if not listed:
        return Finding("inventory", Level.OK, "no file lists pictures of its own")
    said = f"{counted(listed, 'picture')} listed by {counted(len(found), 'file')}"
    if not lacking:
        return Finding("inventory", Level.OK, f"{said}, all there")
    lost = sum(len(item.lost) for item in lacking.values())
    worst_first = sorted(lacking.items(), key=lambda item: (-len(item[1].lost), item[0]))
    steps = [
        f"{name}: {len(item.lost)} of {item.listed}, first {item.lost[0]}"
        for name, item in worst_first[:_TOLD]
    ]
    more = len(worst_first) - len(steps)
    if more > 0:
        steps.append(f"and {more} more files like these")
    steps.append("put the files back, or take the rows out; a shot that only such a row answers is made anew")
    return Finding("inventory", Level.WARNING, f"{said}; {lost} of them missing", "\n".join(steps))
