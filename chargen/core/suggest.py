"""The nearest name to a mistyped one, for did-you-mean hints. Pure."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LONGEST: Final = 200  # characters of what may be a name; comparing takes time
_SHOWN: Final = 8
_MISSPELT: Final = 0.85
_CLOSE: Final = 0.6
_SHORTEST: Final = 3  # letters that may stand for a longer name
_NO_WORD: Final = re.compile(r"[\W_]+")


def nearest(
    name: str, options: Iterable[str], *, called: Mapping[str, Iterable[str]] | None = None
) -> str | None:
    """
    The option that was surely meant by `name`, or None when none is near; `called` says what else an option is called.

    Case, accents, spaces and dashes do not count; a word of a name stands for the whole, where only one has it.
    """
    if len(name) > _LONGEST:
        return None
    names = called or {}
    labels = ((label, option) for option in options for label in (option, *names.get(option, ())))
    return _nearest(_folded(name), tuple(sorted(labels)))


def did_you_mean(
    name: str, options: Iterable[str], *, called: Mapping[str, Iterable[str]] | None = None
) -> str:
    """A hint naming the nearest option, or else the options there are."""
    known = sorted(options)
    near = nearest(name, known, called=called)
    if near is not None:
        return f"did you mean {near!r}?"
    if not known:
        return ""
    shown = ", ".join(known[:_SHOWN])
    return f"known: {shown}" + (f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else "")


@functools.lru_cache(maxsize=4096)  # the same wrong name is met in many shots, among the same thousand others
def _nearest(name: str, labels: tuple[tuple[str, str], ...]) -> str | None:
    by_label = {_folded(label): option for label, option in labels}
    if name in by_label:
        return by_label[name]
    for find in (_misspelt, _containing, _close, _beginning, _sharing):
        found = {by_label[label] for label in find(name, by_label)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("'", "").replace("’", ""))
    return _NO_WORD.sub("-", "".join(char for char in plain if not unicodedata.combining(char))).strip("-")


def _containing(name: str, labels: Iterable[str]) -> list[str]:
    """Labels with all words of the name, or made of some of its words alone."""
    words = set(name.split("-"))
    return [label for label in labels if words <= (other := set(label.split("-"))) or other <= words]


def _misspelt(name: str, labels: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(name, labels, n=1, cutoff=_MISSPELT)


def _close(name: str, labels: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(name, labels, n=1, cutoff=_CLOSE)


def _beginning(name: str, labels: Iterable[str]) -> list[str]:
    """Labels that a short form begins."""
    return [label for label in labels if len(name) >= _SHORTEST and label.startswith(name)]


def _sharing(name: str, labels: Iterable[str]) -> list[str]:
    """Labels that share a word with the name, where it is the last of either: a family's name, not a first word of many."""
    words = name.split("-")
    return [
        label
        for label in labels
        if (others := label.split("-"))
        and (words[-1] in others or others[-1] in words)
        and len(others[-1]) > _SHORTEST
    ]
