"""
A run's job store to look at: nothing of what it records is written, and a disk may be full or read-only.

SQLite leaves an empty `-wal` and its index `-shm` beside a store that was read, where it may write.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chargen.edges.job_schema import is_empty, refuse_later
from chargen.edges.job_store import WAIT_S, SqliteJobStore
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from chargen.ports import Clock


# What SQLite answers where it can make no index: https://www.sqlite.org/rescode.html (2026-11-24).
_NO_INDEX: Final = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}
)


class _JobReader(SqliteJobStore):
    """A store that is there, for reading alone."""

    def _connected(self, wait_s: float) -> sqlite3.Connection:
        try:
            return _opened(self._path, "mode=ro", wait_s)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _NO_INDEX:  # the low byte is the primary code
                raise
        # To read changes that wait beside the file, SQLite has to write an index there; without any, it need not.
        if _waiting(self._path):
            raise ConfigurationError(
                f"{self._path} cannot be read: changes of a command that was killed lie beside it, and taking them in "
                "needs a disk that has room and may be written",
                hint="make room, or give this user the right to write the folder; then run it again",
            )
        return _opened(self._path, "mode=ro&immutable=1", wait_s)

    def _prepare(self) -> None:
        refuse_later(self._database, self._path)

    @property
    def empty(self) -> bool:
        """Whether nothing was ever recorded."""
        return is_empty(self._database)


def read_jobs(path: Path, clock: Clock, *, wait_s: float = WAIT_S) -> SqliteJobStore | None:
    """A run's store, to look at; None where there is none. ConfigurationError, WorkFailed as for SqliteJobStore."""
    if not path.exists():
        return None
    reader = _JobReader(path, clock, wait_s=wait_s)
    if not reader.empty:
        return reader
    reader.close()
    return None


def jobs_in_memory(clock: Clock) -> SqliteJobStore:
    """A store that nobody finds again."""
    return SqliteJobStore(Path(":memory:"), clock)


def _opened(path: Path, how: str, wait_s: float) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{how}"
    database = sqlite3.connect(uri, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA user_version").fetchone()  # nothing is opened before it is asked
    except sqlite3.Error:
        database.close()
        raise
    return database


def _waiting(path: Path) -> bool:
    journal = path.with_name(f"{path.name}-wal")
    return journal.is_file() and journal.stat().st_size > 0
