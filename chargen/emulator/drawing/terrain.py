"""The lie of the land: outlines of mountains, terraces, woods, towns, dunes and water, layer behind layer. Pure."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from chargen.emulator.drawing.brief import Brief

    Point = tuple[float, float]
    Outline = Callable[[random.Random, float, float, float], list[Point]]

_WORDS: Final = (
    ("terraces", r"terrac|bench|quarr|mine|pit\b|shaft|excavat|lode"),
    ("water", r"sea\b|ocean|coast|harbou?r|lake|shore|bay\b|island|river|beach|ship|boat|wharf|dock|canal"),
    ("woods", r"forest|wood(?:s|land)\b|pine|grove|jungle|birch|spruce"),
    ("town", r"city|town|street|village|market|roof|square|alley|skyline|district"),
    ("dunes", r"desert|dune|sand|wastes?\b|badland"),
    ("peaks", r"mountain|peak|ridge|cliff|crag|alp|summit|pass\b|glacier|gorge|canyon"),
    ("hills", r"field|meadow|hill|moor|grass|farm|valley|plain|steppe|road|garden|orchard"),
)
_INSIDE: Final = (
    ("cave", r"cave|cavern|tunnel|underground|grotto|mineshaft|drift\b|adit|stope"),
    ("room", (r"room|hall\b|chamber|interior|inside|kitchen|tavern|librar|cell\b|corridor|forge\b|workshop|temple|church|"
             r"chapel|vault|study|attic|cellar|throne|office|bunk|barrack|archive|stairs|window")),
)  # fmt: skip


def place_of(brief: Brief, rng: random.Random) -> str:
    """What kind of place a brief is set in; the subject speaks before the setting."""
    for where in (brief.subject, brief.surroundings, brief.scene):
        hits = [
            (where.lower().find(m), kind)
            for kind, words in (*_INSIDE, *_WORDS)
            if (m := _first(words, where))
        ]
        if hits:
            return min(hits)[1]
    return rng.choice(["peaks", "hills", "water", "dunes", "woods"])


def outline_of(kind: str) -> Outline:
    """The function that draws this kind of land's upper edge."""
    return _OUTLINES[kind]


def _first(words: str, where: str) -> str:
    found = re.search(rf"\b(?:{words})", where.lower())
    return found[0] if found else ""


def _peaks(rng: random.Random, width: float, level: float, swing: float) -> list[Point]:
    """A fractal ridge: halved again and again, each half pushed up or down a little less."""
    heights = [rng.uniform(-0.2, 0.9), rng.uniform(-0.2, 0.9)]
    push = 0.75
    for _ in range(7):
        finer = []
        for left, right in itertools.pairwise(heights):
            finer += [left, (left + right) / 2 + rng.uniform(-push, push)]
        heights, push = [*finer, heights[-1]], push * 0.54
    step = width / (len(heights) - 1)
    return [(i * step, level - height * swing) for i, height in enumerate(heights)]


def _hills(rng: random.Random, width: float, level: float, swing: float) -> list[Point]:
    waves = [(rng.uniform(0.6, 1.4) * k, rng.uniform(0, math.tau), 1 / k) for k in (1, 2, 3.3)]
    return [
        (x, level - swing * sum(a * math.sin(f * math.tau * x / width + p) for f, p, a in waves) * 0.45)
        for x in _steps(width, 64)
    ]


def _dunes(rng: random.Random, width: float, level: float, swing: float) -> list[Point]:
    points, x = [], -rng.uniform(0, 0.3) * width
    while x < width:
        reach, rise = rng.uniform(0.35, 0.7) * width, rng.uniform(0.4, 1.0) * swing
        points += [(x + reach * t, level - rise * math.sin(t * math.pi / 2) ** 1.6) for t in _steps(1, 12)]
        points += [(x + reach * (1 + 0.3 * t), level - rise * (1 - t) ** 1.2) for t in _steps(1, 6)]
        x += reach * 1.3
    return points


def _terraces(rng: random.Random, width: float, level: float, swing: float) -> list[Point]:
    """A hillside cut into benches, highest at one side."""
    benches, down = rng.randint(5, 8), rng.random() < 0.5
    points: list[Point] = []
    for i in range(benches):
        left, right = width * i / benches, width * (i + 1) / benches
        rank = (benches - i) if down else i + 1
        y = level - swing * (1.9 * rank / benches - 0.5) + rng.uniform(-0.06, 0.06) * swing
        slope = (right - left) * 0.14
        points += [(left + slope, y), (right - slope, y + rng.uniform(-0.02, 0.02) * swing)]
    return [(0, points[0][1]), *points, (width, points[-1][1])]


def _woods(rng: random.Random, width: float, level: float, swing: float) -> list[Point]:
    """Firs, tall and short, shoulder to shoulder on a rolling floor."""
    floor = _hills(rng, width, level, swing * 0.5)
    points: list[Point] = []
    x = 0.0
    while x < width:
        tall = swing * rng.uniform(0.5, 1.25)
        half = tall * rng.uniform(0.15, 0.22)
        ground = floor[min(63, int(x / width * 63))][1]
        for tier in range(5):
            reach, y = half * (1 - tier / 5), ground - tall * tier / 5
            points += [(x - reach, y), (x - reach * 0.45, y - tall * 0.1)]
        points.append((x, ground - tall * 1.05))
        for tier in range(4, -1, -1):
            reach, y = half * (1 - tier / 5), ground - tall * tier / 5
            points += [(x + reach * 0.45, y - tall * 0.1), (x + reach, y)]
        x += half * rng.uniform(1.1, 2.1)
    return points


def _town(rng: random.Random, width: float, level: float, swing: float) -> list[Point]:
    points: list[Point] = []
    x = 0.0
    while x < width:
        wide, tall = swing * rng.uniform(0.3, 0.7), swing * rng.uniform(0.3, 0.9)
        roof = rng.choice(["gable", "gable", "flat", "spire"])
        top = level - tall
        points += [(x, level), (x, top)]
        if roof == "gable":
            points += [(x + wide / 2, top - wide * 0.42)]
        elif roof == "spire":
            points += [(x + wide * 0.3, top), (x + wide * 0.5, top - swing * 0.9), (x + wide * 0.7, top)]
        else:
            points += [
                (x + wide * 0.7, top),
                (x + wide * 0.7, top - wide * 0.3),
                (x + wide * 0.84, top - wide * 0.3),
            ]
            points += [(x + wide * 0.84, top)]
        points += [(x + wide, top), (x + wide, level)]
        x += wide * rng.uniform(0.94, 1.1)
    return points


def _water(rng: random.Random, width: float, level: float, swing: float) -> list[Point]:
    """A low far shore."""
    return [(x, y + swing * 0.3) for x, y in _hills(rng, width, level, swing * 0.35)]


def _steps(end: float, count: int) -> list[float]:
    return [end * i / (count - 1) for i in range(count)]


_OUTLINES: Final[dict[str, Outline]] = {
    "peaks": _peaks,
    "hills": _hills,
    "dunes": _dunes,
    "terraces": _terraces,
    "woods": _woods,
    "town": _town,
    "water": _water,
}
