"""Reading what a caller sent: JSON bodies within the size limit, and places in a list."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from chargen.emulator.replies import Refusal, bad_payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

LIVE_LIMIT: Final = 100 << 20
INLINE_BATCH_LIMIT: Final = 20 << 20

Item = TypeVar("Item")


async def read_json(request: Request, *, limit: int = LIVE_LIMIT, empty: object = None) -> Any:
    """The body as JSON; `empty` stands for no body at all."""
    body = await request.body()
    if not body.strip():
        return empty
    if len(body) > limit:
        raise Refusal("INVALID_ARGUMENT", f"Request payload size exceeds the limit: {limit} bytes.")
    try:
        return json.loads(body)
    except ValueError as error:
        raise bad_payload(f"Invalid JSON payload received. {error}") from None


def page(request: Request, items: Sequence[Item], *, usual: int, most: int) -> tuple[Sequence[Item], str]:
    """The items on the page the caller asks for, and the token of the next one; empty when this is the last."""
    start = _offset(request.query_params.get("pageToken") or request.query_params.get("page_token") or "")
    asked = request.query_params.get("pageSize") or request.query_params.get("page_size") or "0"
    if not asked.isdecimal():
        raise bad_payload(f"Invalid value at 'page_size' (TYPE_INT32), \"{asked}\"", field="page_size")
    end = start + min(int(asked) or usual, most)
    return items[start:end], page_token(end) if end < len(items) else ""


def page_token(offset: int) -> str:
    """The token that leads to this place."""
    return base64.urlsafe_b64encode(f"from {offset}".encode()).decode()


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("from "))
    except (ValueError, binascii.Error):
        raise Refusal("INVALID_ARGUMENT", "The page token is not valid.") from None
