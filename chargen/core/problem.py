"""What is wrong with a writer's files, as a value: never an exception, so that one bad file stops nothing else. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from chargen.errors import ConfigurationError, Place


class Severity(enum.StrEnum):
    """An error leaves its shot or entity out of the plan; a warning does not; a note says what was taken as read."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding: where it is, what is wrong, what to do, and which rule (a short kebab-case id) found it."""

    place: Place
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    rule: str = ""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.place}: {self.severity}: {self.message}{hint}"


def warning(place: Place, message: str, *, hint: str = "", rule: str = "") -> Problem:
    """A finding that leaves its shot in the plan."""
    return Problem(place, message, hint, Severity.WARNING, rule)


def note(place: Place, message: str, *, hint: str = "", rule: str = "") -> Problem:
    """What a writer may want to know, and `validate` says; a plan does not repeat it."""
    return Problem(place, message, hint, Severity.NOTE, rule)


class BadConfiguration(ConfigurationError):  # noqa: N818  # the words of its parent
    """A chargen.yaml that cannot be used: every finding in it, in one message for those who only print it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first, *rest = problems
        said = f"{first.message} ({first.hint})" if first.hint else first.message
        super().__init__("\n".join([said, *map(str, rest)]), place=first.place)
        self.problems = problems
