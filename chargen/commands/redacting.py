"""Secrets of the environment are blotted out of whatever is shown or logged."""

from __future__ import annotations

import re
from typing import Final

from chargen.edges.environment import secrets_as_shown

_TELLING: Final = 16  # characters of a secret that are as good as the whole
_SHORTEST_SECRET: Final = 8  # Gemini's keys have 39 characters, GitHub's tokens 40 and more


def redact(text: str) -> str:
    """The text with every secret of the environment blotted out; a word of a few letters is a stand-in, and no secret."""
    for secret in (item for item in secrets_as_shown() if len(item) >= _SHORTEST_SECRET):
        text = text.replace(secret, "***")
        if len(secret) > _TELLING:  # the beginning of one, where a text was cut in its midst
            text = re.sub(re.escape(secret[:_TELLING]) + r"[\w-]*", "***", text)
    return text
