"""Which paths belong to a world's tree, told by their text alone; pure. Both trees (files, commits) keep these rules."""

from __future__ import annotations

import posixpath
from typing import Final

from chargen.errors import WorkFailed

LEFT_OUT: Final = frozenset({"node_modules", "__pycache__"})
NEVER_READ: Final = frozenset({".git", ".chargen"})
LARGEST_FILE: Final = 200 * 2**20


class OutOfWorld(WorkFailed):
    """A path that leads out of the world's root, or to something in it that is no file of the world."""


def path_inside(path: str) -> str:
    """
    A path relative to the root, without `.` parts; OutOfWorld when it is absolute, has a `..` or names git's own files.

    `..` is refused even where it would come back: after a symlinked folder it does not lead where it seems to.
    """
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or not _is_name(path):
        raise OutOfWorld(f"{path!r} leads out of the world", hint="name a file below the world's root")
    if not NEVER_READ.isdisjoint(part.lower() for part in parts):
        raise OutOfWorld(f"{path!r} is not a file of the world", hint="name a file outside .git and .chargen")
    return posixpath.normpath(path)


def _is_name(path: str) -> bool:
    """Whether a file system could know a file by this text: no NUL, nothing that has no bytes."""
    try:
        return b"\0" not in path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False


def is_left_out(folder: str) -> bool:
    """Whether a folder of this name holds no files of the world: hidden, or another program's own."""
    return folder.startswith(".") or folder in LEFT_OUT


def is_listed(path: str) -> bool:
    """Whether a file at this path belongs to the world: no folder on its way is left out."""
    return not any(is_left_out(folder) for folder in path.split("/")[:-1])


def may_lie_at(path: str) -> bool:
    """Whether a picture may be written at a path: inside the world, nothing hidden on its way, under a name people can read."""
    try:
        return path_inside(path) == path and is_listed(f"{path}/") and path.isprintable()
    except OutOfWorld:
        return False


def leads_out(path: str) -> OutOfWorld:
    """What to raise for a path whose symlink leads out of the root."""
    hint = "replace the symlink with the file itself, or with a link to a file of the world"
    return OutOfWorld(f"{path!r} leads out of the world through a symlink", hint=hint)


def too_large(path: str, size: int) -> OutOfWorld:
    """What to raise for a file nobody should hold in memory."""
    hint = f"files of a world are at most {LARGEST_FILE // 2**20} MB"
    return OutOfWorld(f"{path!r} is {size // 2**20} MB", hint=hint)


def no_plain_file(path: str) -> OutOfWorld:
    """What to raise for a folder, device, pipe or socket."""
    return OutOfWorld(f"{path!r} is not a plain file", hint="name a file that can be read from end to end")
