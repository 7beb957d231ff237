"""The texts that `chargen init` starts from: this repository's own workflows, and a small world."""

from __future__ import annotations

from pathlib import Path

import chargen
from chargen.core.scaffold import WORKFLOWS
from chargen.errors import ConfigurationError


def read_templates() -> dict[str, str]:
    """Every template by its file's name. ConfigurationError when they are not installed."""
    package = Path(chargen.__file__).resolve().parent
    world = package / "templates"
    workflows = world / "workflows"  # in a wheel; a clone has them where GitHub looks for them
    if not workflows.is_dir():
        workflows = package.parent / ".github" / "workflows"
    files = [*(workflows / name for name in WORKFLOWS), *world.glob("*.*")]
    try:
        return {file.name: file.read_text(encoding="utf-8") for file in files}
    except FileNotFoundError as error:
        raise ConfigurationError(f"{error.filename} is missing", hint="install chargen anew") from error
