"""What the README quotes of the demo is held against what the demo says."""

from __future__ import annotations

from pathlib import Path

from tests.transcript import drifted

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
QUOTED = README.split("```text\n")[1].split("```")[0]


def test_other_seconds_and_other_line_breaks_are_no_drift() -> None:
    wrapped = QUOTED.replace("(2 s)", "(17 s)").replace(" Nothing is", "\n          Nothing is")

    assert wrapped != QUOTED
    assert drifted(README, f"before\n{wrapped}after\n") == []


def test_an_amount_that_drifted_is_named() -> None:
    said = QUOTED.replace("4 pictures, at most 0.0789 USD", "4 pictures, at most 0.0790 USD")

    assert drifted(README, said) == ["4 pictures, at most 0.0789 USD"]


def test_a_line_in_another_place_is_named() -> None:
    first, *rest = QUOTED.splitlines(keepends=True)

    assert drifted(README, "".join([*rest, first])) != []


def test_a_readme_without_a_transcript_is_said() -> None:
    assert drifted("# chargen\n", QUOTED) == ["there is no transcript"]
