"""What the runs of this folder have recorded of submissions: a witness where books that lie here have gone."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from chargen.edges.files import STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def recorded_here(root: Path) -> Mapping[str, str]:
    """The submissions that runs here had on the books, and the run of each; a record that cannot be read tells nothing."""
    found: dict[str, str] = {}
    for path in sorted((root / STATE_FOLDER / "runs").glob("*/jobs.sqlite")):
        with contextlib.suppress(sqlite3.Error, OSError):
            found |= dict.fromkeys(_submissions(path), path.parent.name)
    return found


def _submissions(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        return [row[0] for row in database.execute("SELECT submission_id FROM batches")]
