"""What a splice promises, in the plainest words, and a walk through add, replace, remove and no-op that holds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from chargen.dialects.splice import RowEdit, outside, splice
from chargen.dialects.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

Path = tuple[str | int, ...]

OURS: Final = "location.x.y.z.v1"
FIRST: Final[dict[str, Any]] = {"custom_id": OURS, "title": "first"}
SECOND: Final[dict[str, Any]] = {"custom_id": OURS, "title": "second: # and last", "tags": ["a", "b, c"]}
LIFE: Final = (None, FIRST, SECOND, SECOND, None, FIRST)  # a shot's row: none, new, made again, gone, back


def at(data: Any, path: Path) -> Any:
    """The value at a path."""
    for part in path:
        data = data[part]
    return data


def is_ours(row: Any) -> bool:
    """Whether a row is the one the edits speak of."""
    return isinstance(row, dict) and row.get("custom_id") == OURS


def same(left: Any, right: Any) -> bool:
    """Equal data, where 1, true and "1" differ."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def expected(data: Any, paths: Sequence[Path], row: Any) -> Any:
    """The data after one edit at each path: one row of ours, in its old place or at the end."""
    data = json.loads(json.dumps(data))
    for path in paths:
        owner = at(data, path)
        old = owner.get("generated_images") or []
        new = _with_ours(old, row)
        if new != old:
            owner["generated_images"] = new
    return data


def _with_ours(rows: list[Any], row: Any) -> list[Any]:
    new, placed = [], row is None
    for old in rows:
        if not is_ours(old):
            new.append(old)
        elif not placed:
            new.append(row)
            placed = True
    return new if placed else [*new, row]


def live(text: str, *paths: Path) -> int:
    """
    Take a text through the life of a row at each path, holding every promise on the way; the number of edits made.

    Raises:
        AssertionError: a promise is broken.
        SpliceRefused: the text has no safe place.
    """
    for row in LIFE:
        text = held(text, *paths, row=row)
    return len(LIFE) * len(paths)


def held(text: str, *paths: Path, row: dict[str, Any] | None) -> str:
    """The text after one call of the splice that has kept every promise. AssertionError, SpliceRefused."""
    old = read_yaml(text, path="f.yaml").data
    wanted = expected(old, paths, row)
    edits = [RowEdit(path, row, frozenset({OURS})) for path in paths]

    new = splice(text, edits, path="f.yaml")

    assert outside(text, new.old_spans) == outside(new.text, new.new_spans), "the writer's bytes changed"
    assert same(read_yaml(new.text, path="f.yaml").data, wanted), "the data changed beyond its rows"
    assert splice(new.text, edits, path="f.yaml").text == new.text, "twice is not once"
    assert not same(old, wanted) or new.text == text, "a no-op changed something"
    return new.text
