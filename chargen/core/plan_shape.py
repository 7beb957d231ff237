"""What stands in plan.json, field by field: `plan_json.py` writes these shapes, and schemas/plan.schema.json is made of them. Pure."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from chargen.core.plan import Action, Reason
from chargen.core.problem import Severity
from chargen.core.world_config import Mode


class PlanOptions(TypedDict):
    """What was asked of the plan."""

    only: list[str]
    force: list[str]
    variants: int | None
    mode: Mode
    maxCostUsd: str | None
    hold: bool
    model: str
    reason: str


class PlanCounts(TypedDict):
    """How many jobs have each action."""

    generate: int
    restore: int
    skip: int


class PlanCost(TypedDict):
    """What a job costs at most."""

    usd: str


class Sections(TypedDict, total=False):
    """The prompt IR: six sections, those left out that say nothing."""

    subject: dict[str, Any]
    setting: dict[str, Any]
    mood: dict[str, Any]
    composition: dict[str, Any]
    continuity: dict[str, Any]
    references: list[dict[str, Any]]


class ProviderFields(TypedDict):
    """How the picture is asked for; these fields go into the request hash."""

    model: str
    size: str
    aspect: str
    safety: dict[str, str]
    seed: Literal["variant", "none"]
    variant: int


class PlannedReference(TypedDict):
    """A picture that is sent along."""

    id: str
    role: str
    path: str | None
    shot: str | None
    sha256: str | None
    mustMatch: bool


class PlannedJob(TypedDict):
    """
    One job: a variant of a shot that is made or put back, or a shot that is left as it is.

    Of a wanted picture that cannot be made, promptHash, prompt and providerPlan are null.
    """

    address: str
    jobId: str
    targetKind: Literal["character", "location", "chapter"]
    targetSlug: str
    variant: int
    action: Action
    reason: Reason
    detail: str
    cost: PlanCost
    requestHash: str | None
    sharedWith: str | None
    order: str | None
    imageryYamlPath: str
    outputDir: str
    promptIR: Sections
    promptHash: str | None
    prompt: str | None
    providerPlan: ProviderFields | None
    references: list[PlannedReference]


class Finding(TypedDict):
    """Something wrong with the writer's files."""

    path: str
    line: int
    column: int
    severity: Severity
    message: str
    hint: str


class PlanFile(TypedDict):
    """The whole of plan.json."""

    schema: Literal["chargen/plan@1"]
    chargen: str
    tree: str
    books: str
    options: PlanOptions
    capUsd: str
    costUsd: str
    laterUsd: str
    held: str
    heldUsd: str
    counts: PlanCounts
    items: list[PlannedJob]
    problems: list[Finding]
