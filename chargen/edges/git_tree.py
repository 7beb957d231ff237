"""The world as a commit has it (ports.Tree), for `plan --base REV`: nothing is checked out, links are followed inside it."""

from __future__ import annotations

import errno
import os
from functools import cached_property
from typing import TYPE_CHECKING, Self

from chargen.core.out_of_world import OutOfWorld, is_listed, leads_out, no_plain_file, path_inside
from chargen.edges.git import Git
from chargen.edges.git_objects import SYMLINK, BlobReader, Entry, list_tree
from chargen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_MOST_LINKS = 40  # as the kernel


class GitTree:
    """A commit's files below `prefix` (the world's folder in the repository); a context manager, as a git stays open."""

    def __init__(self, repository_root: Path, rev: str, prefix: str = "") -> None:
        """The tree of a commit; UsageError when there is no such commit, GitFailed, ConfigurationError."""
        self._git = Git(repository_root)
        self.commit = resolve_commit(self._git, rev)
        self._prefix = tuple(part for part in prefix.split("/") if part not in ("", "."))
        self._reader: BlobReader | None = None

    def files(self) -> list[str]:
        """Every file below the world's root, sorted, by the rules of a work tree. GitFailed."""
        return sorted(
            path for path, entry in self._entries.items() if is_listed(path) and self._is_file(entry)
        )

    def read(self, path: str) -> bytes:
        """A file's bytes. FileNotFoundError; OutOfWorld (leads out, no plain file, too large); GitFailed."""
        place = self._resolve(path)
        entry = self._entries.get(place)
        if entry is None:
            if place in self._folders:
                raise no_plain_file(path)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self._blob(entry)

    def close(self) -> None:
        """End the git that reads."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        folder = self.commit
        if self._prefix:
            wanted = f"{self.commit}:{'/'.join(self._prefix)}"
            asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
            folder = self._git.attempt(*asked, ok=(0, 1, 128)).stdout.decode().strip()
        if not folder:
            return {}  # the world was not there yet
        return {entry.path: entry for entry in list_tree(self._git, folder)}

    @cached_property
    def _folders(self) -> frozenset[str]:
        folders = {""}
        for path in self._entries:
            while (path := path.rpartition("/")[0]) not in folders:
                folders.add(path)
        return frozenset(folders)

    def _blob(self, entry: Entry) -> bytes:
        if self._reader is None:
            self._reader = BlobReader(self._git)
        return self._reader.read(entry.blob, name=entry.path)

    def _is_file(self, entry: Entry) -> bool:
        """Whether an entry is listed: a link to a folder is not, a link that leads out is (reading it says so)."""
        if entry.mode != SYMLINK:
            return True
        try:
            return self._resolve(entry.path) not in self._folders
        except OutOfWorld:
            return True

    def _resolve(self, path: str) -> str:
        """Where a path leads in this tree once its symlinks are followed; OutOfWorld when that is outside."""
        left = list(reversed([*self._prefix, *path_inside(path).split("/")]))
        at: list[str] = []
        links = 0
        while left:
            part = left.pop()
            if part == "..":
                if not at:
                    raise leads_out(path)
                at.pop()
            elif part not in ("", "."):
                at.append(part)
                entry = self._entries.get("/".join(at[len(self._prefix) :])) if self._is_below(at) else None
                if entry is not None and entry.mode == SYMLINK:
                    links += 1
                    target = self._blob(entry).decode("utf-8", "surrogateescape")
                    if target.startswith("/") or links > _MOST_LINKS:
                        raise leads_out(path)
                    at.pop()
                    left.extend(reversed(target.split("/")))
        if tuple(at[: len(self._prefix)]) != self._prefix:
            raise leads_out(path)
        inside = "/".join(at[len(self._prefix) :])
        path_inside(inside)
        return inside

    def _is_below(self, at: list[str]) -> bool:
        return len(at) > len(self._prefix) and tuple(at[: len(self._prefix)]) == self._prefix


def resolve_commit(git: Git, rev: str) -> str:
    """The commit a person named; UsageError when this clone has none such. GitFailed, ConfigurationError."""
    hint = "name a branch, tag or commit this clone has; a shallow clone may lack it: git fetch --unshallow"
    if "\0" in rev:
        raise UsageError("a revision holds no NUL", hint=hint)
    wanted = f"{rev}^{{commit}}"
    done = git.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", wanted, ok=(0, 1, 128))
    if done.returncode or not rev:
        raise UsageError(f"no commit {rev!r} in {git.folder}", hint=hint)
    return done.stdout.decode().strip()
