"""Files below a root: never read or written through a symlink that leads out of it, and written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from chargen.core.out_of_world import LARGEST_FILE, leads_out, no_plain_file, path_inside, too_large
from chargen.errors import ChargenError, ConfigurationError, Place, WorkFailed

STATE_FOLDER: Final = ".chargen"  # runs, plans and what is being written; it ignores itself

_ABSENT: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def resolve_inside(root: Path, path: str) -> Path:
    """Where a path relative to the root really lies, existing or not. OutOfWorld when that is outside the root."""
    inside = path_inside(path)
    root = root.resolve()
    real = Path(os.path.realpath(root / inside))
    if not real.is_relative_to(root):
        raise leads_out(path)
    path_inside(real.relative_to(root).as_posix())
    return real


def read_inside(root: Path, path: str) -> bytes:
    """
    The bytes of a file below the root.

    Raises FileNotFoundError, OutOfWorld (it leads out, is no plain file, or is too large), or WorkFailed (unreadable).
    """
    return read_plain_file(resolve_inside(root, path), path)


def read_plain_file(real: Path, path: str) -> bytes:
    """
    The bytes at a place without symlinks; `path` is what messages call it. Raises as `read_inside` does.

    Looked at before it is opened, as opening a pipe may wait for ever and opening a device may do something.
    """
    try:
        if not stat.S_ISREG(os.lstat(real).st_mode):
            raise no_plain_file(path)
        with os.fdopen(
            os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb"
        ) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise no_plain_file(path)
            if found.st_size > LARGEST_FILE:
                raise too_large(path, found.st_size)
            return file.read()
    except OSError as error:
        if error.errno in _ABSENT:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
        hint = "give this user the right to read it, or remove it"
        raise WorkFailed(f"cannot be read: {error.strerror}", hint=hint, place=Place(path)) from error


def write_atomically(path: Path, data: bytes | str, *, aside: Path | None = None) -> None:
    """
    Write a file whole or not at all, durably; folders on the way are made, an existing file keeps its permissions.

    It is begun in `aside`, where a file can be moved from there, so that a kill leaves nothing beside the file.
    A symlink is replaced, not followed. Raises WorkFailed (disk full and the like) or ConfigurationError (not permitted).
    """
    written = data.encode() if isinstance(data, str) else data
    name = f".{path.name[:40]}.{secrets.token_hex(6)}.tmp"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if aside is None or not _moved_from(aside / name, path, written):
            _put(path.with_name(name), path, written)
        _sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error


def _moved_from(aside: Path, path: Path, data: bytes) -> bool:
    """Write a file elsewhere and move it; False where it cannot be moved from there: another disk, or another mount of it."""
    if not _same_device(aside.parent, path.parent):
        return False
    try:
        _put(aside, path, data)
    except OSError as error:
        if error.errno != errno.EXDEV:  # a bind mount: the same disk by its number, and not for a rename
            raise
        return False
    return True


def _put(temporary: Path, path: Path, data: bytes) -> None:
    try:
        _write_new(temporary, data, _permissions(path))
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_inside(root: Path, path: str, data: bytes | str) -> None:
    """Write a file below the root as `write_atomically` does, through symlinks that stay inside. OutOfWorld."""
    write_atomically(resolve_inside(root, path), data, aside=root / STATE_FOLDER)


def _same_device(aside: Path, folder: Path) -> bool:
    """Whether both folders lie on one disk; False where `aside` is no plain folder."""
    try:
        found = aside.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_dev == folder.stat().st_dev


def unwritable(path: Path, error: OSError) -> ChargenError:
    """What to raise when a file or folder cannot be written: what is wrong, and what to do."""
    reason = error.strerror or type(error).__name__
    if error.errno in _FULL:
        hint = "make room and run the command again: what was there before is unchanged"
        return WorkFailed(f"cannot write {path}: {reason}", hint=hint)
    if error.errno in _FORBIDDEN:
        hint = "give this user the right to write there"
        if error.errno == errno.EROFS:
            hint = "the disk is mounted read-only: mount it for writing, or work on a copy elsewhere"
        return ConfigurationError(f"cannot write {path}: {reason}", hint=hint)
    if error.errno == errno.ENAMETOOLONG:
        return name_too_long(path)
    hint = "what was there before is unchanged; run the command again once this is put right"
    return WorkFailed(f"cannot write {path}: {reason}", hint=hint)


def name_too_long(path: Path) -> ChargenError:
    """What to raise for a path that the system, or SQLite, does not take."""
    hint = "move the world to a shorter path, or shorten the names in it"
    return ConfigurationError(
        f"cannot write {path}: the path is too long ({len(bytes(path))} bytes)", hint=hint
    )


def _permissions(path: Path) -> int | None:
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return None
    return stat.S_IMODE(found) if stat.S_ISREG(found) else None


def _write_new(path: Path, data: bytes, permissions: int | None) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666), "wb") as file:
        if permissions is not None:
            os.fchmod(file.fileno(), permissions)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: the name lives in the folder, not in the file."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
