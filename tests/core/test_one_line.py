"""The last net below what is shown: nothing moves a cursor, turns writing around or commands a runner."""

from __future__ import annotations

import json

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.one_line import harmless, harmless_json, one_line, without_halves

GONE = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J",
        "\x1b]0;title\x07",
        "\x1b[8m",
        "a\rb",
        "\x9b31m",
        "\x08",
        "\u202etxt",
        "\u2066",
        "\ud800",
        "\x7f",
    ],
)
def test_what_acts_on_a_terminal_is_replaced(text: str) -> None:
    assert GONE in harmless(text)
    assert not any(char in harmless(text) for char in "\r\x08\x07\x7f\x9b\u202e\u2066\ud800")


def test_lines_tabs_and_colours_of_ours_stay() -> None:
    ours = click.style("error", fg="red") + "\n\t" + click.style("two", bold=True) + " Ä 😀"

    assert harmless(ours, workflow=True) == ours


@pytest.mark.parametrize(
    "text", ["::error::x", "  ::add-mask::x", "ok\n\t::x", "\x1b[31m::x", "a ##[error]x"]
)
def test_in_a_workflow_no_line_is_a_command(text: str) -> None:
    for line in harmless(text, workflow=True).split("\n"):
        assert not line.replace("\x1b[31m", "").lstrip().startswith("::")
        assert "##[" not in line
    assert harmless("a\n::b ##[c]") == "a\n::b ##[c]"


@given(st.dictionaries(st.text(), st.text() | st.just("##[error]::x\x1b[2J\u202e\x7f")))
def test_json_keeps_its_data_and_acts_on_nothing(data: dict[str, str]) -> None:
    said = harmless_json(json.dumps(data, ensure_ascii=False, indent=1))

    assert json.loads(said) == data
    assert harmless(said, workflow=True) == said


@given(st.text(st.characters()))
def test_a_line_is_harmless_as_it_is(text: str) -> None:
    assert harmless(one_line(text), workflow=True) == one_line(text)


def test_halves_of_pairs_are_replaced_as_no_file_can_hold_them() -> None:
    assert without_halves("a\ud83d b") == "a? b"
    assert without_halves("a😀b") == "a😀b"
