"""Paints heads and shoulders, lit from one side, for close shots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ImageChops, ImageDraw

from chargen.emulator.drawing.canvas import soften
from chargen.emulator.drawing.colours import at_luminance, luminance, mix
from chargen.emulator.drawing.figures import Bust

if TYPE_CHECKING:
    import random

    from chargen.emulator.drawing.canvas import Canvas
    from chargen.emulator.drawing.colours import RGB
    from chargen.emulator.drawing.scheme import Scheme


def paint_faces(canvas: Canvas, scheme: Scheme, rng: random.Random, *, people: int) -> None:
    """One face, or one before another, over whatever has been painted already."""
    size = min(canvas.height * 0.66, canvas.width * 0.52)
    facing = canvas.light_from
    if people > 1:
        place = (canvas.width / 2 - facing * size * 0.72, canvas.height * 0.5)
        _bust(canvas, scheme, Bust(place, size * 0.8, rng, facing), rng, dimmed=0.3)
    shift = facing * size * (0.3 if people > 1 else 0.06)
    _bust(canvas, scheme, Bust((canvas.width / 2 + shift, canvas.height * 0.46), size, rng, facing), rng)


def _bust(canvas: Canvas, scheme: Scheme, bust: Bust, rng: random.Random, *, dimmed: float = 0.0) -> None:
    skin = rng.choice([(232, 190, 158), (206, 156, 118), (168, 116, 82), (118, 80, 58), (222, 172, 136)])
    skin = mix(mix(skin, scheme.light, 0.25), scheme.layer(0.5), 0.12 + dimmed)
    shade = mix(at_luminance(skin, luminance(skin) * 0.45), scheme.body, 0.35)
    cloth = at_luminance(mix(scheme.body, scheme.near, 0.35), 0.17 + dimmed * 0.3)
    hair = at_luminance(mix(scheme.near, skin, 0.2), 0.12 + dimmed * 0.3)
    if bust.hair == "hood":
        hair = at_luminance(mix(scheme.second, scheme.near, 0.3), 0.2 + dimmed * 0.3)
    rim = mix(skin, scheme.light, 0.8)
    width = bust.size * 0.016
    _part(canvas, bust.back_hair(), hair, rim, width)
    _part(canvas, bust.neck(), shade, None, width)
    _part(canvas, bust.shoulders(), cloth, mix(cloth, scheme.light, 0.7), width)
    face, draw = canvas.mask()
    draw.polygon(bust.face(), fill=255)
    canvas.lay(face, skin, mix(skin, shade, 0.3))
    shadow, draw = canvas.mask()
    draw.polygon(bust.shadow(), fill=225)
    canvas.image.paste(shade, None, ImageChops.multiply(soften(shadow, bust.size * 0.008), face))
    canvas.rim(face, rim, width=width, strength=0.7)
    _features(canvas, bust, hair, shade)
    _part(canvas, bust.fringe(), hair, rim if bust.hair == "hood" else None, width * 0.6)


def _features(canvas: Canvas, bust: Bust, dark: RGB, shade: RGB) -> None:
    draw = ImageDraw.Draw(canvas.image)
    line = max(1, round(bust.size * 0.012))
    pupil = at_luminance(dark, 0.06)
    for eye in bust.eyes():
        draw.polygon(eye.white, fill=mix(shade, (238, 226, 212), 0.42))
        (left, top), (right, bottom) = eye.iris
        draw.ellipse((left, top, right, bottom), fill=pupil)
        draw.line(eye.lid, fill=pupil, width=line + 1, joint="curve")
        draw.line(eye.brow, fill=mix(dark, shade, 0.15), width=line + 2, joint="curve")
    upper, lower = bust.lips()
    draw.polygon(lower, fill=mix(shade, (176, 84, 76), 0.4))
    draw.polygon(upper, fill=mix(shade, (126, 48, 50), 0.45))


def _part(
    canvas: Canvas, points: list[tuple[float, float]], tone: RGB, rim: RGB | None, width: float
) -> None:
    mask, draw = canvas.mask()
    draw.polygon(points, fill=255)
    canvas.lay(mask, tone, at_luminance(tone, luminance(tone) * 0.7))
    if rim:
        canvas.rim(mask, rim, width=width, strength=0.8)
