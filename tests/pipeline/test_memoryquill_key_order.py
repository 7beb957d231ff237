"""The order of a mapping's keys is in no hash."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chargen.dialects.yaml_text import read_yaml
from tests.memoryquill import image
from tests.memoryquill_world import untidy_world
from tests.worlds import a_picture, shots_of


def turned_round(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: turned_round(item) for key, item in reversed(value.items())}
    return [turned_round(item) for item in value] if isinstance(value, list) else value


def hashes(files: Any) -> dict[str, tuple[str, str]]:
    return {address: (shot.prompt_hash, shot.source_digest) for address, shot in shots_of(files).items()}


def test_a_world_whose_every_mapping_is_turned_round_asks_for_the_same() -> None:
    files = untidy_world(a_picture("face"))
    turned = {
        path: json.dumps(turned_round(read_yaml(str(text), path=path).data))
        if path.endswith(".yaml")
        else text
        for path, text in files.items()
    }

    assert hashes(turned) == hashes(files)
    assert len(hashes(files)) > 20


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "depicts_characters: {odo: leaning, mia: standing}",
            "depicts_characters: {mia: standing, odo: leaning}",
        ),
        ("composition: {background: b, foreground: a}", "composition: {foreground: a, background: b}"),
        ("setting: {x: 1, a: 2}", "setting: {a: 2, x: 1}"),
        ("lighting: {quality: q, primary_source: p}", "lighting: {primary_source: p, quality: q}"),
    ],
)
def test_one_mapping_turned_round(one: str, other: str) -> None:
    assert hashes(image(one)) == hashes(image(other)) != {}
