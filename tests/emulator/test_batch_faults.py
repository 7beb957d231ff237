"""Faults of batches and of their result files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.emulator.conftest import Moves


@pytest.mark.parametrize(
    ("fault", "text"), [("batch-expired", "EXPIRED"), ("batch-failed", "FAILED"), ("batch-cancelled", "CANCELLED")]
)  # fmt: skip
def test_a_batch_that_comes_to_nothing(emulator: Emulator, moves: Moves, fault: str, text: str) -> None:
    emulator.fault(fault)

    operation = moves.operation(moves.create())

    assert operation["done"] is True
    assert operation["metadata"]["state"] == f"BATCH_STATE_{text}"
    assert "output" not in operation["metadata"]
    assert "response" not in operation
    assert ("error" in operation) == (text == "FAILED")
    assert emulator.paid == []


def test_the_sdk_loses_the_error_of_a_failed_batch(emulator: Emulator, moves: Moves, client: Any) -> None:
    emulator.fault("batch-failed:code=3")
    name = moves.create()

    assert moves.operation(name)["error"]["code"] == 3
    assert client.batches.get(name=name).error is None


def test_batch_stuck_stays_and_can_be_cancelled(emulator: Emulator, moves: Moves, client: Any) -> None:
    emulator.fault("batch-stuck:match=unlucky")
    name = moves.create(name="unlucky")
    states = {moves.operation(name)["metadata"]["state"] for _ in range(3)}

    client.batches.cancel(name=name)

    assert states == {"BATCH_STATE_RUNNING"}
    assert moves.operation(name)["metadata"]["state"] == "BATCH_STATE_CANCELLED"
    assert moves.operation(moves.create())["metadata"]["state"] == "BATCH_STATE_SUCCEEDED"


def test_old_batch_was_created_long_ago(emulator: Emulator, moves: Moves, client: Any) -> None:
    emulator.fault("old-batch:age=86400")

    old, new = (client.batches.get(name=moves.create()) for _ in range(2))

    assert 86000 < (new.create_time - old.create_time).total_seconds() < 87000


def test_line_error_and_line_status(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("line-error:match=a,code=8", "line-status:match=b,code=14")

    first, second, third = moves.lines("a1", "b1", "c1")

    assert (first["error"]["code"], first["key"]) == (8, "a1")
    assert (second["status"]["code"], second["key"]) == (14, "b1")
    assert "response" in third
    assert [paid.key for paid in emulator.paid] == ["c1"]


def test_a_double_create_makes_two_batches_of_one_name(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("double-create")

    named = moves.create(name="twice")

    assert [batch.display_name for batch in emulator.state.batches.values()] == ["twice", "twice"]
    assert named in emulator.state.batches


def test_missing_lines_are_paid(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("missing-lines:match=b")

    assert [line["key"] for line in moves.lines("a1", "b1")] == ["a1"]
    assert [paid.key for paid in emulator.paid] == ["a1", "b1"]


def test_duplicate_lines(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("duplicate-lines")

    assert [line["key"] for line in moves.lines("x", "y")] == ["x", "x", "y"]
    assert len(emulator.paid) == 2


def test_unknown_key_lines(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("unknown-key-lines")

    keys = [line["key"] for line in moves.lines("x")]

    assert keys[0] == "x"
    assert keys[1].startswith("nobody-asked-for-this")


def test_garbage_lines(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("garbage-lines")

    first, second = moves.result("x").splitlines()

    assert json.loads(first)["key"] == "x"
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(second)


def test_shuffled_lines(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("shuffled-lines")

    keys = [line["key"] for line in moves.lines("a", "b", "c", "d")]

    assert keys != ["a", "b", "c", "d"]
    assert sorted(keys) == ["a", "b", "c", "d"]


def test_torn_result(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("torn-result")

    first, second = moves.result("a", "b").split(b"\n")

    assert json.loads(first)["key"] == "a"
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(second)


def test_bom(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("bom")

    assert moves.result("a").startswith(b"\xef\xbb\xbf{")


def test_words_of_ones_own_in_lines_answers_and_a_batch(emulator: Emulator, moves: Moves) -> None:
    emulator.fault(
        "line-error:match=one,say=line {key}",
        "image-other:match=two,say=answer {key}",
        "text-only:match=three,say=text",
    )

    one, two, three = moves.lines("one", "two", "three")
    emulator.fault("batch-failed:say=batch {key}")
    failed = moves.operation(moves.create())

    assert one["error"]["message"] == "line a-key"
    assert two["response"]["candidates"][0]["finishMessage"] == "answer a-key"
    assert three["response"]["candidates"][0]["content"]["parts"] == [{"text": "text"}]
    assert failed["error"]["message"] == "batch a-key"
