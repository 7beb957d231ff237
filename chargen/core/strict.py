"""
The shapes people write, at the border: frozen, no unknown key, every value as text until it has a meaning. Pure.

Field types accept what writers really type: a number where text is meant, one line where a list is meant.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_WHOLE: Final = re.compile(r"[0-9]+(?:_[0-9]+)*")
_AMOUNT: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
LONGEST_NUMBER: Final = 24  # digits of a number that anybody can mean


class Strict(BaseModel):
    """A mapping that a person writes; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_list(value: Any) -> Any:
    if value is None:
        return ()
    return [value] if isinstance(value, (str, int)) else value


def _as_words(value: Any) -> Any:
    """One text, or a list of texts; refused here, so that a writer meets one finding and not one for each form."""
    many = isinstance(value, (list, tuple))
    texts = [_as_text(item) for item in (value if many else [value])]
    if not all(isinstance(text, str) for text in texts):
        raise PydanticCustomError("words_type", "neither a text nor a list of texts")
    return texts if many else texts[0]


def _as_whole(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= LONGEST_NUMBER and _WHOLE.fullmatch(value):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_amount(value: Any) -> Any:
    if isinstance(value, str) and not (len(value) <= LONGEST_NUMBER and _AMOUNT.fullmatch(value)):
        raise PydanticCustomError("decimal_parsing", "not an amount such as 2.50")
    return value


Text = Annotated[str, BeforeValidator(_as_text)]
AS_WHOLE: Final = BeforeValidator(_as_whole)
Whole = Annotated[int, Field(strict=True), AS_WHOLE]  # strict: truth is no number
Amount = Annotated[Decimal, BeforeValidator(_as_amount)]
Lines = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]
Words = Annotated[str | tuple[Text, ...], BeforeValidator(_as_words)]  # stays what it was: both are hashed


def mapping_from(key: str) -> BeforeValidator:
    """Let a plain text stand for a mapping with that one key: `mood: calm`, `characters: [veyra]`."""
    return BeforeValidator(lambda value: {key: _as_text(value)} if isinstance(value, (str, int)) else value)


def empty_as(default: Any) -> BeforeValidator:
    """Let a key without a value (`style:`) stand for its default."""
    return BeforeValidator(lambda value: default if value is None else value)
