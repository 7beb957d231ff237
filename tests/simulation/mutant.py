"""A bug that can be planted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mutant:
    """A bug: what is put where, and what it stands for in words."""

    words: str
    places: tuple[tuple[Any, str, Any], ...]
    seed: int = 0  # of the first schedule that finds it
    rule: str = ""  # which it breaks
