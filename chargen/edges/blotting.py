"""
A secret blotted out of the bytes a service sends, before any of them lies on disk.

What a service says ends up in results, in the job store and on the books: an echo of the key must get into none.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REDACTED: Final = "[API key]"
_SHORTEST: Final = 16  # a shorter word is a stand-in, no key, and might lie in a picture's base64


def spellings_of(secret: str) -> tuple[str, ...]:
    """A secret in every spelling a URL gives it; none of an empty one."""
    return tuple(dict.fromkeys(filter(None, (secret, quote(secret, safe=""), quote(secret)))))


class Blotting:
    """Bytes in, the same without the secret out, wherever a piece ends."""

    def __init__(self, secret: str) -> None:
        found = spellings_of(secret) if len(secret) >= _SHORTEST else ()
        self._spellings = tuple(spelling.encode() for spelling in found)
        self._most = max(map(len, self._spellings), default=1) - 1
        self._held = b""

    def piece(self, data: bytes) -> bytes:
        """What can be let go by now: all but what may be the beginning of the secret."""
        known = self._without(self._held + data)
        end = max(0, len(known) - self._most)
        self._held = known[end:]
        return known[:end]

    def rest(self) -> bytes:
        """What was held back, at the end."""
        held, self._held = self._held, b""
        return held

    def whole(self, data: bytes) -> bytes:
        """Bytes that are all there."""
        return self.piece(data) + self.rest()

    def pieces(self, data: Iterable[bytes]) -> Iterator[bytes]:
        """Bytes as they come."""
        for piece in data:
            yield self.piece(piece)
        yield self.rest()

    def _without(self, data: bytes) -> bytes:
        for spelling in self._spellings:
            data = data.replace(spelling, REDACTED.encode())
        return data


class BlottedFile:
    """A file that is only written to, what is written going through a blotting; `finish` writes what was held back."""

    def __init__(self, file: IO[bytes], secret: str) -> None:
        self._file = file
        self._blotting = Blotting(secret)

    def write(self, data: bytes) -> int:
        """Write a piece; its own length, as files say it."""
        self._file.write(self._blotting.piece(data))
        return len(data)

    def finish(self) -> None:
        """Write what was held back; the file itself stays open."""
        self._file.write(self._blotting.rest())
