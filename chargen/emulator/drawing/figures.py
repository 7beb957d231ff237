"""People as silhouettes: standing figures for wide and medium shots, a head and shoulders for close ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

    from PIL import ImageDraw

    Point = tuple[float, float]


def curve(points: list[Point], *, closed: bool = True, detail: int = 8) -> list[Point]:
    """A smooth line through these points (Catmull-Rom)."""
    count = len(points)
    smooth: list[Point] = []
    for i in range(count if closed else count - 1):
        a, b, c, d = (
            points[(i + k) % count] if closed else points[min(max(i + k, 0), count - 1)]
            for k in (-1, 0, 1, 2)
        )
        for step in range(detail):
            t = step / detail
            smooth.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    return smooth if closed else [*smooth, points[-1]]


# Outlines from the left foot over the head's base to the right foot: x and y in shares of the height.
_BODIES: Final = {
    "cloak": [(-0.19, 0.0), (-0.165, 0.25), (-0.135, 0.55), (-0.125, 0.72), (-0.1, 0.785), (-0.045, 0.825), (-0.03, 0.87),
              (0.03, 0.87), (0.045, 0.825), (0.105, 0.78), (0.13, 0.7), (0.135, 0.5), (0.185, 0.22), (0.23, 0.01)],
    "coat": [(-0.075, 0.0), (-0.08, 0.2), (-0.14, 0.24), (-0.105, 0.5), (-0.13, 0.74), (-0.105, 0.79), (-0.035, 0.825),
             (-0.03, 0.87), (0.03, 0.87), (0.035, 0.825), (0.105, 0.79), (0.13, 0.73), (0.1, 0.5), (0.15, 0.22), (0.09, 0.2),
             (0.085, 0.0), (0.02, 0.0), (0.012, 0.2), (-0.012, 0.2), (-0.02, 0.0)],
    "gown": [(-0.21, 0.0), (-0.15, 0.2), (-0.085, 0.46), (-0.07, 0.56), (-0.1, 0.7), (-0.09, 0.785), (-0.035, 0.82),
             (-0.025, 0.87), (0.025, 0.87), (0.035, 0.82), (0.09, 0.785), (0.1, 0.7), (0.07, 0.56), (0.085, 0.46), (0.15, 0.2), (0.21, 0.0)],
}  # fmt: skip
_WEAR: Final = ("hood", "knot", "hat", "hair", "bare", "plume")


def standing(
    draw: ImageDraw.ImageDraw, at: Point, height: float, rng: random.Random, *, number: int = 0
) -> Point | None:
    """Draw a figure whose feet stand at this point; gives the place of the lantern, if it carries one."""
    x, ground = at
    lean, build, mirror = rng.uniform(-0.03, 0.03), rng.uniform(0.92, 1.12), rng.choice((-1, 1))

    def spot(dx: float, dy: float) -> Point:
        return x + (dx * build * mirror + lean * dy) * height, ground - dy * height

    body = list(_BODIES)[(number + rng.randint(0, 1)) % 3]
    draw.polygon(curve([spot(*p) for p in _BODIES[body]], detail=5), fill=255)
    _head(draw, spot(0.0, 0.915), height * 0.064, _WEAR[(number * 2 + rng.randint(0, 1)) % 6])
    arm = max(1, round(height * 0.045))
    carries = (number + rng.randint(0, 2)) % 3
    if carries == 0:
        draw.line([spot(0.2, 1.02), spot(0.23, 0.0)], fill=255, width=max(1, round(height * 0.016)))
        draw.line([spot(0.1, 0.73), spot(0.13, 0.58), spot(0.215, 0.6)], fill=255, width=arm, joint="curve")
        return None
    if carries == 1:
        draw.line([spot(0.1, 0.73), spot(0.16, 0.56), spot(0.2, 0.5)], fill=255, width=arm, joint="curve")
        return _lantern(draw, spot(0.21, 0.4), height * 0.034)
    return None


def _lantern(draw: ImageDraw.ImageDraw, centre: Point, size: float) -> Point:
    x, y = centre
    draw.line([(x, y - size * 2.6), (x, y - size)], fill=255, width=1)
    draw.polygon([(x - size, y - size), (x, y - size * 1.9), (x + size, y - size)], fill=255)
    draw.rectangle((x - size, y + size, x + size, y + size * 1.4), fill=255)
    return centre


def _head(draw: ImageDraw.ImageDraw, centre: Point, radius: float, wear: str) -> None:
    x, y = centre

    def oval(left: float, top: float, right: float, bottom: float) -> None:
        draw.ellipse((x + left * radius, y + top * radius, x + right * radius, y + bottom * radius), fill=255)

    oval(-0.82, -1, 0.82, 1)
    if wear == "hood":
        hood = [(-1.25, -1.5), (-1.15, 0.2), (-0.45, 1.3), (0.35, 1.2), (1.1, 0.2), (1.25, -1.5)]
        draw.polygon(curve([(x + px * radius, y - py * radius) for px, py in hood], detail=4), fill=255)
    elif wear == "hat":
        oval(-2.0, -0.62, 2.0, -0.2)
        draw.polygon(
            [
                (x + px * radius, y + py * radius)
                for px, py in ((-0.9, -0.4), (-0.7, -1.7), (0.6, -1.8), (0.9, -0.4))
            ],
            fill=255,
        )
    elif wear == "hair":
        oval(-1.1, -1.15, 1.1, 0.6)
        draw.polygon(
            [
                (x + px * radius, y + py * radius)
                for px, py in ((-1.1, -0.2), (-1.25, 2.2), (1.25, 2.2), (1.1, -0.2))
            ],
            fill=255,
        )
    elif wear == "knot":
        oval(-0.95, -1.12, 0.95, 0.3)
        oval(-0.45, -1.75, 0.45, -0.85)
    elif wear == "plume":
        oval(-1.0, -1.15, 1.0, 0.2)
        plume = [(-0.1, 1.0), (-0.9, 1.9), (-2.0, 1.5), (-2.3, 0.5), (-1.2, 1.1)]
        draw.polygon(curve([(x + px * radius, y - py * radius) for px, py in plume], detail=4), fill=255)


@dataclass(frozen=True, slots=True)
class Eye:
    """The lines of one eye."""

    brow: list[Point]
    lid: list[Point]
    white: list[Point]
    iris: list[Point]


class Bust:
    """A head and shoulders, as outlines to be painted one over the other."""

    def __init__(self, centre: Point, size: float, rng: random.Random, facing: float) -> None:
        self.x, self.y = centre
        self.size = size
        self.facing = facing
        self.hair = rng.choice(["hood", "long", "short", "tied"])
        self.long_face = rng.uniform(0.94, 1.06)

    def shoulders(self) -> list[Point]:
        """Cloak and shoulders."""
        half = [(0.0, -0.62), (0.2, -0.6), (0.36, -0.74), (0.78, -0.92), (1.0, -1.3), (1.08, -2.4)]
        return curve(self._at([(-x, y) for x, y in reversed(half[1:])] + half), closed=False)

    def neck(self) -> list[Point]:
        """The neck."""
        return self._at([(-0.17, -0.2), (0.17, -0.2), (0.2, -0.72), (0.0, -0.86), (-0.2, -0.72)])

    def face(self) -> list[Point]:
        """The face, turned a little towards the light."""
        turn = self.facing * 0.05
        half = [
            (0.0, 0.46),
            (0.2, 0.42),
            (0.315, 0.22),
            (0.325, 0.0),
            (0.29, -0.22),
            (0.16, -0.43),
            (0.0, -0.5),
        ]
        other = [(-x, y) for x, y in reversed(half[1:-1])]
        return curve(self._at([(x + turn, y * self.long_face) for x, y in half + other]))

    def shadow(self) -> list[Point]:
        """The side of the face that lies in shade: from the brow down the nose, mouth and chin."""
        f = self.facing
        line = [
            (0.06, 0.5),
            (0.1, 0.16),
            (0.09, 0.1),
            (0.17, -0.09),
            (0.11, -0.12),
            (0.14, -0.2),
            (0.1, -0.26),
            (0.13, -0.36),
        ]
        edge = [(0.02, -0.6), (-0.6, -0.6), (-0.6, 0.6)]
        return curve(self._at([(x * f, y) for x, y in line]), closed=False) + self._at(
            [(x * f, y) for x, y in edge]
        )

    def back_hair(self) -> list[Point]:
        """What lies behind the face: a hood, or hair."""
        shapes = {
            "hood": [(0.0, 0.74), (0.34, 0.6), (0.5, 0.2), (0.5, -0.3), (0.62, -0.8), (0.0, -0.9)],
            "long": [
                (0.0, 0.62),
                (0.3, 0.54),
                (0.45, 0.2),
                (0.46, -0.3),
                (0.54, -0.95),
                (0.3, -1.05),
                (0.0, -0.6),
            ],
            "short": [(0.0, 0.6), (0.28, 0.53), (0.4, 0.28), (0.38, 0.0), (0.3, -0.2), (0.0, -0.1)],
            "tied": [(0.0, 0.59), (0.28, 0.52), (0.38, 0.22), (0.36, -0.1), (0.24, -0.3), (0.0, -0.3)],
        }
        half = shapes[self.hair]
        return curve(self._at([(-x, y) for x, y in reversed(half[1:])] + half))

    def fringe(self) -> list[Point]:
        """What falls over the forehead."""
        f = self.facing
        if self.hair == "hood":
            arch = [
                (math.cos(a) * 0.36, 0.06 + math.sin(a) * 0.42)
                for a in (0.0, 0.5, 1.1, 1.57, 2.04, 2.64, 3.14)
            ]
            outer = [
                (math.cos(a) * 0.5, 0.1 + math.sin(a) * 0.62)
                for a in (3.2, 2.6, 2.0, 1.57, 1.14, 0.54, -0.06)
            ]
            return curve(self._at(arch), closed=False) + curve(self._at(outer), closed=False)
        sweep = [
            (-0.37, 0.02),
            (-0.36, 0.4),
            (0.0, 0.62),
            (0.36, 0.42),
            (0.37, 0.04),
            (0.29, 0.22),
            (0.1, 0.36),
            (-0.22, 0.26),
        ]
        return curve(self._at([(x * f, y) for x, y in sweep]))

    def eyes(self) -> list[Eye]:
        """Both eyes, lids half lowered."""
        return [self._eye(0.142 * side + self.facing * 0.045, side) for side in (-1, 1)]

    def _eye(self, x: float, side: int) -> Eye:
        brow = [(-0.09, 0.13), (-0.05, 0.152), (0.0, 0.162), (0.05, 0.156), (0.095, 0.128)]
        lid = [(-0.068, 0.034), (-0.04, 0.058), (0.0, 0.068), (0.04, 0.06), (0.072, 0.036)]
        under = [(0.072, 0.036), (0.03, 0.022), (-0.02, 0.02), (-0.068, 0.034)]
        look = x + self.facing * 0.014
        return Eye(
            brow=curve(self._at([(x + px * side, py) for px, py in brow]), closed=False),
            lid=curve(self._at([(x + px * side, py) for px, py in lid]), closed=False),
            white=curve(self._at([(x + px * side, py) for px, py in lid + under])),
            iris=self._at([(look - 0.026, 0.066), (look + 0.026, 0.018)]),
        )

    def lips(self) -> tuple[list[Point], list[Point]]:
        """The upper and the lower lip."""
        f = self.facing * 0.05
        seam = [(f - 0.095, -0.25), (f - 0.03, -0.243), (f, -0.248), (f + 0.03, -0.243), (f + 0.095, -0.25)]
        upper = [(f + 0.04, -0.216), (f, -0.224), (f - 0.04, -0.216)]
        lower = [(f + 0.05, -0.285), (f, -0.295), (f - 0.05, -0.285)]
        return curve(self._at(seam + upper)), curve(self._at(seam + lower))

    def _at(self, points: list[Point]) -> list[Point]:
        return [(self.x + x * self.size, self.y - y * self.size) for x, y in points]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
