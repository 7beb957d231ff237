"""A native file as text: laid out for people, and reading as just what it was made of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargen.dialects.native_text import native_text
from chargen.dialects.yaml_text import read_yaml
from chargen.errors import SpliceRefused

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LONG = st.lists(
    st.sampled_from(["mill", "# not", "- a", "key:", "  ", "\n", "\n\n", "é", "'", '"', "\t", "|", "x" * 60])
)
TEXT = ANY | LONG.map(" ".join) | LONG.map("".join)
VALUES = st.recursive(
    TEXT | st.booleans() | st.integers() | st.none(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXT, below, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(TEXT, VALUES, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_written_reads_as_it_was(data: dict[str, Any], line_end: str) -> None:
    assert read_yaml(native_text(data, path="x", line_end=line_end), path="x").data == data


def test_what_would_read_otherwise_is_refused() -> None:
    with pytest.raises(SpliceRefused, match="x: the native file would not read"):
        native_text({"a": {1: "a key that is no text"}}, path="x")


def test_long_texts_are_folded_and_texts_of_several_lines_keep_them() -> None:
    text = native_text({"one": "word " * 30 + "end", "two": "a line\nand another"}, path="x")

    assert text.startswith("one: >-\n  word word")
    assert text.endswith("two: |-\n  a line\n  and another\n")
    assert max(map(len, text.splitlines())) <= 100
