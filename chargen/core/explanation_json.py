"""A shot explained as plain data, in the names of plan.json. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chargen.core.digest import EPOCH, SECTIONS
from chargen.core.explanation import explain_cuts, explain_lines, explain_references
from chargen.core.plan_json import item_data, problem_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chargen.core.compiled import CompiledShot
    from chargen.core.explanation import Cut, Explained, ExplainedReference
    from chargen.core.plan import Item
    from chargen.core.price import Charge
    from chargen.core.shot import Unmade
    from chargen.errors import Place

SCHEMA: Final = "chargen/explanation@1"


def explanation_data(explained: Explained) -> dict[str, Any]:
    """All that `chargen explain` knows of a shot."""
    world, shot = explained.world, explained.shot
    return {
        "schema": SCHEMA,
        "address": str(shot.address),
        "place": _place(world.locate(shot.shot.origin)),
        "prompt": shot.prompt(),
        "lines": [{"text": line.text, "places": _places(line.places)} for line in explain_lines(world, shot)],
        "trimmed": [_cut(cut) for cut in explain_cuts(world, shot)],
        "references": [
            _reference(number, item) for number, item in enumerate(explain_references(world, shot), start=1)
        ],
        "provider": {
            "model": shot.provider.model,
            "size": shot.provider.size,
            "aspect": shot.provider.aspect_ratio,
            "safety": dict(shot.provider.safety),
            "seed": shot.provider.seed,
            "variants": shot.variants,
            "mode": explained.mode,
        },
        "hashes": _hashes(shot),
        "price": {
            "usd": str(explained.usd),
            "variants": shot.variants,
            "usdForAll": str(explained.usd * shot.variants),
            "parts": [_charge(part) for part in explained.charges],
        },
        "current": _current(shot),
        "items": [item_data(item) for item in explained.items],
        "problems": [problem_data(problem) for problem in explained.problems],
    }


def unmade_data(unmade: Unmade, items: Iterable[Item]) -> dict[str, Any]:
    """Why a wanted picture cannot be made; there is nothing else to know of it."""
    return {
        "schema": SCHEMA,
        "address": str(unmade.address),
        "place": _place(unmade.problem.place),
        "items": [item_data(item) for item in items],
        "problems": [problem_data(unmade.problem)],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "column": place.column}


def _places(places: Iterable[Place]) -> list[dict[str, Any]]:
    return [_place(place) for place in places]


def _cut(cut: Cut) -> dict[str, Any]:
    return {
        "name": cut.name,
        "place": _place(cut.place),
        "kept": cut.kept,
        "length": cut.length,
        "cut": cut.text,
        "kind": cut.kind,
        "budget": cut.budget,
        "budgetPlace": _place(cut.budget_place),
    }


def _reference(number: int, item: ExplainedReference) -> dict[str, Any]:
    used = item.sent.used
    return {
        "number": number,
        "id": used.id,
        "role": used.role,
        "mustMatch": used.must_match,
        "note": used.note or None,
        "whenChanged": used.when_changed.value,
        "path": item.sent.path or None,
        "shot": str(used.shot) if used.shot else None,
        "sha256": item.sent.sha256 or None,
        "places": _places(item.places),
        "broughtBy": item.brought_by or None,
    }


def _hashes(shot: CompiledShot) -> dict[str, Any]:
    """The hashes; no request has one while a reference has no picture."""
    variants = range(1, shot.variants + 1) if shot.complete else ()
    return {
        "epoch": EPOCH,
        "prompt": shot.prompt_hash,
        "source": shot.source_digest,
        "sections": dict(zip(SECTIONS, shot.sections, strict=True)),
        "requests": {shot.address.job_id(variant): shot.request_hash(variant) for variant in variants},
    }


def _charge(part: Charge) -> dict[str, Any]:
    return {
        "what": part.what,
        "tokens": part.tokens,
        "usdPerMillion": str(part.usd_per_million),
        "usd": f"{part.usd:.6f}",
    }


def _current(shot: CompiledShot) -> dict[str, Any] | None:
    """The row of the picture the shot has, and what it was asked with."""
    row = shot.shot.row
    if row is None:
        return None
    return {
        "jobId": row.job_id,
        "filePath": row.file_path,
        "sha256": row.sha256 or None,
        "promptHash": row.ask.prompt_hash or None,
        "epoch": row.ask.epoch,
    }
