"""The world's files and picture tools as the pipeline asks for them: thin fronts over files.py and images.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from chargen.edges.files import read_inside, write_inside

if TYPE_CHECKING:
    from chargen.core.picture_facts import PictureFacts


@dataclass(frozen=True, slots=True)
class WorldFolder:
    """A world's folder, read and written inside its root only."""

    root: Path

    def read(self, path: str) -> bytes:
        """A file's bytes, path from the root. FileNotFoundError, OutOfWorld, WorkFailed."""
        return read_inside(self.root, path)

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole or not at all, durably. OutOfWorld, WorkFailed, ConfigurationError."""
        write_inside(self.root, path, data)


class Pillow:
    """Picture tools by Pillow, imported when the first picture is looked at."""

    def check(self, data: bytes) -> PictureFacts:
        """Decode a picture fully. BadPicture."""
        from chargen.edges.images import check_picture

        return check_picture(data)

    def fit(self, data: bytes) -> tuple[bytes, str]:
        """A reference picture as it is sent, and its MIME type. BadPicture."""
        from chargen.edges.images import fit_reference

        return fit_reference(data)

    def convert(self, data: bytes, to: str) -> bytes:
        """The picture in the format a world stores. BadPicture."""
        from chargen.edges.images import convert

        return convert(data, cast("Literal['png', 'webp', 'jpeg']", to))
