"""A regular expression for whole numbers between two bounds, for schemas that have to judge numbers in quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def pattern(low: int, high: int | None) -> str:
    """What matches the digits of `low` to `high` (None: without end), leading zeros and `_` between digits allowed."""
    spelled = "|".join("_?".join(digits) for digits in _every(low, high))
    return f"^(?:0_?)*(?:{spelled})$"


def _every(low: int, high: int | None) -> Iterator[list[str]]:
    """The numbers of each length, as a class of digits for each place."""
    longest = len(str(low if high is None else high))
    for length in range(len(str(low)), longest + 1):
        first = max(low, 10 ** (length - 1) if length > 1 else 0)
        last = 10**length - 1 if high is None else min(high, 10**length - 1)
        yield from _same_length(str(first), str(last))
    if high is None:
        yield ["[1-9]", *["[0-9]"] * (longest - 1), "[0-9](?:_?[0-9])*"]


def _same_length(first: str, last: str) -> Iterator[list[str]]:
    if not first:
        yield []
        return
    low, high = int(first[0]), int(last[0])
    if low == high:
        for rest in _same_length(first[1:], last[1:]):
            yield [first[0], *rest]
        return
    nines, zeros = "9" * (len(first) - 1), "0" * (len(first) - 1)
    if first[1:] != zeros:
        for rest in _same_length(first[1:], nines):
            yield [first[0], *rest]
        low += 1
    whole_top = last[1:] == nines
    if low <= high - (not whole_top):
        yield [f"[{low}-{high - (not whole_top)}]", *["[0-9]"] * len(zeros)]
    if not whole_top:
        for rest in _same_length(zeros, last[1:]):
            yield [last[0], *rest]
