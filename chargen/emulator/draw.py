"""Turns a request into a picture of exactly the size asked for; the same request gives the same bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from chargen.emulator.image_request import ImageRequest


def draw_picture(request: ImageRequest, size: tuple[int, int], *, flat: bool = False) -> bytes:
    """The picture as PNG; `flat` paints one colour only, for tests that need many."""
    return _png(paint(request, size, flat=flat))


def draw_jpeg(request: ImageRequest, size: tuple[int, int], *, flat: bool = False) -> bytes:
    """The same picture as JPEG."""
    stream = io.BytesIO()
    paint(request, size, flat=flat).save(stream, "JPEG", quality=88)
    return stream.getvalue()


def paint(request: ImageRequest, size: tuple[int, int], *, flat: bool = False) -> Image.Image:
    """The picture itself."""
    digest = bytes.fromhex(request.sha256 if flat else request.sha256[::-1])
    return Image.new("RGB", size, (digest[0], digest[1], digest[2]))


def other_shape(width: int, height: int) -> tuple[int, int]:
    """A size of another aspect ratio and about the same area."""
    return (1024, 1024) if width != height else (width * 4 // 3, height * 3 // 4)


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=2)
    return stream.getvalue()
