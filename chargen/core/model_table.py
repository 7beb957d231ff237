"""
Image models, their limits and their prices: the one dated data file.

Sources: ai.google.dev changelog, deprecations, pricing, files and batch pages, read up to 2026-11; third-party reports
where `unverified` says so. Prices are USD per million tokens. Pure: data only.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

TABLE_DATE: Final = "2026-11-23"
DEFAULT_MODEL: Final = "gemini-nano-banana-2.1"
BATCH_DISCOUNT: Final = Decimal("0.5")

RATIOS_10: Final = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
RATIOS_14: Final = (
    "1:1",
    "1:4",
    "1:8",
    "2:3",
    "3:2",
    "3:4",
    "4:1",
    "4:3",
    "4:5",
    "5:4",
    "8:1",
    "9:16",
    "16:9",
    "21:9",
)

# Pixels at 1K (https://ai.google.dev/gemini-api/docs/image-generation, 2026-11). 2K and 4K are these times 2 and 4.
PIXELS_1K: Final = {
    "1:1": (1024, 1024),
    "1:4": (512, 2048),
    "1:8": (384, 3072),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:1": (2048, 512),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "8:1": (3072, 384),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
}
SIZE_FACTORS: Final = {"512": Decimal("0.5"), "1K": Decimal(1), "2K": Decimal(2), "4K": Decimal(4)}


@dataclass(frozen=True, slots=True)
class ImageModel:
    """One image model of the Developer API: what it takes and what it costs."""

    id: str
    image_tokens: dict[str, int]  # size -> output image tokens
    ratios: tuple[str, ...]
    max_references: int
    input_per_million: Decimal
    text_per_million: Decimal
    image_per_million: Decimal
    thinking_reserve: int = 0  # text tokens to reserve for thinking (upper bound)
    takes_thinking_level: bool = False
    unverified: tuple[str, ...] = ()
    released: str = ""


@dataclass(frozen=True, slots=True)
class RetiredModel:
    """A model that is gone, and the one to name instead."""

    id: str
    since: str
    instead: str = DEFAULT_MODEL


MODELS: Final = {
    model.id: model
    for model in (
        ImageModel(
            id="gemini-nano-banana-2.1",
            image_tokens={"1K": 1120, "2K": 1680, "4K": 3780},
            ratios=RATIOS_14,
            max_references=14,
            input_per_million=Decimal("1.50"),
            text_per_million=Decimal("7.50"),
            image_per_million=Decimal(30),
            # thinking_level MINIMAL is always sent; 256 is our bound for it, actual usage is booked afterwards.
            thinking_reserve=256,
            takes_thinking_level=True,
            unverified=(
                "4K price: sources say 2520 or 3780 tokens; the dearer one is used",
                "thinking at MINIMAL: 256 tokens reserved",
            ),
            released="2026-10-06",
        ),
        ImageModel(
            id="gemini-3-pro-image",
            image_tokens={"1K": 1120, "2K": 1120, "4K": 2000},
            ratios=RATIOS_10,
            max_references=14,
            input_per_million=Decimal(2),
            text_per_million=Decimal(12),
            image_per_million=Decimal(120),
            thinking_reserve=2048,
            unverified=("thinking cannot be lowered: 2048 tokens reserved", "input and text prices"),
            released="2026-05-28",
        ),
        ImageModel(
            id="gemini-3.1-flash-lite-image",
            image_tokens={"1K": 1120},
            ratios=RATIOS_10,
            max_references=14,
            input_per_million=Decimal("0.25"),
            text_per_million=Decimal("1.50"),
            image_per_million=Decimal(30),
            thinking_reserve=256,
            unverified=(
                "ratios: 10 or 14 by source; the 10 both agree on are allowed",
                "input and text prices",
            ),
        ),
    )
}

RETIRED: Final = {
    model.id: model
    for model in (
        RetiredModel("gemini-3.1-flash-image", since="2026-10-29"),
        RetiredModel("gemini-3.1-flash-image-preview", since="2026-10-29"),
        RetiredModel("gemini-3-pro-image-preview", since="2026-05-28", instead="gemini-3-pro-image"),
        RetiredModel("gemini-2.5-flash-image", since="2026-10-02"),
        RetiredModel("gemini-2.5-flash-image-preview", since="2026-10-02"),
        RetiredModel("gemini-2.0-flash-preview-image-generation", since="2025-11-14"),
        RetiredModel("imagen-4.0-generate-001", since="2026-08-17"),
        RetiredModel("imagen-4.0-fast-generate-001", since="2026-08-17"),
        RetiredModel("imagen-4.0-ultra-generate-001", since="2026-08-17"),
    )
}


def pixels(aspect_ratio: str, size: str) -> tuple[int, int]:
    """Width and height in pixels that a model draws for an aspect ratio and a size; KeyError when the table lacks one."""
    width, height = PIXELS_1K[aspect_ratio]
    factor = SIZE_FACTORS[size]
    return int(width * factor), int(height * factor)
