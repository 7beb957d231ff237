"""Turns a request into a picture of exactly the size asked for; the same request gives the same bytes."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Final

from PIL import Image

from chargen.emulator.drawing.brief import read_brief
from chargen.emulator.drawing.caption import Caption
from chargen.emulator.drawing.composition import compose

if TYPE_CHECKING:
    from chargen.emulator.image_request import ImageRequest

ART_PIXELS: Final = 560_000  # painted at this size and enlarged: soft edges, and quick at any size
COMPRESSION: Final = 1


def draw_picture(request: ImageRequest, size: tuple[int, int], *, flat: bool = False) -> bytes:
    """The picture as PNG; `flat` paints one colour only, for tests that need many."""
    stream = io.BytesIO()
    paint(request, size, flat=flat).save(stream, "PNG", compress_level=COMPRESSION)
    return stream.getvalue()


def draw_jpeg(request: ImageRequest, size: tuple[int, int], *, flat: bool = False) -> bytes:
    """The same picture as JPEG."""
    stream = io.BytesIO()
    paint(request, size, flat=flat).save(stream, "JPEG", quality=88)
    return stream.getvalue()


def paint(request: ImageRequest, size: tuple[int, int], *, flat: bool = False) -> Image.Image:
    """The picture itself: a scene, and a caption under it."""
    if flat:
        digest = bytes.fromhex(request.sha256)
        return Image.new("RGB", size, (digest[0], digest[1], digest[2]))
    brief = read_brief(request.prompt)
    caption = Caption(brief, size, request.seed, request.references)
    width, height = size[0], size[1] - caption.height
    small = min(1.0, math.sqrt(ART_PIXELS / (width * height)))
    scene, scheme = compose(brief, (round(width * small), round(height * small)), request.sha256)
    picture = Image.new("RGB", size)
    picture.paste(scene.resize((width, height), Image.Resampling.BICUBIC))
    picture.paste(caption.draw(scheme), (0, height))
    return picture


def other_shape(width: int, height: int) -> tuple[int, int]:
    """A size of another aspect ratio and about the same area."""
    return (1024, 1024) if width != height else (width * 4 // 3, height * 3 // 4)
