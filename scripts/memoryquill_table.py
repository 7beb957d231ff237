"""The table of docs/memoryquill.md: which key of such a file lands in which section of a prompt, from the dialect's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.dialects import memoryquill_words as words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Section, the dialect's table, and what becomes of its keys.
ROWS: Final = (
    ("subject", words.DESCRIPTIONS, "the first of these that says something describes the picture"),
    ("subject", words.PROMPTS, "the first of these, only where nothing else describes the picture"),
    ("subject", words.HAPPENINGS, "one more line each"),
    ("subject", words.PEOPLE, "who is in it, by slug, with what each does"),
    ("setting", words.PLACES, "the location, whose name and canon come with it; `mill/loft` names its zone, too"),
    ("setting", words.ZONES, "its name in words"),
    ("setting", words.SETTINGS, "a line each, or one for every key of a map"),
    ("mood", words.MOODS, "a name of the world's moods, or up to three words; a sentence becomes a note of the mood"),
    ("mood", words.FEELINGS, "notes of the mood"),
    ("composition", words.COMPOSITIONS, "a line each, or one for every key of a map"),
    ("continuity", words.MUST_INCLUDE, "must be seen"),
    ("continuity", words.AVOID, "never to be seen: a list, or a text cut at its commas"),
)  # fmt: skip


def rows() -> Iterator[tuple[str, str, str]]:
    """Section, keys and meaning, one table of the dialect after the other."""
    for section, keys, meaning in ROWS:
        yield section, _named(keys), meaning


def said_of(row: tuple[str, Iterable[str], str]) -> str:
    """A row as one text, for an editor: the keys that share it come last."""
    section, keys, meaning = row
    return f"{section}: {meaning} ({', '.join(keys)})"


def _named(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)
