"""Faults of the picture itself, live and in a batch."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from chargen.emulator.faults import FINISH_REASONS

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.emulator.conftest import Moves


def part_of(answer: Any, number: int = -1) -> Any:
    return answer.json()["candidates"][0]["content"]["parts"][number]


def picture_of(part: Any) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(part["inlineData"]["data"])))


@pytest.mark.parametrize("reason", FINISH_REASONS)
def test_a_block_has_a_reason_and_no_content(emulator: Emulator, moves: Moves, reason: str) -> None:
    emulator.fault(reason.lower().replace("_", "-"))

    body = moves.ask().json()

    assert body["candidates"] == [
        {"finishReason": reason, "finishMessage": FINISH_REASONS[reason], "index": 0}
    ]
    assert "candidatesTokenCount" not in body["usageMetadata"]
    assert emulator.paid == []
    assert [answer.outcome for answer in emulator.state.answers] == [reason.lower().replace("_", "-")]


def test_the_sdk_sees_a_block_as_no_parts(emulator: Emulator, client: Any) -> None:
    emulator.fault("image-safety")

    response = client.models.generate_content(model="gemini-nano-banana-2.1", contents="a lantern")

    assert response.parts is None
    assert response.candidates[0].finish_reason == "IMAGE_SAFETY"


def test_blocked_prompt_has_no_candidates(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("blocked-prompt:reason=SAFETY")

    body = moves.ask().json()

    assert "candidates" not in body
    assert body["promptFeedback"] == {"blockReason": "SAFETY"}


def test_text_only(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("text-only")

    assert "text" in part_of(moves.ask())
    assert emulator.paid == []


@pytest.mark.parametrize(("name", "size"), [("wrong-size", (688, 384)), ("wrong-aspect", (1024, 1024))])
def test_a_picture_of_another_size_is_paid(
    emulator: Emulator, moves: Moves, name: str, size: tuple[int, int]
) -> None:
    emulator.fault(name)

    assert picture_of(part_of(moves.ask(aspectRatio="16:9"))).size == size
    assert len(emulator.paid) == 1


def test_undecodable(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("undecodable")

    with pytest.raises(OSError, match=r"truncated|broken|cannot identify"):
        picture_of(part_of(moves.ask())).load()


def test_jpeg(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("jpeg")

    part = part_of(moves.ask())

    assert part["inlineData"]["mimeType"] == "image/jpeg"
    assert picture_of(part).format == "JPEG"


def test_thought_first(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("thought-first")

    answer = moves.ask()

    assert part_of(answer, 0)["thought"] is True
    assert "thought" not in part_of(answer, 1)
    assert picture_of(part_of(answer, 1)).size == (1024, 1024)


def test_in_a_batch_a_fault_finds_its_line_by_key(emulator: Emulator, moves: Moves) -> None:
    emulator.fault("no-image:match=second")

    first, second = moves.lines("first", "second")

    assert first["response"]["candidates"][0]["finishReason"] == "STOP"
    assert second["response"]["candidates"][0]["finishReason"] == "NO_IMAGE"
    assert [paid.key for paid in emulator.paid] == ["first"]
