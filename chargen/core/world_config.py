"""
chargen.yaml: how a world wants its pictures made. Every key optional, unknown keys errors. Pure.

No key of a world file names a URL, a host, a command or an environment variable.
"""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
)

from chargen.core.model_table import DEFAULT_MODEL, RATIOS_14, SIZE_FACTORS
from chargen.core.strict import AS_WHOLE, Amount, Lines, Strict, Text, Whole, empty_as, mapping_from
from chargen.core.suggest import did_you_mean

SAFETY_CATEGORIES = ("harassment", "hate_speech", "sexually_explicit", "dangerous_content")
SAFETY_THRESHOLDS = ("low_and_above", "medium_and_above", "only_high", "none", "off")


class Mode(enum.StrEnum):
    """How requests reach Gemini: one by one, or as batches at half price."""

    LIVE = "live"
    BATCH = "batch"


class WhenChanged(enum.StrEnum):
    """What a changed reference picture does to the shots that were made with it."""

    REGENERATE = "regenerate"
    ASK = "ask"


class Reference(Strict):
    """A reference picture: a file (`path`), or another shot's accepted picture (`ref`)."""

    id: Text | None = None
    path: Text | None = None
    ref: Text | None = None
    role: Text = "style"
    must_match: bool = False
    note: Text | None = None
    when_changed: WhenChanged = WhenChanged.REGENERATE


References = Annotated[tuple[Reference, ...], empty_as(())]


class _WithOthers(Strict):
    """A mapping whose `other` keys reach the prompt as if they stood beside the known ones."""

    @model_serializer(mode="wrap")
    def _flat(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = handler(self)
        others: dict[str, Any] = said.pop("other", {})
        return others | said


class Lighting(_WithOthers):
    """Where the light comes from and what it is like."""

    source: Text | None = None
    quality: Text | None = None
    direction: Text | None = None
    secondary_source: Text | None = None
    color_temperature: Text | None = None
    shadow_depth: Text | None = None
    atmospheric: Text | None = None
    other: Annotated[dict[str, Text], empty_as({})] = Field(default_factory=dict)


class Palette(_WithOthers):
    """Colours by weight, and those to keep out."""

    dominant: Lines = ()
    accent: Lines = ()
    avoid: Lines = ()
    other: Annotated[dict[str, Lines], empty_as({})] = Field(default_factory=dict)


LightingField = Annotated[Lighting, mapping_from("source")]
PaletteField = Annotated[
    Palette,
    BeforeValidator(lambda value: {"dominant": value} if isinstance(value, (str, list, tuple)) else value),
]


class Mood(Strict):
    """One word of the world's mood vocabulary, and what it looks like."""

    look: Lines = ()
    lighting: LightingField | None = None
    palette: PaletteField | None = None


class Style(Strict):
    """What every picture of the world shares."""

    medium: Text | None = None
    donts: Lines = ()
    references: References = ()


class Context(Strict):
    """Which prose may feed the prompt for one kind of entity, and how much of it (characters)."""

    files: Lines = ("*.md",)
    sections: Lines = ()
    front_matter: Lines = ()
    budget: Whole = Field(default=600, ge=0, le=20_000)


def _known(value: str | None, options: tuple[str, ...], what: str) -> str | None:
    if value is not None and value not in options:
        raise ValueError(f"{value!r} is no {what}; {did_you_mean(value, options)}")
    return value


Variants = Annotated[int, Field(strict=True, ge=1, le=16), AS_WHOLE]


class TypeOverride(Strict):
    """Provider settings for one image type (`image_type` of a shot)."""

    model: Text | None = None
    size: Text | None = None
    aspect_ratio: Text | None = Field(default=None, validation_alias=AliasChoices("aspect_ratio", "aspect"))
    variants: Variants | None = None


class ProviderConfig(Strict):
    """How a request is made when the shot does not say."""

    mode: Mode | None = None
    model: Text = DEFAULT_MODEL
    size: Text = "1K"
    aspect_ratio: Text = Field(default="16:9", validation_alias=AliasChoices("aspect_ratio", "aspect"))
    variants: Variants = 1
    seed: Literal["variant", "none"] = "variant"
    safety: Annotated[dict[str, str], empty_as({})] = Field(
        default_factory=dict,
        json_schema_extra={
            "propertyNames": {"enum": list(SAFETY_CATEGORIES)},
            "additionalProperties": {"enum": list(SAFETY_THRESHOLDS)},
        },
    )
    regenerate_on: Annotated[tuple[Literal["model", "size"], ...], empty_as(())] = ()
    image_types: Annotated[dict[str, TypeOverride], empty_as({})] = Field(default_factory=dict)

    @field_validator("safety")
    @classmethod
    def _known_safety(cls, value: dict[str, str]) -> dict[str, str]:
        for category, threshold in value.items():
            _known(category, SAFETY_CATEGORIES, "safety category")
            _known(threshold, SAFETY_THRESHOLDS, "safety threshold")
        return value


class Limits(Strict):
    """How fast and how much at once; the rates are per minute and per model."""

    workers: Whole = Field(default=4, ge=1, le=200)
    requests_per_minute: Whole = Field(default=60, ge=1)
    images_per_minute: Whole = Field(default=30, ge=1)
    tokens_per_minute: Whole = Field(default=1_000_000, ge=1)
    open_batches: Whole = Field(default=50, ge=1, le=100)
    enqueued_tokens: Whole = Field(default=2_000_000, ge=1)
    requests_per_batch: Whole = Field(default=50, ge=1, le=500)
    bytes_per_batch: Whole = Field(default=1_500_000_000, ge=1_000_000, le=2_000_000_000)
    retries: Whole = Field(default=3, ge=1, le=20)
    list_lag: Whole = Field(default=120, ge=0, le=600)  # well under a lease
    debounce: Literal["until_batch_ends", "none"] = "until_batch_ends"


class Budget(Strict):
    """Caps in USD, and on new shots in one push."""

    run_usd: Amount = Field(default=Decimal(5), ge=0)
    month_usd: Amount = Field(default=Decimal(40), ge=0)
    new_shots_per_push: Whole = Field(default=25, ge=0)


class Review(Strict):
    """How much a pull request may hold."""

    max_pictures: Whole = Field(default=25, ge=1)
    max_open: Whole = Field(default=10, ge=1)


class Storage(Strict):
    """How pictures lie in the tree."""

    format: Literal["png", "webp", "jpeg"] = "png"
    lfs: bool = False


class WorldConfig(Strict):
    """The whole of chargen.yaml."""

    roots: Lines = (".",)
    style: Annotated[Style, empty_as({})] = Style()
    moods: Annotated[dict[str, Annotated[Mood, empty_as({})]], empty_as({})] = Field(default_factory=dict)
    context: Annotated[dict[Literal["character", "location", "chapter"], Context], empty_as({})] = Field(
        default_factory=dict
    )
    provider: Annotated[ProviderConfig, empty_as({})] = ProviderConfig()
    limits: Annotated[Limits, empty_as({})] = Limits()
    budget: Annotated[Budget, empty_as({})] = Budget()
    review: Annotated[Review, empty_as({})] = Review()
    storage: Annotated[Storage, empty_as({})] = Storage()
    prompt_override: Literal["prompt_used"] | None = None
    rows: Annotated[tuple[Literal["prompt_used", "alt_text", "tags"], ...], empty_as(())] = ()


ASPECT_RATIOS = RATIOS_14
SIZES = tuple(SIZE_FACTORS)
