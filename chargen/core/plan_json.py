"""plan.json: the plan as JSON, the same bytes for the same plan; and reading back what identifies it. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from chargen.core.plan import Action, Item, Options, Plan
from chargen.core.world_config import Mode
from chargen.errors import ConfigurationError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.core.compiled import Sent
    from chargen.core.plan_shape import (
        Finding,
        PlanFile,
        PlannedJob,
        PlannedReference,
        PlanOptions,
        ProviderFields,
        Sections,
    )
    from chargen.core.problem import Problem

SCHEMA: Final = "chargen/plan@1"


def plan_json(plan: Plan) -> str:
    """The plan as JSON text, keys sorted, one a line."""
    return json.dumps(plan_data(plan), sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def plan_data(plan: Plan) -> PlanFile:
    """The plan as plain data, in the names of DESIGN: camelCase."""
    return {
        "schema": SCHEMA,
        "chargen": plan.version,
        "tree": plan.tree,
        "books": plan.books,
        "options": options_data(plan.options),
        "capUsd": str(plan.cap_usd),
        "costUsd": str(plan.cost_usd),
        "laterUsd": str(plan.later_usd),
        "held": plan.held,
        "heldUsd": str(plan.held_usd),
        "counts": {
            "generate": len(plan.of(Action.GENERATE)),
            "restore": len(plan.of(Action.RESTORE)),
            "skip": len(plan.of(Action.SKIP)),
        },
        "items": [item_data(item) for item in plan.items],
        "problems": [problem_data(problem) for problem in plan.problems],
    }


def options_data(options: Options) -> PlanOptions:
    """The options a plan was made with."""
    return {
        "only": list(options.only),
        "force": list(options.force),
        "variants": options.variants,
        "mode": options.mode,
        "maxCostUsd": None if options.max_cost_usd is None else str(options.max_cost_usd),
        "hold": options.hold,
        "model": options.model,
        "reason": options.reason,
    }


def item_data(item: Item) -> PlannedJob:
    """One job of the plan as plain data. ValueError for an item of nothing wanted, which no plan holds."""
    shot = item.compiled
    wanted = shot.shot if shot is not None else item.unmade
    if wanted is None:
        raise ValueError(f"{item.job_id} comes without its shot")
    return {
        "address": str(item.address),
        "jobId": item.job_id,
        "targetKind": cast("Any", item.address.kind),
        "targetSlug": item.address.slug,
        "variant": item.variant,
        "action": item.action,
        "reason": item.reason,
        "detail": item.detail,
        "cost": {"usd": str(item.cost_usd)},
        "requestHash": item.request_hash or None,
        "sharedWith": item.shares or None,
        "order": item.order.id if item.order else None,
        "imageryYamlPath": wanted.file,
        "outputDir": f"{wanted.folder}/images".lstrip("/"),
        "promptIR": cast("Sections", shot.ir.sections if shot else {}),
        "promptHash": shot.prompt_hash if shot else None,
        "prompt": shot.prompt(item.note) if shot else None,
        "providerPlan": cast("ProviderFields", shot.provider.hashed(item.variant)) if shot else None,
        "references": [_reference_data(sent) for sent in shot.references] if shot else [],
    }


def _reference_data(sent: Sent) -> PlannedReference:
    return {
        "id": sent.used.id,
        "role": sent.used.role,
        "path": sent.path or None,
        "shot": str(sent.used.shot) if sent.used.shot else None,
        "sha256": sent.sha256 or None,
        "mustMatch": sent.used.must_match,
    }


def problem_data(problem: Problem) -> Finding:
    """A finding as plain data."""
    return {
        "path": problem.place.path,
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a plan file says of itself; its items are never trusted, only compared."""

    text: str
    version: str
    tree: str
    books: str
    options: Options


def read_options(data: Mapping[str, Any]) -> Options:
    """Options as they were recorded. KeyError, ValueError, TypeError, ArithmeticError for anything else."""
    most, variants = data["maxCostUsd"], data["variants"]
    if variants is not None and (type(variants) is not int or variants < 1):
        raise ValueError(f"variants {variants!r}")
    cap = None if most is None else Decimal(_text(most))
    if cap is not None and not cap.is_finite():
        raise ValueError(f"maxCostUsd {most!r}")
    return Options(
        only=_texts(data["only"]),
        force=_texts(data["force"]),
        variants=variants,
        mode=Mode(data["mode"]),
        max_cost_usd=cap,
        hold=data.get("hold") is True,
        model=_text(data.get("model", "")),
        reason=_text(data.get("reason", "")),
    )


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} where a list belongs")
    return tuple(map(_text, value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a text belongs")
    return value


def read_plan(text: str, *, path: str) -> SavedPlan:
    """What a plan file was made from. ConfigurationError when it is no plan of this version's."""
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ValueError(f"it does not say schema {SCHEMA}")  # noqa: TRY301  # one remedy for all
        read = read_options(data["options"])
        return SavedPlan(text, str(data["chargen"]), str(data["tree"]), str(data["books"]), read)
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        hint = "make it anew with `chargen batch plan --out FILE`"
        raise ConfigurationError(f"not a plan file: {_why(error)}", hint=hint, place=Place(path)) from None


def _why(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"no JSON ({error.msg}, line {error.lineno})"
        case KeyError():
            return f"{error.args[0]!r} is missing"
        case RecursionError():
            return "nested too deeply"
        case ArithmeticError():
            return "an amount in it is no number"
        case _:
            return (
                "its options are not as chargen writes them" if isinstance(error, TypeError) else str(error)
            )
