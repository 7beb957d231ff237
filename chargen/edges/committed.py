"""Whether git holds a file just as it lies, so that nothing is lost when it is written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.edges.git import Git

if TYPE_CHECKING:
    from pathlib import Path


def is_committed(repository: Path, path: str) -> bool:
    """Whether HEAD has the file at a path (from the repository's top) as it lies. GitFailed, ConfigurationError."""
    git = Git(repository, offline=True)
    tracked = git.text("ls-files", "--", f":(literal){path}")
    return bool(tracked) and not git.text("status", "--porcelain", "--", f":(literal){path}")
