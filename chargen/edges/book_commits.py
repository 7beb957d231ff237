"""What the books are made of in git, wherever they lie: commits on the tip that was read, safe names, refs that move only forward."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from chargen.edges.git import GitFailed
from chargen.edges.git_objects import (
    changed_tree,
    commit_tree,
    list_tree,
    read_blobs,
    store_bytes,
    store_files,
)
from chargen.errors import LostRace, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from chargen.edges.git import Git

BOOKS: Final = "refs/chargen/books"
RESULTS: Final = "refs/chargen/results"
_PART: Final = re.compile(r"[A-Za-z0-9._@+-]{1,255}")
# The pictures' commit has no time of its own: whoever keeps the same pictures makes the same commit.
NO_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


def check_path(path: str) -> None:
    """ValueError for a path that is no plain name below a folder of plain names: a bug, not a writer's mistake."""
    for part in path.split("/"):
        if not _PART.fullmatch(part) or part.lower() in {".", "..", ".git"}:
            raise ValueError(f"{path!r} cannot be a file of the books")


def results_ref(submission_id: str) -> str:
    """Where a submission's pictures are kept. ValueError for what is no submission id."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}", submission_id):
        raise ValueError(f"{submission_id!r} is no submission id")
    return f"{RESULTS}/{submission_id}"


def tip_of(git: Git, ref: str) -> str:
    """Where a ref stands; empty when it is not there. GitFailed when it cannot be read: that is not absent, and would pay again."""
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", ref)
    tip = git.attempt(*asked, ok=(0, 1)).stdout.decode().strip()
    if not tip and git.attempt("symbolic-ref", "--quiet", ref, ok=(0, 1, 128)).returncode != 1:
        raise GitFailed(f"{ref} is broken")
    return tip


def advance(git: Git, ref: str, tip: str, commit: str) -> bool:
    """Move a ref from the tip that was read (empty: it must not exist); False when it has moved meanwhile. GitFailed."""
    try:
        git.run("update-ref", "--create-reflog", "--no-deref", ref, commit, tip)
    except GitFailed:
        if tip_of(git, ref) == tip:
            raise
        return False
    return True


def read_books(git: Git, tip: str) -> dict[str, bytes]:
    """Every file of a commit. GitFailed."""
    entries = list_tree(git, tip)
    contents = read_blobs(git, [entry.blob for entry in entries])
    return {entry.path: data for entry, data in zip(entries, contents, strict=True)}


def blobs_at(git: Git, tip: str) -> dict[str, str]:
    """The blob of every file of a commit (empty: none). GitFailed."""
    return {entry.path: entry.blob for entry in list_tree(git, tip)} if tip else {}


def commit_books(git: Git, tip: str, changes: Mapping[str, bytes | None], message: str) -> str:
    """A commit of the tip's files with some changed or, by None, removed; the tip itself when that changes nothing. GitFailed."""
    written = {path: data for path, data in changes.items() if data is not None}
    stored = dict(zip(written, store_bytes(git, list(written.values())), strict=True))
    return commit_on(git, tip, {path: stored.get(path) for path in changes}, message)


def store_pictures(git: Git, files: Mapping[str, Path]) -> dict[str, str]:
    """
    Store pictures as blobs, not compressed again; the blob of each name.

    Raises WorkFailed for a file that is not there, ValueError for a name that cannot be one, GitFailed.
    """
    for name, path in files.items():
        check_path(name)
        if not path.is_file():
            raise WorkFailed(f"{path} is not there to be kept", hint="collect the run again")
    as_they_are = git.having("core.looseCompression=0")
    return dict(zip(files, store_files(as_they_are, list(files.values())), strict=True))


def commit_on(
    git: Git, tip: str, blobs: Mapping[str, str | None], message: str, *, at: datetime | None = None
) -> str:
    """A commit of the tip's files with some set to blobs; the tip itself when that changes nothing. GitFailed."""
    tree = changed_tree(git, tip, blobs)
    if tip and tree == git.text("rev-parse", "--verify", "--end-of-options", f"{tip}^{{tree}}"):
        return tip
    return commit_tree(git, tree, tip, message, at=at)


def lost_race(tip: str) -> LostRace:
    """What to raise when somebody else wrote first."""
    hint = "another chargen wrote at the same time; run the command again"
    return LostRace(f"the books have moved on from {tip[:12] or 'none'}", hint=hint)
