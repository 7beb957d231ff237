"""Model, size and ratio against the model table: for the world's defaults and for what one shot asks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.model_table import MODELS, RETIRED
from chargen.core.problem import Problem
from chargen.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chargen.core.shot import YamlPath
    from chargen.core.world_config import WorldConfig
    from chargen.errors import Place


def check_config(config: WorldConfig, place: Callable[[YamlPath, bool], Place]) -> tuple[Problem, ...]:
    """What the provider section asks that its models do not have."""
    provider = config.provider
    found: list[tuple[YamlPath, str, str, str]] = [
        (("provider",), provider.model, provider.size, provider.aspect_ratio)
    ]
    for name, override in provider.image_types.items():
        model = override.model or provider.model
        found.append(
            (
                ("provider", "image_types", name),
                model,
                override.size or provider.size,
                override.aspect_ratio or provider.aspect_ratio,
            )
        )
    return tuple(
        Problem(place((*path, field), False), message, hint, rule="unsupported")
        for path, model, size, ratio in found
        for field, message, hint in unsupported(model, size, ratio)
    )


def unsupported(model: str, size: str, aspect_ratio: str) -> Iterator[tuple[str, str, str]]:
    """What a model cannot do: the field, what is wrong, what to do."""
    if model in RETIRED:
        gone = RETIRED[model]
        yield "model", f"model {model!r} was shut down ({gone.since})", f"use {gone.instead!r}"
        return
    if model not in MODELS:
        yield "model", f"unknown model {model!r}", did_you_mean(model, MODELS)
        return
    known = MODELS[model]
    if size not in known.image_tokens:
        yield "size", f"{model} has no size {size!r}", f"it has {', '.join(known.image_tokens)}"
    if aspect_ratio not in known.ratios:
        yield (
            "aspect_ratio",
            f"{model} has no aspect ratio {aspect_ratio!r}",
            f"it has {', '.join(known.ratios)}",
        )
