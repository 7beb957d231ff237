"""
The error tree, its exit codes, and the place an error points to.

ChargenError
├── Interrupted          130  Ctrl-C or a terminating signal
├── UsageError            64  the command line asks for something that cannot be
├── ConfigurationError     3  configuration, key or a local file chargen needs is missing or bad
├── ProviderRefused        4  the provider said no (wrong key, retired model, daily quota)
├── BooksConflict          5  quarantine, unknown or missing books: an operator has to look
│   └── LostRace           5  somebody else wrote the books first: nothing was written, try again
├── ForgeTrouble           1  the forge refused, or could not be reached
├── StalePlan              5  the tree or the books have moved on since the plan was made
├── WorkFailed             1  something that was tried did not come out
└── SpliceRefused          1  a YAML file that cannot be changed safely was left alone
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class ExitCode(enum.IntEnum):
    """What the process tells its caller; the table in docs/exit-codes.md is generated from here."""

    DONE = 0
    FAILED = 1
    CHANGES = 2
    CONFIGURATION = 3
    REFUSED = 4
    CONFLICT = 5
    USAGE = 64
    BUG = 70
    INTERRUPTED = 130


PRECEDENCE: Final = (
    ExitCode.INTERRUPTED,
    ExitCode.BUG,
    ExitCode.USAGE,
    ExitCode.CONFIGURATION,
    ExitCode.REFUSED,
    ExitCode.CONFLICT,
    ExitCode.FAILED,
    ExitCode.CHANGES,
    ExitCode.DONE,
)


def worst(*codes: ExitCode) -> ExitCode:
    """The exit code to report where several apply."""
    return min(codes, key=PRECEDENCE.index, default=ExitCode.DONE)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file: path relative to the world's root, line and column from 1 (0: the whole file)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"


class ChargenError(Exception):
    """Anything chargen stops for: what is wrong, where, and what to do next."""

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    @property
    def whole(self) -> str:
        """What is wrong and what to do, in one line."""
        return f"{str(self).rstrip('.')}. {self.hint}" if self.hint else str(self)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message}"


class Interrupted(ChargenError):  # noqa: N818  # named for what happened, not for a failure
    """Ctrl-C, or a signal that asked the process to end; what was done is kept."""

    exit_code = ExitCode.INTERRUPTED


class UsageError(ChargenError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class ConfigurationError(ChargenError):
    """Configuration, a secret or a local file chargen needs is missing or bad."""

    exit_code = ExitCode.CONFIGURATION


class ProviderRefused(ChargenError):  # noqa: N818  # the field's word
    """The provider refused for good: wrong key, retired model, daily quota."""

    exit_code = ExitCode.REFUSED


class BooksConflict(ChargenError):  # noqa: N818  # the field's word
    """The books say something only a retry or an operator can settle."""

    exit_code = ExitCode.CONFLICT


class LostRace(BooksConflict):
    """Somebody else wrote the books first; nothing was written."""


class StalePlan(ChargenError):  # noqa: N818  # DESIGN's word
    """The tree or the books have moved on since this plan was made."""

    exit_code = ExitCode.CONFLICT


class ForgeTrouble(ChargenError):  # noqa: N818  # the design's word for a provider's, too
    """The forge refused or could not be reached; `status` is HTTP's, 0 when there was no answer."""

    def __init__(self, message: str, *, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class WorkFailed(ChargenError):  # noqa: N818  # reads as the sentence it is
    """Something that was tried did not come out; the rest is kept."""


class SpliceRefused(ChargenError):  # noqa: N818  # DESIGN's word
    """A YAML file that cannot be changed safely; it was left as it was."""
