"""Text in the letters that Pillow's own font has: what it lacks (umlauts, dashes ...) is written in plain ones."""

from __future__ import annotations

import functools
import unicodedata
from typing import Final

from PIL import ImageFont

_PLAIN: Final = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ı": "i", "–": "-", "—": "-", "‒": "-", "‑": "-",
        "−": "-", "«": '"', "»": '"', "„": '"', "‚": "'", "‹": "'", "›": "'", "×": "x",
    }
)  # fmt: skip
_NO_CHARACTER: Final = "\uffff"


def drawable(text: str) -> str:
    """The text, each character the font lacks without its marks; one that has no plain form is left as it is."""
    return "".join(
        char if char.isascii() or _has_glyph(char) else _plain(char) or char
        for char in unicodedata.normalize("NFC", text)
        if not unicodedata.combining(char)
    )


def _plain(char: str) -> str:
    taken_apart = unicodedata.normalize("NFKD", char.translate(_PLAIN))
    return "".join(part for part in taken_apart.translate(_PLAIN) if part.isascii())


@functools.lru_cache(maxsize=4096)
def _has_glyph(char: str) -> bool:
    return _drawn(char) != _drawn(_NO_CHARACTER)


def _drawn(char: str) -> bytes:
    return bytes(ImageFont.load_default(size=20).getmask(char))
