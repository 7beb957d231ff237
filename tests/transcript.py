"""Whether what the README quotes of the demo is what the demo says. `python -m tests.transcript README.md SAID`."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def drifted(readme: str, said: str) -> list[str]:
    """Lines of the README's transcript that the demo did not say one after another; seconds and line breaks aside."""
    found = re.search(r"^```text\n(.*?)^```$", readme, flags=re.DOTALL | re.MULTILINE)
    if not found:
        return ["there is no transcript"]
    rest, lost = _plain(said), []
    for line in filter(None, map(_plain, found[1].splitlines())):
        _, here, after = rest.partition(line)
        if here:
            rest = after
        else:
            lost.append(line)
    return lost


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\(\d+ s\)", "(… s)", text).split())


if __name__ == "__main__":
    lines = drifted(*(Path(name).read_text(encoding="utf-8") for name in sys.argv[1:3]))
    sys.exit("\n".join(["the demo no longer says what the README quotes:", *lines]) if lines else 0)
