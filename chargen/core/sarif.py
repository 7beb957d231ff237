"""
Findings as SARIF 2.1.0, which code scanners read. Pure.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os.html (read 2026-11-23)
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from chargen.core.finding_rules import Rule, rule_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.findings import Finding
    from chargen.core.problem import Problem

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT: Final = "%SRCROOT%"


def sarif(findings: Sequence[Finding], *, version: str, prefix: str = "") -> dict[str, Any]:
    """One run's findings; `prefix` is the way from the repository's top to the world, with a slash at its end."""
    names = sorted({item.problem.rule for item in findings if item.problem.rule})
    driver = {"name": "chargen", "version": version, "rules": [_rule(rule_of(name), name) for name in names]}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(item, names, prefix) for item in findings],
            }
        ],
    }


def _rule(rule: Rule, name: str) -> dict[str, Any]:
    title = rule.title[:1].upper() + rule.title[1:]
    return {
        "id": name,
        "shortDescription": {"text": f"{title}."},
        "help": {"text": f"{title}. {rule.do}"},
        "defaultConfiguration": {"level": rule.severities[-1].value},
    }


def _result(item: Finding, names: Sequence[str], prefix: str) -> dict[str, Any]:
    problem = item.problem
    found: dict[str, Any] = {
        "level": problem.severity.value,
        "message": {"text": f"{problem.message}. {problem.hint}".rstrip(". ")},
        "locations": [{"physicalLocation": _location(problem, prefix)}],
        "partialFingerprints": {"chargenFinding/v1": _fingerprint(problem)},
    }
    if problem.rule:
        found |= {"ruleId": problem.rule, "ruleIndex": names.index(problem.rule)}
    if item.shots:
        found["properties"] = {"shots": list(item.shots)}
    return found


def _location(problem: Problem, prefix: str) -> dict[str, Any]:
    place = problem.place
    location: dict[str, Any] = {
        "artifactLocation": {"uri": quote(f"{prefix}{place.path}"), "uriBaseId": _ROOT}
    }
    if place.line:
        region = {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})
        location["region"] = region
    return location


def _fingerprint(problem: Problem) -> str:
    """The same wherever the finding moves to in its file, so that it is not taken for a new one."""
    said = f"{problem.rule}\n{problem.place.path}\n{problem.message}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
