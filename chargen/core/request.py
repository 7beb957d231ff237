"""
The one request body: what stands in a batch's JSONL line and what a live call sends are the same dict. Pure.

Decides the order of parts, where each setting goes, and the seed. The shape is REST's (camelCase), so no SDK has to
translate it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from chargen.core.model_table import MODELS
from chargen.core.world_config import SAFETY_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

THINKING_LEVEL: Final = "MINIMAL"  # thinking is billed as text; the model's own default is MEDIUM
THRESHOLDS: Final = {
    "low_and_above": "BLOCK_LOW_AND_ABOVE",
    "medium_and_above": "BLOCK_MEDIUM_AND_ABOVE",
    "only_high": "BLOCK_ONLY_HIGH",
    "none": "BLOCK_NONE",
    "off": "OFF",
}


@dataclass(frozen=True, slots=True)
class ProviderPlan:
    """How one picture is asked for, all defaults resolved; `safety` in the words of chargen.yaml."""

    model: str
    size: str
    aspect_ratio: str
    safety: Mapping[str, str] = field(default_factory=dict)
    seed: Literal["variant", "none"] = "variant"

    def hashed(self, variant: int) -> dict[str, Any]:
        """The provider part of a request hash. Changing a name or a value here bills everybody again."""
        return {
            "model": self.model,
            "size": self.size,
            "aspect": self.aspect_ratio,
            "safety": dict(self.safety),
            "seed": self.seed,
            "variant": variant,
        }


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A reference picture as it is sent: scaled, in base64."""

    role: str
    id: str
    mime: str
    data_b64: str = field(repr=False)


def build_request(
    plan: ProviderPlan, prompt_text: str, images: Sequence[InlineImage], *, variant: int, order: str = ""
) -> dict[str, Any]:
    """
    The GenerateContentRequest for one picture; an `order` (force, reroll, retry) gets a seed of its own.

    Each reference follows its label, so that the prompt's `Reference 2` means one picture; the prompt is the last part
    and stays whole. Safety settings are a sibling of contents, everything else goes under generationConfig
    (https://ai.google.dev/api/generate-content, 2026-11; google-genai 3.4.0 writes the same).
    """
    body: dict[str, Any] = {
        "contents": [{"role": "user", "parts": [*_labelled(images), {"text": prompt_text}]}],
        "generationConfig": _generation_config(plan, variant, order),
    }
    if plan.safety:
        body["safetySettings"] = [
            {"category": f"HARM_CATEGORY_{category.upper()}", "threshold": THRESHOLDS[plan.safety[category]]}
            for category in SAFETY_CATEGORIES
            if category in plan.safety
        ]
    return body


def jsonl_line(key: str, request: Mapping[str, Any]) -> bytes:
    """
    One line of a batch's input file.

    ASCII throughout: U+2028 in a writer's text ends a line for some readers, and a lone surrogate has no UTF-8.
    """
    return json.dumps({"key": key, "request": request}, separators=(",", ":")).encode("ascii") + b"\n"


def seed(*, variant: int, order: str = "") -> int:
    """The seed of a variant: its number, or for an ordered picture 31 bits that no other order shares."""
    if not order:
        return variant
    digest = hashlib.sha256(f"{order}|{variant}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFF_FFFF  # the field is an int32


def _labelled(images: Sequence[InlineImage]) -> Iterator[dict[str, Any]]:
    for place, image in enumerate(images, start=1):
        yield {"text": f"Reference {place}: {image.role} ({image.id})"}
        yield {"inlineData": {"mimeType": image.mime, "data": image.data_b64}}


def _generation_config(plan: ProviderPlan, variant: int, order: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "responseModalities": ["IMAGE"],
        "imageConfig": {"aspectRatio": plan.aspect_ratio, "imageSize": plan.size},
    }
    if plan.seed == "variant":
        config["seed"] = seed(variant=variant, order=order)
    model = MODELS.get(plan.model)
    if model is not None and model.takes_thinking_level:
        config["thinkingConfig"] = {"thinkingLevel": THINKING_LEVEL}
    return config
