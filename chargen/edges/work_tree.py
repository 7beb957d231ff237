"""The world's files as they lie on disk (ports.Tree); nothing outside the root is listed, read or even opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from chargen.core.out_of_world import is_left_out, path_inside
from chargen.edges.files import read_inside, read_plain_file
from chargen.errors import ConfigurationError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class WorkTree:
    """A folder of files. Symlinked folders are not listed (their files would be there twice), symlinked files are."""

    def __init__(self, root: Path) -> None:
        """A tree rooted at an existing folder; ConfigurationError when it is none."""
        self.root = root.resolve()
        if not self.root.is_dir():
            raise ConfigurationError(f"{root} is not a folder", hint="name the world's root with --root")
        self._plain_folders: set[str] = set()
        self.problems: list[tuple[str, str]] = []

    def files(self) -> list[str]:
        """
        Every file below the root, with slashes, sorted; the folders that cannot be listed go into `problems`, in words.

        WorkFailed when the root itself cannot be listed.
        """
        self.problems = []
        return sorted(self._walk(str(self.root), ""))

    def read(self, path: str) -> bytes:
        """A file's bytes. FileNotFoundError; OutOfWorld (leads out, no plain file, too large); WorkFailed (unreadable)."""
        real = self.root / path_inside(path)
        if self._has_plain_folder(real) and not os.path.islink(real):  # noqa: PTH114  # Path's raises for some names
            return read_plain_file(real, path)
        return read_inside(self.root, path)

    def _has_plain_folder(self, real: Path) -> bool:
        """Whether no symlink lies on the way to the file's folder; asked once a folder, as worlds have many files."""
        folder = str(real.parent)
        if folder not in self._plain_folders and os.path.realpath(folder) == folder:
            self._plain_folders.add(folder)
        return folder in self._plain_folders

    def _walk(self, folder: str, prefix: str) -> Iterator[str]:
        try:
            with os.scandir(folder) as entries:
                found = list(entries)
        except FileNotFoundError:
            return  # removed while we looked
        except OSError as error:
            if not prefix:
                hint = "give this user the right to read it"
                raise WorkFailed(f"cannot list {folder}: {error.strerror}", hint=hint) from error
            self.problems.append((prefix.removesuffix("/"), f"the folder cannot be listed: {error.strerror}"))
            return
        for entry in found:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if not is_left_out(entry.name):
                    yield from self._walk(entry.path, path + "/")
            elif entry.is_file(follow_symlinks=False) or _is_link_to_file(entry):
                yield path


def _is_link_to_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and not os.path.isdir(entry.path)  # noqa: PTH112  # Path's may raise
