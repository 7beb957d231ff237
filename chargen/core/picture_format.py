"""What a file's first bytes say it is: a picture of some format, or a Git LFS pointer. Pure."""

from __future__ import annotations

import re
from typing import Final

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
WEBP: Final = "image/webp"
EXTENSIONS: Final = {PNG: "png", JPEG: "jpg", WEBP: "webp"}
PICTURES: Final = (".png", ".jpg", ".jpeg", ".webp")  # how the names of picture files end

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: under 1024 bytes, `version` first, then sorted keys.
LFS_LIMIT: Final = 1024
_LFS: Final = re.compile(
    rb"\Aversion https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v1\r?\n"
    rb"(?:[a-z0-9.-]+ [^\r\n]*\r?\n)*?"
    rb"oid sha256:([0-9a-f]{64})\r?\n"
)


def sniff(data: bytes) -> str:
    """The MIME type the magic bytes tell, whatever a name or a header claims; empty when they tell none we know."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return ""


def parse_lfs_pointer(data: bytes) -> str | None:
    """The `sha256:...` digest of the picture a Git LFS pointer stands for; None when the bytes are no pointer."""
    found = _LFS.match(data) if len(data) < LFS_LIMIT else None
    return f"sha256:{found[1].decode()}" if found else None
