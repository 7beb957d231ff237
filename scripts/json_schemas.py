"""The JSON Schemas of what writers write, for their editors: as strict as chargen about keys, as lenient about values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import AliasChoices
from pydantic.json_schema import GenerateJsonSchema

from chargen.core.strict import Strict
from chargen.core.world_config import WorldConfig
from chargen.dialects.native_shape import Imagery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import core_schema

SCHEMAS: Final[dict[str, tuple[type[Strict], str]]] = {
    "world.schema.json": (WorldConfig, "chargen.yaml"),
    "imagery.schema.json": (Imagery, "imagery.yaml"),
}
_SHORT_FORMS: Final = {"null": None, "string": "a", "integer": 1, "array": ["a"]}

_TRUTH: Final = "^([Yy]es|[Nn]o|[Oo]n|[Oo]ff|[Tt]rue|[Ff]alse)$"


class Lenient(GenerateJsonSchema):
    """Takes what the models take: short forms, and numbers and truth values that came as text."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> dict[str, Any]:
        """What belongs there, and what the validator makes into it: everything it does not hand on as it is."""
        inner: dict[str, Any] = self.generate_inner(schema["schema"])
        change: Any = schema["function"]["function"]
        short = [{"type": kind} for kind, value in _SHORT_FORMS.items() if change(value) != value]
        return {"anyOf": [inner, *(form for form in short if form != inner)]}

    def int_schema(self, schema: core_schema.IntSchema) -> dict[str, Any]:
        """A whole number, in quotes too."""
        return super().int_schema(schema) | {"type": ["integer", "string"], "pattern": "^[0-9_]+$"}

    def bool_schema(self, schema: core_schema.BoolSchema) -> dict[str, Any]:
        """Truth, in the words of older YAML too."""
        return super().bool_schema(schema) | {"type": ["boolean", "string"], "pattern": _TRUTH}


def schemas(words: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Each schema's file name and text; `words` says what a field of a model means."""
    for name, (model, file) in SCHEMAS.items():
        made = model.model_json_schema(schema_generator=Lenient)
        shapes = {shape.__name__: shape for shape in _below(Strict)}
        for title, part in ((model.__name__, made), *made["$defs"].items()):
            if title in shapes:
                _explain(part, shapes[title], words)
        made["title"] = file
        made["type"] = ["object", "null"]  # a file of comments alone
        yield name, json.dumps({"$schema": Lenient.schema_dialect} | made, indent=2) + "\n"


def _below(shape: type[Strict]) -> Iterator[type[Strict]]:
    for one in shape.__subclasses__():
        yield one
        yield from _below(one)


def _explain(part: dict[str, Any], shape: type[Strict], words: Mapping[str, Mapping[str, str]]) -> None:
    """Say what each field means, in place of the title that its name gave it, and let it have its other names."""
    meanings = {
        key: text for base in reversed(shape.__mro__) for key, text in words.get(base.__name__, {}).items()
    }
    fields: dict[str, Any] = part["properties"]
    for key, field in fields.items():
        field.pop("title", None)
        field["description"] = meanings[key]
    for info in shape.model_fields.values():
        if isinstance(info.validation_alias, AliasChoices):
            first, *others = map(str, info.validation_alias.choices)
            fields.update(dict.fromkeys(others, fields[first]))
