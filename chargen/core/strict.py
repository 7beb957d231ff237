"""
The shapes people write, at the border: frozen, no unknown key, every value as text until it has a meaning. Pure.

Field types accept what writers really type: a number where text is meant, one line where a list is meant.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Strict(BaseModel):
    """A mapping that a person writes; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_list(value: Any) -> Any:
    if value is None:
        return ()
    return [value] if isinstance(value, (str, int)) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Lines = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]


def mapping_from(key: str) -> BeforeValidator:
    """Let a plain text stand for a mapping with that one key: `mood: calm`, `characters: [veyra]`."""
    return BeforeValidator(lambda value: {key: _as_text(value)} if isinstance(value, (str, int)) else value)


def empty_as(default: Any) -> BeforeValidator:
    """Let a key without a value (`style:`) stand for its default."""
    return BeforeValidator(lambda value: default if value is None else value)
