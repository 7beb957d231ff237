"""The emulator's addresses, and what happens around every call: the key, the count, the faults, the error body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from chargen.emulator import batches_api, control_api, files_api, models_api
from chargen.emulator.call_faults import after_work, before_work
from chargen.emulator.image_request import prompt_of
from chargen.emulator.incoming import read_json
from chargen.emulator.replies import Dropped, Refusal, invalid_key, json_response, missing_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from chargen.emulator.state import State

    Handler = Callable[[State, Request], Awaitable[Response]]

VERSIONS: Final = ("v1", "v1beta")

API: Final[tuple[tuple[str, str, str, Handler], ...]] = (
    ("POST", "/upload/{version}/files", "upload-start", files_api.start_upload),
    ("GET", "/download/{version}/files/{file}:download", "download", files_api.download),
    ("GET", "/{version}/files/{file}:download", "download", files_api.download),
    ("GET", "/{version}/files/{file}", "file-get", files_api.get_file),
    ("DELETE", "/{version}/files/{file}", "file-delete", files_api.delete_file),
    ("GET", "/{version}/files", "file-list", files_api.list_files),
    ("POST", "/{version}/models/{model}:generateContent", "generate", models_api.generate_content),
    ("POST", "/{version}/models/{model}:batchGenerateContent", "create", batches_api.create_batch),
    ("GET", "/{version}/models/{model}", "models", models_api.get_model),
    ("GET", "/{version}/models", "models", models_api.list_models),
    ("POST", "/{version}/batches/{batch}:cancel", "batch-cancel", batches_api.cancel_batch),
    ("GET", "/{version}/batches/{batch}", "batch-get", batches_api.get_batch),
    ("DELETE", "/{version}/batches/{batch}", "batch-delete", batches_api.delete_batch),
    ("GET", "/{version}/batches", "batch-list", batches_api.list_batches),
)
CONTROL: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "/emulator/state", control_api.show_state),
    ("GET", "/emulator/faults", control_api.show_faults),
    ("POST", "/emulator/faults", control_api.add_faults),
    ("DELETE", "/emulator/faults", control_api.clear_faults),
    ("POST", "/emulator/advance", control_api.advance),
    ("POST", "/emulator/reset", control_api.reset),
)


def build(state: State) -> Starlette:
    """The web application that serves this state."""
    calls = [
        Route(path, _call(state, name, handler), methods=[method]) for method, path, name, handler in API
    ]
    control = [
        Route(path, _controlled(state, handler), methods=[method]) for method, path, handler in CONTROL
    ]
    errors = {Refusal: _refused, HTTPException: _unknown}
    return Starlette(routes=[*control, *calls], exception_handlers=errors)


def _call(state: State, endpoint: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        place, work = endpoint, handler
        if endpoint == "upload-start" and "upload_id" in request.query_params:
            place, work = "upload", files_api.upload_chunk
        state.settle()
        state.calls[place] += 1
        request.state.stop = state.stop
        state.key = _admit(request, keyless=place == "upload") or state.key
        text = await _text(place, request) if state.faults.active else ""
        ended = await before_work(state, place, text)
        if ended:
            return ended
        if request.state.stop.is_set():
            return Dropped()
        answer = await work(state, request)
        return after_work(state, place, text) or answer

    return serve


def _controlled(state: State, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        state.settle()
        return await handler(state, request)

    return serve


def _admit(request: Request, *, keyless: bool) -> str:
    """The caller's key; empty where none is asked for."""
    version = request.path_params["version"]
    if version not in VERSIONS:
        raise Refusal("NOT_FOUND", f"API version {version} not found.")
    if keyless:  # the SDK sends no key with the chunks of an upload, and Google does not ask for one
        return ""
    key = request.headers.get("x-goog-api-key", request.query_params.get("key"))
    if key is None:
        raise missing_key()
    if not key.strip() or key.startswith("bad"):
        raise invalid_key()
    return key


async def _text(place: str, request: Request) -> str:
    """What a fault's `match` is looked for in: the prompt, the display name, or the path."""
    if place == "generate":
        return prompt_of(await read_json(request))
    if place == "create":
        body = await read_json(request)
        batch = body.get("batch") if isinstance(body, dict) else None
        named = batch if isinstance(batch, dict) else {}
        return str(named.get("displayName") or named.get("display_name") or "")
    return request.url.path


async def _refused(_: Request, error: Exception) -> Response:
    return cast("Refusal", error).response()


async def _unknown(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 404
    message = f"{request.method} {request.url.path} is not an address of this API."
    return json_response({"error": {"code": code, "message": message, "status": "NOT_FOUND"}}, code=code)
