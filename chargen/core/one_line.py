"""Text that is not ours, made safe for one line of a terminal, a log or a report. Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

_LONGEST: Final = 400


def one_line(text: str, *, longest: int = _LONGEST) -> str:
    """The text with white space folded, control characters and `::` commands disarmed, and cut to a length."""
    folded = " ".join(text.split())
    clean = "".join(
        char if unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for char in folded
    )
    disarmed = clean.replace("::", ": :") if clean.lstrip().startswith("::") else clean
    disarmed = disarmed.replace("##[", "## [")  # the runner's older commands work anywhere in a line
    return disarmed if len(disarmed) <= longest else disarmed[: longest - 1] + "…"
