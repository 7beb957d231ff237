"""Paints the inside of things: a room with light falling through a window, or a cave with light at its end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import ImageDraw

from chargen.emulator.drawing.canvas import soften
from chargen.emulator.drawing.colours import at_luminance, luminance, mix
from chargen.emulator.drawing.figures import curve

if TYPE_CHECKING:
    import random

    from chargen.emulator.drawing.canvas import Canvas
    from chargen.emulator.drawing.scheme import Scheme


def paint_cave(canvas: Canvas, scheme: Scheme, rng: random.Random) -> float:
    """Rock above, below and beside, darker towards the eye; gives where the floor begins, in pixels."""
    width, height, unit = canvas.width, canvas.height, canvas.unit
    bright = mix(scheme.horizon, scheme.light, 0.35)
    canvas.fill([(0, mix(scheme.body, bright, 0.45)), (0.55, bright), (1, mix(scheme.body, bright, 0.4))])
    centre = (width * (0.5 + canvas.light_from * 0.1), height * 0.52)
    canvas.glow(centre, unit * 0.6, scheme.light, strength=0.7)
    floor = height * 0.6
    for number in range(5):
        nearness = 0.3 + 0.7 * number / 4
        mask, draw = canvas.mask()
        draw.rectangle((0, 0, width, height), fill=255)
        reach = (0.12 + 0.085 * number) * unit
        across, up = reach * max(1.0, (width / unit) ** 0.8), reach * max(1.0, (height / unit) ** 0.8) * 0.95
        draw.polygon(_mouth(rng, centre, across * 1.15, up), fill=0)
        floor = centre[1] + up * 0.62
        tone = scheme.layer(nearness)
        canvas.lay(mask, mix(tone, scheme.near, 0.3), tone)
        canvas.rim(
            mask, mix(tone, scheme.light, 0.6), width=unit * 0.006, strength=0.5 * (1 - nearness * 0.6)
        )
        canvas.glow(centre, unit * 0.5, scheme.light, strength=0.14)
    return floor


def _mouth(
    rng: random.Random, centre: tuple[float, float], across: float, up: float
) -> list[tuple[float, float]]:
    """A ragged opening in rock, flatter at the bottom."""
    jag = [rng.uniform(0.86, 1.14) for _ in range(26)]
    points = []
    for i, reach in enumerate(jag):
        angle = math.tau * i / len(jag)
        y = math.sin(angle)
        points.append(
            (
                centre[0] + math.cos(angle) * across * reach,
                centre[1] + y * up * (reach if y < 0 else 0.62 + 0.06 * reach),
            )
        )
    return curve(points, detail=3)


def paint_room(canvas: Canvas, scheme: Scheme, rng: random.Random) -> float:
    """A wall, a tall window, its light on the floor, pillars at the sides; gives where the floor begins, in pixels."""
    width, height, unit = canvas.width, canvas.height, canvas.unit
    dim = at_luminance(mix(scheme.body, scheme.near, 0.3), 0.26)
    floor = height * 0.72
    canvas.fill(
        [
            (0, at_luminance(dim, 0.09)),
            (0.5, dim),
            (0.72, at_luminance(dim, 0.2)),
            (0.722, at_luminance(scheme.second, 0.2)),
            (1, at_luminance(dim, 0.08)),
        ]
    )
    _boards(canvas, scheme, floor)
    tall = min(height * 0.46, unit * 0.5)
    half, middle = tall * 0.2, width * (0.5 + canvas.light_from * min(0.24, 0.2 * width / unit))
    foot = floor - height * 0.14
    canvas.glow((middle, foot - tall * 0.5), unit * 0.7, scheme.light, strength=0.45)
    _window(canvas, scheme, (middle, foot), tall, half)
    _beam(canvas, scheme, (middle, foot), tall, half, floor)
    _banners(canvas, scheme, middle, tall)
    for side in (-1, 1):
        _pillar(canvas, scheme, width / 2 + side * max(width * 0.5 - unit * 0.06, unit * 0.3), rng)
    return floor


def _boards(canvas: Canvas, scheme: Scheme, floor: float) -> None:
    draw = ImageDraw.Draw(canvas.image)
    tone = at_luminance(mix(scheme.body, scheme.near, 0.4), 0.1)
    for k in range(-14, 15):
        top = canvas.width / 2 + k * canvas.unit * 0.07
        draw.line(
            [(top, floor), (canvas.width / 2 + k * canvas.unit * 0.24, canvas.height)], fill=tone, width=1
        )


def _window(canvas: Canvas, scheme: Scheme, foot: tuple[float, float], tall: float, half: float) -> None:
    x, y = foot
    mask, draw = canvas.mask()
    draw.rectangle((x - half, y - tall + half, x + half, y), fill=255)
    draw.ellipse((x - half, y - tall, x + half, y - tall + half * 2), fill=255)
    canvas.lay(mask, mix(scheme.light, (255, 253, 244), 0.4), mix(scheme.horizon, scheme.light, 0.5))
    bars = ImageDraw.Draw(canvas.image)
    thick = max(1, round(canvas.unit * 0.007))
    dark = at_luminance(scheme.body, 0.12)
    bars.line([(x, y - tall), (x, y)], fill=dark, width=thick)
    for share in (0.3, 0.56, 0.8):
        bars.line([(x - half, y - tall * share), (x + half, y - tall * share)], fill=dark, width=thick)


def _beam(
    canvas: Canvas, scheme: Scheme, foot: tuple[float, float], tall: float, half: float, floor: float
) -> None:
    """Light falls from the window across the room."""
    x, y = foot
    fall = -canvas.light_from * canvas.unit * 0.42
    mask, draw = canvas.mask()
    bottom = min(canvas.height, floor + canvas.height * 0.18)
    draw.polygon(
        [
            (x - half, y - tall),
            (x + half, y - tall),
            (x + half * 1.5 + fall, bottom),
            (x - half * 1.5 + fall, bottom),
        ],
        fill=64,
    )
    draw.ellipse(
        (x + fall - half * 2.1, bottom - half * 0.5, x + fall + half * 2.1, bottom + half * 0.5), fill=110
    )
    canvas.image.paste(scheme.light, None, soften(mask, max(1.0, canvas.unit * 0.018)))


def _banners(canvas: Canvas, scheme: Scheme, window: float, tall: float) -> None:
    """Long cloths on the wall, wherever the window leaves room."""
    half, top, drop = canvas.unit * 0.05, canvas.height * 0.1, tall * 0.72
    dim = at_luminance(scheme.accent, 0.3)
    for k in range(-4, 5):
        x = canvas.width / 2 + k * canvas.unit * 0.26
        if abs(x - window) < half * 3.6 or not half * 4 < x < canvas.width - half * 4:
            continue
        mask, draw = canvas.mask()
        draw.polygon(
            [
                (x - half, top),
                (x + half, top),
                (x + half, top + drop),
                (x, top + drop - half),
                (x - half, top + drop),
            ],
            fill=200,
        )
        canvas.lay(mask, mix(scheme.body, dim, 0.55), at_luminance(dim, 0.16))


def _pillar(canvas: Canvas, scheme: Scheme, x: float, rng: random.Random) -> None:
    mask, draw = canvas.mask()
    half = canvas.unit * rng.uniform(0.045, 0.06)
    draw.rectangle((x - half, 0, x + half, canvas.height), fill=255)
    for y in (canvas.height * 0.1, canvas.height * 0.93):
        draw.rectangle((x - half * 1.5, y - half * 0.5, x + half * 1.5, y + half * 0.5), fill=255)
    tone = at_luminance(scheme.near, luminance(scheme.near) * 0.9)
    canvas.lay(mask, tone, at_luminance(tone, luminance(tone) * 0.6))
    canvas.rim(mask, mix(scheme.body, scheme.light, 0.5), width=canvas.unit * 0.006, strength=0.5)
