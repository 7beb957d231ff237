"""Faults that hit a whole call, seen on the wire and through the SDK."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from google.genai import errors, types

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.emulator.conftest import Moves

MODEL = "gemini-nano-banana-2.1"
CREATE = "/v1/models/gemini-nano-banana-2.1:batchGenerateContent"


def details_of(answer: httpx2.Response) -> dict[str, Any]:
    return {detail["@type"].rpartition(".")[2]: detail for detail in answer.json()["error"]["details"]}


def test_429_says_when_to_come_back(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("429:times=2,delay=1.5,header=1")

    answers = [moves.ask() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert details_of(answers[0])["RetryInfo"]["retryDelay"] == "1.5s"
    assert "PerMinute" in details_of(answers[0])["QuotaFailure"]["violations"][0]["quotaId"]
    assert answers[0].headers["retry-after"] == "1.5"


def test_429_daily_names_the_quota_and_no_delay(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("429-daily")

    details = details_of(moves.ask())

    assert "PerDay" in details["QuotaFailure"]["violations"][0]["quotaId"]
    assert "RetryInfo" not in details


def test_429_help_has_a_link_and_nothing_else(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("429-help")

    assert list(details_of(moves.ask())) == ["Help"]


@pytest.mark.parametrize(
    ("name", "code", "text"),
    [
        ("503", 503, "UNAVAILABLE"),
        ("500", 500, "INTERNAL"),
        ("403", 403, "PERMISSION_DENIED"),
        ("400-unknown-field", 400, "INVALID_ARGUMENT"),
    ],
)
def test_plain_refusals(emulator: Emulator, client: Any, name: str, code: int, text: str) -> None:
    emulator.fault(name)

    with pytest.raises(errors.APIError) as refused:
        client.models.generate_content(model=MODEL, contents="a lantern")

    assert (refused.value.code, refused.value.status) == (code, text)
    assert emulator.paid == []


def test_a_fault_strikes_only_where_it_is_told_to(
    emulator: Emulator, moves: Moves, wire: httpx2.Client
) -> None:
    emulator.fault("503:on=create+batch-list", "500:match=tower")

    assert moves.ask("a lantern").status_code == 200
    assert moves.ask("a tower").status_code == 500
    assert wire.get("/v1/batches").status_code == 503
    assert wire.get("/v1/batches").status_code == 200


def test_a_fault_can_let_some_calls_pass_first(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("503:after=1")

    assert [moves.ask().status_code for _ in range(3)] == [200, 503, 200]


def test_a_fault_can_last_for_ever(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("503:times=forever")

    assert {moves.ask().status_code for _ in range(4)} == {503}


def test_drop_ends_the_call_before_any_work(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("drop")

    with pytest.raises(httpx2.TransportError):
        moves.ask()

    assert emulator.paid == []


def test_a_lost_answer_is_paid(emulator: Emulator, client: Any) -> None:
    emulator.fault("lost-answer")

    with pytest.raises(httpx2.TransportError):
        client.models.generate_content(model=MODEL, contents="a lantern")

    assert len(emulator.paid) == 1


def test_a_lost_create_leaves_a_batch_that_can_be_found(
    emulator: Emulator, client: Any, moves: Moves
) -> None:
    emulator.fault("lost-answer:on=create")

    with pytest.raises(httpx2.TransportError):
        moves.create(name="chargen/0-w/s")

    assert [job.display_name for job in client.batches.list()] == ["chargen/0-w/s"]


def test_a_lost_upload_leaves_a_file(emulator: Emulator, client: Any, moves: Moves) -> None:
    emulator.fault("lost-answer:on=upload")

    with pytest.raises(httpx2.TransportError):
        moves.upload("{}")

    assert len(client.files.list()) == 1


def test_slow_takes_its_time(emulator: Emulator, wire: httpx2.Client) -> None:
    emulator.fault("slow:delay=0.2,on=batch-list")
    start = time.monotonic()

    wire.get("/v1/batches")

    assert time.monotonic() - start >= 0.2


def test_a_late_create_comes_after_all(emulator: Emulator, client: Any, moves: Moves) -> None:
    emulator.fault("late-create:delay=60")

    with pytest.raises(httpx2.TransportError):
        moves.create(name="late")
    before = client.batches.list().page
    emulator.advance(61)

    assert before == []
    assert [job.display_name for job in client.batches.list()] == ["late"]


@pytest.mark.parametrize(("text", "states"), [("", []), (",listed=1", ["JOB_STATE_FAILED"])])
def test_a_late_create_fails_without_its_file(
    emulator: Emulator, client: Any, moves: Moves, text: str, states: list[str]
) -> None:
    emulator.fault(f"late-create:delay=60{text}")
    with pytest.raises(httpx2.TransportError):
        moves.create(name="late")

    client.files.delete(name=next(iter(emulator.state.files)))
    emulator.advance(61)

    assert [job.state for job in client.batches.list()] == states
    assert emulator.state.calls["late-create refused"] == 1
    assert emulator.paid == []


def test_upload_chunk_503_has_no_upload_status(emulator: Emulator, wire: httpx2.Client) -> None:
    emulator.fault("upload-chunk-503")
    start = {"X-Goog-Upload-Protocol": "resumable", "X-Goog-Upload-Command": "start"}
    url = wire.post("/upload/v1/files", headers=start, json={}).headers["x-goog-upload-url"]
    chunk = {"X-Goog-Upload-Command": "upload, finalize", "X-Goog-Upload-Offset": "0"}

    answers = [wire.post(url, headers=chunk, content=b"abc") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [503, 200]
    assert "x-goog-upload-status" not in answers[0].headers


def test_delete_fails_then_succeeds(emulator: Emulator, client: Any, moves: Moves) -> None:
    name = moves.upload("{}")
    emulator.fault("delete-fails")

    with pytest.raises(errors.ServerError):
        client.files.delete(name=name)
    client.files.delete(name=name)

    assert emulator.state.files == {}


def test_missing_file_403_is_vague(emulator: Emulator, client: Any) -> None:
    emulator.fault("missing-file-403")

    with pytest.raises(errors.ClientError, match="or it may not exist") as refused:
        client.files.delete(name="files/nothere")

    assert refused.value.code == 403


def test_list_lag_hides_a_new_batch(emulator: Emulator, client: Any, moves: Moves) -> None:
    emulator.fault("list-lag:seconds=60", "list-lag:lists=1")
    slow, lagging = moves.create(name="slow"), moves.create(name="lagging")

    first = [job.name for job in client.batches.list()]
    second = [job.name for job in client.batches.list()]
    emulator.advance(61)
    third = [job.name for job in client.batches.list()]

    assert (first, second, third) == ([], [lagging], [lagging, slow])


def test_empty_page_has_a_next_one(emulator: Emulator, wire: httpx2.Client, moves: Moves) -> None:
    name = moves.create()
    emulator.fault("empty-page")

    first = wire.get("/v1/batches?pageSize=50").json()
    second = wire.get(f"/v1/batches?pageSize=50&pageToken={first['nextPageToken']}").json()

    assert "operations" not in first
    assert [operation["name"] for operation in second["operations"]] == [name]


def test_cut_download_leaves_a_part(emulator: Emulator, client: Any, moves: Moves, tmp_path: Path) -> None:
    name = moves.operation(moves.create())["metadata"]["output"]["responsesFile"]
    emulator.fault("cut-download:bytes=500")
    part = tmp_path / "result.part"

    with pytest.raises(httpx2.RemoteProtocolError):
        client.files.download(file=name, destination=str(part))
    whole = client.files.download(file=name)

    assert part.stat().st_size <= 500 < len(whole)


def test_uploads_are_refused_too(emulator: Emulator, client: Any) -> None:
    emulator.fault("503:on=upload-start")

    with pytest.raises(errors.ServerError):
        client.files.upload(
            file=io.BytesIO(b"{}"), config=types.UploadFileConfig(mime_type="application/jsonl")
        )


def test_words_of_ones_own_are_said_with_the_callers_key_in_message_details_and_header(
    emulator: Emulator, moves: Moves
) -> None:
    emulator.fault("503:say=no to {key}")

    answer = moves.ask()

    assert answer.json()["error"]["message"] == "no to a-key"
    assert details_of(answer)["DebugInfo"]["detail"] == "no to a-key"
    assert answer.headers["x-said"] == "no to a-key"


def test_words_of_ones_own_end_no_header(emulator: Emulator, wire: httpx2.Client, moves: Moves) -> None:
    words = "no\r\nX-Evil: 1\u202e, closes #1"
    wire.post("/emulator/faults", json={"name": "403", "say": words})

    answer = moves.ask()

    assert answer.json()["error"]["message"] == words
    assert "x-evil" not in answer.headers
