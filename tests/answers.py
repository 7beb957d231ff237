"""What a model answers, as it comes over the wire, and result files made of such answers."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from tests.worlds import a_picture

if TYPE_CHECKING:
    from chargen.core.submission import Request

USAGE = {
    "promptTokenCount": 100,
    "candidatesTokenCount": 1120,
    "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
}


def an_answer(picture: bytes | None = None, *, mime: str = "image/png", usage: Any = USAGE) -> dict[str, Any]:
    """A picture, with its usage."""
    data = base64.b64encode(a_picture() if picture is None else picture).decode()
    parts = [{"inlineData": {"mimeType": mime, "data": data}}]
    return {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}], "usageMetadata": usage}


def a_block(reason: str = "IMAGE_SAFETY", message: str = "") -> dict[str, Any]:
    """A refusal by the filters."""
    candidate = {"finishReason": reason} | ({"finishMessage": message} if message else {})
    return {"candidates": [candidate], "usageMetadata": {"promptTokenCount": 100}}


def nothing() -> dict[str, Any]:
    """An answer without a picture: thought about, and paid."""
    return {
        "candidates": [{"finishReason": "NO_IMAGE"}],
        "usageMetadata": {"promptTokenCount": 1000, "thoughtsTokenCount": 1000},
    }


def a_line(request: Request, response: Any = None, **more: Any) -> bytes:
    """One line of a result file; a picture of its own by default."""
    said = more or {"response": response or an_answer(a_picture(request.job_ids[0]))}
    return json.dumps({"key": request.key, **said}).encode() + b"\n"
