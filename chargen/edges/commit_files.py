"""The world's files as a commit has them (ports.WorldFiles); what is written stays in memory, for a review branch."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from chargen.core.digest import same, sha256
from chargen.core.out_of_world import OutOfWorld
from chargen.core.picture_format import parse_lfs_pointer
from chargen.edges.files import read_inside
from chargen.edges.git import Git
from chargen.edges.git_tree import GitTree
from chargen.errors import WorkFailed


@dataclass
class CommitFiles:
    """
    Files of one commit below the world's folder (`prefix` in the repository).

    A picture that lies in Git LFS is taken from the work tree at `root` where it lies there whole, else from LFS; where
    neither has it, its pointer is what is read.
    """

    tree: GitTree
    root: Path
    written: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def at(cls, repository: Path, commit: str, prefix: str, *, root: Path) -> CommitFiles:
        """The files of a commit. UsageError when there is no such commit, GitFailed."""
        return cls(GitTree(repository, commit, prefix), root)

    def read(self, path: str) -> bytes:
        """A file's bytes, as written here before or as committed. FileNotFoundError, OutOfWorld, GitFailed."""
        if path in self.written:
            return self.written[path]
        try:
            data = self.tree.read(path)
        finally:
            self.tree.close()  # no git stays open between two reads
        pointer = parse_lfs_pointer(data)
        if pointer is None:
            return data
        return self._from_work_tree(path, pointer) or self._from_lfs(data, pointer) or data

    def before(self, path: str) -> bytes | None:
        """A file's bytes as committed; None where there is none. OutOfWorld, GitFailed."""
        try:
            return self.tree.read(path)
        except FileNotFoundError:
            return None
        finally:
            self.tree.close()

    def write(self, path: str, data: bytes) -> None:
        """Keep a file for the branch that is being built."""
        self.written[path] = data

    def _from_work_tree(self, path: str, digest: str) -> bytes | None:
        try:
            data = read_inside(self.root, path)
        except (OSError, OutOfWorld, WorkFailed):
            return None
        return data if same(sha256(data), digest) else None

    def _from_lfs(self, pointer: bytes, digest: str) -> bytes | None:
        if shutil.which("git-lfs") is None:
            return None
        done = Git(self.root).attempt("lfs", "smudge", stdin=pointer, ok=range(256))
        return done.stdout if same(sha256(done.stdout), digest) else None
