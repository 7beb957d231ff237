"""The workflow files as data (YAML 1.2, so that `on` is a word), and the worlds that `chargen init` makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from chargen.core.scaffold import Home, Pin, caller

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CALLERS = [file for file in FILES if file.name.startswith("chargen-")]
REUSABLE = [file for file in FILES if file.name.startswith("world-")]
PIN = Pin("acme/chargen", "0123456789abcdef0123456789abcdef01234567", "1.2.3")

Data = dict[str, Any]


def parse(text: str) -> Data:
    """A workflow from its text."""
    data: Data = YAML(typ="safe", pure=True).load(text)
    return data


def read(file: Path) -> Data:
    """A workflow from its file."""
    return parse(file.read_text(encoding="utf-8"))


def jobs(file: Path) -> dict[str, Data]:
    """A workflow's jobs."""
    found: dict[str, Data] = read(file)["jobs"]
    return found


def steps(files: list[Path]) -> Iterator[tuple[str, str, Data]]:
    """Every step of some workflows: file, job, step."""
    for file in files:
        for name, job in jobs(file).items():
            for step in job.get("steps", []):
                yield file.name, name, step


def in_a_world(file: Path) -> Data:
    """A caller as `chargen init` writes it into a world's repository."""
    return parse(caller(file.read_text(encoding="utf-8"), PIN, Home("", "main")))
