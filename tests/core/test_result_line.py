"""Lines of a result file: answers, errors, torn and hostile ones; none raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.answer import Kind
from chargen.core.result_line import ResultLine, read_line

PICTURE = {
    "candidates": [{"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": "aGVybw=="}}]}}]
}


def line(**fields: object) -> ResultLine:
    return read_line(json.dumps(fields).encode())


def test_a_line_with_its_key_last_as_the_service_writes_it() -> None:
    read = read_line(b'\xef\xbb\xbf{"response": %s, "key": "a@1"}\r\n' % json.dumps(PICTURE).encode())

    assert read.key == "a@1"
    assert read.answer is not None
    assert read.answer.kind is Kind.IMAGE


@pytest.mark.parametrize("field", ["error", "status"])
@pytest.mark.parametrize("code", [3, 4, 5, 7, 8, 9, 13, 14, 16])
def test_a_failed_line_is_told_from_its_code_in_either_field(field: str, code: int) -> None:
    """A reader that looks for `error` alone takes a `status` line for a line without anything: a picture gone missing."""
    read = line(key="a", **{field: {"code": code, "message": "said\nso"}})

    assert read.answer is None
    assert read.error is not None
    assert (read.error.code, read.error.message, read.error.transient) == (
        code,
        "said so",
        code in {4, 8, 13, 14},
    )


def test_http_codes_and_names_are_understood_too() -> None:
    said = [
        line(key="a", error=error).error for error in ({"code": 503}, {"code": 400}, {"status": "INTERNAL"})
    ]

    assert [(error.code, error.name, error.transient) for error in said if error] == [
        (14, "UNAVAILABLE", True),
        (3, "INVALID_ARGUMENT", False),
        (13, "INTERNAL", True),
    ]


def test_an_error_in_words_alone() -> None:
    read = line(key="a", status="something broke")

    assert read.error is not None
    assert (read.error.message, read.error.transient) == ("something broke", True)


def test_an_ok_status_beside_a_response_is_no_error() -> None:
    for status in ("", {}, {"code": 0}):
        assert line(key="a", response=PICTURE, status=status).answer is not None


def test_a_picture_beside_an_error_is_kept_because_it_is_paid() -> None:
    read = line(key="a", response=PICTURE, error={"code": 13, "message": "late"})

    assert read.answer is not None
    assert read.error is None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no whole JSON line"),
        (b'{"key": "a", "response": {"candi', "no whole JSON line"),
        (b"[" * 100_000, "no whole JSON line"),
        (b'{"key": "\xff\xfe"}', "no whole JSON line"),
        (b"<html>oops</html>", "no whole JSON line"),
        (b"[1, 2]", "not a JSON object"),
        (b'{"response": {}}', "no key"),
        (b'{"key": 7, "response": {}}', "no key"),
        (b'{"key": "a"}', "neither a response nor an error"),
        (b'{"key": "a", "response": "x", "error": null}', "neither a response nor an error"),
    ],
)
def test_an_unreadable_line_says_why(raw: bytes, reason: str) -> None:
    read = read_line(raw)

    assert read.unreadable.startswith(reason)
    assert (read.answer, read.error) == (None, None)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
NAMES = st.sampled_from([
    "key", "response", "error", "status", "metadata", "candidates", "content", "parts", "inlineData", "inline_data",
    "data", "mimeType", "finishReason", "promptFeedback", "blockReason", "usageMetadata", "candidatesTokensDetails",
    "candidatesTokenCount", "tokenCount", "modality", "code", "message", "thought", "text", "finishMessage",
])  # fmt: skip
LIKELY = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


def one_of_three(read: ResultLine) -> bool:
    return [read.answer is not None, read.error is not None, bool(read.unreadable)].count(True) == 1


@given(st.binary(max_size=200))
def test_bytes_never_raise(raw: bytes) -> None:
    assert one_of_three(read_line(raw))


@given(st.dictionaries(NAMES, LIKELY, max_size=5), st.integers(0, 400))
def test_a_likely_line_never_raises_whole_or_torn(data: dict[str, Any], cut: int) -> None:
    raw = json.dumps({"key": "a", **data}).encode()

    assert one_of_three(read_line(raw))
    assert one_of_three(read_line(raw[:cut]))
