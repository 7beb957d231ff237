"""Findings as `chargen validate` tells them: each once, grouped by kind and cause, worst first. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chargen.core.finding_rules import RULES
from chargen.core.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chargen.core.compiled import CompiledShot
    from chargen.core.shot import Unmade
    from chargen.errors import Place

_WORST_FIRST: Final = tuple(Severity)
_LAST: Final = len(RULES)
_IN_ORDER: Final = {name: i for i, name in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and the addresses of the shots it is about; none where it is about a file."""

    problem: Problem
    shots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """The findings that say the same in several places."""

    findings: tuple[Finding, ...]

    @property
    def problem(self) -> Problem:
        """What all of them say, at the first place."""
        return self.findings[0].problem

    @property
    def others(self) -> tuple[Place, ...]:
        """The further places."""
        return tuple(item.problem.place for item in self.findings[1:])


@dataclass(frozen=True, slots=True)
class Group:
    """The causes of one kind and severity."""

    rule: str
    severity: Severity
    causes: tuple[Cause, ...]

    @property
    def count(self) -> int:
        """How many findings it has."""
        return sum(len(cause.findings) for cause in self.causes)


def findings_of(
    problems: Iterable[Problem], shots: Iterable[CompiledShot], unmade: Iterable[Unmade] = ()
) -> tuple[Finding, ...]:
    """Every problem once, worst first, with the shots that have it, or that it keeps from being shots."""
    owners: dict[Problem, list[str]] = defaultdict(list)
    for shot in shots:
        for problem in shot.problems:
            owners[problem].append(str(shot.address))
    for item in unmade:
        owners[item.problem].append(str(item.address))
    return tuple(
        Finding(problem, tuple(sorted(owners.get(problem, ()))))
        for problem in sorted(set(problems), key=_order)
    )


def _order(problem: Problem) -> tuple[object, ...]:
    return (*_kind_order(problem), problem)


def _kind_order(problem: Problem) -> tuple[int, int, str]:
    rank = _IN_ORDER.get(problem.rule, _LAST)
    return (_WORST_FIRST.index(problem.severity), rank, problem.rule)


def groups_of(findings: Sequence[Finding]) -> tuple[Group, ...]:
    """The findings by severity and kind in the order of the rules; in a kind, what was found most often comes first."""
    causes: dict[tuple[str, str, str, str], list[Finding]] = defaultdict(list)
    for item in findings:
        problem = item.problem
        causes[problem.severity, problem.rule, problem.message, problem.hint].append(item)
    kinds: dict[tuple[str, Severity], list[Cause]] = defaultdict(list)
    for same in causes.values():
        kinds[same[0].problem.rule, same[0].problem.severity].append(Cause(tuple(same)))
    groups = [Group(rule, severity, _most_first(found)) for (rule, severity), found in kinds.items()]
    return tuple(sorted(groups, key=lambda group: _kind_order(group.causes[0].problem)))


def _most_first(causes: list[Cause]) -> tuple[Cause, ...]:
    return tuple(sorted(causes, key=lambda cause: (-len(cause.findings), cause.problem.place)))


def count(findings: Iterable[Finding], severity: Severity) -> int:
    """How many findings are as bad as that."""
    return sum(item.problem.severity is severity for item in findings)
