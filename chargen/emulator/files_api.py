"""The Files API: resumable uploads, get, list, delete and download, all streamed to and from disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response, StreamingResponse

from chargen.emulator.incoming import page, read_json
from chargen.emulator.replies import Dropped, Refusal, json_response, missing_file
from chargen.emulator.shape import START_UPLOAD, camel_case
from chargen.emulator.stored_file import StoredFile, Upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from chargen.emulator.state import State

BLOCK: Final = 1 << 18
LONGEST_ID: Final = 40


async def start_upload(state: State, request: Request) -> Response:
    """Begin a resumable upload, and say where its bytes go."""
    if request.headers.get("x-goog-upload-protocol") != "resumable":
        raise Refusal("INVALID_ARGUMENT", "X-Goog-Upload-Protocol has to be 'resumable'.")
    if request.headers.get("x-goog-upload-command") != "start":
        raise Refusal("INVALID_ARGUMENT", "X-Goog-Upload-Command has to be 'start'.")
    file = camel_case(await read_json(request, empty={}), START_UPLOAD).get("file") or {}
    name = str(file.get("name") or f"files/{state.new_id(12)}")
    name = name if name.startswith("files/") else f"files/{name}"
    if name in state.files:
        raise Refusal("INVALID_ARGUMENT", f"File {name} already exists.")
    length = request.headers.get("x-goog-upload-header-content-length")
    mime_type = file.get("mimeType") or request.headers.get("x-goog-upload-header-content-type")
    upload = Upload(
        id=state.new_id(32),
        path=state.path(name),
        name=name,
        display_name=str(file.get("displayName") or ""),
        mime_type=str(mime_type or "application/octet-stream"),
        expected=int(length) if length else None,
    )
    upload.path.touch()
    state.uploads[upload.id] = upload
    url = f"{request.url.replace(query='')}?upload_id={upload.id}&upload_protocol=resumable"
    headers = {
        "X-Goog-Upload-URL": url,
        "X-Goog-Upload-Control-URL": url,
        "X-Goog-Upload-Chunk-Granularity": "262144",
    }
    return json_response(b"", headers=headers | {"X-Goog-Upload-Status": "active"})


async def upload_chunk(state: State, request: Request) -> Response:
    """Take bytes of an upload; the last ones make it a file."""
    upload = state.uploads.get(request.query_params["upload_id"])
    if upload is None:
        raise Refusal("NOT_FOUND", "The upload is not there (any more).")
    if state.faults.take("upload-chunk-503", text=upload.display_name):
        async for _ in request.stream():
            pass
        raise Refusal("UNAVAILABLE", "")
    commands = {word.strip() for word in request.headers.get("x-goog-upload-command", "").split(",")}
    headers = {"X-Goog-Upload-Status": "active", "X-Goog-Upload-Size-Received": str(upload.received)}
    if commands == {"query"}:
        return json_response(b"", headers=headers)
    if not commands & {"upload", "finalize"}:
        raise Refusal("INVALID_ARGUMENT", "X-Goog-Upload-Command has to be 'upload', 'finalize' or 'query'.")
    if request.headers.get("x-goog-upload-offset", "0") != str(upload.received) and "upload" in commands:
        raise Refusal("INVALID_ARGUMENT", f"The offset has to be {upload.received}.", headers=headers)
    async for chunk in request.stream():
        upload.write(chunk)
    if "finalize" not in commands:
        return json_response(b"", headers=headers | {"X-Goog-Upload-Size-Received": str(upload.received)})
    return _finalize(state, request, upload)


def _finalize(state: State, request: Request, upload: Upload) -> Response:
    if upload.expected is not None and upload.expected != upload.received:
        message = f"{upload.expected} bytes were announced, {upload.received} came."
        raise Refusal("INVALID_ARGUMENT", message, headers={"X-Goog-Upload-Status": "final"})
    del state.uploads[upload.id]
    file = StoredFile(
        upload.name,
        upload.path,
        state.clock.now(),
        display_name=upload.display_name,
        mime_type=upload.mime_type,
        sha256=upload.digest.hexdigest(),
    )
    with state.lock:
        state.files[file.name] = file
    body = {"file": file.resource(_api(request))}
    return json_response(body, headers={"X-Goog-Upload-Status": "final"})


async def get_file(state: State, request: Request) -> Response:
    """A file's description."""
    return json_response(_file(state, _short_name(request)).resource(_api(request)))


async def list_files(state: State, request: Request) -> Response:
    """The uploaded files, newest first."""
    with state.lock:
        files = [file for file in reversed(state.files.values()) if not file.result_of]
    shown, following = page(request, files, usual=10, most=100)
    body = {"files": [file.resource(_api(request)) for file in shown], "nextPageToken": following}
    return json_response({key: value for key, value in body.items() if value})


async def delete_file(state: State, request: Request) -> Response:
    """Delete a file."""
    name = _short_name(request)
    if state.faults.take("delete-fails", text=name):
        raise Refusal("UNAVAILABLE", "The service is currently unavailable.")
    _file(state, name)
    state.forget_file(name)
    return json_response({})


async def download(state: State, request: Request) -> Response:
    """A file's bytes; only results can be downloaded, as with the real service."""
    name = f"files/{request.path_params['file']}"
    file = _file(state, name)
    if not file.result_of:
        raise Refusal("INVALID_ARGUMENT", "Only generated files can be downloaded.")
    if request.query_params.get("alt") != "media":
        return json_response(file.resource(_api(request)))
    size = file.path.stat().st_size
    cut = state.faults.take("cut-download", text=name)
    headers = {"Content-Length": str(size)}
    if cut:
        return _CutShort(_blocks(file.path, int(min(cut.number("bytes"), size - 1))), headers=headers)
    return StreamingResponse(_blocks(file.path, size), headers=headers, media_type=file.mime_type)


class _CutShort(StreamingResponse):
    """A stream whose connection ends before all the announced bytes have come."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for block in self.body_iterator:
            await send({"type": "http.response.body", "body": block, "more_body": True})
        scope["emulator.transport"].close()
        await Dropped()(scope, receive, send)


async def _blocks(path: Path, size: int) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while size and (block := file.read(min(BLOCK, size))):
            size -= len(block)
            yield block


def _short_name(request: Request) -> str:
    identity = request.path_params["file"]
    if len(identity) > LONGEST_ID:
        message = f"* GetFileRequest.name: File name cannot be more than {LONGEST_ID} characters long\n"
        raise Refusal("INVALID_ARGUMENT", message)
    return f"files/{identity}"


def _file(state: State, name: str) -> StoredFile:
    file = state.files.get(name)
    if file is not None:
        return file
    if state.faults.take("missing-file-403", text=name):
        identity = name.removeprefix("files/")
        raise Refusal(
            "PERMISSION_DENIED",
            f"You do not have permission to access the File {identity} or it may not exist.",
        )
    raise missing_file(name)


def _api(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/{request.path_params['version']}"
