"""Hostile files that are too large, too odd or too binary to lie in corpus/: each a name and what makes its bytes."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Final

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HEAD: Final = "kind: location\nslug: bad\n"
SHOT: Final = "scenes: [{id: a, subject: a wall}]\n"


def _laughs(levels: int, wide: int) -> str:
    """Aliases of aliases: a few lines that stand for wide ** levels words."""
    lines = ["a0: &a0 [ha, ha]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * wide)}]" for i in range(1, levels)]
    return HEAD + "\n".join(lines) + f"\nscenes: *a{levels - 1}\n"


def _merges(levels: int) -> str:
    lines = ["a0: &a0 {k0: v}"]
    lines += [f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: v}}" for i in range(1, levels)]
    return HEAD + "\n".join(lines) + "\n" + SHOT


def _keys(count: int) -> str:
    return HEAD + "".join(f"k{i}: v\n" for i in range(count)) + SHOT


YAML: Final[Mapping[str, Callable[[], str | bytes]]] = {
    "alias-bomb": lambda: _laughs(12, 9),
    "alias-bomb-of-scenes": lambda: HEAD + "x: &x [{id: a, subject: b}]\ny: &y [*x, *x, *x]\nscenes: *y\n",
    "alias-of-itself": lambda: HEAD + "scenes: &a [*a]\n",
    "mapping-of-itself": lambda: HEAD + "scenes: &a {b: *a}\n",
    "merge-of-itself": lambda: HEAD + "x: &a {<<: *a}\n" + SHOT,
    "merge-bomb": lambda: _merges(60),
    "merge-of-a-text": lambda: HEAD + "x: {<<: word}\n" + SHOT,
    "10-mb-of-words": lambda: HEAD + f"notes: {'word ' * 2_000_000}\n" + SHOT,
    "just-under-10-mb": lambda: HEAD + f"notes: {'word ' * 1_990_000}\n" + SHOT,
    "10-mb-of-blanks": lambda: HEAD + " " * 9_900_000 + "\n" + SHOT,
    "9-mb-of-line-ends": lambda: HEAD + "\n" * 9_000_000 + SHOT,
    "9-mb-of-comments": lambda: HEAD + "# x\n" * 2_200_000 + SHOT,
    "400000-keys": lambda: _keys(400_000),
    "one-key-of-9-mb": lambda: HEAD + f"? {'k' * 9_000_000}\n: v\n" + SHOT,
    "100000-deep-lists": lambda: HEAD + "scenes: " + "[" * 100_000,
    "100000-deep-closed": lambda: HEAD + "scenes: " + "[" * 100_000 + "]" * 100_000 + "\n",
    "100000-deep-mappings": lambda: HEAD + "scenes: " + "{a: " * 100_000,
    "100000-deep-dashes": lambda: HEAD + "scenes:\n  " + "- " * 100_000 + "x\n",
    "3000-deep-by-indent": lambda: HEAD + "".join(f"{' ' * i}a:\n" for i in range(3_000)),
    "100000-question-marks": lambda: HEAD + "? " * 100_000 + "x\n",
    "100000-anchors": lambda: HEAD + "x: [" + ", ".join(f"&a{i} x" for i in range(100_000)) + "]\n" + SHOT,
    "100000-quotes": lambda: HEAD + "x: " + "'" * 100_001 + "\n",
    "100000-documents": lambda: "---\n" * 100_000,
    "10000-scenes": lambda: (
        HEAD + "scenes:\n" + "".join(f"- {{id: s{i}, subject: x}}\n" for i in range(10_000))
    ),
    "20000-shots-of-one-name": lambda: HEAD + "scenes:\n" + "- {id: s, subject: x}\n" * 20_000,
    "a-number-of-100000-digits": lambda: (
        HEAD + f"scenes: [{{id: a, subject: b, variants: {'9' * 100_000}}}]\n"
    ),
    "variants-without-end": lambda: HEAD + "scenes: [{id: a, subject: b, variants: 999999999}]\n",
    "a-subject-of-5-mb": lambda: HEAD + f"scenes: [{{id: a, subject: {'wall ' * 1_000_000}}}]\n",
    "5-mb-of-unclosed-text": lambda: HEAD + 'x: "' + "a" * 5_000_000,
    "300-kb-of-unclosed-brackets": lambda: HEAD + "x: " + "[a, " * 70_000,
    "surrogates": lambda: HEAD + 'scenes: [{id: a, subject: "\\ud800 x"}]\n',
    "surrogates-as-bytes": lambda: (HEAD + "scenes: [{id: a, subject: x").encode() + b"\xed\xa0\x80}]\n",
    "nul": lambda: HEAD + "scenes: [{id: a, subject: 'x\0y'}]\n",
    "nul-escaped": lambda: HEAD + 'scenes: [{id: a, subject: "x\\0y\\e[31m"}]\n',
    "utf-16": lambda: (HEAD + SHOT).encode("utf-16"),
    "utf-32": lambda: (HEAD + SHOT).encode("utf-32"),
    "latin-1": lambda: (HEAD + "scenes: [{id: ä, subject: ö}]\n").encode("latin-1"),
    "nothing": lambda: b"",
    "a-png": lambda: png(4, 4),
    "zip-magic": lambda: b"PK\x03\x04" + bytes(range(256)) * 40,
}


def _front(text: str) -> str:
    return f"---\n{text}\n---\n# Look\n\nwords\n"


MARKDOWN: Final[Mapping[str, Callable[[], str | bytes]]] = {
    "alias-bomb-in-front": lambda: _front(_laughs(12, 9)),
    "tag-in-front": lambda: _front("age: !!python/object/apply:os.system [id]"),
    "100000-quotes-deep": lambda: "# Look\n\n" + ">" * 100_000 + " x\n",
    "100000-lists-deep": lambda: "# Look\n\n" + "- " * 100_000 + "x\n",
    "100000-brackets": lambda: "# Look\n\n" + "[" * 100_000 + "\n",
    "50000-links": lambda: "# Look\n\n" + "[a](" * 50_000 + "\n",
    "100000-stars": lambda: "# Look\n\n" + "*a_" * 100_000 + "\n",
    "100000-backticks": lambda: "# Look\n\n" + "".join("`" * (i % 300) + "x" for i in range(1_000)) + "\n",
    "100000-tildes": lambda: "# Look\n\n" + "~~a" * 50_000 + "\n",
    "50000-footnotes": lambda: "# Look\n\n" + "".join(f"[^{i}] " for i in range(50_000)) + "\n",
    "footnote-in-footnote": lambda: "# Look\n\n[^a]\n\n[^a]: x [^a]\n",
    "100000-angles": lambda: "# Look\n\n" + "<a " * 100_000 + "\n",
    "100000-entities": lambda: "# Look\n\n" + "&amp;" * 100_000 + "\n",
    "a-table-of-20000-columns": lambda: (
        "# Look\n\n" + "|a" * 20_000 + "|\n" + "|-" * 20_000 + "|\n" + "|b" * 20_000 + "|\n"
    ),
    "100000-headings": lambda: "# Look\n" * 100_000,
    "9-mb-of-words": lambda: "# Look\n\n" + "word " * 1_800_000 + "\n",
    "9-mb-in-one-line-of-stars": lambda: "# Look\n\n" + "*" * 9_000_000 + "\n",
    "surrogates-as-bytes": lambda: b"# Look\n\n\xed\xa0\x80\n",
    "nul": lambda: "# Look\n\nx\0y\n",
    "an-unclosed-comment": lambda: "# Look\n\n<!--" + "-" * 100_000 + "\n",
}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, body: bytes, *extra: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def png(width: int, height: int) -> bytes:
    """A grey picture, its zeros packed."""
    return _png(width, height, zlib.compress(bytes((width + 1) * height)))


def _saved(kind: str, size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "tan").save(file, kind, **more)
    return file.getvalue()


def _frames(count: int) -> bytes:
    file = io.BytesIO()
    each = [Image.new("P", (200, 200), number % 250) for number in range(count)]
    each[0].save(file, "GIF", save_all=True, append_images=each[1:])
    return file.getvalue()


SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="file:///etc/passwd"/></svg>'
PICTURES: Final[Mapping[str, Callable[[], bytes]]] = {
    "png-bomb": lambda: _png(50_000, 50_000, zlib.compress(bytes(100_000))),
    "png-bomb-of-the-largest-size": lambda: _png(2**31 - 1, 2**31 - 1, b""),
    "png-of-no-size": lambda: _png(0, 0, b""),
    "png-whose-words-are-a-bomb": lambda: _png(
        4, 4, zlib.compress(bytes(20)), _chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(90_000_000)))
    ),
    "png-whose-profile-is-a-bomb": lambda: _png(
        4, 4, zlib.compress(bytes(20)), _chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(90_000_000)))
    ),
    "png-whose-pixels-are-a-bomb": lambda: _png(4, 4, zlib.compress(bytes(200_000_000), 9)),
    "png-cut": lambda: png(400, 400)[:60],
    "png-of-its-magic-alone": lambda: b"\x89PNG\r\n\x1a\n",
    "png-with-a-tail": lambda: png(8, 8) + b"<?php system($_GET[0]); ?>" * 1_000,
    "svg-as-png": lambda: SVG,
    "html-as-png": lambda: b"<!DOCTYPE html><script>alert(1)</script>",
    "jpeg-cut": lambda: _saved("JPEG", (800, 600))[:500],
    "jpeg-of-60000-by-60000": lambda: _saved("JPEG").replace(
        struct.pack(">HH", 30, 40), struct.pack(">HH", 60_000, 60_000)
    ),
    "jpeg-with-broken-exif": lambda: _exif(b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 200),
    "jpeg-with-exif-in-circles": lambda: _exif(
        b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8)
    ),
    "jpeg-turned-by-a-text": lambda: _exif(
        b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHI4s", 0x0112, 2, 4, b"abc\0") + bytes(4)
    ),
    "webp-cut": lambda: _saved("WEBP")[:40],
    "webp-of-its-magic-alone": lambda: b"RIFF\xff\xff\xff\xffWEBP",
    "gif-of-1000-frames": lambda: _frames(1_000),
    "gif-of-65535-by-65535": lambda: b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;",
    "tiff": lambda: _saved("TIFF"),
    "bmp": lambda: _saved("BMP"),
    "ico": lambda: _saved("ICO"),
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(%pipe%id) (w) file\n",
    "lfs-pointer-to-nowhere": lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n",
    "lfs-pointer-that-escapes": lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:../../../etc/passwd\nsize 12\n",
    "nothing": lambda: b"",
}  # fmt: skip


def _exif(data: bytes) -> bytes:
    """A large JPEG (so that it is scaled, and turned as its EXIF says) with these bytes for its EXIF."""
    plain = _saved("JPEG", (1700, 1600))
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data + plain[2:]
