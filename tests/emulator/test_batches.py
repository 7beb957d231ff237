"""Batches over the wire: the operation's body, the result file, paging, cancelling, inline requests, and what is paid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from google.genai import errors, types

from chargen.emulator.state import Pace

if TYPE_CHECKING:
    import httpx2

    from chargen.emulator.server import Emulator
    from tests.emulator.conftest import Moves

MODEL = "gemini-nano-banana-2.1"


def wait_for_work(emulator: Emulator, name: str) -> None:
    work = emulator.state.batches[name].work
    assert work is not None
    work.result(timeout=5)


def test_the_operation_of_a_finished_batch(moves: Moves) -> None:
    name = moves.create("a", "b", name="chargen/0-x/y")

    operation = moves.operation(name)

    metadata = operation["metadata"]
    assert (operation["name"], operation["done"]) == (name, True)
    assert metadata["state"] == "BATCH_STATE_SUCCEEDED"
    assert metadata["displayName"] == "chargen/0-x/y"
    assert metadata["batchStats"] == {"requestCount": "2", "successfulRequestCount": "2"}
    assert metadata["output"]["responsesFile"] == f"files/batch-{name.removeprefix('batches/')}"
    assert operation["response"]["responsesFile"] == metadata["output"]["responsesFile"]
    assert metadata["inputConfig"]["fileName"].startswith("files/")


def test_the_sdk_reads_it(client: Any, moves: Moves) -> None:
    job = client.batches.get(name=moves.create())

    assert (job.state, job.done, job.model) == ("JOB_STATE_SUCCEEDED", True, f"models/{MODEL}")
    assert job.end_time is not None
    assert json.loads(client.files.download(file=job.dest.file_name))["key"] == "a"


def test_a_batch_lives_by_time(emulator: Emulator, client: Any, moves: Moves) -> None:
    emulator.state.pace = Pace(pending_s=100, running_s=100)
    name = moves.create()
    states = [client.batches.get(name=name).state]
    wait_for_work(emulator, name)

    for _ in range(2):
        emulator.advance(101)
        states.append(client.batches.get(name=name).state)

    assert states == ["JOB_STATE_PENDING", "JOB_STATE_RUNNING", "JOB_STATE_SUCCEEDED"]


def test_a_batch_lives_by_polls(emulator: Emulator, moves: Moves) -> None:
    emulator.state.pace = Pace(polls=3)
    name = moves.create()

    states = [moves.operation(name)["metadata"]["state"] for _ in range(3)]

    assert states == ["BATCH_STATE_RUNNING", "BATCH_STATE_RUNNING", "BATCH_STATE_SUCCEEDED"]


def test_a_bad_line_fails_as_a_line(moves: Moves, emulator: Emulator, client: Any) -> None:
    source = moves.upload(
        moves.line("good"),
        moves.line("shape", aspectRatio="7:5"),
        {"key": "none"},
        "{torn",
        moves.line("also"),
    )
    name = client.batches.create(model=MODEL, src=source).name

    operation = moves.operation(name)

    out = client.files.download(file=operation["metadata"]["output"]["responsesFile"]).splitlines()
    lines = [json.loads(line) for line in out]
    assert [line.get("key") for line in lines] == ["good", "shape", "none", None, "also"]
    assert ["response" in line for line in lines] == [True, False, False, False, True]
    assert lines[1]["error"]["code"] == 3
    assert list(lines[0]) == ["response", "key"]
    assert operation["metadata"]["batchStats"] == {
        "requestCount": "5",
        "successfulRequestCount": "2",
        "failedRequestCount": "3",
    }
    assert [paid.key for paid in emulator.paid] == ["good", "also"]


def test_live_and_batch_hash_the_same_request_alike(moves: Moves, emulator: Emulator) -> None:
    moves.ask("a lantern")
    moves.lines("a")

    live, batch = emulator.paid
    assert live.sha256 == batch.sha256
    assert (live.batch, batch.batch.startswith("batches/")) == ("", True)


def test_inline_requests_answer_inline(client: Any) -> None:
    job = client.batches.create(
        model=MODEL,
        src=[types.InlinedRequest(contents="a lantern", metadata={"key": "a"})],
        config={"display_name": "inline"},
    )

    done = client.batches.get(name=job.name)

    (answer,) = done.dest.inlined_responses
    assert answer.metadata == {"key": "a"}
    assert answer.response.parts[0].inline_data.mime_type == "image/png"


def test_listing_pages_newest_first(client: Any, moves: Moves, wire: httpx2.Client) -> None:
    names = [moves.create(name=str(number)) for number in range(3)]

    page = client.batches.list(config={"page_size": 2})

    assert [job.name for job in page.page] == [names[2], names[1]]
    assert [job.name for job in page] == names[::-1]
    assert wire.get("/v1/batches?pageToken=xyz").status_code == 400


def test_cancel_and_delete(client: Any, emulator: Emulator, moves: Moves) -> None:
    emulator.state.pace = Pace(pending_s=100)
    name = moves.create()

    client.batches.cancel(name=name)
    cancelled = moves.operation(name)
    client.batches.delete(name=name)

    assert cancelled["metadata"]["state"] == "BATCH_STATE_CANCELLED"
    assert "output" not in cancelled["metadata"]
    with pytest.raises(errors.ClientError) as gone:
        client.batches.get(name=name)
    assert gone.value.code == 404


def test_cancelling_what_is_over_changes_nothing(client: Any, moves: Moves) -> None:
    name = moves.create()
    moves.operation(name)

    client.batches.cancel(name=name)

    assert client.batches.get(name=name).state == "JOB_STATE_SUCCEEDED"


def test_create_refuses_what_it_cannot_do(client: Any, moves: Moves) -> None:
    empty = moves.upload("")

    with pytest.raises(errors.ClientError) as no_file:
        client.batches.create(model=MODEL, src="files/nothere")
    with pytest.raises(errors.ClientError) as no_lines:
        client.batches.create(model=MODEL, src=empty)
    with pytest.raises(errors.ClientError) as no_model:
        client.batches.create(model="gemini-2.5-flash-image", src=empty)

    assert [error.value.code for error in (no_file, no_lines, no_model)] == [404, 400, 404]


def test_a_batch_keeps_its_requests_when_the_file_goes(client: Any, moves: Moves, emulator: Emulator) -> None:
    emulator.state.pace = Pace(polls=2)
    source = moves.upload(*(moves.line(str(n)) for n in range(3)))
    name = client.batches.create(model=MODEL, src=source).name
    client.files.delete(name=source)

    moves.operation(name)

    assert moves.operation(name)["metadata"]["batchStats"]["successfulRequestCount"] == "3"


def test_too_many_open_batches(emulator: Emulator, moves: Moves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chargen.emulator.batches_api.MAX_OPEN_BATCHES", 1)
    moves.create()

    with pytest.raises(errors.ClientError) as refused:
        moves.create()

    assert refused.value.code == 429


def test_batches_expire_after_two_days(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("batch-stuck:state=pending")
    name = moves.create()
    before = moves.operation(name)["metadata"]["state"]

    emulator.advance(48 * 3600)

    assert (before, moves.operation(name)["metadata"]["state"]) == (
        "BATCH_STATE_PENDING",
        "BATCH_STATE_EXPIRED",
    )
    assert emulator.paid == []
