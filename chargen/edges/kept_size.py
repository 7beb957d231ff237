"""How large kept pictures are, where they lie here; the network is never asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.edges.book_commits import results_ref
from chargen.edges.files import STATE_FOLDER
from chargen.edges.git import Git, find_repository

if TYPE_CHECKING:
    from pathlib import Path


def kept_size(root: Path, submission_id: str, commit: str) -> int | None:
    """The bytes of a submission's kept pictures; None where they do not lie here. ValueError for what is no submission id."""
    repository = find_repository(root)
    bare = root / STATE_FOLDER / "books.git"
    git = replace(Git(repository), offline=True) if repository else Git(bare, bare=True, offline=True)
    asked = (
        "ls-tree",
        "-r",
        "-l",
        "-z",
        "--full-tree",
        "--end-of-options",
        commit or results_ref(submission_id),
    )
    listed = git.attempt(*asked, ok=(0, 128))
    if listed.returncode:
        return None
    sizes = [line.split(b"\t")[0].split()[3] for line in listed.stdout.split(b"\0")[:-1]]
    return sum(int(size) for size in sizes) if all(size.isdigit() for size in sizes) else None
