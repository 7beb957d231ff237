"""One writer of a world's files, and one collector of a submission, at a time on this machine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from chargen.edges.run_folder import make_state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def one_writer(root: Path) -> Iterator[None]:
    """Wait until nobody else applies to this world, and keep others waiting meanwhile."""
    with _alone(make_state_folder(root) / "apply.lock"):
        yield


@contextlib.contextmanager
def one_collector(run: Path, submission_id: str) -> Iterator[None]:
    """Wait until nobody else brings in this submission: two would write one download, and tear its lines."""
    with _alone(run / f"collect-{submission_id}.lock"):
        yield


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process."""
    with path.open("w") as lock:
        try:
            import fcntl
        except (
            ImportError
        ):  # Windows: os.replace keeps each file whole, and a second writer is the user's own
            yield
            return
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
