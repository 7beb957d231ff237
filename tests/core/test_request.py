"""The one request body, pinned as it goes out."""

from __future__ import annotations

import json

import pytest

from chargen.core.digest import request_hash
from chargen.core.model_table import MODELS, ImageModel
from chargen.core.request import (
    THRESHOLDS,
    InlineImage,
    ProviderPlan,
    build_request,
    jsonl_line,
    seed,
)
from chargen.core.world_config import SAFETY_THRESHOLDS

PLAN = ProviderPlan("gemini-nano-banana-2.1", "2K", "16:9")
HERO = InlineImage("character", "veyra", "image/png", "aGVybw==")
PLACE = InlineImage("place", "overview", "image/jpeg", "cGxhY2U=")


def test_the_whole_body_is_as_rest_wants_it() -> None:
    plan = ProviderPlan(
        "gemini-nano-banana-2.1", "2K", "16:9", {"hate_speech": "off", "harassment": "only_high"}
    )

    body = build_request(plan, "a red knight", [HERO, PLACE], variant=2)

    assert body == {
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "Reference 1: character (veyra)"},
                    {"inlineData": {"mimeType": "image/png", "data": "aGVybw=="}},
                    {"text": "Reference 2: place (overview)"},
                    {"inlineData": {"mimeType": "image/jpeg", "data": "cGxhY2U="}},
                    {"text": "a red knight"},
                ],
            }
        ],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
            "seed": 2,
            "thinkingConfig": {"thinkingLevel": "MINIMAL"},
        },
        "safetySettings": [
            {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_ONLY_HIGH"},
            {"category": "HARM_CATEGORY_HATE_SPEECH", "threshold": "OFF"},
        ],
    }


def test_every_threshold_a_world_may_name_has_a_name_on_the_wire() -> None:
    assert set(THRESHOLDS) == set(SAFETY_THRESHOLDS)


def test_nothing_is_said_of_safety_when_the_world_says_nothing() -> None:
    assert "safetySettings" not in build_request(PLAN, "x", [], variant=1)


@pytest.mark.parametrize("model", [*MODELS.values()], ids=lambda model: model.id)
def test_thinking_is_lowered_only_where_the_model_takes_it(model: ImageModel) -> None:
    config = build_request(ProviderPlan(model.id, "1K", "1:1"), "x", [], variant=1)["generationConfig"]

    assert ("thinkingConfig" in config) is model.takes_thinking_level


def test_a_seed_is_left_out_when_the_world_wants_none() -> None:
    plan = ProviderPlan(PLAN.model, "1K", "1:1", seed="none")

    assert "seed" not in build_request(plan, "x", [], variant=3, order="reroll-1")["generationConfig"]


def test_an_order_has_a_seed_of_its_own_for_ever() -> None:
    assert (seed(variant=1), seed(variant=7)) == (1, 7)
    assert seed(variant=1, order="run-17") == 1743244714
    assert len({seed(variant=variant, order=order) for variant in (1, 2) for order in ("a", "b")}) == 4


def test_a_seed_fits_an_int32() -> None:
    assert all(0 <= seed(variant=1, order=str(i)) < 2**31 for i in range(200))


def test_the_provider_part_of_the_request_hash_is_pinned() -> None:
    plan = ProviderPlan("m", "1K", "16:9", {"harassment": "none"})

    assert plan.hashed(2) == {
        "model": "m",
        "size": "1K",
        "aspect": "16:9",
        "safety": {"harassment": "none"},
        "seed": "variant",
        "variant": 2,
    }
    assert (
        request_hash("sha256:0", plan.hashed(2), [])
        == "sha256:2d3d0f0be10a2924d4f8bc750f5dd254933885053d573e4f87264d39af86d923"
    )


def test_a_line_is_one_line_whatever_the_writer_wrote() -> None:
    prompt = "first\nsecond\u2028third \ud800 – ü"

    line = jsonl_line("a.b.c.d.v1@0123", build_request(PLAN, prompt, [], variant=1))

    assert len(line.splitlines()) == len(line.decode().splitlines()) == 1
    assert line.endswith(b"\n")
    read = json.loads(line)
    assert list(read) == ["key", "request"]
    assert read["request"]["contents"][0]["parts"][-1]["text"] == prompt


def test_a_picture_is_not_spilled_into_a_repr() -> None:
    assert "aGVybw" not in repr(HERO)
