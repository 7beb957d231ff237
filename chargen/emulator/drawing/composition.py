"""Arranges a picture as its shot asks: far land and small things, figures before a place, a face, or one object."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

from chargen.emulator.drawing.canvas import Canvas, soften
from chargen.emulator.drawing.colours import at_luminance, luminance, mix
from chargen.emulator.drawing.figures import standing
from chargen.emulator.drawing.indoors import paint_cave, paint_room
from chargen.emulator.drawing.landmarks import Pen, draw_landmark, landmark_of
from chargen.emulator.drawing.outdoors import height_at, paint_foreground, paint_land, paint_sky
from chargen.emulator.drawing.portrait import paint_faces
from chargen.emulator.drawing.scheme import scheme_of
from chargen.emulator.drawing.terrain import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from chargen.emulator.drawing.brief import Brief
    from chargen.emulator.drawing.scheme import Scheme

    Ground = list[tuple[float, float]]
    Light = tuple[tuple[float, float], float]

LANDMARK_HEIGHT = {"extreme-wide": 0.26, "wide": 0.46, "medium": 0.72, "detail": 0.62}
FIGURE_HEIGHT = {"extreme-wide": 0.09, "wide": 0.3, "medium": 0.98}
SCALE = {
    "ship": 1.1,
    "bridge": 0.6,
    "castle": 0.95,
    "cart": 0.42,
    "camp": 0.5,
    "table": 0.36,
    "throne": 0.8,
    "cat": 0.5,
}
SMALL = {"lantern", "book", "sword", "key", "cup"}
INSIDE = SMALL | {"table", "throne", "arch", "stones"}


def compose(brief: Brief, size: tuple[int, int], seed: str) -> tuple[Image.Image, Scheme]:
    """The picture without its caption, and the tones it is made of."""
    rng = random.Random(seed)  # noqa: S311  # the same request has to give the same picture
    scheme = scheme_of(brief, rng)
    canvas = Canvas(size)
    canvas.light_from = _light_from(brief, rng)
    if brief.frame == "close-up":
        _backdrop(canvas, brief, scheme, rng)
        paint_faces(canvas, scheme, rng, people=brief.people)
    elif brief.frame == "detail":
        _object(canvas, brief, scheme, rng)
    else:
        _scene(canvas, brief, scheme, rng)
    canvas.finish()
    return canvas.image, scheme


def _light_from(brief: Brief, rng: random.Random) -> float:
    said = brief.lighting.lower()
    for words, side in ((r"left|west", -1.0), (r"right|east", 1.0)):
        if re.search(rf"\b(?:{words})", said):
            return side
    return rng.choice((-1.0, 1.0))


def _scene(canvas: Canvas, brief: Brief, scheme: Scheme, rng: random.Random) -> None:
    kind = place_of(brief, rng)
    thing = _thing(brief, kind, rng)
    spot = canvas.width * (0.5 - canvas.light_from * min(0.17, 0.14 * canvas.width / canvas.unit))

    def stand(ground: Ground) -> None:
        if thing:
            _landmark(canvas, brief, scheme, thing, (spot, height_at(ground, spot)))

    ground = _place(canvas, brief, scheme, rng, kind, stand)
    if brief.people:
        _people(canvas, brief, scheme, rng, ground, away_from=spot if thing else None)
    if kind not in {"room", "cave"}:
        paint_foreground(canvas, kind, scheme, rng)


def _thing(brief: Brief, kind: str, rng: random.Random) -> str | None:
    """What stands in the scene, if anything."""
    thing = landmark_of(brief.subject) or landmark_of(brief.surroundings)
    if thing in SMALL and (brief.frame != "medium" or brief.people):
        thing = None
    if kind == "cave" and thing not in {"headframe", "cart", "camp", "stones"}:
        return None
    if kind == "room":
        return thing if thing in INSIDE else rng.choice(["table", "throne"])
    if thing is None and not brief.people:
        return rng.choice(["stones", "tree", "tower", "house"])
    return None if thing in INSIDE - {"arch", "stones"} else thing


def _place(
    canvas: Canvas,
    brief: Brief,
    scheme: Scheme,
    rng: random.Random,
    kind: str,
    stand: Callable[[Ground], None] = lambda _: None,
    *,
    soft: float = 0.0,
) -> Ground:
    """Paint where it happens, with what stands there; gives the ground people stand on."""
    if kind in {"cave", "room"}:
        floor = (paint_cave if kind == "cave" else paint_room)(canvas, scheme, rng)
        ground = [(0.0, floor), (float(canvas.width), floor)]
        stand(ground)
        return ground
    horizon = {"extreme-wide": 0.56, "wide": 0.52}.get(brief.frame, 0.5)
    if brief.shows(r"low angle|angle: low|low;", where=brief.scene):
        horizon += 0.08
    if canvas.height > canvas.width * 1.6:
        horizon += 0.12
    paint_sky(canvas, brief, scheme, rng, horizon)
    if brief.frame == "medium":
        soft = canvas.unit * 0.004
    return paint_land(canvas, kind, scheme, rng, horizon, soft=soft, stand=stand)


def _landmark(canvas: Canvas, brief: Brief, scheme: Scheme, name: str, foot: tuple[float, float]) -> None:
    behind = brief.frame == "medium" and brief.people > 0
    height = min(canvas.height * 0.8, canvas.unit * LANDMARK_HEIGHT[brief.frame]) * SCALE.get(name, 1.0)
    height = min(height, foot[1] * 0.9)
    mask, draw = canvas.mask()
    pen = Pen(draw, (foot[0], foot[1] + canvas.unit * 0.015), height)
    draw_landmark(name, pen)
    tone = mix(scheme.near, scheme.layer(0.6), 0.75 if behind else 0.12)
    canvas.lay(mask, mix(tone, scheme.horizon, 0.12), tone)
    canvas.rim(mask, mix(tone, scheme.light, 0.75), width=canvas.unit * 0.004, strength=0.7)
    _shine(canvas, scheme, pen.lights)


def _people(
    canvas: Canvas,
    brief: Brief,
    scheme: Scheme,
    rng: random.Random,
    ground: Ground,
    *,
    away_from: float | None,
) -> None:
    count = min(brief.people, 7)
    near = brief.frame == "medium"
    height = min(canvas.unit * FIGURE_HEIGHT[brief.frame], canvas.height * 0.92)
    gap = min(height * (0.42 if near else 0.5), canvas.width * 0.84 / count)
    middle = canvas.width / 2
    if away_from is not None and not near:
        middle += (middle - away_from) * 0.9
    lights: list[Light] = []
    for number in sorted(range(count), key=lambda n: -abs(n - (count - 1) / 2)):
        x = middle + (number - (count - 1) / 2) * gap + rng.uniform(-0.08, 0.08) * gap
        tall = height * rng.uniform(0.9, 1.04)
        foot = canvas.height + tall * 0.3 if near else height_at(ground, x) + tall * rng.uniform(0.06, 0.12)
        mask, draw = canvas.mask()
        lantern = standing(draw, (x, foot), tall, rng, number=number)
        tone = mix(scheme.near, scheme.body, 0.1 + 0.14 * (number % 2))
        canvas.lay(mask, mix(tone, scheme.layer(0.7), 0.25), at_luminance(tone, luminance(tone) * 0.8))
        canvas.rim(mask, mix(tone, scheme.light, 0.8), width=max(1.0, tall * 0.008), strength=0.8)
        if lantern:
            lights.append((lantern, tall * 0.03))
    _shine(canvas, scheme, lights)


def _shine(canvas: Canvas, scheme: Scheme, lights: list[Light]) -> None:
    for place, size in lights:
        canvas.glow(place, size * 7, scheme.accent, strength=0.55)
        canvas.glow(place, size * 2.4, scheme.accent, strength=0.9)
        canvas.disc(place, max(1.0, size * 0.62), mix(scheme.accent, (255, 250, 232), 0.55))


def _backdrop(canvas: Canvas, brief: Brief, scheme: Scheme, rng: random.Random) -> None:
    """The place, out of focus, with lights that have become discs."""
    kind = place_of(brief, rng)
    small = Canvas((max(16, canvas.width // 4), max(16, canvas.height // 4)))
    small.light_from = canvas.light_from
    _place(small, brief, scheme, rng, kind, soft=1.0)
    blurred = small.image.filter(ImageFilter.BoxBlur(1.5)).filter(ImageFilter.BoxBlur(1.5))
    canvas.image = blurred.resize(canvas.image.size, Image.Resampling.BICUBIC)
    for _ in range(9):
        place = (rng.uniform(0, canvas.width), rng.uniform(0.1, 0.8) * canvas.height)
        tone = mix(scheme.accent, scheme.light, rng.random())
        canvas.disc(place, canvas.unit * rng.uniform(0.012, 0.045), tone, strength=rng.uniform(0.12, 0.3))


def _object(canvas: Canvas, brief: Brief, scheme: Scheme, rng: random.Random) -> None:
    """One thing, large, on a table or on the ground, in a pool of light."""
    _backdrop(canvas, brief, scheme, rng)
    width, height, unit = canvas.width, canvas.height, canvas.unit
    table = height * 0.74
    mask, draw = canvas.mask()
    draw.rectangle((0, table, width, height), fill=255)
    wood = at_luminance(mix(scheme.second, scheme.near, 0.35), 0.3)
    canvas.lay(mask, wood, at_luminance(wood, 0.1))
    foot = (width / 2, table + height * 0.08)
    canvas.glow(
        (foot[0] + canvas.light_from * unit * 0.1, foot[1] - unit * 0.2),
        unit * 0.75,
        scheme.light,
        strength=0.4,
    )
    tall = min(height * 0.6, unit * LANDMARK_HEIGHT["detail"])
    shade, draw = canvas.mask()
    reach = tall * 0.5
    drop = -canvas.light_from * tall * 0.22
    draw.ellipse(
        (foot[0] + drop - reach, foot[1] - tall * 0.05, foot[0] + drop + reach, foot[1] + tall * 0.07),
        fill=190,
    )
    canvas.image.paste(at_luminance(scheme.near, 0.05), None, soften(shade, unit * 0.012))
    mask, draw = canvas.mask()
    pen = Pen(draw, foot, tall)
    draw_landmark(landmark_of(brief.subject) or landmark_of(brief.scene) or rng.choice(sorted(SMALL)), pen)
    tone = at_luminance(mix(scheme.body, scheme.near, 0.3), 0.2)
    canvas.lay(mask, mix(tone, scheme.light, 0.2), at_luminance(tone, 0.1))
    canvas.rim(mask, mix(tone, scheme.light, 0.85), width=unit * 0.008, strength=0.9)
    canvas.rim(mask, mix(tone, scheme.light, 0.4), width=unit * 0.022, strength=0.4)
    _shine(canvas, scheme, pen.lights)
