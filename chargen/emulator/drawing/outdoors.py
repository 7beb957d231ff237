"""Paints a landscape: sky and its light, layers of land in the haze, water, mist, a landmark, people, foreground."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFilter

from chargen.emulator.drawing.canvas import soften
from chargen.emulator.drawing.colours import at_luminance, luminance, mix
from chargen.emulator.drawing.terrain import outline_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from chargen.emulator.drawing.brief import Brief
    from chargen.emulator.drawing.canvas import Canvas
    from chargen.emulator.drawing.scheme import Scheme

    Ground = list[tuple[float, float]]

# Layers from far to near, by the kind of place.
_LAYERS: Final = {
    "terraces": ("peaks", "peaks", "terraces", "terraces", "hills"),
    "water": ("peaks", "water", "hills"),
    "woods": ("hills", "peaks", "woods", "woods", "woods"),
    "town": ("peaks", "hills", "town", "town", "hills"),
    "dunes": ("peaks", "dunes", "dunes", "dunes", "dunes"),
    "peaks": ("peaks", "peaks", "peaks", "hills", "woods"),
    "hills": ("hills", "hills", "woods", "hills", "hills"),
}
_SWING: Final = {
    "peaks": 0.24,
    "woods": 0.13,
    "town": 0.17,
    "dunes": 0.13,
    "terraces": 0.17,
    "hills": 0.11,
    "water": 0.07,
}


def paint_sky(canvas: Canvas, brief: Brief, scheme: Scheme, rng: random.Random, horizon: float) -> None:
    """The sky down to the horizon (a share of the height), with its sun, moon, stars or clouds."""
    tones = [(0.0, scheme.sky_top), (horizon * 0.6, scheme.sky_middle), (horizon, scheme.horizon)]
    canvas.fill([*tones, (1.0, mix(scheme.horizon, scheme.near, 0.5))])
    unit, low = canvas.unit, scheme.time in {"dusk", "dawn", "fire"}
    x = canvas.width * (0.5 + canvas.light_from * rng.uniform(0.16, 0.32))
    y = canvas.height * horizon * (rng.uniform(0.78, 0.94) if low else rng.uniform(0.28, 0.5))
    if scheme.time == "night":
        _stars(canvas, scheme, rng, horizon)
    if scheme.time in {"dusk", "day", "storm", "dawn", "fog"}:
        _clouds(canvas, scheme, rng, horizon)
    canvas.glow((x, y), unit * 0.9, scheme.light, strength=0.42 if low else 0.3)
    if scheme.time not in {"storm", "fire"} and not brief.shows("overcast", where=brief.lighting):
        size = unit * {"night": 0.045, "fog": 0.05, "day": 0.04}.get(scheme.time, 0.062)
        canvas.glow((x, y), unit * 0.28, scheme.light, strength=0.55)
        bright = mix(scheme.light, (255, 252, 240), 0.55)
        canvas.disc((x, y), size, bright, strength=0.55 if scheme.time == "fog" else 0.97)


def paint_land(
    canvas: Canvas,
    kind: str,
    scheme: Scheme,
    rng: random.Random,
    horizon: float,
    *,
    soft: float = 0.0,
    stand: Callable[[Ground], None] = lambda _: None,
) -> Ground:
    """The land from the horizon to the foreground; `stand` puts things behind the nearest ground, which is given back."""
    kinds = _LAYERS[kind]
    base, depth = canvas.height * horizon, canvas.height * (1 - horizon)
    ground: Ground = []
    for number, layer in enumerate(kinds):
        nearest = number == len(kinds) - 1
        nearness = (number + 0.35) / len(kinds)
        level = base + depth * (0.04 + 0.82 * nearness**1.45)
        if kind == "water":
            level = base + depth * (0.02, 0.06, 0.74)[number]
        swing = canvas.unit * _SWING[layer] * (1.15 - 0.55 * nearness)
        ground = outline_of(layer)(rng, canvas.width, level, swing)
        if nearest:
            stand(ground)
        _layer(canvas, scheme, ground, nearness, soft=soft)
        if layer == "town" and number > 1:
            _windows(canvas, scheme, rng, ground, swing)
        if number < len(kinds) - 2:
            tone = mix(scheme.horizon, scheme.layer(nearness), 0.35)
            canvas.veil(level, level + canvas.unit * 0.09, tone, 0.34)
        if layer == "water":
            _water(canvas, scheme, rng, round(level + canvas.unit * 0.03))
    return ground


def height_at(ground: Ground, x: float) -> float:
    """How high the ground is at this place."""
    return min(ground, key=lambda point: abs(point[0] - x))[1]


def _layer(canvas: Canvas, scheme: Scheme, ground: Ground, nearness: float, *, soft: float) -> None:
    mask, draw = canvas.mask()
    floor = canvas.height + 2
    edge = [
        (-2.0, floor),
        (-2.0, ground[0][1]),
        *ground,
        (canvas.width + 2.0, ground[-1][1]),
        (canvas.width + 2.0, floor),
    ]
    draw.polygon(edge, fill=255)
    if soft:
        mask = soften(mask, soft)
    tone = scheme.layer(nearness)
    mist = mix(tone, scheme.horizon, 0.55 * (1 - nearness))
    canvas.lay(mask, tone, mix(mist, scheme.near, nearness * 0.4))
    lit = mix(tone, scheme.light, 0.5)
    canvas.rim(mask, lit, width=canvas.unit * 0.004, strength=0.45 * (1 - nearness * 0.5))


def paint_foreground(canvas: Canvas, kind: str, scheme: Scheme, rng: random.Random) -> None:
    """Rocks, reeds and grass along the lower edge, nearly black, so that the eye goes past them."""
    mask, draw = canvas.mask()
    width, height, unit = canvas.width, canvas.height, canvas.unit
    side = rng.choice((0.0, 1.0))
    hump = [
        (
            x * width / 24,
            height - unit * (0.03 + 0.11 * abs(x / 24 - 1 + side) ** 2.2 + rng.uniform(0, 0.012)),
        )
        for x in range(25)
    ]
    draw.polygon([(0, height), *hump, (width, height)], fill=255)
    blades = 0 if kind in {"dunes", "town"} else round(width / unit * 110)
    for _ in range(blades):
        x = rng.uniform(0, width)
        ground = hump[min(24, int(x / width * 24))][1] + unit * 0.01
        tall, lean = unit * rng.uniform(0.012, 0.05), rng.uniform(-0.4, 0.4)
        draw.line(
            [(x, ground), (x + tall * lean, ground - tall)], fill=255, width=max(1, round(unit * 0.0022))
        )
    canvas.lay(mask, scheme.near, at_luminance(scheme.near, luminance(scheme.near) * 0.6))


def _stars(canvas: Canvas, scheme: Scheme, rng: random.Random, horizon: float) -> None:
    mask, draw = canvas.mask()
    for _ in range(round(90 * canvas.width / canvas.unit)):
        x, y = rng.uniform(0, canvas.width), rng.uniform(0, 1) ** 1.4 * canvas.height * horizon
        size = rng.choice((0.3, 0.5, 0.5, 0.9))
        draw.ellipse((x - size, y - size, x + size, y + size), fill=rng.randint(70, 230))
    canvas.image.paste(scheme.light, None, mask)


def _clouds(canvas: Canvas, scheme: Scheme, rng: random.Random, horizon: float) -> None:
    """Long banks of cloud, painted small and enlarged, so that they are soft."""
    small = (max(8, canvas.width // 4), max(8, canvas.height // 4))
    mask = Image.new("L", small)
    draw = ImageDraw.Draw(mask)
    heavy = scheme.time in {"storm", "fog"}
    unit = min(small[0], small[1] * 1.25)
    for _ in range(round((9 if heavy else 6) * max(1.0, horizon * small[1] / unit / 0.6))):
        x, y = rng.uniform(-0.1, 1.1) * small[0], rng.uniform(0.06, 0.85) * small[1] * horizon
        for _ in range(rng.randint(4, 9)):
            reach, rise = unit * rng.uniform(0.06, 0.26), unit * rng.uniform(0.006, 0.03 if heavy else 0.018)
            dx, dy = rng.uniform(-0.24, 0.24) * unit, rng.uniform(-0.02, 0.02) * unit
            draw.ellipse(
                (x + dx - reach, y + dy - rise, x + dx + reach, y + dy + rise), fill=rng.randint(90, 190)
            )
    mask = (
        mask.filter(ImageFilter.BoxBlur(2.2))
        .filter(ImageFilter.BoxBlur(1.5))
        .resize(canvas.image.size, Image.Resampling.BICUBIC)
    )
    lit = mix(scheme.horizon, scheme.light, 0.4) if not heavy else mix(scheme.sky_top, (20, 22, 30), 0.25)
    canvas.image.paste(lit, None, mask.point([round(level * 0.62) for level in range(256)]))


def _windows(canvas: Canvas, scheme: Scheme, rng: random.Random, ground: Ground, swing: float) -> None:
    """Lit windows, only where there is a wall behind them."""
    draw = ImageDraw.Draw(canvas.image)
    size = max(1.0, canvas.unit * 0.0028)
    floor = max(y for _, y in ground)
    for _ in range(min(120, round(40 * canvas.width / canvas.unit))):
        x, y = rng.uniform(0, canvas.width), floor - rng.uniform(0.05, 0.6) * swing
        if max(height_at(ground, x - size * 4), height_at(ground, x + size * 4)) < y - size * 5:
            draw.rectangle((x - size, y - size * 1.6, x + size, y + size * 1.6), fill=scheme.accent)


def _water(canvas: Canvas, scheme: Scheme, rng: random.Random, shore: int) -> None:
    """The sky once more, upside down, squeezed and darker, with glints where the light falls."""
    depth = canvas.height - shore
    above = canvas.image.crop((0, max(0, shore - depth * 2), canvas.width, shore))
    mirror = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((canvas.width, depth))
    mirror = mirror.filter(ImageFilter.BoxBlur((max(1.0, canvas.unit * 0.012), 1)))
    tint = canvas.gradient(
        [(0, mix(scheme.horizon, scheme.body, 0.5)), (1, mix(scheme.near, scheme.body, 0.25))], mirror.size
    )
    canvas.image.paste(Image.blend(mirror, tint, 0.5), (0, shore))
    glints = Image.new("L", (canvas.width, depth))
    draw = ImageDraw.Draw(glints)
    centre = canvas.width * (0.5 + canvas.light_from * 0.24)
    for _ in range(240):
        t = rng.random() ** 1.3
        y = t * depth
        x = centre + rng.gauss(0, 0.04 + 0.16 * t) * canvas.unit
        reach = canvas.unit * (0.006 + 0.04 * t) * rng.uniform(0.4, 1.2)
        draw.line(
            [(x - reach, y), (x + reach, y)],
            fill=rng.randint(60, 190),
            width=max(1, round(canvas.unit * 0.003 * (0.4 + t))),
        )
    canvas.image.paste(mix(scheme.light, (255, 255, 250), 0.3), (0, shore), glints)
    ripples, draw = canvas.mask()
    for _ in range(26):
        y = shore + math.sqrt(rng.random()) * depth
        x, reach = rng.uniform(0, canvas.width), canvas.unit * rng.uniform(0.05, 0.3)
        draw.line([(x - reach, y), (x + reach, y)], fill=70, width=1)
    canvas.image.paste(scheme.near, None, ripples)
