"""Which rows of a list an edit speaks of, and what becomes of them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chargen.errors import SpliceRefused

if TYPE_CHECKING:
    from chargen.dialects.yaml_text import YamlDocument

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class RowEdit:
    """
    One target's row: `row` takes the place of the rows whose custom_id or job_id is in `replaces`.

    None there yet: it is added at the list's end. `row` None: they are removed. The row's own job_id (custom_id
    where it has none) always counts as one of `replaces`, so that doing an edit twice is doing it once.
    """

    at: Path  # of the mapping that owns the list; () is the whole document
    row: Mapping[str, Any] | None
    replaces: frozenset[str] = frozenset()
    key: str = "generated_images"

    @property
    def names(self) -> frozenset[str]:
        """The identities of the rows this edit speaks of."""
        if self.row is None:
            return self.replaces
        own = self.row.get("job_id") or self.row.get("custom_id")
        return self.replaces | {own} if isinstance(own, str) else self.replaces


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a list's rows: by index replaced or dropped, and added at its end."""

    replaced: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()
    added: tuple[Mapping[str, Any], ...] = ()


def decide(rows: Sequence[Any], edits: Sequence[RowEdit], *, place: YamlDocument) -> Decision:
    """Which of a list's rows are replaced, dropped and added.

    Raises:
        SpliceRefused: two edits speak of the same row.
    """
    replaced: dict[int, Mapping[str, Any]] = {}
    dropped: list[int] = []
    added: list[Mapping[str, Any]] = []
    claimed: set[str] = set()
    written = {canonical(row) for row in rows}
    for edit in edits:
        if claimed & edit.names:
            twice = ", ".join(sorted(claimed & edit.names))
            hint = "give each shot, and each row, an id of its own"
            where = place.place(*edit.at, edit.key)
            raise SpliceRefused(f"two edits speak of one row: {twice}", hint=hint, place=where)
        claimed |= edit.names
        matching = [index for index, row in enumerate(rows) if _identities(row) & edit.names]
        if edit.row is None:
            dropped += matching
        elif matching:
            if canonical(rows[matching[0]]) != canonical(edit.row):
                replaced[matching[0]] = edit.row
            dropped += matching[1:]
        elif canonical(edit.row) not in written:
            added.append(edit.row)
    dropped = sorted(set(dropped) - replaced.keys())
    while dropped and added:  # one text takes another's place: no list is emptied to be filled again
        replaced[dropped.pop(0)] = added.pop(0)
    return Decision(replaced, frozenset(dropped), tuple(added))


def decided_rows(rows: Sequence[Any], decision: Decision) -> list[Any]:
    """The list as it will be."""
    kept = [
        decision.replaced.get(index, row) for index, row in enumerate(rows) if index not in decision.dropped
    ]
    return [*kept, *decision.added]


def canonical(value: Any) -> str:
    """Tells 1, true and "1" apart, which == does not, and key order not."""
    return json.dumps(value, sort_keys=True)


def _identities(row: Any) -> set[str]:
    if not isinstance(row, dict):
        return set()
    return {name for name in (row.get("custom_id"), row.get("job_id")) if isinstance(name, str)}
