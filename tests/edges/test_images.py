"""Pictures, good and bad: what is one, what is sent, and what is kept."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chargen.core.picture_facts import BadPicture, PictureFacts
from chargen.core.picture_format import parse_lfs_pointer, sniff
from chargen.edges.images import check_picture, convert, fit_reference

if TYPE_CHECKING:
    from pathlib import Path

OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n".encode()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    with Image.linear_gradient("L") as grey:
        grey.resize(size).convert(mode).save(out, kind, **more)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims any number of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


TORN = {kind: picture(kind)[:-60] for kind in ("PNG", "JPEG", "WEBP")}


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


@pytest.mark.parametrize(
    ("kind", "mime"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
def test_a_picture_is_what_its_bytes_say(tmp_path: Path, kind: str, mime: str) -> None:
    data = picture(kind)
    (tmp_path / "lies.txt").write_bytes(data)

    facts = check_picture(data)

    assert facts == PictureFacts(40, 30, mime, f"sha256:{hashlib.sha256(data).hexdigest()}")
    assert check_picture(tmp_path / "lies.txt") == facts
    assert sniff(data) == mime


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "an empty file"),
        (b"<svg/>", "neither"),
        (POINTER, "neither"),
        *((data, "does not decode") for data in TORN.values()),
        (picture()[:40] + b"\0" * 40 + picture()[80:], "does not decode"),
        (b"\x89PNG\r\n\x1a\n", "does not decode"),
        (b"GIF89a", "does not decode"),
        (picture("BMP"), "neither"),
    ],
)
def test_what_is_no_whole_picture_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(BadPicture) as caught:
        check_picture(data)

    assert caught.value.reason.startswith(reason)
    assert "\n" not in caught.value.reason


@pytest.mark.parametrize("size", [(9_000, 8_000), (12_000, 12_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    """At these three sizes Pillow says nothing, warns, and raises; none of them may be unpacked."""
    with pytest.raises(BadPicture, match="pixels"):
        check_picture(bomb(*size))


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(200_000_000)

    with pytest.raises(BadPicture, match="bytes"):
        check_picture(tmp_path / "huge.png")


def test_a_missing_file_is_not_called_a_bad_picture(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_picture(tmp_path / "gone.png")


@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), st.data())
def test_a_damaged_picture_is_bad_or_whole_and_nothing_else(kind: str, data: st.DataObject) -> None:
    raw = bytearray(picture(kind))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(12, len(raw) - 1))] = data.draw(st.integers(0, 255))

    for use in (check_picture, fit_reference, lambda bad: convert(bad, "jpeg")):
        try:
            use(bytes(raw[: data.draw(st.integers(12, len(raw)))]))
        except BadPicture as bad:
            assert bad.reason  # noqa: PT017  # whichever of the two it is, nothing else is raised


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_reference_within_the_limit_is_sent_as_it_is(kind: str) -> None:
    data = picture(kind, (1536, 20))

    assert fit_reference(data) == (data, sniff(data))


@pytest.mark.parametrize(
    ("kind", "mode", "mime"),
    [
        ("PNG", "RGB", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("WEBP", "RGB", "image/png"),
        ("GIF", "L", "image/png"),
    ],
)
def test_a_larger_reference_is_scaled_to_the_longest_edge(kind: str, mode: str, mime: str) -> None:
    data = picture(kind, (3072, 200), mode)

    sent, said = fit_reference(data)

    assert said == sniff(sent) == mime
    assert opened(sent).size == (1536, 100)
    assert fit_reference(data) == (sent, said)


def test_a_thin_reference_keeps_a_pixel() -> None:
    assert opened(fit_reference(picture(size=(4000, 1)))[0]).size == (1536, 1)


def test_a_small_gif_is_sent_as_png_in_its_own_size() -> None:
    sent, mime = fit_reference(picture("GIF"))

    assert (mime, opened(sent).size) == ("image/png", (40, 30))


def test_a_photograph_is_turned_upright_when_it_is_scaled() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: to be shown turned by 90 degrees

    sent, _ = fit_reference(picture("JPEG", (2000, 1000), exif=exif))

    assert opened(sent).size == (768, 1536)


@pytest.mark.parametrize("kind", ["png", "webp", "jpeg"])
def test_a_picture_in_the_wanted_format_keeps_its_bytes(kind: Any) -> None:
    data = picture(kind.upper())

    assert convert(data, kind) is data


@pytest.mark.parametrize(
    ("kind", "mime"), [("png", "image/png"), ("webp", "image/webp"), ("jpeg", "image/jpeg")]
)
def test_a_picture_is_converted_to_the_same_bytes_every_time(kind: Any, mime: str) -> None:
    data = picture("PNG" if kind != "png" else "JPEG", mode="RGB")

    made = convert(data, kind)

    assert check_picture(made).mime == mime
    assert (check_picture(made).width, check_picture(made).height) == (40, 30)
    assert convert(data, kind) == made


def test_what_is_see_through_lies_on_white_as_a_jpeg() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, "PNG")

    assert opened(convert(out.getvalue(), "jpeg")).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [
        POINTER,
        POINTER.replace(b"\n", b"\r\n"),
        POINTER.replace(b"oid", b"ext-0-foo sha256:ab\noid"),
        POINTER.replace(b"git-lfs.github", b"hawser.github"),
    ],
)
def test_an_lfs_pointer_stands_for_its_picture(data: bytes) -> None:
    assert parse_lfs_pointer(data) == f"sha256:{OID}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        picture(),
        POINTER[1:],
        b"\n" + POINTER,
        POINTER.replace(b"sha256:4", b"sha256:X"),
        POINTER.replace(b"oid sha256", b"oid md5"),
        POINTER + b" " * 1024,
    ],
)
def test_what_is_no_lfs_pointer(data: bytes) -> None:
    assert parse_lfs_pointer(data) is None


def test_exif_that_cannot_be_read_is_no_reason_to_refuse_a_picture() -> None:
    plain = picture("JPEG", (1700, 1600))
    circles = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8)
    torn = b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 200

    for exif in (circles, torn):
        data = plain[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + plain[2:]

        assert sniff(fit_reference(data)[0]) == "image/jpeg"


def test_more_pixels_on_an_edge_than_a_format_holds_is_a_bad_picture_and_no_bug() -> None:
    with pytest.raises(BadPicture, match="cannot be written as image/webp"):
        convert(picture(size=(17_000, 2)), "webp")
