"""The tables of `jobs.sqlite`: numbered steps, each made together with its record, so that old stores open for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path


def _begin(database: sqlite3.Connection) -> None:
    for statement in (
        """CREATE TABLE runs (
            run_id TEXT PRIMARY KEY, created_at TEXT NOT NULL, mode TEXT NOT NULL, repo_root TEXT NOT NULL,
            config_json TEXT NOT NULL)""",
        """CREATE TABLE jobs (
            job_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, status TEXT NOT NULL, prompt_hash TEXT NOT NULL,
            request_hash TEXT NOT NULL, attempts INTEGER NOT NULL, failure TEXT NOT NULL, last_error TEXT NOT NULL,
            submission TEXT NOT NULL, reserved_usd TEXT NOT NULL, cost_usd TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        """CREATE TABLE artifacts (
            job_id TEXT NOT NULL REFERENCES jobs, type TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
            provider_json TEXT NOT NULL, PRIMARY KEY (job_id, type, path))""",
        """CREATE TABLE batches (
            submission_id TEXT PRIMARY KEY, batch TEXT NOT NULL, state TEXT NOT NULL, display_name TEXT NOT NULL,
            updated_at TEXT NOT NULL)""",
        """CREATE TABLE events (
            id INTEGER PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs, event TEXT NOT NULL,
            from_status TEXT NOT NULL, to_status TEXT NOT NULL, at TEXT NOT NULL, detail TEXT NOT NULL)""",
        "CREATE INDEX events_of_job ON events (job_id, id)",
    ):
        database.execute(statement)


MIGRATIONS: Final[Sequence[Callable[[sqlite3.Connection], None]]] = (_begin,)


def migrate(database: sqlite3.Connection, path: Path) -> None:
    """Bring a store to this version's tables; ConfigurationError when it was made by a later chargen."""
    if _version(database) == len(MIGRATIONS):
        return
    for number, step in enumerate(MIGRATIONS, start=1):
        database.execute("BEGIN IMMEDIATE")
        with database:
            if _version(database) < number:
                step(database)
                database.execute(f"PRAGMA user_version = {number}")
    refuse_later(database, path)


def refuse_later(database: sqlite3.Connection, path: Path) -> None:
    """ConfigurationError for a store that was made by a later chargen."""
    if _version(database) > len(MIGRATIONS):
        hint = "use the chargen that made it, or a later one; or move the file away: it is rebuilt from the books"
        raise ConfigurationError(f"{path} was made by a later version of chargen", hint=hint)


def is_empty(database: sqlite3.Connection) -> bool:
    """Whether no store was ever made in a file."""
    return _version(database) == 0


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
