"""Text that is not ours, made safe for one line of a terminal, a log or a report. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 400
# what no line of ours is for: controls but a line end, a tab and the colours click writes; writing turned around; halves
# of surrogate pairs, which no file can hold
_UNSHOWN: Final = re.compile(
    r"\x1b(?!\[(?:[0-2]|3[1-7]|9[0-7])m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_COMMAND: Final = re.compile(r"^((?:\s|\x1b\[\d+m)*)::", re.MULTILINE)
_USER: Final = re.compile(r"(\w+://)[^/\s]+@")  # to the last @: a password may hold one


def one_line(text: str, *, longest: int = _LONGEST) -> str:
    """The text with white space folded, control characters and `::` commands disarmed, and cut to a length."""
    folded = " ".join(text.split())
    clean = folded if folded.isprintable() else "".join(map(_shown, folded))
    disarmed = clean.replace("::", ": :") if clean.lstrip().startswith("::") else clean
    disarmed = disarmed.replace("##[", "## [")  # the runner's older commands work anywhere in a line
    return disarmed if len(disarmed) <= longest else disarmed[: longest - 1] + "…"


def _shown(char: str) -> str:
    return char if unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}"


def harmless(text: str, *, workflow: bool = False) -> str:
    """
    Lines of ours that may hold anybody's words: they move no cursor, turn no writing and, in a workflow, command nothing.

    The last net below `one_line`; what is not ours belongs on one line where it is put into ours.
    """
    shown = _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", text)
    return _COMMAND.sub(r"\1: :", shown).replace("##[", "## [") if workflow else shown


def harmless_json(text: str) -> str:
    """JSON text with what a terminal or a runner would act on written as escapes: the same data."""
    escaped = _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return escaped.replace("##[", "#\\u0023[")


def without_halves(text: str) -> str:
    """The text with halves of surrogate pairs, which no file can hold, replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def without_users(text: str) -> str:
    """The text with the user names and passwords in its URLs blotted out."""
    return _USER.sub(r"\1***@", text)
