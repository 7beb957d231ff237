"""`batch plan --out FILE`: a plan is written over a plan, into nothing or to a device; never over somebody's file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chargen.core.plan_json import SCHEMA
from chargen.edges.files import read_plain_file, unwritable, write_atomically
from chargen.errors import ChargenError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def save_plan(path: Path, text: str) -> None:
    """Write a plan where a person said. UsageError for a file that is no plan, or a folder that is not there."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")  # a pipe or /dev/stdout: written to, never replaced
            return
        if not path.parent.is_dir():
            hint = f"make the folder first (mkdir -p {path.parent}), or name another file"
            raise UsageError(f"--out {path}: there is no folder {path.parent}", hint=hint)
        if path.exists() and not _is_plan(path):
            hint = "name a file that is not there, or move that one away first"
            raise UsageError(
                f"--out {path}: there is another file, and it is no plan of chargen's", hint=hint
            )
    except OSError as error:
        raise unwritable(path, error) from error
    write_atomically(path, text)


def _is_plan(path: Path) -> bool:
    """Whether a regular file is empty, or a plan; what cannot be read is none."""
    try:
        text = read_plain_file(path.resolve(), str(path))
        found = json.loads(text) if text else {"schema": SCHEMA}
    except (ChargenError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("schema") == SCHEMA
