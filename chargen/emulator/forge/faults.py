"""The faults of the GitHub stand-in and the names of its calls; written as the Gemini side's are."""

from __future__ import annotations

from typing import Final

from chargen.emulator.faults import FaultKind, FaultTable

ENDPOINTS: Final = (
    "repo",
    "pull-list",
    "pull-create",
    "pull-get",
    "pull-edit",
    "pull-merge",
    "issue",
    "comment-list",
    "comment-create",
    "comment-get",
    "comment-edit",
    "comment-delete",
    "review-list",
    "review-create",
    "permission",
    "workflow-permissions",
    "actions-permissions",
    "selected-actions",
    "secret",
    "workflow-list",
    "workflow",
    "run-list",
    "status-list",
    "status-create",
    "ref",
    "user",
    "rate-limit",
    "git-read",
    "git-push",
)
KINDS: Final = {
    kind.name: kind
    for kind in (
        FaultKind("502", "call", "a 502 before any work is done", {"on": "any"}),
        FaultKind("502-after", "call", "the work is done, the answer is a 502", {"on": "any"}),
        FaultKind("drop", "call", "the connection ends before any work is done", {"on": "any"}),
        FaultKind("lost-answer", "call", "the work is done, the connection ends unanswered", {"on": "any"}),
        FaultKind("secondary-limit", "call", "too much in too short a time; `retry=0` names no wait",
                  {"retry": 1.0, "on": "any"}),
        FaultKind("rate-limit", "call", "the hour's calls are used up, for `reset` seconds more",
                  {"reset": 1.0, "on": "any"}),
        FaultKind("slow", "call", "the answer takes `delay` seconds longer", {"delay": 0.5, "on": "any"}),
        FaultKind("list-lag", "call", "the newest pull request is missing from a list"),
        FaultKind("unfiltered-list", "call", "a list of pull requests heeds neither head nor base"),
    )
}  # fmt: skip
FORGE: Final = FaultTable(KINDS, ENDPOINTS)
