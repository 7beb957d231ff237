"""Paints the inside of things: a room with light falling through a window, or a cave with light at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ImageDraw

from chargen.emulator.drawing.canvas import soften
from chargen.emulator.drawing.colours import at_luminance, luminance, mix
from chargen.emulator.drawing.terrain import outline_of

if TYPE_CHECKING:
    import random

    from chargen.emulator.drawing.canvas import Canvas
    from chargen.emulator.drawing.scheme import Scheme


def paint_cave(canvas: Canvas, scheme: Scheme, rng: random.Random) -> float:
    """Rock above, below and beside, darker towards the eye; gives where the floor begins, in pixels."""
    width, height, unit = canvas.width, canvas.height, canvas.unit
    bright = mix(scheme.horizon, scheme.light, 0.35)
    canvas.fill([(0, mix(scheme.body, bright, 0.45)), (0.55, bright), (1, mix(scheme.body, bright, 0.4))])
    centre = (width * (0.5 + canvas.light_from * 0.12), height * 0.5)
    canvas.glow(centre, unit * 0.6, scheme.light, strength=0.7)
    floor = height * 0.6
    for number in range(5):
        nearness = 0.3 + 0.7 * number / 4
        mask, draw = canvas.mask()
        gap = (0.2 + 0.075 * number) * min(height, unit)
        floor = centre[1] + gap * 0.85
        swing = unit * (0.07 + 0.03 * number)
        below = outline_of("hills")(rng, width, floor, swing * 0.7)
        above = outline_of("peaks")(rng, width, centre[1] - gap * 1.12, -swing * 1.5)
        draw.polygon(
            [(0, height), (0, below[0][1]), *below, (width, below[-1][1]), (width, height)], fill=255
        )
        draw.polygon([(0, 0), (0, above[0][1]), *above, (width, above[-1][1]), (width, 0)], fill=255)
        for side in (0, 1):
            reach = max(0.0, width / 2 - gap * rng.uniform(1.5, 2.0))
            wall = [
                (abs(side * width - x), y) for y, x in outline_of("peaks")(rng, height, reach, -unit * 0.05)
            ]
            draw.polygon([(side * width, 0), *wall, (side * width, height)], fill=255)
        tone = scheme.layer(nearness)
        canvas.lay(mask, mix(tone, scheme.near, 0.3), tone)
        canvas.rim(
            mask, mix(tone, scheme.light, 0.55), width=unit * 0.006, strength=0.5 * (1 - nearness * 0.6)
        )
        canvas.glow(centre, unit * 0.5, scheme.light, strength=0.16)
    return floor


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


def _pillar(canvas: Canvas, scheme: Scheme, x: float, rng: random.Random) -> None:
    mask, draw = canvas.mask()
    half = canvas.unit * rng.uniform(0.045, 0.06)
    draw.rectangle((x - half, 0, x + half, canvas.height), fill=255)
    for y in (canvas.height * 0.1, canvas.height * 0.93):
        draw.rectangle((x - half * 1.5, y - half * 0.5, x + half * 1.5, y + half * 0.5), fill=255)
    tone = at_luminance(scheme.near, luminance(scheme.near) * 0.9)
    canvas.lay(mask, tone, at_luminance(tone, luminance(tone) * 0.6))
    canvas.rim(mask, mix(scheme.body, scheme.light, 0.5), width=canvas.unit * 0.006, strength=0.5)
