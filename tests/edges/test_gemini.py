"""Gemini over real HTTP, one trap a test: what the SDK does when it is left to itself stands beside what we do."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from google import genai
from google.genai import types
from google.genai.errors import ClientError

from chargen.core.answer import Kind, read_answer
from chargen.core.provider_reply import Batch, BatchState, ProviderTrouble, Trouble
from chargen.core.request import InlineImage, ProviderPlan, build_request, jsonl_line
from chargen.core.result_line import ResultLine, read_line
from chargen.edges.gemini import GeminiBatches, GeminiOptions, GeminiProvider
from chargen.emulator.draw import draw_jpeg
from chargen.emulator.image_request import known_model, read_request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.emulator.server import Emulator

MODEL = "gemini-nano-banana-2.1"
NAME = "chargen/0-w1/5ab1e"
BODY = build_request(ProviderPlan(MODEL, "1K", "16:9", {"harassment": "none"}), "a red knight", [], variant=2)


@pytest.fixture
def options(emulator: Emulator) -> GeminiOptions:
    return GeminiOptions("a-key", base_url=emulator.url)


@pytest.fixture
def batches(options: GeminiOptions) -> Iterator[GeminiBatches]:
    with GeminiBatches(options) as made:
        yield made


@pytest.fixture
def live(options: GeminiOptions) -> Iterator[GeminiProvider]:
    with GeminiProvider(options) as made:
        yield made


@pytest.fixture
def naive(emulator: Emulator) -> Iterator[genai.Client]:
    """The SDK as its README shows it."""
    with genai.Client(api_key="a-key", http_options=types.HttpOptions(base_url=emulator.url)) as made:
        yield made


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    path = tmp_path / "shard-000.jsonl"
    path.write_bytes(b"".join(jsonl_line(f"key-{i}", BODY) for i in (1, 2, 3)))
    return path


def submit(batches: GeminiBatches, shard: Path) -> Batch:
    return batches.create(MODEL, batches.upload(shard, "shard-000"), NAME)


def collect(batches: GeminiBatches, shard: Path, tmp_path: Path) -> dict[str, ResultLine]:
    batch = batches.get(submit(batches, shard).name)
    batches.download(batch.output_file, tmp_path / "results.jsonl")
    with (tmp_path / "results.jsonl").open("rb") as lines:
        return {read.key: read for read in map(read_line, lines)}


def test_from_file_to_pictures(batches: GeminiBatches, shard: Path, tmp_path: Path) -> None:
    created = submit(batches, shard)
    done = batches.get(created.name)
    batches.download(done.output_file, tmp_path / "results.jsonl")

    assert (created.state, created.display_name, created.model) == (BatchState.PENDING, NAME, MODEL)
    assert created.created_at == done.created_at
    assert (done.state, done.counts) == (BatchState.SUCCEEDED, {"requests": 3, "successful": 3})
    assert done.ended_at > done.created_at
    lines = [read_line(line) for line in (tmp_path / "results.jsonl").read_bytes().splitlines()]
    assert [(line.key, line.answer.kind) for line in lines if line.answer] == [
        (f"key-{i}", Kind.IMAGE) for i in (1, 2, 3)
    ]


def test_a_lost_answer_to_create_is_ambiguous_and_leaves_one_batch(
    emulator: Emulator, batches: GeminiBatches, shard: Path
) -> None:
    emulator.fault("lost-answer:on=create")

    with pytest.raises(ProviderTrouble) as caught:
        submit(batches, shard)

    assert caught.value.ambiguous
    assert [batch.display_name for batch in batches.list()] == [NAME]
    assert emulator.state.calls["create"] == 1


@pytest.mark.parametrize("fault", ["drop", "500", "503"])
def test_a_create_is_sent_once_whatever_happens(
    emulator: Emulator, batches: GeminiBatches, shard: Path, fault: str
) -> None:
    emulator.fault(f"{fault}:on=create")

    with pytest.raises(ProviderTrouble) as caught:
        submit(batches, shard)

    assert caught.value.ambiguous
    assert emulator.state.calls["create"] == 1


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ("400-unknown-field", Trouble.REFUSED),
        ("403", Trouble.DENIED),
        ("429:delay=7", Trouble.THROTTLED),
        ("429-help", Trouble.THROTTLED),
        ("429-daily", Trouble.DAILY_QUOTA),
    ],
)
def test_a_refusal_of_a_create_is_definite(
    emulator: Emulator, batches: GeminiBatches, shard: Path, fault: str, trouble: Trouble
) -> None:
    emulator.fault(fault)

    with pytest.raises(ProviderTrouble) as caught:
        submit(batches, shard)

    assert (caught.value.trouble, caught.value.ambiguous) == (trouble, False)
    assert caught.value.retry_after_s == (7.0 if "delay" in fault else None)
    assert not emulator.state.batches


def test_a_create_from_a_file_that_is_gone_is_refused(batches: GeminiBatches, shard: Path) -> None:
    name = batches.upload(shard, "shard-000")
    batches.delete_file(name)

    with pytest.raises(ProviderTrouble) as caught:
        batches.create(MODEL, name, NAME)

    assert (caught.value.trouble, caught.value.status) == (Trouble.REFUSED, "NOT_FOUND")


def test_an_empty_page_does_not_end_the_list(emulator: Emulator, batches: GeminiBatches, shard: Path) -> None:
    submit(batches, shard)

    emulator.fault("empty-page")

    assert [batch.display_name for batch in batches.list()] == [NAME]


def test_a_list_longer_than_a_page_comes_whole(
    monkeypatch: pytest.MonkeyPatch, emulator: Emulator, batches: GeminiBatches, shard: Path
) -> None:
    monkeypatch.setattr("chargen.edges.gemini.PAGE_SIZE", "2")
    name = batches.upload(shard, "shard-000")
    made = {batches.create(MODEL, name, f"{NAME}-{i}").name for i in range(5)}

    assert {batch.name for batch in batches.list()} == made
    assert emulator.state.calls["batch-list"] == 3


def test_what_the_sdk_drops_of_a_batch_is_kept(
    emulator: Emulator, batches: GeminiBatches, naive: genai.Client, shard: Path
) -> None:
    emulator.fault("batch-failed:code=13")
    created = submit(batches, shard)
    failed = batches.get(created.name)

    job = naive.batches.get(name=created.name)
    assert (job.error, job.completion_stats, job.src) == (None, None, None)
    assert failed.state is BatchState.FAILED
    assert failed.error == "The batch could not be processed. (code 13)"
    assert failed.input_file == created.input_file
    assert failed.counts["requests"] == 3


def test_why_a_picture_was_blocked_survives(
    emulator: Emulator, live: GeminiProvider, naive: genai.Client
) -> None:
    emulator.fault("image-safety:times=2")

    answer = read_answer(live.generate(MODEL, BODY))

    candidates = naive.models.generate_content(model=MODEL, contents="a red knight").candidates
    assert candidates
    assert candidates[0].finish_message is None
    assert (answer.kind, answer.reason) == (Kind.BLOCKED, "IMAGE_SAFETY")
    assert "You will not be charged" in answer.finish_message


def test_a_failed_line_is_found_under_error_and_under_status(
    emulator: Emulator, batches: GeminiBatches, shard: Path, tmp_path: Path
) -> None:
    emulator.fault("line-error:code=3,match=key-1", "line-status:code=14,match=key-2", "bom")

    lines = collect(batches, shard, tmp_path)

    errors = {key: (line.error.code, line.error.transient) for key, line in lines.items() if line.error}
    assert errors == {"key-1": (3, False), "key-2": (14, True)}
    assert lines["key-3"].answer is not None


def test_a_result_file_with_a_long_id_is_downloaded_at_once(
    batches: GeminiBatches, naive: genai.Client, shard: Path, tmp_path: Path
) -> None:
    batch = batches.get(submit(batches, shard).name)
    assert len(batch.output_file.removeprefix("files/")) == 42

    with pytest.raises(ClientError, match="cannot be more than 40 characters"):
        naive.files.get(name=batch.output_file)
    batches.download(batch.output_file, tmp_path / "results.jsonl")
    assert (tmp_path / "results.jsonl").read_bytes().count(b"\n") == 3


def test_a_cut_download_leaves_nothing_and_may_be_repeated(
    emulator: Emulator, batches: GeminiBatches, naive: genai.Client, shard: Path, tmp_path: Path
) -> None:
    batch = batches.get(submit(batches, shard).name)
    emulator.fault("cut-download:bytes=5000,times=2")

    with pytest.raises(Exception, match="peer closed connection"):
        naive.files.download(file=batch.output_file, destination=tmp_path / "torn.jsonl")
    with pytest.raises(ProviderTrouble) as caught:
        batches.download(batch.output_file, tmp_path / "results.jsonl")

    assert caught.value.trouble is Trouble.TRANSPORT
    assert (
        tmp_path / "torn.jsonl"
    ).stat().st_size <= 5000  # what the SDK leaves behind under the wanted name
    assert sorted(path.name for path in tmp_path.glob("*.jsonl*")) == ["shard-000.jsonl", "torn.jsonl"]
    batches.download(batch.output_file, tmp_path / "results.jsonl")
    assert (tmp_path / "results.jsonl").read_bytes().count(b"\n") == 3


def test_an_upload_says_what_it_is(
    emulator: Emulator, batches: GeminiBatches, naive: genai.Client, shard: Path
) -> None:
    with pytest.raises(ValueError, match="mime"):
        naive.files.upload(file=shard)

    name = batches.upload(shard, "shard-000")

    assert emulator.state.files[name].mime_type == "application/jsonl"
    assert emulator.state.files[name].display_name == "shard-000"


def test_a_live_call_sends_what_a_batch_line_holds(
    emulator: Emulator, batches: GeminiBatches, live: GeminiProvider, shard: Path, tmp_path: Path
) -> None:
    picture = read_request(BODY, model=known_model(MODEL), read_file=lambda _: b"")
    data = base64.b64encode(draw_jpeg(picture, (64, 48), flat=True)).decode()
    plan = ProviderPlan(MODEL, "1K", "16:9", {"harassment": "none"})
    body = build_request(
        plan, "zwei\u2028Zeilen – “x”", [InlineImage("place", "p", "image/jpeg", data)], variant=2
    )
    shard.write_bytes(jsonl_line("key-1", body))

    live.generate(MODEL, body)
    collect(batches, shard, tmp_path)

    alone, batched = emulator.paid
    assert (alone.key, batched.key) == ("", "key-1")
    assert alone.sha256 == batched.sha256  # of the canonical JSON as it came over the wire
    assert any(
        symbol in data for symbol in "+/"
    )  # an SDK that decodes and encodes again turns these into - and _


def test_deleting_twice_is_done(emulator: Emulator, batches: GeminiBatches, shard: Path) -> None:
    name = batches.upload(shard, "shard-000")

    batches.delete_file(name)
    batches.delete_file(name)

    assert name not in emulator.state.files


def test_a_403_means_gone_only_for_a_file_this_key_has_seen(
    emulator: Emulator, batches: GeminiBatches, shard: Path
) -> None:
    emulator.fault("missing-file-403:times=forever")
    name = batches.upload(shard, "shard-000")
    batches.delete_file(name)

    batches.delete_file(name)
    with pytest.raises(ProviderTrouble) as caught:
        batches.delete_file("files/somebody-elses")

    assert caught.value.trouble is Trouble.DENIED


def test_a_deletion_that_fails_is_no_deletion(
    emulator: Emulator, batches: GeminiBatches, shard: Path
) -> None:
    name = batches.upload(shard, "shard-000")
    emulator.fault("delete-fails")

    with pytest.raises(ProviderTrouble) as caught:
        batches.delete_file(name)

    assert caught.value.trouble is Trouble.UNAVAILABLE
    assert name in emulator.state.files


def test_a_cancelled_batch(emulator: Emulator, batches: GeminiBatches, shard: Path) -> None:
    emulator.fault("batch-stuck")
    batch = submit(batches, shard)

    batches.cancel(batch.name)

    assert batches.get(batch.name).state is BatchState.CANCELLED


@pytest.mark.parametrize(
    "name", ["", "files/../batches", "files/a?b", "https://example.org/files/a", "batches/a/b"]
)
def test_what_is_no_name_is_never_sent(
    emulator: Emulator, batches: GeminiBatches, tmp_path: Path, name: str
) -> None:
    calls = (
        lambda: batches.get(name),
        lambda: batches.cancel(name),
        lambda: batches.delete_file(name),
        lambda: batches.create(MODEL, name, NAME),
        lambda: batches.download(name, tmp_path / "x"),
    )

    for call in calls:
        with pytest.raises(ProviderTrouble) as caught:
            call()
        assert caught.value.trouble is Trouble.REFUSED
    assert not emulator.state.calls
