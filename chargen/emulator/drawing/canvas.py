"""The painter's materials: gradients, glows, silhouettes with a lit edge, grain and vignette, on one picture."""

from __future__ import annotations

import functools
import random
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.emulator.drawing.colours import RGB

    Point = tuple[float, float]

GRAIN_TILE: Final = 192


class Canvas:
    """A picture being painted; coordinates are pixels, `unit` is the size everything is measured by."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.width, self.height = size
        self.unit = min(self.width, self.height * 1.25)
        self.image = Image.new("RGB", size)
        self.light_from = 1.0  # -1 left, 1 right

    def mask(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        """An empty silhouette of the picture's size, and something to draw it with."""
        mask = Image.new("L", self.image.size)
        return mask, ImageDraw.Draw(mask)

    def gradient(self, stops: Sequence[tuple[float, RGB]], box: tuple[int, int] | None = None) -> Image.Image:
        """A vertical gradient between colours at heights from 0 to 1, as big as the picture or as `box`."""
        strip = Image.new("RGB", (1, 128))
        for y in range(128):
            strip.putpixel((0, y), _between(stops, y / 127))
        return strip.resize(box or self.image.size, Image.Resampling.BILINEAR)

    def fill(self, stops: Sequence[tuple[float, RGB]]) -> None:
        """Paint the whole picture with a gradient."""
        self.image.paste(self.gradient(stops))

    def lay(self, mask: Image.Image, top: RGB, bottom: RGB) -> None:
        """Paint a silhouette, fading from `top` where it begins to `bottom` where it ends."""
        box = mask.getbbox()
        if box:
            box = (box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)
            tones = self.gradient([(0, top), (1, bottom)], (box[2] - box[0], box[3] - box[1]))
            self.image.paste(tones, box[:2], soften(mask.crop(box), 0.5))

    def rim(self, mask: Image.Image, colour: RGB, *, width: float, strength: float = 0.8) -> None:
        """Light the edge of a silhouette on the side the light comes from."""
        box = mask.getbbox()
        if not box:
            return
        shape = mask.crop(box)
        step = max(1, round(width))
        # beyond the picture's own edges the shape goes on, so those are not lit
        shifted = Image.new("L", shape.size, 255)
        beyond = (box[0] > 0 if self.light_from < 0 else box[2] < self.width, box[1] > 0)
        inside = ImageDraw.Draw(shifted)
        if beyond[0]:
            x = 0 if self.light_from < 0 else shape.width - step
            inside.rectangle((x, 0, x + step, shape.height), fill=0)
        if beyond[1]:
            inside.rectangle((0, 0, shape.width, max(1, step // 2)), fill=0)
        shifted.paste(shape, (round(-self.light_from * step), max(1, step // 2)))
        edge = ImageChops.subtract(shape, shifted).point([round(level * strength) for level in range(256)])
        self.image.paste(colour, (box[0], box[1]), soften(edge, 0.5))

    def glow(self, centre: Point, radius: float, colour: RGB, *, strength: float = 1.0) -> None:
        """Add light round a point."""
        size = max(2, round(radius * 2))
        left, top = round(centre[0] - radius), round(centre[1] - radius)
        mask = _falloff().resize((size, size), Image.Resampling.BILINEAR)
        mask = mask.point([round(level * strength) for level in range(256)])
        box = (max(0, left), max(0, top), min(self.width, left + size), min(self.height, top + size))
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        inner = mask.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
        tint = Image.merge(
            "RGB", [inner.point([round(v * part / 255) for v in range(256)]) for part in colour]
        )
        self.image.paste(ImageChops.screen(self.image.crop(box), tint), box[:2])

    def disc(self, centre: Point, radius: float, colour: RGB, *, strength: float = 1.0) -> None:
        """Paint a soft-edged disc."""
        size = round(radius * 8)
        disc = Image.new("L", (size, size))
        ImageDraw.Draw(disc).ellipse(
            (size * 0.02, size * 0.02, size * 0.98, size * 0.98), fill=round(255 * strength)
        )
        small = disc.resize((max(2, size // 4),) * 2, Image.Resampling.BOX)
        self.image.paste(colour, (round(centre[0] - radius), round(centre[1] - radius)), small)

    def veil(self, top: float, bottom: float, colour: RGB, strength: float) -> None:
        """A band of mist, thickest at its lower edge."""
        height = max(1, round(bottom - top))
        ramp = Image.linear_gradient("L").resize((self.width, height), Image.Resampling.BILINEAR)
        mask = ramp.point([round(level * strength) for level in range(256)])
        self.image.paste(colour, (0, round(top)), mask)

    def finish(self) -> None:
        """Darken the corners a little and add grain, so that nothing looks computed."""
        shade = _vignette(self.image.size)
        self.image = ImageChops.multiply(self.image, Image.merge("RGB", (shade, shade, shade)))
        grain = _grain(self.image.size)
        self.image = ImageChops.add(self.image, Image.merge("RGB", (grain, grain, grain)), 1, -128)


def soften(mask: Image.Image, radius: float) -> Image.Image:
    """A silhouette with soft edges."""
    return mask.filter(ImageFilter.BoxBlur(radius))


def _between(stops: Sequence[tuple[float, RGB]], at: float) -> RGB:
    before, after = stops[0], stops[-1]
    for stop in stops:
        if stop[0] <= at:
            before = stop
        else:
            after = stop
            break
    span = after[0] - before[0]
    share = min(1.0, max(0.0, (at - before[0]) / span)) if span > 0 else 0.0
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(before[1], after[1], strict=True))
    return red, green, blue


@functools.cache
def _falloff() -> Image.Image:
    """White in the middle, black at the rim, falling off as light does."""
    distance = Image.radial_gradient("L")
    return distance.point([round(255 * max(0.0, 1 - level / 180) ** 1.8) for level in range(256)])


@functools.lru_cache(maxsize=8)
def _vignette(size: tuple[int, int]) -> Image.Image:
    """White in the middle, grey in the corners."""
    distance = Image.radial_gradient("L").point(
        [round(255 - 96 * (level / 255) ** 2.6) for level in range(256)]
    )
    return distance.resize(size, Image.Resampling.BILINEAR)


@functools.lru_cache(maxsize=8)
def _grain(size: tuple[int, int]) -> Image.Image:
    """Noise round 128, the same for every picture of a size."""
    rng = random.Random(7)  # noqa: S311  # texture, not a secret
    tile = Image.frombytes("L", (GRAIN_TILE, GRAIN_TILE), rng.randbytes(GRAIN_TILE * GRAIN_TILE))
    tile = tile.filter(ImageFilter.BoxBlur(0.6)).point(
        [128 + round((level - 128) / 19) for level in range(256)]
    )
    grain = Image.new("L", size)
    for x in range(0, size[0], GRAIN_TILE):
        for y in range(0, size[1], GRAIN_TILE):
            grain.paste(tile, (x, y))
    return grain
