"""A path as a writer wrote it, and where in the world, or out of it, it leads. Pure."""

from __future__ import annotations

import posixpath
import re
from typing import Final

_ELSEWHERE: Final = re.compile(r"[A-Za-z]:[\\/]|[A-Za-z][A-Za-z0-9+.-]+:/")


def resolve_path(folder: str, path: str) -> str:
    """A path beside a file, from the root; one that leads out of the world starts with `..` or `/`."""
    return posixpath.normpath(posixpath.join(folder, path.replace("\\", "/")))


def escapes(path: str) -> bool:
    """Whether a resolved path leads out of the world."""
    return path.startswith(("/", "../")) or path == ".." or (len(path) > 1 and path[1] == ":")


def is_of_one_machine(said: str) -> bool:
    r"""Whether a path as written leads to one machine's disk, or to the web: `/home/...`, `C:\\...`, `file://`, a URL."""
    return said.startswith(("/", "\\", "~")) or bool(_ELSEWHERE.match(said))
