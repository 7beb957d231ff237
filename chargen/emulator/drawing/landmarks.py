"""Things a picture can be about, as silhouettes in a box one unit high: a headframe, a tower, a lantern, a book."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chargen.emulator.drawing.figures import curve

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import ImageDraw

    Point = tuple[float, float]


class Pen:
    """Draws a landmark: x from the middle, y upwards from the ground, in units of its height."""

    def __init__(self, draw: ImageDraw.ImageDraw, foot: Point, height: float) -> None:
        self.draw, self.foot, self.height = draw, foot, height
        self.lights: list[tuple[Point, float]] = []  # windows and flames: place and size in pixels

    def at(self, x: float, y: float) -> Point:
        """A place in pixels."""
        return self.foot[0] + x * self.height, self.foot[1] - y * self.height

    def shape(self, *points: Point, hole: bool = False) -> None:
        """A filled shape with straight sides."""
        self.draw.polygon([self.at(*point) for point in points], fill=0 if hole else 255)

    def blob(self, *points: Point) -> None:
        """A filled shape with smooth sides."""
        self.draw.polygon(curve([self.at(*point) for point in points], detail=6), fill=255)

    def bar(self, start: Point, end: Point, width: float = 0.02) -> None:
        """A beam."""
        thick = max(1, round(width * self.height))
        self.draw.line([self.at(*start), self.at(*end)], fill=255, width=thick)

    def disc(self, x: float, y: float, radius: float, *, hole: bool = False) -> None:
        """A filled circle."""
        (left, top), (right, bottom) = self.at(x - radius, y + radius), self.at(x + radius, y - radius)
        self.draw.ellipse((left, top, right, bottom), fill=0 if hole else 255)

    def light(self, x: float, y: float, size: float) -> None:
        """A place that shines."""
        self.lights.append((self.at(x, y), size * self.height))


def landmark_of(text: str) -> str | None:
    """The landmark a text speaks of first, if any."""
    hits = [
        (m.start(), name)
        for name, (words, _) in LANDMARKS.items()
        if (m := re.search(rf"\b(?:{words})", text, re.IGNORECASE))
    ]
    return min(hits)[1] if hits else None


def draw_landmark(name: str, pen: Pen) -> None:
    """Draw the landmark of this name."""
    LANDMARKS[name][1](pen)


def _headframe(pen: Pen) -> None:
    for side in (-1, 1):
        pen.bar((0.2 * side, 0), (0.07 * side, 0.92), 0.03)
        pen.bar((0.07 * side, 0.92), (-0.2 * side, 0.0), 0.012)
    for y in (0.25, 0.5, 0.72):
        pen.bar((-0.2 + y * 0.14, y), (0.2 - y * 0.14, y), 0.018)
    pen.bar((0.06, 0.9), (0.62, 0), 0.03)
    pen.bar((0.14, 0.45), (0.36, 0.38), 0.016)
    for x in (-0.06, 0.08):
        pen.disc(x, 0.93, 0.085)
        pen.disc(x, 0.93, 0.066, hole=True)
        pen.bar((x - 0.07, 0.93), (x + 0.07, 0.93), 0.01)
        pen.bar((x, 0.86), (x, 1.0), 0.01)
    pen.shape((-0.14, 1.0), (0.0, 1.09), (0.16, 1.0), (0.16, 0.985), (-0.14, 0.985))
    pen.shape((0.46, 0), (0.46, 0.17), (0.62, 0.27), (0.78, 0.17), (0.78, 0))
    pen.light(0.56, 0.09, 0.035)
    pen.light(0.68, 0.09, 0.035)
    pen.light(0.0, 0.3, 0.022)


def _tower(pen: Pen) -> None:
    pen.shape(
        (-0.12, 0),
        (-0.09, 0.74),
        (-0.13, 0.76),
        (-0.13, 0.84),
        (0.13, 0.84),
        (0.13, 0.76),
        (0.09, 0.74),
        (0.12, 0),
    )
    pen.shape((-0.11, 0.84), (0, 1.08), (0.11, 0.84))
    for y, x in ((0.22, 0.02), (0.45, -0.03), (0.66, 0.02)):
        pen.light(x, y, 0.018)


def _castle(pen: Pen) -> None:
    pen.shape((-0.62, 0), (-0.6, 0.34), (0.6, 0.34), (0.62, 0))
    for notch in range(-6, 6):
        x = notch * 0.1
        pen.shape((x, 0.34), (x, 0.38), (x + 0.05, 0.38), (x + 0.05, 0.34))
    for x, half, top in (
        (-0.58, 0.09, 0.56),
        (0.58, 0.1, 0.5),
        (-0.18, 0.12, 0.78),
        (0.2, 0.08, 0.94),
        (0.02, 0.16, 0.52),
    ):
        pen.shape((x - half, 0), (x - half * 0.92, top), (x + half * 0.92, top), (x + half, 0))
        pen.shape((x - half * 1.15, top), (x, top + half * 2.1), (x + half * 1.15, top))
        pen.light(x, top - 0.1, 0.014)
    pen.shape((-0.07, 0), (-0.07, 0.1), (0, 0.16), (0.07, 0.1), (0.07, 0), hole=True)


def _house(pen: Pen) -> None:
    pen.shape(
        (-0.5, 0),
        (-0.5, 0.42),
        (-0.58, 0.4),
        (-0.3, 0.86),
        (0.34, 0.86),
        (0.62, 0.4),
        (0.54, 0.42),
        (0.54, 0),
    )
    pen.shape((0.18, 0.8), (0.18, 1.04), (0.3, 1.04), (0.3, 0.8))
    for x in (-0.3, 0.06, 0.34):
        pen.light(x, 0.24, 0.055)


def _tree(pen: Pen) -> None:
    pen.blob((-0.09, 0), (-0.045, 0.2), (-0.04, 0.45), (0.04, 0.45), (0.05, 0.2), (0.1, 0))
    pen.bar((0, 0.36), (-0.22, 0.6), 0.035)
    pen.bar((0, 0.34), (0.24, 0.58), 0.035)
    for x, y, r in (
        (-0.24, 0.66, 0.17),
        (0.02, 0.78, 0.22),
        (0.27, 0.64, 0.16),
        (-0.08, 0.6, 0.15),
        (0.14, 0.6, 0.15),
        (0.2, 0.8, 0.13),
    ):
        pen.disc(x, y, r)


def _ship(pen: Pen) -> None:
    pen.blob((-0.5, 0.14), (-0.3, 0.11), (0.3, 0.11), (0.56, 0.2), (0.36, -0.02), (-0.36, -0.03))
    for x, top in ((-0.22, 0.8), (0.06, 1.0), (0.32, 0.72)):
        pen.bar((x, 0.1), (x, top), 0.014)
        pen.blob((x - 0.13, 0.22), (x - 0.1, top - 0.08), (x + 0.1, top - 0.08), (x + 0.17, 0.24), (x, 0.2))
    pen.light(-0.42, 0.2, 0.018)


def _bridge(pen: Pen) -> None:
    pen.shape((-1.1, 0.5), (0, 0.6), (1.1, 0.5), (1.1, 0), (-1.1, 0))
    for x in (-0.66, 0.0, 0.66):
        pen.disc(x, 0.12, 0.26, hole=True)
        pen.shape((x - 0.26, 0.12), (x + 0.26, 0.12), (x + 0.26, -0.3), (x - 0.26, -0.3), hole=True)


def _arch(pen: Pen) -> None:
    pen.shape((-0.4, 0), (-0.4, 0.8), (0.4, 0.8), (0.4, 0))
    pen.shape((-0.47, 0.8), (-0.47, 0.86), (0.47, 0.86), (0.47, 0.8))
    pen.shape((-0.4, 0.86), (0, 1.0), (0.4, 0.86))
    for x in (-0.52, 0.52):
        pen.shape((x - 0.12, 0), (x - 0.11, 0.66), (x + 0.11, 0.66), (x + 0.12, 0))
        pen.shape((x - 0.14, 0.66), (x, 0.78), (x + 0.14, 0.66))
    pen.disc(0, 0.44, 0.22, hole=True)
    pen.shape((-0.22, 0.44), (0.22, 0.44), (0.22, -0.1), (-0.22, -0.1), hole=True)
    for x in (-0.33, 0.33):
        pen.light(x, 0.36, 0.016)


def _stones(pen: Pen) -> None:
    for x, wide, tall in (
        (-0.55, 0.1, 0.55),
        (-0.25, 0.13, 0.86),
        (0.08, 0.14, 1.0),
        (0.4, 0.11, 0.7),
        (0.66, 0.1, 0.42),
    ):
        pen.shape(
            (x - wide, 0),
            (x - wide * 0.75, tall * 0.9),
            (x - wide * 0.1, tall),
            (x + wide * 0.7, tall * 0.93),
            (x + wide, 0),
        )


def _camp(pen: Pen) -> None:
    for x, size in ((-0.55, 0.7), (0.5, 0.85)):
        pen.shape((x - size * 0.5, 0), (x, size), (x + size * 0.5, 0))
    pen.bar((-0.12, 0.02), (0.12, 0.1), 0.03)
    pen.bar((0.12, 0.02), (-0.12, 0.1), 0.03)
    pen.light(0.0, 0.14, 0.1)


def _lantern(pen: Pen) -> None:
    pen.shape(
        (-0.3, 0),
        (-0.34, 0.07),
        (-0.22, 0.12),
        (-0.22, 0.7),
        (-0.27, 0.72),
        (-0.1, 0.86),
        (0.1, 0.86),
        (0.27, 0.72),
        (0.22, 0.7),
        (0.22, 0.12),
        (0.34, 0.07),
        (0.3, 0),
    )
    pen.shape((-0.16, 0.16), (-0.16, 0.66), (0.16, 0.66), (0.16, 0.16), hole=True)
    pen.bar((0, 0.12), (0, 0.3), 0.05)
    for x in (-0.2, 0.2):
        pen.bar((x, 0.14), (x * 0.9, 0.68), 0.02)
    pen.bar((-0.12, 0.86), (-0.08, 1.0), 0.025)
    pen.bar((-0.08, 1.0), (0.08, 1.0), 0.025)
    pen.bar((0.08, 1.0), (0.12, 0.86), 0.025)
    pen.light(0.0, 0.38, 0.13)


def _book(pen: Pen) -> None:
    pen.blob(
        (0, 0.22),
        (-0.3, 0.36),
        (-0.72, 0.28),
        (-0.82, 0.06),
        (-0.4, 0.12),
        (0, 0.02),
        (0.4, 0.12),
        (0.82, 0.06),
        (0.72, 0.28),
        (0.3, 0.36),
    )
    pen.shape((-0.9, 0.0), (-0.82, 0.08), (0.82, 0.08), (0.9, 0.0))
    pen.bar((0.5, 0.3), (0.66, 0.82), 0.022)
    pen.blob((0.62, 0.5), (0.54, 0.82), (0.76, 1.06), (0.74, 0.7))


def _sword(pen: Pen) -> None:
    pen.shape((-0.035, 0.02), (-0.04, 0.62), (0.04, 0.62), (0.035, 0.02), (0, -0.03))
    pen.shape((-0.17, 0.62), (-0.18, 0.67), (0.18, 0.67), (0.17, 0.62))
    pen.bar((0, 0.66), (0, 0.88), 0.045)
    pen.disc(0, 0.92, 0.045)


def _key(pen: Pen) -> None:
    pen.disc(0, 0.8, 0.2)
    pen.disc(0, 0.8, 0.12, hole=True)
    pen.bar((0, 0.62), (0, 0.0), 0.07)
    for y in (0.03, 0.17):
        pen.bar((0, y), (0.19, y), 0.07)


def _cup(pen: Pen) -> None:
    pen.blob(
        (-0.28, 0.92),
        (-0.26, 0.66),
        (-0.08, 0.48),
        (-0.05, 0.2),
        (-0.24, 0.04),
        (0, 0.0),
        (0.24, 0.04),
        (0.05, 0.2),
        (0.08, 0.48),
        (0.26, 0.66),
        (0.28, 0.92),
        (0, 0.9),
    )


def _cart(pen: Pen) -> None:
    pen.shape((-0.7, 0.72), (-0.56, 0.3), (0.5, 0.3), (0.66, 0.72))
    pen.bar((0.55, 0.4), (1.05, 0.2), 0.04)
    for x in (-0.34, 0.3):
        pen.disc(x, 0.22, 0.22)
        pen.disc(x, 0.22, 0.17, hole=True)
        for dx, dy in ((0.18, 0), (0.13, 0.13), (0, 0.18), (-0.13, 0.13)):
            pen.bar((x - dx, 0.22 - dy), (x + dx, 0.22 + dy), 0.025)


def _table(pen: Pen) -> None:
    pen.shape((-1.0, 0.72), (-1.0, 0.8), (1.0, 0.8), (1.0, 0.72))
    for x in (-0.84, 0.84):
        pen.shape((x - 0.07, 0), (x - 0.05, 0.72), (x + 0.05, 0.72), (x + 0.07, 0))
    pen.bar((-0.84, 0.2), (0.84, 0.2), 0.06)
    pen.shape((-0.3, 0.8), (-0.28, 0.96), (-0.2, 0.96), (-0.18, 0.8))
    pen.shape((0.2, 0.8), (0.16, 0.86), (0.7, 0.86), (0.66, 0.8))
    pen.light(-0.24, 1.06, 0.05)


def _throne(pen: Pen) -> None:
    pen.shape(
        (-0.8, 0), (-0.8, 0.08), (-0.6, 0.08), (-0.6, 0.16), (0.6, 0.16), (0.6, 0.08), (0.8, 0.08), (0.8, 0)
    )
    pen.shape(
        (-0.26, 0.16),
        (-0.26, 0.9),
        (-0.18, 1.0),
        (-0.08, 0.94),
        (0, 1.08),
        (0.08, 0.94),
        (0.18, 1.0),
        (0.26, 0.9),
        (0.26, 0.16),
    )
    for x in (-0.32, 0.32):
        pen.shape((x - 0.07, 0.16), (x - 0.07, 0.5), (x + 0.07, 0.5), (x + 0.07, 0.16))
        pen.disc(x, 0.52, 0.075)


def _cat(pen: Pen) -> None:
    pen.blob(
        (-0.3, 0.0),
        (-0.3, 0.24),
        (-0.16, 0.46),
        (-0.02, 0.62),
        (0.16, 0.6),
        (0.2, 0.42),
        (0.16, 0.2),
        (0.2, 0.0),
    )
    pen.disc(0.08, 0.74, 0.16)
    pen.shape((-0.07, 0.8), (-0.06, 1.0), (0.07, 0.88))
    pen.shape((0.1, 0.88), (0.22, 1.0), (0.23, 0.8))
    pen.blob(
        (-0.2, 0.02),
        (-0.5, 0.04),
        (-0.62, 0.2),
        (-0.52, 0.36),
        (-0.46, 0.32),
        (-0.54, 0.2),
        (-0.44, 0.11),
        (-0.2, 0.1),
    )


LANDMARKS: Final[dict[str, tuple[str, Callable[[Pen], None]]]] = {
    "headframe": (r"headframe|minehead|mine\b|shaft|hoist|winch|derrick|lode", _headframe),
    "tower": (r"tower|lighthouse|keep\b|spire|belfry|beacon", _tower),
    "castle": (r"castle|fortress|citadel|palace|stronghold|fort\b", _castle),
    "house": (r"house|cottage|cabin|hut|inn\b|tavern|farm|mill\b|shed|barrack|office|shop", _house),
    "tree": (r"tree|oak\b|willow|orchard|ash tree", _tree),
    "ship": (r"ship|boat|sail|vessel|ferry|galleon", _ship),
    "bridge": (r"bridge|aqueduct|viaduct", _bridge),
    "arch": (r"gate|arch|door|portal|ruin|threshold|entrance|adit", _arch),
    "stones": (r"stones?\b|menhir|obelisk|monument|statue|megalith|altar|grave|cairn", _stones),
    "camp": (r"camp|tents?\b|campfire|bonfire|bivouac", _camp),
    "lantern": (r"lantern|lamp|candle|torch", _lantern),
    "book": (r"book|ledger|letter|map\b|scroll|page|diary|journal|quill|writing", _book),
    "sword": (r"sword|blade|dagger|knife|axe|spear", _sword),
    "key": (r"keys?\b|lock\b", _key),
    "cup": (r"cup|goblet|chalice|grail|glass|bottle|vial", _cup),
    "throne": (r"throne|seat of|high chair", _throne),
    "table": (r"table|desk|feast|banquet|council", _table),
    "cat": (r"cats?\b|kitten", _cat),
    "cart": (r"cart|wagon|carriage|barrow", _cart),
}
