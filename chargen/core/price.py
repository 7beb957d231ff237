"""What a request will cost at most, and what it did cost. Pure: decimals, USD, rounded up to a hundredth of a cent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

from chargen.core.model_table import BATCH_DISCOUNT, MODELS
from chargen.core.world_config import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Upper bounds: a token is at least three characters of English; an input picture is at most 1120 tokens
# (https://ai.google.dev/gemini-api/docs/pricing, 2026-11).
CHARACTERS_PER_TOKEN: Final = 3
TOKENS_PER_REFERENCE: Final = 1120
# Scripts whose characters may be a token each; of those beyond the first plane (emoji) each of the four bytes may be.
_DENSE: Final = re.compile("[\u0900-\u1dff\u2e80-\ua63f\ua6a0-\ua71f\ua800-\uab2f\uab70-\ufaff\ufe30-\uffef]")
_BEYOND: Final = re.compile("[\U00010000-\U0010ffff]")
_TOKENS_BEYOND: Final = 4
_STEP: Final = Decimal("0.0001")
_MILLION: Final = Decimal(1_000_000)


def characters_as_priced(prompt: str) -> int:
    """How many characters of English cost what a prompt may: those of Chinese or Japanese, and emoji, count for several."""
    if prompt.isascii():
        return len(prompt)
    dense, beyond = len(_DENSE.findall(prompt)), len(_BEYOND.findall(prompt))
    return (
        len(prompt)
        + dense * (CHARACTERS_PER_TOKEN - 1)
        + beyond * (_TOKENS_BEYOND * CHARACTERS_PER_TOKEN - 1)
    )


def estimate_tokens(prompt_characters: int, references: int) -> int:
    """How many input tokens a request has at most."""
    return -(-prompt_characters // CHARACTERS_PER_TOKEN) + references * TOKENS_PER_REFERENCE


@dataclass(frozen=True, slots=True)
class Charge:
    """One part of an upper bound: so many tokens of something, at a price."""

    what: str
    tokens: int
    usd_per_million: Decimal
    usd: Decimal


def charges(
    model: str, size: str, mode: Mode, *, prompt_characters: int, references: int
) -> tuple[Charge, ...]:
    """What one request costs at most, part by part, before rounding; KeyError for a model or size the table lacks."""
    prices = MODELS[model]
    parts = (
        ("words", estimate_tokens(prompt_characters, 0), prices.input_per_million),
        ("references", estimate_tokens(0, references), prices.input_per_million),
        ("picture", prices.image_tokens[size], prices.image_per_million),
        ("thinking", prices.thinking_reserve, prices.text_per_million),
    )
    factor = _factor(mode)
    return tuple(
        Charge(what, tokens, price, tokens * price * factor / _MILLION)
        for what, tokens, price in parts
        if tokens
    )


def estimate(model: str, size: str, mode: Mode, *, prompt_characters: int, references: int) -> Decimal:
    """What one request costs at most, thinking included; KeyError for a model or size the table lacks."""
    return total(charges(model, size, mode, prompt_characters=prompt_characters, references=references))


def total(parts: Iterable[Charge]) -> Decimal:
    """What the parts of a request come to, rounded up."""
    return _rounded(sum((part.usd for part in parts), Decimal(0)))


def actual(model: str, mode: Mode, usage: Mapping[str, int]) -> Decimal:
    """What a request cost by its usage metadata (tokens: prompt, image, thoughts, text); 0 for an unknown model."""
    if model not in MODELS:
        return Decimal(0)
    prices = MODELS[model]
    total = (
        usage.get("prompt", 0) * prices.input_per_million
        + usage.get("image", 0) * prices.image_per_million
        + (usage.get("thoughts", 0) + usage.get("text", 0)) * prices.text_per_million
    ) / _MILLION
    return _rounded(total * _factor(mode))


def _factor(mode: Mode) -> Decimal:
    return BATCH_DISCOUNT if mode is Mode.BATCH else Decimal(1)


def _rounded(usd: Decimal) -> Decimal:
    return usd.quantize(_STEP, rounding=ROUND_CEILING)
