"""
What merging a review branch should bring, as a commit: built by plumbing, the user's files, index and HEAD untouched.

The same parent and files give the same commit, so that a run that was killed and begun again pushes what was booked.
Pictures of a world whose attributes say `filter=lfs` become LFS pointers, and their bytes go into the LFS store.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chargen.edges.files import write_atomically
from chargen.edges.git_objects import changed_tree, commit_tree, store_bytes
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chargen.edges.git import Git

_POINTER: Final = "version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"


@dataclass(frozen=True, slots=True)
class Built:
    """A commit to push, and the LFS objects (sha256 in hex) that have to be on the remote first."""

    commit: str
    lfs: tuple[str, ...] = ()


def build(git: Git, parent: str, files: Mapping[str, bytes], message: str) -> Built:
    """A commit of the parent's files with some changed; paths from the repository's top. GitFailed, ConfigurationError."""
    in_lfs = _in_lfs(git, parent, [*files])
    pointers = {path: _lay_in_lfs(git, files[path]) for path in in_lfs}
    contents = [pointers[path][1] if path in pointers else data for path, data in files.items()]
    blobs = dict(zip(files, store_bytes(git, contents), strict=True))
    tree = changed_tree(git, parent, blobs)
    at = datetime.fromtimestamp(int(git.text("show", "--no-patch", "--format=%ct", parent)), UTC)
    commit = commit_tree(git, tree, parent, message, at=at)
    return Built(commit, tuple(oid for oid, _ in pointers.values()))


def push_lfs(git: Git, remote: str, objects: Sequence[str]) -> None:
    """Upload LFS objects; nothing to do for none. ConfigurationError when git-lfs is not installed, GitFailed."""
    if not objects:
        return
    if shutil.which("git-lfs") is None:
        hint = "install git-lfs (it is on GitHub's runners), or take the pictures out of .gitattributes"
        raise ConfigurationError(
            "this repository keeps pictures in Git LFS, and git-lfs is not installed", hint=hint
        )
    git.run("lfs", "push", "--object-id", remote, *objects)


def _in_lfs(git: Git, parent: str, paths: Sequence[str]) -> list[str]:
    """The paths that the parent's .gitattributes give to LFS."""
    with tempfile.TemporaryDirectory(prefix="chargen-") as folder:
        there = git.having(GIT_INDEX_FILE=str(Path(folder, "index")))
        there.run("read-tree", "--end-of-options", parent)
        asked = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
        said = there.run("check-attr", "--cached", "-z", "--stdin", "filter", stdin=asked).decode(
            "utf-8", "surrogateescape"
        )
    words = said.split("\0")
    return [path for path, value in zip(words[0::3], words[2::3], strict=False) if value == "lfs"]


def _lay_in_lfs(git: Git, data: bytes) -> tuple[str, bytes]:
    """The object's id and its pointer (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md), its bytes stored."""
    oid = hashlib.sha256(data).hexdigest()
    common = Path(git.text("rev-parse", "--git-common-dir"))
    folder = (git.folder / common) / "lfs" / "objects" / oid[:2] / oid[2:4]
    if not (folder / oid).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / oid, data)
    return oid, _POINTER.format(oid=oid, size=len(data)).encode()
