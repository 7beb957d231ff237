"""What somebody has to compare of two lists or two long texts: where they differ, and how much is as it was. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WHOLE: Final = 300  # characters: a text up to here is shown as it is
_AROUND: Final = 60  # characters of what is the same, before and behind what differs

Pair = tuple[str | None, str | None]


def contrast_lists(old: Sequence[str], new: Sequence[str]) -> tuple[Pair, str]:
    """What went and what came, and a word on the rest; two lists of the same in another order whole."""
    went, came = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if not went and not came:
        return ("; ".join(old), "; ".join(new)), "in another order"
    gone, added = (
        "; ".join(_of(items, chosen)) or None
        for items, chosen in ((reversed(old), went), (reversed(new), came))
    )
    same = len(new) - came.total()
    return (gone, added), f"{same} more as before" if same else ""


def _of(backwards: Iterable[str], chosen: Counter[str]) -> list[str]:
    """The chosen items in the order of their list; of an item that is there twice, the later."""
    left, found = chosen.copy(), []
    for item in backwards:
        if left[item]:
            left[item] -= 1
            found.append(item)
    return found[::-1]


def contrast_texts(old: str, new: str) -> Pair:
    """Two texts; of long ones, what differs with a few words around it."""
    if max(len(old), len(new)) <= _WHOLE:
        return old, new
    before = _shared(old, new)
    most = min(len(old), len(new)) - before
    behind = min(most, _shared(old[::-1], new[::-1]))
    return _around(old, before, behind), _around(new, before, behind)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    both = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in both if a != b), min(len(one), len(other)))


def _around(text: str, before: int, behind: int) -> str:
    """A text without the words that are farther from what differs than `_AROUND`."""
    start, end = before - _AROUND, len(text) - behind + _AROUND
    first = text.find(" ", start, before) + 1 if start > 0 else 0
    last = text.rfind(" ", len(text) - behind, end) if end < len(text) else len(text)
    head = "… " if first else ""
    return head + (text[first:] if last < 0 or last == len(text) else f"{text[first:last]} …")
