"""People as silhouettes: standing figures for wide and medium shots, a head and shoulders for close ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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


def standing(
    draw: ImageDraw.ImageDraw, at: Point, height: float, rng: random.Random, *, outdoors: bool = True
) -> Point | None:
    """Draw a cloaked figure whose feet stand at this point; gives the place of the lantern, if it carries one."""
    x, ground = at
    lean = rng.uniform(-0.03, 0.03)
    build = rng.uniform(0.88, 1.15)

    def spot(dx: float, dy: float) -> Point:
        return x + (dx * build + lean * dy) * height, ground - dy * height

    left = [(-0.17, 0.0), (-0.155, 0.3), (-0.13, 0.52), (-0.15, 0.7), (-0.115, 0.8), (-0.05, 0.845)]
    right = [(0.05, 0.845), (0.115, 0.8), (0.15, 0.7), (0.13, 0.5), (0.17, 0.28), (0.2, 0.0)]
    if rng.random() < 0.5:
        left, right = [(-px, py) for px, py in reversed(right)], [(-px, py) for px, py in reversed(left)]
    draw.polygon(curve([spot(*p) for p in left + right], detail=5), fill=255)
    _head(draw, spot(0.0, 0.91), height * 0.072, rng)
    if outdoors and rng.random() < 0.45:
        side = rng.choice((-1, 1))
        top, foot = spot(0.23 * side, 0.98), spot(0.25 * side, 0.0)
        draw.line([top, foot], fill=255, width=max(1, round(height * 0.018)))
        draw.line(
            [spot(0.1 * side, 0.62), spot(0.24 * side, 0.6)], fill=255, width=max(1, round(height * 0.05))
        )
        return None
    if rng.random() < 0.5:
        side = rng.choice((-1, 1))
        draw.line(
            [spot(0.1 * side, 0.68), spot(0.2 * side, 0.42)], fill=255, width=max(1, round(height * 0.05))
        )
        return spot(0.21 * side, 0.34)
    return None


def _head(draw: ImageDraw.ImageDraw, centre: Point, radius: float, rng: random.Random) -> None:
    x, y = centre
    draw.ellipse((x - radius * 0.82, y - radius, x + radius * 0.82, y + radius), fill=255)
    wear = rng.choice(["hood", "hat", "hair", "knot", "none"])
    if wear == "hood":
        hood = [(-1.2, -1.2), (-1.1, 0.2), (-0.35, 1.35), (0.5, 1.15), (1.15, 0.1), (1.2, -1.2)]
        draw.polygon(curve([(x + px * radius, y - py * radius) for px, py in hood], detail=4), fill=255)
    elif wear == "hat":
        draw.ellipse((x - radius * 1.9, y - radius * 0.75, x + radius * 1.9, y - radius * 0.3), fill=255)
        draw.ellipse((x - radius * 0.9, y - radius * 1.5, x + radius * 0.9, y), fill=255)
    elif wear == "hair":
        draw.ellipse((x - radius * 1.1, y - radius * 1.15, x + radius * 1.1, y + radius * 1.4), fill=255)
    elif wear == "knot":
        draw.ellipse((x - radius * 0.5, y - radius * 1.7, x + radius * 0.5, y - radius * 0.7), fill=255)


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

    def eyes(self) -> list[tuple[list[Point], list[Point]]]:
        """Brow and lid of each eye."""
        found = []
        for side in (-1, 1):
            x = 0.14 * side + self.facing * 0.05
            brow = [(x - 0.085, 0.135), (x, 0.165), (x + 0.085, 0.135)]
            lid = [(x - 0.06, 0.055), (x - 0.01, 0.078), (x + 0.06, 0.05)]
            found.append((curve(self._at(brow), closed=False), curve(self._at(lid), closed=False)))
        return found

    def mouth(self) -> list[Point]:
        """The line between the lips."""
        f = self.facing * 0.06
        return curve(self._at([(f - 0.09, -0.235), (f, -0.225), (f + 0.09, -0.24)]), closed=False)

    def _at(self, points: list[Point]) -> list[Point]:
        return [(self.x + x * self.size, self.y - y * self.size) for x, y in points]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
