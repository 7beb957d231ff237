"""Values that a # cuts short where a number or a colour was meant, not a comment. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chargen.core.one_line import one_line
from chargen.core.problem import Problem, warning
from chargen.dialects.yaml_extent import line_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.dialects.yaml_text import YamlDocument

_NO_COMMENT: Final = re.compile(r"[ \t]#(?=[0-9]|[0-9A-Fa-f]{6}\b)")
_EXCERPT: Final = 40


def cut_off(document: YamlDocument) -> Iterator[Problem]:
    """A warning for every text without quotes that ends at a `#4` or a `#708090`, which YAML takes for a comment."""
    text = document.text
    signs = {found.start() + 1 for found in _NO_COMMENT.finditer(text)}
    if not signs or document.tree is None:
        return
    for node in document.tree.walk():
        if node.kind != "scalar" or node.style or not node.value:
            continue
        at = _behind_blanks(text, node.end)
        if at in signs:
            lost = one_line(text[at : line_end(text, at)], longest=_EXCERPT)
            hint = "put quotes around the whole text; a comment begins with # and a space"
            message = f"{lost!r} is read as a comment, so the text ends before it"
            yield warning(document.place_at(at), message, hint=hint, rule="cut-off")


def _behind_blanks(text: str, at: int) -> int:
    """Where the first character behind blanks stands."""
    while text[at : at + 1] in {" ", "\t"}:
        at += 1
    return at
