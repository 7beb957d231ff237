from __future__ import annotations

import pytest

from chargen.core.world_config import WorldConfig
from chargen.dialects.recognise import read_entity
from chargen.dialects.yaml_text import read_yaml


def said(text: str) -> list[str]:
    _, problems = read_entity(read_yaml(text, path="locations/mill/imagery.yaml"), config=WorldConfig())
    return [
        f"{item.place.line}:{item.place.column} {item.message}" for item in problems if item.rule == "cut-off"
    ]


@pytest.mark.parametrize(
    "shape",
    [
        "scenes:\n- id: a\n  shots:\n  - {0}id: b\n    subject: {1}\n",
        "zones:\n- {0}id: a\n  description: {1}\n",
    ],
)
@pytest.mark.parametrize(
    ("value", "lost"),
    [("the sluice #4, open", "#4, open"), ("slate #708090", "#708090"), ("gold\t#c0a060", "#c0a060")],
)
def test_a_number_or_colour_behind_a_hash_is_told(shape: str, value: str, lost: str) -> None:
    found = said(shape.format("", value))

    assert len(found) == 1
    assert found[0].endswith(f"{lost!r} is read as a comment, so the text ends before it")


@pytest.mark.parametrize(
    "value",
    [
        "the mill # 4",
        "the mill #why",
        "the mill#4",
        '"the mill" #4',
        '"the mill #4"',
        "|  #4\n    the mill #4",
        "#4",
    ],
)
def test_a_comment_is_one(value: str) -> None:
    assert said(f"zones:\n- id: a\n  description: {value}\n") == []
