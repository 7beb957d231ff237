"""
What the model answered: a picture, a block, or nothing. Pure.

Reads raw GenerateContentResponse bodies, not the SDK's objects: those lose finishMessage on the Developer API and fail
on fields they do not know. Never raises, whatever the answer holds.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pybase64

from chargen.core.one_line import without_halves

TEXT_LIMIT: Final = 2000
# Finish reasons that mean the filters or the model's rules said no: asking again brings the same, so it is never sent
# again without an order (FinishReason in https://ai.google.dev/api/generate-content, 2026-11).
BLOCKS: Final = frozenset({
    "SAFETY",
    "IMAGE_SAFETY",
    "PROHIBITED_CONTENT",
    "IMAGE_PROHIBITED_CONTENT",
    "RECITATION",
    "IMAGE_RECITATION",
    "BLOCKLIST",
    "SPII",
    "IMAGE_OTHER",
})  # fmt: skip
_BLOCKING_WORDS: Final = ("SAFETY", "PROHIBITED", "RECITATION", "BLOCK")


class Kind(enum.StrEnum):
    """What came of a request that was answered."""

    IMAGE = "image"
    BLOCKED = "blocked"
    EMPTY = "empty"  # no picture and no block: may be tried again


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One GenerateContentResponse in our words.

    The picture stays the base64 text it came as, one byte a character; `picture` decodes it when it is wanted. The
    mime type is the provider's claim. Texts are the provider's: on one line and cut, but not escaped.
    """

    kind: Kind
    reason: str = ""  # of a block, or of an empty answer
    mime: str = ""
    data_b64: str = field(default="", repr=False)
    finish_reason: str = ""
    finish_message: str = ""
    block_reason: str = ""
    said: str = ""
    model_version: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)  # tokens: prompt, image, thoughts, text

    def picture(self) -> bytes:
        """The bytes of the picture; ValueError when the text is not base64."""
        text = self.data_b64.encode("ascii", "replace")
        text += b"=" * (-len(text) % 4)
        if b"-" in text or b"_" in text:
            text = text.translate(_FROM_URL_SAFE)
        return pybase64.b64decode(text, validate=True)


_FROM_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


def read_answer(raw: Mapping[str, Any]) -> Answer:
    """
    Read a response body in camelCase or snake_case.

    The last inline picture that is no thought is the answer: earlier ones are interim images
    (https://ai.google.dev/gemini-api/docs/image-generation, 2026-11). A picture counts whatever the finish reason says.
    """
    candidate = _mapping(_first(_get(raw, "candidates")))
    parts = [part for part in _parts(candidate) if not _get(part, "thought")]
    mime, data = _last_picture(parts)
    finish_reason = _text(_get(candidate, "finishReason"))
    feedback = _mapping(_get(raw, "promptFeedback"))
    block_reason = _text(_get(feedback, "blockReason"))
    kind, reason = _judge(data, finish_reason, block_reason)
    return Answer(
        kind,
        reason,
        mime,
        data,
        finish_reason,
        _text(_get(candidate, "finishMessage")) or _text(_get(feedback, "blockReasonMessage")),
        block_reason,
        _text(" ".join(str(part["text"]) for part in parts if isinstance(part.get("text"), str))),
        _text(_get(raw, "modelVersion")),
        _usage(_mapping(_get(raw, "usageMetadata")), drawn=bool(data)),
    )


def _judge(data: str, finish_reason: str, block_reason: str) -> tuple[Kind, str]:
    if data:
        return Kind.IMAGE, ""
    if block_reason and not block_reason.endswith("UNSPECIFIED"):
        return Kind.BLOCKED, block_reason
    if finish_reason in BLOCKS or any(word in finish_reason for word in _BLOCKING_WORDS):
        return Kind.BLOCKED, finish_reason
    return Kind.EMPTY, finish_reason or "no candidates"


def _parts(candidate: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    parts = _get(_mapping(_get(candidate, "content")), "parts")
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


def _last_picture(parts: list[Mapping[str, Any]]) -> tuple[str, str]:
    for part in reversed(parts):
        blob = _mapping(_get(part, "inlineData"))
        data, mime = _get(blob, "data"), _text(_get(blob, "mimeType"))
        if isinstance(data, str) and data and (not mime or mime.startswith("image/")):
            return mime, data
    return "", ""


def _usage(said: Mapping[str, Any], *, drawn: bool) -> dict[str, int]:
    """Token counts by what they cost; empty when the answer has none."""
    if not said:
        return {}
    output = _count(_get(said, "candidatesTokenCount"))
    details = _get(said, "candidatesTokensDetails")
    by_kind = [item for item in details if isinstance(item, Mapping)] if isinstance(details, list) else []
    images = [item for item in by_kind if _get(item, "modality") == "IMAGE"]
    image = sum(_count(_get(item, "tokenCount")) for item in images)
    if drawn and not by_kind:
        image = output  # without details the dearer reading is the safe one
    return {
        "prompt": _count(_get(said, "promptTokenCount")) + _count(_get(said, "toolUsePromptTokenCount")),
        "image": image,
        "thoughts": _count(_get(said, "thoughtsTokenCount")),
        "text": max(0, output - image),
    }


def _get(raw: Mapping[str, Any], name: str) -> Any:
    value = raw.get(name)
    return raw.get(_SNAKE[name]) if value is None and name in _SNAKE else value


_SNAKE: Final = {
    "blockReason": "block_reason",
    "blockReasonMessage": "block_reason_message",
    "candidatesTokenCount": "candidates_token_count",
    "candidatesTokensDetails": "candidates_tokens_details",
    "finishMessage": "finish_message",
    "finishReason": "finish_reason",
    "inlineData": "inline_data",
    "mimeType": "mime_type",
    "modelVersion": "model_version",
    "promptFeedback": "prompt_feedback",
    "promptTokenCount": "prompt_token_count",
    "thoughtsTokenCount": "thoughts_token_count",
    "tokenCount": "token_count",
    "toolUsePromptTokenCount": "tool_use_prompt_token_count",
    "usageMetadata": "usage_metadata",
}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None


def _text(value: Any) -> str:
    return " ".join(without_halves(value).split())[:TEXT_LIMIT] if isinstance(value, str) else ""


def _count(value: Any) -> int:
    """A token count, as a number or as proto3 JSON's text; 0 for anything else, and never negative."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18 else 0
