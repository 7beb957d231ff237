"""Text that is not ours, made safe for one line of a terminal, a log or a report. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 400
_USER: Final = re.compile(r"(\w+://)[^/\s]+@")  # to the last @: a password may hold one


def one_line(text: str, *, longest: int = _LONGEST) -> str:
    """The text with white space folded, control characters and `::` commands disarmed, and cut to a length."""
    folded = " ".join(text.split())
    clean = "".join(
        char if unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for char in folded
    )
    disarmed = clean.replace("::", ": :") if clean.lstrip().startswith("::") else clean
    disarmed = disarmed.replace("##[", "## [")  # the runner's older commands work anywhere in a line
    return disarmed if len(disarmed) <= longest else disarmed[: longest - 1] + "…"


def without_users(text: str) -> str:
    """The text with the user names and passwords in its URLs blotted out."""
    return _USER.sub(r"\1***@", text)
