"""Answers and result lines: whatever comes, it is read, and never raises."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.answer import BLOCKS, Kind, read_answer
from chargen.core.result_line import ResultLine, read_line

PIXEL = base64.b64encode(b"\x89PNG picture").decode()
SKETCH = base64.b64encode(b"\x89PNG sketch").decode()


def candidate(*parts: object, **more: object) -> dict[str, object]:
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, "index": 0, **more}]}


def inline(data: str = PIXEL, mime: str = "image/png", **more: object) -> dict[str, object]:
    return {"inlineData": {"mimeType": mime, "data": data}, **more}


def line(**fields: object) -> ResultLine:
    return read_line(json.dumps(fields).encode())


def test_a_picture() -> None:
    answer = read_answer(
        {**candidate(inline(), finishReason="STOP"), "modelVersion": "m-1", "newField": {"a": [1]}}
    )

    assert (answer.kind, answer.mime, answer.finish_reason) == (Kind.IMAGE, "image/png", "STOP")
    assert answer.model_version == "m-1"
    assert answer.picture() == b"\x89PNG picture"


def test_the_last_picture_that_is_no_thought_is_the_answer() -> None:
    answer = read_answer(
        candidate(inline(SKETCH), inline(PIXEL), inline(SKETCH, thought=True), {"text": "done"})
    )

    assert answer.picture() == b"\x89PNG picture"
    assert answer.said == "done"


def test_a_thought_alone_is_no_picture() -> None:
    assert read_answer(candidate(inline(thought=True), finishReason="STOP")).kind is Kind.EMPTY


def test_a_picture_counts_whatever_the_finish_reason_says() -> None:
    assert read_answer(candidate(inline(), finishReason="IMAGE_SAFETY")).kind is Kind.IMAGE


def test_snake_case_is_read_as_well() -> None:
    part = {"inline_data": {"mime_type": "image/jpeg", "data": PIXEL}}
    raw = {
        "candidates": [{"content": {"parts": [part]}, "finish_reason": "STOP", "finish_message": "fine"}],
        "usage_metadata": {"prompt_token_count": 5, "candidates_token_count": 7},
    }

    answer = read_answer(raw)

    assert (answer.kind, answer.mime, answer.finish_message) == (Kind.IMAGE, "image/jpeg", "fine")
    assert answer.usage == {"prompt": 5, "image": 7, "thoughts": 0, "text": 0}


@pytest.mark.parametrize("reason", sorted(BLOCKS | {"SOME_FUTURE_SAFETY_RULE"}))
def test_a_finish_reason_that_blocks_keeps_its_message(reason: str) -> None:
    raw = {"candidates": [{"finishReason": reason, "finishMessage": "Not shown.\nNot charged."}]}

    answer = read_answer(raw)

    assert (answer.kind, answer.reason) == (Kind.BLOCKED, reason)
    assert answer.finish_message == "Not shown. Not charged."


def test_a_blocked_prompt_has_no_candidates() -> None:
    answer = read_answer({"promptFeedback": {"blockReason": "OTHER", "blockReasonMessage": "no"}})

    assert (answer.kind, answer.reason, answer.finish_message) == (Kind.BLOCKED, "OTHER", "no")


@pytest.mark.parametrize("reason", ["NO_IMAGE", "MAX_TOKENS", "STOP", "OTHER", "FINISH_REASON_UNSPECIFIED"])
def test_no_picture_and_no_block_may_be_tried_again(reason: str) -> None:
    answer = read_answer(candidate({"text": "I would rather talk."}, finishReason=reason))

    assert (answer.kind, answer.reason, answer.said) == (Kind.EMPTY, reason, "I would rather talk.")


def test_an_answer_of_nothing() -> None:
    assert read_answer({}).reason == "no candidates"
    assert read_answer({}).usage == {}


def test_usage_is_split_by_what_it_costs() -> None:
    usage = {
        "promptTokenCount": "563",
        "candidatesTokenCount": 1133,
        "candidatesTokensDetails": [
            {"modality": "IMAGE", "tokenCount": 1120},
            {"modality": "TEXT", "tokenCount": 13},
        ],
        "thoughtsTokenCount": 86,
        "totalTokenCount": 1782,
    }

    answer = read_answer({**candidate(inline()), "usageMetadata": usage})

    assert answer.usage == {"prompt": 563, "image": 1120, "thoughts": 86, "text": 13}


def test_output_without_details_counts_as_text_when_nothing_was_drawn() -> None:
    answer = read_answer({**candidate({"text": "no"}), "usageMetadata": {"candidatesTokenCount": 9}})

    assert answer.usage == {"prompt": 0, "image": 0, "thoughts": 0, "text": 9}


def test_base64_in_the_url_alphabet_and_without_padding_is_read() -> None:
    data = b"\xfb\xff\xfe picture"
    text = base64.urlsafe_b64encode(data).decode().rstrip("=")

    assert read_answer(candidate(inline(text))).picture() == data


def test_what_is_not_base64_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"."):
        read_answer(candidate(inline("ünser *bild*"))).picture()


def test_a_line_with_its_key_last_as_the_service_writes_it() -> None:
    read = read_line(
        b'\xef\xbb\xbf{"response": %s, "key": "a@1"}\r\n' % json.dumps(candidate(inline())).encode()
    )

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
        assert line(key="a", response=candidate(inline()), status=status).answer is not None


def test_a_picture_beside_an_error_is_kept_because_it_is_paid() -> None:
    read = line(key="a", response=candidate(inline()), error={"code": 13, "message": "late"})

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


@given(LIKELY, LIKELY, LIKELY)
def test_a_likely_response_never_raises(candidates: Any, part: Any, usage: Any) -> None:
    response = {
        "candidates": [{"content": {"parts": [part, {"inlineData": part}]}, "finishReason": part}],
        "usageMetadata": usage,
    }

    for raw in (response, {"candidates": candidates, "usageMetadata": {"candidatesTokensDetails": usage}}):
        answer = read_answer(raw)
        assert all(count >= 0 for count in answer.usage.values())
