"""Where a world lies: its root, and its folder in its repository."""

from __future__ import annotations

from pathlib import Path

from chargen.core.world import CONFIG_FILE
from chargen.edges.git import find_repository


def find_root(root: Path | None) -> Path:
    """`--root`, else the nearest folder upward with a chargen.yaml, else git's top level, else the current folder."""
    if root is not None:
        return root.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder
    return find_repository(here) or here


def prefix_in(repository: Path, root: Path) -> str:
    """The world's folder in its repository; empty when it is its top."""
    prefix = root.resolve().relative_to(repository.resolve()).as_posix()
    return "" if prefix == "." else prefix


def repository_path(root: Path, path: str) -> str:
    """A path of the world's from its repository's top; the path itself outside of one."""
    repository = find_repository(root)
    prefix = prefix_in(repository, root) if repository else ""
    return f"{prefix}/{path}" if prefix else path


def told_root(root: Path) -> str:
    """The world's folder, named alike on every machine where it can be: from its repository's top."""
    if find_repository(root) is None:
        return str(root)
    return repository_path(root, "").rstrip("/") or "the repository's top"
