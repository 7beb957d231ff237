"""The JSON Schemas that chargen comes with, as they are committed: `scripts/docs` makes them from the code."""

from __future__ import annotations

from pathlib import Path

import chargen
from chargen.errors import ConfigurationError


def read_schema(name: str) -> str:
    """The text of one schema. ConfigurationError when it is not installed."""
    package = Path(chargen.__file__).resolve().parent
    folder = package / "schemas"  # in a wheel; a clone has them where editors look for them
    if not folder.is_dir():
        folder = package.parent / "schemas"
    try:
        return (folder / f"{name}.schema.json").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationError(f"{error.filename} is missing", hint="install chargen anew") from error
