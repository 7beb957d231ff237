"""What the emulator answers when it does not do the work: Google's error bodies, and connections that just end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Receive, Scope, Send

RPC: Final = "type.googleapis.com/google.rpc"

# google.rpc.Code: HTTP status and name, by the number that stands in batch lines and operations.
RPC_CODES: Final = {
    1: (499, "CANCELLED"),
    3: (400, "INVALID_ARGUMENT"),
    4: (504, "DEADLINE_EXCEEDED"),
    5: (404, "NOT_FOUND"),
    7: (403, "PERMISSION_DENIED"),
    8: (429, "RESOURCE_EXHAUSTED"),
    9: (400, "FAILED_PRECONDITION"),
    13: (500, "INTERNAL"),
    14: (503, "UNAVAILABLE"),
}
_NUMBERS: Final = {name: number for number, (_, name) in RPC_CODES.items()}


class Refusal(Exception):  # noqa: N818  # the field's word, as in errors.ProviderRefused
    """A definite no, worded as Google words it."""

    def __init__(
        self,
        status: str,
        message: str,
        *,
        details: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details or []
        self.headers = headers or {}

    def line(self) -> dict[str, Any]:
        """The same refusal as a google.rpc.Status, as it stands in a batch line: gRPC code, not HTTP."""
        return {"code": _NUMBERS[self.status], "message": self.message}

    def response(self) -> Response:
        """The same refusal as an HTTP answer."""
        code = RPC_CODES[_NUMBERS[self.status]][0]
        error: dict[str, Any] = {"code": code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return json_response({"error": error}, code=code, headers=self.headers)


class Dropped(Response):
    """No answer at all: the connection ends and the caller cannot know what happened."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """End the connection instead of answering, and return once the server has noticed."""
        transport: asyncio.Transport = scope["emulator.transport"]
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def json_response(body: object, *, code: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer; `body` may be bytes that are JSON already."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Response(content, code, headers, media_type="application/json; charset=UTF-8")


def invalid_key() -> Refusal:
    """The answer to a wrong API key, word for word."""
    info = {
        "@type": f"{RPC}.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"},
    }
    message = "API key not valid. Please pass a valid API key."
    said = {"@type": f"{RPC}.LocalizedMessage", "locale": "en-US", "message": message}
    return Refusal("INVALID_ARGUMENT", message, details=[info, said])


def missing_key() -> Refusal:
    """The answer to a call without any API key."""
    message = (
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API."
    )
    return Refusal("PERMISSION_DENIED", message)


def missing_file(name: str) -> Refusal:
    """The answer to a file that is not there (the fault `missing-file-403` gives Google's vaguer one)."""
    return Refusal("NOT_FOUND", f"File {name} not found.")


def missing_model(model: str, version: str) -> Refusal:
    """The answer to a model that never was, or is no more."""
    return Refusal(
        "NOT_FOUND",
        f"models/{model} is not found for API version {version}, or is not supported for generateContent. "
        "Call ModelService.ListModels to see the list of available models and their supported methods.",
    )


def bad_payload(problem: str, *, field: str = "") -> Refusal:
    """The answer to JSON that does not fit the API's messages."""
    message = f"Invalid JSON payload received. {problem}" if problem.startswith("Unknown name") else problem
    violation = {"field": field, "description": message} if field else {"description": message}
    details = [{"@type": f"{RPC}.BadRequest", "fieldViolations": [violation]}]
    return Refusal("INVALID_ARGUMENT", message, details=details)
