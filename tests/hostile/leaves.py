"""Everything a run leaves, in one mapping of places to bytes, to look through for what must be in none of them."""

from __future__ import annotations

import base64
import sqlite3
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def left_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, every row of its databases, and every object, ref and reflog of its repositories."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            found[str(path)] = path.read_bytes()
            if path.suffix == ".sqlite":
                found[f"rows of {path}"] = _rows(path)
        if path.name == "objects" and (path.parent / "HEAD").is_file():
            found[f"objects of {path.parent}"] = _objects(path.parent)
    return found


def _rows(database: Path) -> bytes:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
        said = "\n".join(opened.iterdump())
    opened.close()
    return said.encode("utf-8", "surrogateescape")


def _objects(repository: Path) -> bytes:
    """Blobs, trees, commits and tags, uncompressed: what no ref stands at any more as well."""
    command = ["git", "--git-dir", str(repository), "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def spellings(secret: str) -> set[bytes]:
    """A secret as it may be written; more ways than the code knows of."""
    plain = secret.encode()
    once = {plain, quote(secret).encode(), quote(secret, safe="").encode(), plain.replace(b"_", b"\\_")}
    git = base64.b64encode(b"x-access-token:" + plain)
    return once | {git, base64.b64encode(plain).rstrip(b"="), plain.hex().encode(), plain[::-1], plain[:20]}


def places_of(secrets: Iterable[str], places: dict[str, bytes]) -> list[str]:
    """The places that hold one of them, in any spelling."""
    wanted = {spelling for secret in secrets for spelling in spellings(secret)}
    return [place for place, data in places.items() if any(spelling in data for spelling in wanted)]
