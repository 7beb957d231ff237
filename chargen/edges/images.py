"""
Pictures: whether bytes are one, as what a reference is sent, and in which format a picture lies in the tree.

Every picture is hostile until it is decoded: only four formats are tried, and only up to a number of pixels and bytes.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from chargen.core.digest import sha256
from chargen.core.picture_facts import BadPicture, PictureFacts
from chargen.core.picture_format import JPEG, PNG, WEBP, sniff
from chargen.core.references import SCALE_POLICY

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 64_000_000  # the largest picture Gemini draws has 19 million
MOST_BYTES: Final = 100_000_000
POLICIES: Final = {SCALE_POLICY: 1536}  # scale policy -> longest edge that is sent
SENT_AS_IT_IS: Final = frozenset({PNG, JPEG, WEBP})
FORMATS: Final = {"png": PNG, "webp": WEBP, "jpeg": JPEG}
_DECODED: Final = ("PNG", "JPEG", "WEBP", "GIF")
# How finely each format is written; the defaults of other tools, one notch up.
_SAVED: Final[dict[str, dict[str, Any]]] = {
    PNG: {"format": "PNG"},
    JPEG: {"format": "JPEG", "quality": 92, "subsampling": 0},
    WEBP: {"format": "WEBP", "quality": 92, "method": 4},
}
# What Pillow's decoders are known to raise on broken files, beside OSError.
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, OverflowError, NotImplementedError,
                  struct.error, zlib.error)  # fmt: skip


def check_picture(data: bytes | Path) -> PictureFacts:
    """Decode a picture to its last row and say what it is. BadPicture; OSError when a path cannot be read."""
    data = _read(data) if isinstance(data, Path) else data
    with _decoded(data) as image:
        return PictureFacts(image.width, image.height, sniff(data), sha256(data))


def fit_reference(data: bytes, policy: str = SCALE_POLICY) -> tuple[bytes, str]:
    """
    A reference as it is sent, and its MIME type: the bytes themselves, or scaled down by the policy. BadPicture.

    The same bytes in give the same bytes out as long as Pillow stays the same; hashes know only the policy's name.
    """
    longest, mime = POLICIES[policy], sniff(data)
    with _decoded(data) as image:
        if max(image.size) <= longest and mime in SENT_AS_IT_IS:
            return data, mime
        upright = _upright(image)
        scale = min(1.0, longest / max(upright.size))
        size = max(1, round(upright.width * scale)), max(1, round(upright.height * scale))
        from PIL.Image import Resampling

        small = upright.resize(size, Resampling.LANCZOS, reducing_gap=3.0)
        sent_as = JPEG if mime == JPEG else PNG
        return _save(small, sent_as), sent_as


def convert(data: bytes, to: Literal["png", "webp", "jpeg"]) -> bytes:
    """The picture in the format the tree keeps: untouched when it is in that format already. BadPicture."""
    wanted = FORMATS[to]
    if sniff(data) == wanted:
        return data
    with _decoded(data) as image:
        return _save(_upright(image), wanted)


def _read(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise BadPicture(f"{size} bytes are more than the {MOST_BYTES} a picture may have")
    return path.read_bytes()


def _decoded(data: bytes) -> Image:
    from PIL import Image

    if not sniff(data):
        raise BadPicture("neither PNG, JPEG, WebP nor GIF" if data else "an empty file")
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # of metadata nobody looks at
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(io.BytesIO(data), formats=_DECODED)
        _refuse_bomb(image)
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture("a decompression bomb: more pixels than a picture may have") from None
    except _BROKEN as error:
        said = " ".join(str(error).split())[:200]
        raise BadPicture(f"does not decode: {said or type(error).__name__}") from None
    return image


def _refuse_bomb(image: Image) -> None:
    """Refuse by the header alone, before a pixel is unpacked."""
    if image.width * image.height > MOST_PIXELS:
        raise BadPicture(f"{image.width}x{image.height} pixels are more than a picture may have")


def _upright(image: Image) -> Image:
    """Turned as EXIF says, as a new file keeps no EXIF, and in a mode that can be scaled and saved anywhere."""
    turned = _turned(image)
    if turned.mode.startswith("I"):  # 16 bits a pixel: Pillow would cut, not scale
        turned = turned.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    see_through = "A" in turned.getbands() or "transparency" in turned.info
    plain = turned.convert("RGBA" if see_through else "RGB")
    if turned.mode not in {"RGB", "RGBA", "P"}:
        plain.info.pop("icc_profile", None)  # it describes grey or CMYK values, which these are no more
    return plain


def _turned(image: Image) -> Image:
    """As its EXIF says; as it lies where that cannot be read, which is no reason to refuse the picture."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        return image


def _save(image: Image, mime: str) -> bytes:
    from PIL import Image as Pillow

    if mime == JPEG and image.mode == "RGBA":
        paper = Pillow.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        image = paper.convert("RGB")
    out = io.BytesIO()
    profile = image.info.get("icc_profile")
    try:
        image.save(out, **_SAVED[mime], **({"icc_profile": profile} if profile else {}))
    except _BROKEN as error:  # more pixels on an edge than the format holds
        raise BadPicture(f"cannot be written as {mime}: {' '.join(str(error).split())[:200]}") from None
    return out.getvalue()
