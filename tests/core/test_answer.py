"""Answers of the model: whatever comes, it is read, and never raises."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.answer import BLOCKS, Kind, read_answer

PIXEL = base64.b64encode(b"\x89PNG picture").decode()
SKETCH = base64.b64encode(b"\x89PNG sketch").decode()


def candidate(*parts: object, **more: object) -> dict[str, object]:
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, "index": 0, **more}]}


def inline(data: str = PIXEL, mime: str = "image/png", **more: object) -> dict[str, object]:
    return {"inlineData": {"mimeType": mime, "data": data}, **more}


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


@given(LIKELY, LIKELY, LIKELY)
def test_a_likely_response_never_raises(candidates: Any, part: Any, usage: Any) -> None:
    response = {
        "candidates": [{"content": {"parts": [part, {"inlineData": part}]}, "finishReason": part}],
        "usageMetadata": usage,
    }

    for raw in (response, {"candidates": candidates, "usageMetadata": {"candidatesTokensDetails": usage}}):
        answer = read_answer(raw)
        assert all(count >= 0 for count in answer.usage.values())
