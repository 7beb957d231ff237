"""
The JSON Schemas of the files that people write (as strict as chargen about keys, as lenient about values) and of those
that chargen writes (no key more, no key less).
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Final

import msgspec
from memoryquill_schema import FILES, memoryquill_schema
from pydantic import AliasChoices
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticCustomError
from whole_numbers import pattern

from chargen.core.bundle import Bundle
from chargen.core.plan_shape import PlanFile
from chargen.core.strict import LONGEST_NUMBER, Strict
from chargen.core.world_config import WorldConfig
from chargen.dialects.native_shape import Imagery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic_core import core_schema

    Words = Mapping[str, Mapping[str, str]]

WRITTEN: Final[dict[str, tuple[type[Strict], str]]] = {
    "world.schema.json": (WorldConfig, "chargen.yaml"),
    "imagery.schema.json": (Imagery, "imagery.yaml"),
}
MADE: Final[dict[str, tuple[type, str]]] = {
    "plan.schema.json": (PlanFile, "plan.json"),
    "result.schema.json": (Bundle, "result.json"),
}
_SHORT_FORMS: Final = {"null": None, "string": "a", "integer": 1}
_SHORT: Final = {"maxLength": LONGEST_NUMBER}
_TRUTH: Final = ("yes", "no", "y", "n", "on", "off", "true", "false", "t", "f", "1", "0")


class Lenient(GenerateJsonSchema):
    """Takes what the models take: short forms, and numbers and truth values that came as text."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> dict[str, Any]:
        """What belongs there, and what the validator makes into it: everything it does not hand on as it is."""
        inner: dict[str, Any] = self.generate_inner(schema["schema"])
        change: Any = schema["function"]["function"]
        short: list[dict[str, Any]] = [
            {"type": kind} for kind, value in _SHORT_FORMS.items() if _changes(change, value)
        ]
        if _changes(change, ["a"]):
            short.append({"type": "array", "items": {"type": ["string", "integer"]}})
        forms = [*(inner["anyOf"] if inner.keys() == {"anyOf"} else [inner])]
        forms += [form for form in short if form not in forms]
        return {"anyOf": forms} if len(forms) > 1 else inner

    def int_schema(self, schema: core_schema.IntSchema) -> dict[str, Any]:
        """A whole number, in quotes too."""
        digits = pattern(schema.get("ge", 0), schema.get("le"))
        return {"anyOf": [super().int_schema(schema), {"type": "string", "pattern": digits} | _SHORT]}

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> dict[str, Any]:
        """An amount, in quotes too."""
        number = {"type": "number", "minimum": schema["ge"]}
        return {"anyOf": [number, {"type": "string", "pattern": "^[0-9]+(?:\\.[0-9]+)?$"} | _SHORT]}

    def bool_schema(self, schema: core_schema.BoolSchema) -> dict[str, Any]:
        """Truth, in the words of older YAML too."""
        words = "|".join("".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in word) for word in _TRUTH)
        text = {"type": "string", "pattern": f"^(?:{words})$"}
        return {"anyOf": [super().bool_schema(schema), text, {"enum": [0, 1]}]}


def _changes(change: Callable[[Any], Any], value: Any) -> bool:
    try:
        return bool(change(value) != value)
    except PydanticCustomError:
        return False


def schemas(words: Words) -> Iterator[tuple[str, str]]:
    """Each schema's file name and text; `words` says what a field of a shape means."""
    for name, (model, file) in WRITTEN.items():
        made = _written(model, words)
        yield (
            name,
            _text(made | {"title": file, "type": ["object", "null"]}),
        )  # null: a file of comments alone
    for name in FILES:
        yield name, _text(memoryquill_schema(name, words))
    for name, (shape, file) in MADE.items():
        yield name, _text(_made(shape, words) | {"title": file})


def _text(schema: Mapping[str, Any]) -> str:
    return json.dumps({"$schema": Lenient.schema_dialect} | dict(schema), indent=2) + "\n"


def _written(model: type[Strict], words: Words) -> dict[str, Any]:
    made = model.model_json_schema(schema_generator=Lenient)
    shapes = {shape.__name__: shape for shape in _below(Strict)}
    for title, part in ((model.__name__, made), *made["$defs"].items()):
        if title in shapes:
            _explain(part, _meanings(shapes[title], words))
            _alias(part, shapes[title])
    return made


def _below(shape: type[Strict]) -> Iterator[type[Strict]]:
    for one in shape.__subclasses__():
        yield one
        yield from _below(one)


def _meanings(shape: type, words: Words) -> Mapping[str, str]:
    return {
        key: text for base in reversed(shape.__mro__) for key, text in words.get(base.__name__, {}).items()
    }


def _explain(part: dict[str, Any], meanings: Mapping[str, str]) -> None:
    """Say what each field means, in place of the title that its name gave it."""
    for key, field in part["properties"].items():
        field.pop("title", None)
        field["description"] = meanings[key]


def _alias(part: dict[str, Any], shape: type[Strict]) -> None:
    """Let a field have its other names, one at a time."""
    fields = part["properties"]
    for info in shape.model_fields.values():
        if isinstance(info.validation_alias, AliasChoices):
            names = list(map(str, info.validation_alias.choices))
            fields.update(dict.fromkeys(names[1:], fields[names[0]]))
            part["not"] = {"required": names}


def _made(shape: type, words: Words) -> dict[str, Any]:
    """The schema of a file that chargen writes, with everything in it that is always written."""
    (top,), parts = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    for name, part in parts.items():
        if "properties" in part:
            part["additionalProperties"] = False
            _explain(part, words[name])
    if dataclasses.is_dataclass(shape):
        for part in parts.values():
            _always(part)
    return {**parts.pop(top["$ref"].rpartition("/")[2]), "$defs": parts}


def _always(part: dict[str, Any]) -> None:
    """Of a dataclass every field is written, the defaults too."""
    if "properties" in part:
        part["required"] = list(part["properties"])
        for field in part["properties"].values():
            field.pop("default", None)
