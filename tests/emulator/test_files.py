"""Files over the wire: resumable uploads, paging, deletion, download of results only."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from google.genai import errors, types

if TYPE_CHECKING:
    import httpx2

    from chargen.emulator.server import Emulator
    from tests.emulator.conftest import Moves


def upload(client: Any, data: bytes = b"{}", name: str = "in") -> Any:
    config = types.UploadFileConfig(mime_type="application/jsonl", display_name=name)
    return client.files.upload(file=io.BytesIO(data), config=config)


def test_upload_get_delete(client: Any, emulator: Emulator) -> None:
    file = upload(client, b"{}\n" * 5)

    assert client.files.get(name=file.name).size_bytes == 15
    assert emulator.state.files[file.name].path.read_bytes() == b"{}\n" * 5
    client.files.delete(name=file.name)
    with pytest.raises(errors.ClientError) as gone:
        client.files.get(name=file.name)
    assert (gone.value.code, gone.value.status) == (404, "NOT_FOUND")


def test_upload_in_several_chunks(client: Any, emulator: Emulator) -> None:
    data = bytes(range(256)) * 36_000  # more than the SDK's 8 MiB

    file = upload(client, data)

    assert emulator.state.files[file.name].path.read_bytes() == data
    assert emulator.state.calls["upload"] == 2


def test_list_pages(client: Any) -> None:
    names = [upload(client, name=str(number)).name for number in range(5)]

    page = client.files.list(config={"page_size": 2})

    assert [file.name for file in page.page] == names[:2:-1]
    assert [file.name for file in page] == names[::-1]


def test_chunks_need_no_key_but_the_start_does(wire: httpx2.Client, emulator: Emulator) -> None:
    start = {"X-Goog-Upload-Protocol": "resumable", "X-Goog-Upload-Command": "start"}
    del wire.headers["x-goog-api-key"]

    refused = wire.post("/upload/v1/files", headers=start, json={})
    started = wire.post("/upload/v1/files", headers=start | {"x-goog-api-key": "k"}, json={})
    final = {"X-Goog-Upload-Command": "upload, finalize", "X-Goog-Upload-Offset": "0"}
    finished = wire.post(started.headers["x-goog-upload-url"], headers=final, content=b"abc")

    assert refused.status_code == 403
    assert (finished.status_code, finished.headers["x-goog-upload-status"]) == (200, "final")
    assert len(emulator.state.files) == 1


def test_wrong_offset_is_refused_and_can_be_asked_for(wire: httpx2.Client) -> None:
    start = {"X-Goog-Upload-Protocol": "resumable", "X-Goog-Upload-Command": "start"}
    url = wire.post("/upload/v1beta/files", headers=start, json={}).headers["x-goog-upload-url"]
    wire.post(url, headers={"X-Goog-Upload-Command": "upload", "X-Goog-Upload-Offset": "0"}, content=b"abc")

    wrong = wire.post(url, headers={"X-Goog-Upload-Command": "upload", "X-Goog-Upload-Offset": "0"})
    asked = wire.post(url, headers={"X-Goog-Upload-Command": "query"})

    assert wrong.status_code == 400
    assert asked.headers["x-goog-upload-size-received"] == "3"


def test_result_ids_are_too_long_for_get_but_not_for_download(
    client: Any, wire: httpx2.Client, moves: Moves
) -> None:
    name = moves.operation(moves.create())["metadata"]["output"]["responsesFile"]

    with pytest.raises(errors.ClientError, match="cannot be more than 40 characters") as refused:
        client.files.get(name=name)
    rest = wire.get(f"/download/v1beta/{name}:download?alt=media")

    assert refused.value.code == 400
    assert len(name.removeprefix("files/")) == 42
    assert rest.content == client.files.download(file=name)


def test_uploads_are_not_downloadable(client: Any, wire: httpx2.Client) -> None:
    name = upload(client).name

    assert wire.get(f"/v1/{name}:download?alt=media").status_code == 400


def test_uploads_expire_after_two_days(client: Any, emulator: Emulator) -> None:
    file = upload(client)

    emulator.advance(48 * 3600)

    with pytest.raises(errors.ClientError):
        client.files.get(name=file.name)
