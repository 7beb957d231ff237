"""Which commit of chargen a world's workflows run, compared with each other and with the chargen that asks."""

from __future__ import annotations

import pytest

from chargen.core.checkup import Level
from chargen.core.checkup_pins import Pin, about_pins, read_pin

A, B = "a" * 40, "b" * 40
TEXT = f"""\
jobs:
  tick:
    uses: toolmakers/chargen/.github/workflows/world-tick.yml@{A} # v0.4.0
    with:
      chargen-ref: "{B}" # the commit that uses: names
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), TEXT.replace('"', "'")])
def test_both_commits_are_read(text: str) -> None:
    assert read_pin(text) == Pin(A, B)


def test_another_workflow_has_none() -> None:
    assert read_pin("jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n") is None
    assert read_pin("") is None


@pytest.mark.parametrize(
    ("pins", "running", "level", "said"),
    [
        (
            {"t": Pin(A, A), "s": Pin(A, A)},
            A,
            Level.OK,
            "the workflows run chargen aaaaaaaaaaaa, as does this",
        ),
        ({"t": Pin(A, A)}, "", Level.OK, "the workflows run chargen aaaaaaaaaaaa"),
        ({"t": Pin(A, A)}, B, Level.WARNING, "the workflows run chargen aaaaaaaaaaaa, this is bbbbbbbbbbbb"),
        (
            {"t": Pin(A, A), "s": Pin(B, B)},
            A,
            Level.WARNING,
            "the workflows run 2 versions of chargen: s bbbbbbbbbbbb, t aaaaaaaaaaaa",
        ),
        (
            {"t": Pin(A, B), "s": Pin(A, A)},
            A,
            Level.ERROR,
            "t: uses: and chargen-ref name different commits, so that no run begins",
        ),
    ],
)
def test_commits_are_compared(pins: dict[str, Pin], running: str, level: Level, said: str) -> None:
    found = about_pins(pins, running)

    assert (found.level, found.said) == (level, said)
    assert bool(found.do) == (level is not Level.OK)
