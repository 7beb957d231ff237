"""How faults are written, and what is said to who writes them wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargen.emulator.faults import KINDS, parse
from chargen.emulator.switchboard import faults_from_json
from chargen.errors import UsageError


def test_options_and_defaults() -> None:
    fault = parse("429:times=2,delay=7,match=kind.slug")

    assert (fault.times, fault.after, fault.match, fault.number("delay")) == (2, 0, "kind.slug", 7.0)
    assert parse("429").times == 1
    assert parse("429:times=forever").times is None
    assert parse("429")["on"] == "generate+create"


def test_json_says_the_same() -> None:
    text, spelled = faults_from_json({"faults": ["503:times=2", {"name": "503", "times": 2}]})

    assert text == spelled


@pytest.mark.parametrize(
    ("text", "complaint", "hint"),
    [
        ("batch-expierd", "unknown fault 'batch-expierd'", "did you mean 'batch-expired'?"),
        ("429:dealy=7", "fault 429 has no option 'dealy'", "did you mean 'delay'?"),
        ("429:delay=soon", "delay has to be a number, not 'soon'", ""),
        ("429:times=-1", "times cannot be negative", ""),
        ("429:times", "'times' is not an option", ""),
        ("503:on=creat", "no endpoint is called 'creat'", "did you mean 'create'?"),
    ],
)
def test_complaints_name_what_is_wrong(text: str, complaint: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)

    assert complaint in str(caught.value)
    assert caught.value.hint == hint


@pytest.mark.parametrize("body", [3, {"times": 1}, None])
def test_json_that_is_no_fault(body: object) -> None:
    with pytest.raises(UsageError, match="a fault is a text"):
        faults_from_json(body)


def test_every_fault_is_shown_by_a_test() -> None:
    here = Path(__file__).parent
    tests = "".join(path.read_text() for path in here.glob("test_*_faults.py"))
    shown = {name for name in KINDS if f'"{name}' in tests or f"{name}:" in tests}

    by_reason = {kind.name for kind in KINDS.values() if "finishReason" in kind.summary}
    assert set(KINDS) - by_reason - shown == set()


def test_the_page_lists_every_fault() -> None:
    page = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text()

    for kind in KINDS.values():
        assert f"| `{kind.name}` |" in page, kind.name
