"""The band under a picture: what it is, its mood and shot, its number, and the references that were sent with it."""

from __future__ import annotations

import functools
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont, ImageOps

from chargen.emulator.drawing.colours import at_luminance, luminance, mix
from chargen.emulator.drawing.letters import drawable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.emulator.drawing.brief import Brief
    from chargen.emulator.drawing.scheme import Scheme

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

PAPER: Final = (245, 241, 232)
NARROW: Final = 700  # below so many units of width, references go under the text


@dataclass(frozen=True, slots=True)
class Thumb:
    """A reference as it is shown."""

    picture: Image.Image
    role: str


class Caption:
    """Measures itself first, so that the picture above can be painted to fit; then draws."""

    def __init__(
        self, brief: Brief, size: tuple[int, int], number: int | None, references: Sequence[bytes]
    ) -> None:
        self.width, height = size
        self.unit = min(math.sqrt(self.width * height) / 1000, self.width / 480, height / 400)
        self.pad = self._px(26)
        self.side = self._px(66)
        self.narrow = self.width < NARROW * self.unit
        self.thumbs, self.more = self._thumbs(brief, references)
        self.big, self.small, self.tiny = self._font(28), self._font(15), self._font(13.5)
        room = self.width - 2 * self.pad - (0 if self.narrow else self._thumbs_width())
        self.lines = wrap(drawable(brief.subject), self.big, room, most=3 if self.narrow else 2)
        said = [brief.mood, brief.shot or brief.frame, "" if number is None else f"no. {number}"]
        self.meta = cut(
            drawable(" · ".join(part for part in said if part).upper()),
            self.small,
            room,
            spacing=self._spacing(),
        )
        self.text_height = self._px(34) * len(self.lines) + self._px(24)
        self.thumb_height = self.side + self._px(20) if self.thumbs else 0
        inner = (
            self.text_height + (self.thumb_height + self._px(14) if self.thumbs else 0)
            if self.narrow
            else max(self.text_height, self.thumb_height)
        )
        self.height = min(inner + 2 * self._px(21), height // 2)

    def draw(self, scheme: Scheme) -> Image.Image:
        """The band, as wide as the picture."""
        paper = mix(PAPER, scheme.horizon, 0.08)
        ink = at_luminance(mix(scheme.near, scheme.body, 0.15), 0.13)
        band = Image.new("RGB", (self.width, self.height), paper)
        pen = ImageDraw.Draw(band)
        accent = at_luminance(scheme.accent, min(luminance(scheme.accent), 0.52))
        pen.rectangle((0, 0, self.width, max(1, self._px(3)) - 1), fill=ink)
        pen.rectangle((self.pad, 0, self.pad + self._px(72), self._px(7)), fill=accent)
        top = self._px(21) if self.narrow else (self.height - self.text_height) // 2 + self._px(3)
        for line in self.lines:
            pen.text((self.pad, top), line, ink, self.big)
            top += self._px(34)
        self._spaced(pen, (self.pad, top + self._px(5)), self.meta, mix(ink, paper, 0.16))
        self._draw_thumbs(band, pen, top + self._px(38), ink, paper)
        return band

    def _draw_thumbs(
        self,
        band: Image.Image,
        pen: ImageDraw.ImageDraw,
        below: int,
        ink: tuple[int, int, int],
        paper: tuple[int, int, int],
    ) -> None:
        x = self.pad if self.narrow else self.width - self.pad - self._thumbs_width() + self._px(30)
        y = below if self.narrow else (self.height - self.thumb_height) // 2 + self._px(2)
        quiet = mix(ink, paper, 0.16)
        for thumb in self.thumbs:
            band.paste(thumb.picture, (x, y))
            pen.rectangle((x, y, x + self.side - 1, y + self.side - 1), outline=mix(ink, paper, 0.5))
            role = cut(thumb.role, self.tiny, self.side)
            left = x + (self.side - self.tiny.getlength(role)) / 2
            pen.text((left, y + self.side + self._px(4)), role, quiet, self.tiny)
            x += self.side + self._px(14)
        if self.more:
            pen.text((x, y + self.side // 2 - self._px(8)), f"+{self.more}", quiet, self.small)

    def _thumbs(self, brief: Brief, references: Sequence[bytes]) -> tuple[list[Thumb], int]:
        room = (self.width - 2 * self.pad) * (0.9 if self.narrow else 0.42)
        fit = max(1, int(room // (self.side + self._px(14))))
        roles = [drawable(reference.role or reference.name) for reference in brief.references]
        roles += [f"ref {number + 1}" for number in range(len(roles), len(references))]
        shown = [
            Thumb(_square(data, self.side), role) for data, role in zip(references[:fit], roles, strict=False)
        ]
        return shown, len(references) - len(shown)

    def _thumbs_width(self) -> int:
        count = len(self.thumbs)
        more = self._px(40) if self.more else 0
        return count * (self.side + self._px(14)) + more + self._px(16) if count else 0

    def _spaced(
        self, pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, colour: tuple[int, int, int]
    ) -> None:
        """Capitals with air between them."""
        x = float(at[0])
        for letter in text:
            pen.text((x, at[1]), letter, colour, self.small)
            x += self.small.getlength(letter) + self._spacing()

    def _spacing(self) -> float:
        return 1.5 * self.unit

    def _font(self, size: float) -> Font:
        return _font(max(7, round(size * self.unit)))

    def _px(self, units: float) -> int:
        return max(1, round(units * self.unit))


def wrap(text: str, font: Font, room: float, *, most: int) -> list[str]:
    """Text in at most so many lines of this width; what does not fit ends in an ellipsis."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [cut(line, font, room) for line in lines]


def cut(text: str, font: Font, room: float, *, spacing: float = 0.0) -> str:
    """Text no wider than this, letter by letter with this much air between them."""

    def length(said: str) -> float:
        return sum(map(font.getlength, said)) + spacing * len(said) if spacing else font.getlength(said)

    if length(text) <= room:
        return text
    text = text[:400]
    while text and length(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip(' ,;:.')}…"


@functools.lru_cache(maxsize=64)
def _font(size: int) -> Font:
    return ImageFont.load_default(size=size)


def _square(data: bytes, side: int) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("RGB", (side * 2, side * 2))
        return ImageOps.fit(picture.convert("RGB"), (side, side), Image.Resampling.BILINEAR)
