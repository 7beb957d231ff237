"""The words of `chargen doctor` about which commit of chargen a world's workflows run. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from chargen.core.checkup import Finding, Level, some

if TYPE_CHECKING:
    from collections.abc import Mapping

_USES: Final = re.compile(
    r"""^\s*uses:\s*["']?[\w.-]+/[\w.-]+/\.github/workflows/world-[\w-]+\.yml@([^\s"'#]+)""", re.MULTILINE
)
_REF: Final = re.compile(r"""^\s*chargen-ref:\s*["']?([^\s"'#]+)""", re.MULTILINE)
_HOW: Final = (
    "name one commit in uses: and chargen-ref of all files (docs/gitops.md, Another version of chargen)"
)


class Pin(NamedTuple):
    """The commits a workflow names: of the reusable workflow, and of the chargen it installs."""

    uses: str
    ref: str


def read_pin(text: str) -> Pin | None:
    """What a workflow names; None where it calls none of chargen's."""
    uses, ref = _USES.search(text), _REF.search(text)
    return Pin(uses[1], ref[1] if ref else "") if uses else None


def about_pins(pins: Mapping[str, Pin], running: str) -> Finding:
    """Whether the workflows name one commit, and that of the chargen that runs here (empty: nobody can tell)."""
    split = [name for name, pin in sorted(pins.items()) if pin.uses != pin.ref]
    if split:
        said = f"{some(split)}: uses: and chargen-ref name different commits, so that no run begins"
        return Finding("pin", Level.ERROR, said, _HOW)
    commits = sorted({pin.ref for pin in pins.values()})
    if len(commits) > 1:
        said = f"the workflows run {len(commits)} versions of chargen: {_named(pins)}"
        return Finding("pin", Level.WARNING, said, _HOW)
    (commit,) = commits
    if running and running != commit:
        said = f"the workflows run chargen {commit[:12]}, this is {running[:12]}"
        do = f"install {commit[:12]} here, or {_HOW}"
        return Finding("pin", Level.WARNING, said, do)
    same = ", as does this" if running else ""
    return Finding("pin", Level.OK, f"the workflows run chargen {commit[:12]}{same}")


def _named(pins: Mapping[str, Pin]) -> str:
    return ", ".join(f"{name} {pin.ref[:12]}" for name, pin in sorted(pins.items()))
