"""plan.json: names, stable bytes, options that come back as they went, and files that are no plan."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from chargen.core.books import Order
from chargen.core.plan import Options
from chargen.core.plan_json import options_data, plan_data, plan_json, read_options, read_plan
from chargen.core.world_config import Mode
from chargen.errors import ConfigurationError
from tests.worlds import PIER, a_picture, books_of, made, one_shot, plan_of, shot_of

FILES: dict[str, Any] = {
    PIER: one_shot("references: [{id: o, path: o.png, role: place, must_match: true}]\n"),
    "locations/pier/o.png": a_picture(),
}


def test_an_item_says_all_that_a_reader_needs() -> None:
    data = plan_data(plan_of(FILES))
    shot = shot_of(FILES)

    (item,) = data["items"]
    assert item == {
        "address": "location/pier/dawn/wide",
        "jobId": "location.pier.dawn.wide.v1",
        "targetKind": "location",
        "targetSlug": "pier",
        "variant": 1,
        "action": "generate",
        "reason": "new",
        "detail": "",
        "cost": {"usd": data["costUsd"]},
        "requestHash": shot.request_hash(1),
        "sharedWith": None,
        "order": None,
        "imageryYamlPath": PIER,
        "outputDir": "locations/pier/images",
        "promptIR": shot.ir.sections,
        "promptHash": shot.prompt_hash,
        "prompt": shot.prompt(),
        "providerPlan": shot.provider.hashed(1),
        "references": [
            {
                "id": "o",
                "role": "place",
                "path": "locations/pier/o.png",
                "shot": None,
                "sha256": shot.references[0].sha256,
                "mustMatch": True,
            }
        ],
    }


def test_a_plan_says_what_it_was_made_from_and_what_is_wrong() -> None:
    data = plan_data(plan_of({PIER: one_shot("mood: clam\n"), "chargen.yaml": "moods: {calm: {}}"}))

    assert {key: data[key] for key in ("schema", "chargen", "books", "counts", "capUsd")} == {
        "schema": "chargen/plan@1",
        "chargen": "1",
        "books": "",
        "counts": {"generate": 1, "restore": 0, "skip": 0},
        "capUsd": "5",
    }
    assert data["problems"] == [
        {
            "path": PIER,
            "line": 8,
            "column": 15,
            "severity": "warning",
            "message": "mood 'clam' is not among the world's moods",
            "hint": "did you mean 'calm'?",
        }
    ]


def test_an_open_order_is_named() -> None:
    order = Order(
        "comment-7", "reroll", "location.pier.dawn.wide.v1", "2026-11-23T04:00:00Z", note="less fog"
    )

    (item,) = plan_data(plan_of(made(), books_of(orders=[order])))["items"]

    assert item["order"] == "comment-7"
    assert str(item["prompt"]).endswith("Note from the reviewer: less fog")


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(
            only=("location/*", "x"),
            force=("*",),
            variants=3,
            mode=Mode.BATCH,
            max_cost_usd=Decimal("2.50"),
        ),
        Options(max_cost_usd=Decimal(0)),
    ],
)
def test_options_come_back_as_they_went(options: Options) -> None:
    assert read_options(json.loads(json.dumps(options_data(options)))) == options


def test_a_plan_file_is_read_for_what_it_was_made_from() -> None:
    text = plan_json(plan_of(FILES, only=("location",), mode=Mode.BATCH))

    saved = read_plan(text, path="plan.json")

    assert saved.text == text
    assert saved.tree == plan_of(FILES).tree
    assert (saved.version, saved.books) == ("1", "")
    assert saved.options == Options(only=("location",), mode=Mode.BATCH)


def changed(**options: Any) -> str:
    data = json.loads(json.dumps(plan_data(plan_of(FILES))))
    data["options"] |= options
    return json.dumps(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"schema": "chargen/plan@2"}',
        json.dumps(plan_data(plan_of(FILES)) | {"options": None}),
        changed(mode="overnight"),
        changed(maxCostUsd="a lot"),
        changed(maxCostUsd="NaN"),
        changed(maxCostUsd="Infinity"),
        changed(maxCostUsd=2.5),
        changed(variants="3"),
        changed(variants=0),
        changed(variants=True),
        changed(only="location"),
        changed(only=[1]),
        changed(force=None),
    ],
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^here\.json: not a plan file") as error:
        read_plan(text, path="here.json")

    assert "batch plan" in error.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON (Expecting property name enclosed in double quotes, line 1)"),
        ("[]", "it does not say schema chargen/plan@1"),
        ('{"schema": "chargen/plan@1"}', "'options' is missing"),
        ("[" * 100_000, "nested too deeply"),
        (changed(only="location"), "its options are not as chargen writes them"),
        (changed(maxCostUsd="a lot"), "an amount in it is no number"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_in_plain_words(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_plan(text, path="here.json")

    assert error.value.message == f"not a plan file: {words}"
