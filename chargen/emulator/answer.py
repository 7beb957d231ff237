"""What the model says to one request: a picture, a block, words, or a refusal; and the record of it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from chargen.emulator.draw import draw_jpeg, draw_picture, other_shape
from chargen.emulator.faults import FINISH_REASONS, Fault
from chargen.emulator.image_request import ImageRequest, read_request
from chargen.emulator.replies import missing_file
from chargen.emulator.state import Answer

if TYPE_CHECKING:
    from threading import Event

    from chargen.core.model_table import ImageModel
    from chargen.emulator.state import State

BLOCKS: Final = {reason.lower().replace("_", "-"): reason for reason in FINISH_REASONS}
ODDITIES: Final = ("wrong-size", "wrong-aspect", "undecodable", "jpeg", "thought-first")


def answer(
    state: State, body: object, *, model: ImageModel, stop: Event, key: str = "", batch: str = ""
) -> dict[str, Any]:
    """The GenerateContentResponse to a request; what was drawn is on the record before it returns, unless `stop` is set."""
    request = read_request(body, model=model, read_file=lambda uri: _uploaded(state, uri))
    text = f"{key}\n{request.prompt}"
    said = _nothing_drawn(state, request, text)
    width = height = 0
    if said is None:
        oddity = state.faults.take(*ODDITIES, text=text)
        parts, (width, height) = _draw(state, request, oddity)
        said = "picture", {"content": {"parts": parts, "role": "model"}, "finishReason": "STOP", "index": 0}
    outcome, candidate = said
    known = Answer(key, model.id, request.sha256, batch, outcome, width, height)
    state.record(known, stop)
    head = {"candidates": [candidate]} if outcome != "blocked-prompt" else {"promptFeedback": candidate}
    usage = request.usage(drawn=outcome == "picture")
    return head | {"usageMetadata": usage, "modelVersion": model.id, "responseId": state.new_id(22)}


def _uploaded(state: State, uri: str) -> bytes:
    name = "files/" + unquote(uri).rpartition("files/")[2]
    file = state.files.get(name)
    if file is None:
        raise missing_file(name)
    return file.path.read_bytes()


def _nothing_drawn(state: State, request: ImageRequest, text: str) -> tuple[str, dict[str, Any]] | None:
    fault = state.faults.take(*BLOCKS, "blocked-prompt", "text-only", text=text)
    if fault is None:
        return None
    if fault.kind.name == "blocked-prompt":
        return "blocked-prompt", {"blockReason": str(fault["reason"])}
    if fault.kind.name == "text-only":
        words = fault.words(f"I would love to draw this for you: {request.prompt[:80]}", state.key)
        content = {"parts": [{"text": words}], "role": "model"}
        return "text-only", {"content": content, "finishReason": "STOP", "index": 0}
    reason = BLOCKS[fault.kind.name]
    said = fault.words(FINISH_REASONS[reason], state.key)
    return fault.kind.name, {"finishReason": reason, "finishMessage": said, "index": 0}


def _draw(
    state: State, request: ImageRequest, oddity: Fault | None
) -> tuple[list[dict[str, Any]], tuple[int, int]]:
    name = oddity.kind.name if oddity else ""
    width, height = request.pixels()
    if name == "wrong-size":
        width, height = width // 2, height // 2
    elif name == "wrong-aspect":
        width, height = other_shape(width, height)
    if name == "jpeg":
        return [_inline(draw_jpeg(request, (width, height), flat=state.flat), "image/jpeg")], (width, height)
    picture = draw_picture(request, (width, height), flat=state.flat)
    if name == "undecodable":
        picture = picture[: len(picture) // 2]
    parts = [_inline(picture, "image/png")]
    if name == "thought-first":
        sketch = draw_picture(request, (width // 4, height // 4), flat=True)
        parts.insert(0, _inline(sketch, "image/png") | {"thought": True})
    return parts, (width, height)


def _inline(data: bytes, mime_type: str) -> dict[str, Any]:
    return {"inlineData": {"mimeType": mime_type, "data": base64.b64encode(data).decode()}}
