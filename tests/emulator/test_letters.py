"""The lettering of the stand-in's pictures: every letter is one the font can draw."""

from __future__ import annotations

import unicodedata

import pytest

from chargen.emulator.drawing.letters import drawable


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Jörg", "Jorg"),
        (unicodedata.normalize("NFD", "Jörg"), "Jorg"),
        ("Straße, Øresund", "Strasse, Oresund"),
        ("Łódź — „Quai“", 'Lodz - "Quai“'),
        ("a lamp’s light…", "a lamp’s light…"),
        ("plain ASCII: ~!", "plain ASCII: ~!"),
        ("中", "中"),
        ("", ""),
    ],
)
def test_letters_the_font_lacks_are_written_in_plain_ones(text: str, drawn: str) -> None:
    assert drawable(text) == drawn
