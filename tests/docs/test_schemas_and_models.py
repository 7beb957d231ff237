"""What a schema accepts the models accept, and the other way round: over documents made from the schema, then spoilt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pydantic import ValidationError

from chargen.core.strict import LONGEST_NUMBER
from chargen.core.world_config import WorldConfig
from chargen.dialects.native_shape import Imagery

if TYPE_CHECKING:
    from chargen.core.strict import Strict

ROOT = Path(__file__).resolve().parents[2]
# JSON Schema cannot tell 1.0 from 1, and a key of JSON is a text: neither is among the samples.
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 30),
    st.floats(0.1, 0.9),
    st.sampled_from(
        ["", "yes", "Off", "1", "17", "0_7", "1__0", " 2", "-1", "2.50", "1e3", "batch", "9" * 30]
    ),
    st.text(max_size=5),
    st.lists(st.sampled_from(["a", 1, None, 0.5, True, {}, []]), max_size=2),
    st.dictionaries(
        st.sampled_from(["ref", "id", "look", "schema_", "aspect"]), st.text(max_size=3), max_size=2
    ),
)


def schema_of(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return made


def made_from(part: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a part of a schema accepts."""
    if "$ref" in part:
        return st.deferred(lambda: made_from(whole["$defs"][part["$ref"].rpartition("/")[2]], whole))
    if "anyOf" in part:
        beside = {key: part[key] for key in ("propertyNames", "additionalProperties") if key in part}
        return st.one_of([made_from(one | beside, whole) for one in part["anyOf"]])
    if "enum" in part or "const" in part:
        return st.sampled_from(part.get("enum") or [part["const"]])
    if "type" not in part:
        return JUNK
    kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
    return st.one_of([plain(kind, part, whole) for kind in kinds])


def plain(kind: str, part: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind == "object":
        return an_object(part, whole)
    if kind == "array":
        return st.lists(made_from(part.get("items", {}), whole), max_size=2)
    if kind == "string" and "pattern" in part:
        return st.from_regex(part["pattern"], fullmatch=True).filter(lambda text: len(text) <= LONGEST_NUMBER)
    if kind == "number":
        return st.decimals(0, 100, places=2).map(float).filter(lambda number: not number.is_integer())
    simple: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(max_size=6),
        "integer": st.integers(part.get("minimum", 0), part.get("maximum", 10**12)),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return simple[kind]


@st.composite
def an_object(draw: st.DrawFn, part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    fields = part.get("properties", {})
    names = [*part.get("required", []), *draw(st.lists(st.sampled_from(sorted(fields) or ["x"]), max_size=4))]
    found = {name: draw(made_from(fields[name], whole)) for name in names if name in fields}
    twice = part.get("not", {}).get("required", [])
    if twice and set(twice) <= found.keys():
        del found[twice[0]]
    more = part.get("additionalProperties")
    if isinstance(more, dict):
        keys = made_from(part["propertyNames"], whole) if "propertyNames" in part else st.text(max_size=4)
        found |= draw(st.dictionaries(keys, made_from(more, whole), max_size=2))
    return found


@st.composite
def spoilt(draw: st.DrawFn, value: Any) -> Any:
    """The value with something in it changed, left out or added."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return value | {key: draw(spoilt(value[key]))}
    if isinstance(value, list) and value and draw(st.booleans()):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], draw(spoilt(value[at])), *value[at + 1 :]]
    if isinstance(value, dict) and draw(st.booleans()):
        gone = draw(st.sampled_from(["", *sorted(value)]))
        added = draw(st.dictionaries(st.sampled_from(["stile", "id", "aspect", "schema_"]), JUNK, max_size=1))
        return {key: item for key, item in value.items() if key != gone} | added
    return draw(JUNK)


def accepts(model: type[Strict], data: Any) -> bool:
    try:
        model.model_validate(data)
    except ValidationError:
        return False
    return True


MODELS: list[tuple[str, type[Strict]]] = [("world", WorldConfig), ("imagery", Imagery)]
VALIDATORS = {name: Draft202012Validator(schema_of(name)) for name, _ in MODELS}
DOCUMENTS = {name: an_object(schema_of(name), schema_of(name)) for name, _ in MODELS}
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_what_a_schema_accepts_the_models_accept_and_the_other_way_round(
    name: str, model: type[Strict]
) -> None:
    @QUICK
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        document = data.draw(DOCUMENTS[name])
        assert VALIDATORS[name].is_valid(document)
        assert accepts(model, document), document
        other = data.draw(spoilt(document))
        if other is not None:  # a file of comments alone, which is no document to the models
            assert VALIDATORS[name].is_valid(other) == accepts(model, other), other

    agree()


@pytest.mark.parametrize(
    ("name", "data", "right"),
    [
        ("world", {"provider": {"variants": "16"}}, True),
        ("world", {"provider": {"variants": "17"}}, False),
        ("world", {"provider": {"variants": True}}, False),
        ("world", {"limits": {"workers": True}}, False),
        ("world", {"limits": {"workers": "200"}}, True),
        ("world", {"limits": {"tokens_per_minute": "1_000_000"}}, True),
        ("world", {"limits": {"bytes_per_batch": "999_999"}}, False),
        ("world", {"budget": {"run_usd": "2.50"}}, True),
        ("world", {"budget": {"run_usd": "-2.50"}}, False),
        ("world", {"budget": {"run_usd": "two"}}, False),
        ("world", {"provider": {"safety": {"harassment": "off"}}}, True),
        ("world", {"provider": {"safety": {"harassment": "never"}}}, False),
        ("world", {"provider": {"safety": {"spelling": "off"}}}, False),
        ("world", {"provider": {"aspect": "3:2", "aspect_ratio": "3:2"}}, False),
        ("world", {"moods": {"calm": {"palette": ["grey", 5]}}}, True),
        ("world", {"moods": {"calm": {"palette": [None]}}}, False),
        ("world", {"storage": {"lfs": "Yes"}}, True),
        ("world", {"storage": {"lfs": "perhaps"}}, False),
        ("imagery", {"schema_": "chargen/imagery@1"}, False),
        ("imagery", {"scenes": [{"id": 1, "shots": [{"id": 2, "subject": 3}]}]}, True),
        ("imagery", {"scenes": [{"id": True}]}, False),
    ],
)
def test_the_corners_of_both_are_the_same(name: str, data: Any, right: bool) -> None:  # noqa: FBT001
    model = dict(MODELS)[name]

    assert (VALIDATORS[name].is_valid(data), accepts(model, data)) == (right, right)
