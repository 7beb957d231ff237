from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from chargen.dialects.row_text import block_row, flow_row

DESIGN_ROW: dict[str, Any] = {
    "custom_id": "location.blackvein-lode.minehead.establishing.v1",
    "file_path": "images/minehead.establishing.png",
    "file_name": "minehead.establishing.png",
    "title": "the whole minehead, no people",
    "sha256": "sha256:9f2c",
    "digests": "1 source:5d10aa42 77d0e1f2 references:overview=9c41d0aa",
    "generated_at": "2026-11-23T04:12:09Z",
    "provider": "google",
    "model": "gemini-nano-banana-2.1",
    "size": "1K",
    "aspect_ratio": "16:9",
    "run_id": "2026-11-23_04-02-11Z_run-001",
    "provider_metadata": {
        "mode": "batch",
        "batch": "batches/abc",
        "request_hash": "sha256:77d0",
        "cost_usd": "0.0168",
    },
}


def test_the_row_of_the_design() -> None:
    assert block_row(DESIGN_ROW, indent="  ", line_end="\n") == (
        """\
custom_id: location.blackvein-lode.minehead.establishing.v1
  file_path: images/minehead.establishing.png
  file_name: minehead.establishing.png
  title: the whole minehead, no people
  sha256: "sha256:9f2c"
  digests: "1 source:5d10aa42 77d0e1f2 references:overview=9c41d0aa"
  generated_at: 2026-11-23T04:12:09Z
  provider: google
  model: gemini-nano-banana-2.1
  size: 1K
  aspect_ratio: "16:9"
  run_id: 2026-11-23_04-02-11Z_run-001
  provider_metadata: {mode: batch, batch: batches/abc, request_hash: "sha256:77d0", cost_usd: "0.0168"}"""
    )


def test_flow_rows_stay_on_one_line() -> None:
    row = {"title": "a, b", "tags": ["x y", "16:9"], "archived": False, "size": 3, "none": None, "empty": {}}

    assert (
        flow_row(row)
        == '{title: "a, b", tags: [x y, "16:9"], archived: false, size: 3, none: null, empty: {}}'
    )


def test_json_rows_are_json() -> None:
    row = {"title": "\x85é\n", "provider_metadata": {"tags": ["a"]}, "archived": True}

    text = flow_row(row, as_json=True)

    assert json.loads(text) == row
    assert text == '{"title": "\\u0085é\\n", "provider_metadata": {"tags": ["a"]}, "archived": true}'


@pytest.mark.parametrize(
    "text",
    [
        "9c41d0aa",
        "12e34567",
        "0.0168",
        "2026-01-01",
        "no",
        "Null",
        "~",
        "",
        "1_000",
        "0x1F",
        "a: b",
        "a #b",
        "- a",
        "NaN",
    ],
)
def test_what_some_reader_would_take_for_something_else_is_quoted(text: str) -> None:
    assert block_row({"a": text}, indent="", line_end="\n") == f"a: {json.dumps(text)}"


def test_what_a_row_cannot_hold_is_a_bug() -> None:
    with pytest.raises(TypeError, match="a row cannot hold float"):
        block_row({"a": 1.5}, indent="", line_end="\n")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10) | st.text(
    "0123456789abefx_.:+-TZ ,'yno?!%@&=#", max_size=8
)
ROWS = st.dictionaries(
    TEXTS,
    st.none()
    | st.booleans()
    | st.integers()
    | TEXTS
    | st.lists(TEXTS, max_size=2)
    | st.dictionaries(TEXTS, TEXTS, max_size=2),
    min_size=1,
    max_size=4,
)


@given(row=ROWS, style=st.sampled_from(["block", "flow", "json"]))
@settings(deadline=None, max_examples=300)
def test_yaml_1_1_and_1_2_readers_read_the_row_back(row: dict[str, Any], style: str) -> None:
    text = (
        block_row(row, indent="", line_end="\n")
        if style == "block"
        else flow_row(row, as_json=style == "json")
    )

    assert yaml.load(text, Loader=yaml.SafeLoader) == row
    assert YAML(typ="safe", pure=True).load(text) == row
