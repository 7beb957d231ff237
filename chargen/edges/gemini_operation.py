"""
A batch from the raw body of its long-running operation. Pure.

The SDK's BatchJob drops `error`, `batchStats`, `inputConfig.fileName` and unknown states' results on the Developer API
(google-genai 3.4.0, batches.py:327), so the bodies are read here as they come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chargen.core.one_line import without_halves
from chargen.core.provider_reply import Batch, BatchState


def read_batch(operation: Mapping[str, Any]) -> Batch:
    """One operation; ValueError when it names no batch."""
    metadata = _mapping(operation.get("metadata")) or operation
    name = _text(operation.get("name")) or _text(metadata.get("name"))
    if not name:
        raise ValueError("an operation without a name")
    response = _mapping(operation.get("response"))
    output = _mapping(metadata.get("output"))
    return Batch(
        name=name,
        state=_state(operation, metadata),
        display_name=_text(metadata.get("displayName")),
        model=_text(metadata.get("model")).removeprefix("models/"),
        input_file=_text(_mapping(metadata.get("inputConfig")).get("fileName")),
        output_file=_text(output.get("responsesFile")) or _text(response.get("responsesFile")),
        created_at=_text(metadata.get("createTime")),
        ended_at=_text(metadata.get("endTime")),
        error=_error(operation.get("error") or metadata.get("error")),
        counts=_counts(_mapping(metadata.get("batchStats"))),
    )


def read_page(body: Mapping[str, Any]) -> tuple[list[Batch], str]:
    """A page of the list and the next page's token, perhaps of an empty page; ValueError when it is no such page."""
    operations = body.get("operations", [])
    if not isinstance(operations, list) or not all(isinstance(item, Mapping) for item in operations):
        raise ValueError("a list of batches that is no list")
    return [read_batch(item) for item in operations], _text(body.get("nextPageToken"))


def read_state(said: str) -> BatchState:
    """BATCH_STATE_... on the wire, JOB_STATE_... in the SDK; whatever we do not know is UNKNOWN, and no end."""
    name = said.removeprefix("BATCH_STATE_").removeprefix("JOB_STATE_")
    return BatchState(name) if name in BatchState.__members__ else BatchState.UNKNOWN


def _state(operation: Mapping[str, Any], metadata: Mapping[str, Any]) -> BatchState:
    state = read_state(_text(metadata.get("state")))
    if state is not BatchState.UNKNOWN or operation.get("done") is not True:
        return state
    if operation.get("error"):  # the contract of google.longrunning: done means either error or response
        return BatchState.FAILED
    return BatchState.SUCCEEDED if operation.get("response") else state


def _error(status: Any) -> str:
    if not isinstance(status, Mapping) or not status:
        return ""
    message = " ".join(_text(status.get("message")).split())[:500] or "no reason given"
    return f"{message} (code {status.get('code', 'unknown')})"


def _counts(stats: Mapping[str, Any]) -> dict[str, int]:
    """`requests`, `successful`, `failed`, `pending`: the wire has them as text, and leaves out what is 0."""
    counts = {}
    for name, value in stats.items():
        short = "requests" if name == "requestCount" else name.removesuffix("RequestCount")
        if str(value).isascii() and str(value).isdigit():
            counts[short] = int(value)
    return counts


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return without_halves(value) if isinstance(value, str) else ""
