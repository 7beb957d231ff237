"""From pydantic's findings to problems a writer understands: the place in the file, the key, the nearest known one. Pure."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from chargen.core.problem import Problem
from chargen.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from chargen.core.shot import YamlPath
    from chargen.errors import Place

_EXPECTED = {
    "string_type": "a text",
    "words_type": "a text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "decimal_parsing": "an amount such as 2.50",
    "decimal_type": "an amount such as 2.50",
}


_LISTED: Final = 200  # of one file: each is looked up, and a file of a million wrong keys is no person's


def problems_from(
    error: ValidationError, model: type[BaseModel], place: Callable[[YamlPath, bool], Place]
) -> tuple[Problem, ...]:
    """One problem for each finding; `place(path, key)` gives the position of a value, or of its key."""
    found = error.errors()
    listed = [_problem(detail, model, place) for detail in found[:_LISTED]]
    if len(found) > _LISTED:
        more = f"{len(found) - _LISTED} more findings in this file are not listed"
        listed.append(Problem(place((), False), more, "mend these first", rule="wrong-value"))
    return tuple(listed)


def _problem(
    detail: ErrorDetails, model: type[BaseModel], place: Callable[[YamlPath, bool], Place]
) -> Problem:
    path: YamlPath = tuple(detail["loc"])
    name, kind = str(path[-1]) if path else "", detail["type"]
    if kind == "extra_forbidden":
        hint = did_you_mean(name, _keys_at(model, path[:-1]))
        return Problem(place(path, True), f"unknown key {name!r}", hint, rule="unknown-key")
    if kind == "missing":
        return Problem(place(path[:-1], False), f"{name!r} is missing", f"add `{name}:`", rule="wrong-value")
    if kind == "int_parsing_size" or (kind == "int_type" and _digits(detail["input"])):
        return Problem(place(path, False), f"{name!r} is too large", rule="wrong-value")
    value = detail["input"]
    if kind in _EXPECTED:
        message = f"{name!r} is {_named(value)}, not {_EXPECTED[kind]}"
        hint = "quote it if it is meant as text" if _quotable(value) else ""
        return Problem(place(path, False), message, hint, rule="wrong-value")
    if kind in {"literal_error", "enum"}:
        options = [
            option.strip(" '")
            for option in str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ").split(",")
        ]
        hint = did_you_mean(str(value), options)
        return Problem(place(path, False), f"{name!r} cannot be {value!r}", hint, rule="wrong-value")
    said = str(detail["msg"]).removeprefix("Value error, ").replace("Input should be", "should be")
    return Problem(place(path, False), f"{name!r}: {said}", rule="wrong-value")


def _digits(value: Any) -> bool:
    """A number of more digits than are read is left as text."""
    return isinstance(value, str) and value.isdigit()


def _named(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", str: f"the text {value!r}", int: f"the number {value!r}"}
    if value is None or isinstance(value, bool):
        return {None: "empty", True: "true", False: "false"}[value]
    return names.get(type(value), type(value).__name__)


def _quotable(value: Any) -> bool:
    return isinstance(value, bool)


def _keys_at(model: type[BaseModel], path: YamlPath) -> list[str]:
    """The keys known at a path inside a model's data."""
    found: Any = model
    for step in path:
        found = _into(found, step)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return [info.alias or name for name, info in found.model_fields.items()]
    return []


def _into(found: Any, step: str | int) -> Any:
    if isinstance(found, type) and issubclass(found, BaseModel):
        names = {info.alias or name: info for name, info in found.model_fields.items()}
        return _bare(names[step].annotation) if isinstance(step, str) and step in names else None
    arguments = [arg for arg in typing.get_args(found) if arg is not Ellipsis]
    return _bare(arguments[-1]) if arguments else None


def _bare(annotation: Any) -> Any:
    """An annotation without Annotated, and without `| None`."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    arguments = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
    if len(arguments) == 1 and type(None) in typing.get_args(annotation):
        return _bare(arguments[0])
    return annotation
