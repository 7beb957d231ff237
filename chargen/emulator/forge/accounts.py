"""Who calls the stand-in, and what their token may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ACTIONS: Final = "github-actions[bot]"
ACTIONS_ID: Final = 41898282  # the number this account really has
LEVELS: Final = ("none", "read", "write")
ROLES: Final = ("none", "read", "triage", "write", "maintain", "admin")
WRITERS: Final = frozenset({"write", "maintain", "admin"})
# what a workflow's token may do when its job names these permissions
USUAL: Final[Mapping[str, str]] = {"contents": "write", "pull_requests": "write", "issues": "write"}


@dataclass(frozen=True, slots=True)
class Account:
    """A person, a bot or an organization."""

    id: int
    login: str
    type: str = "User"


@dataclass(frozen=True, slots=True)
class Token:
    """
    What somebody signs calls with.

    Args:
        permissions: by name (`pull_requests`), read or write; None: whatever its account may do (a classic token).
        actions: made by GitHub for one workflow run.
        repository: the one it is for; empty: all its account can see.
    """

    text: str = field(repr=False)
    login: str
    permissions: Mapping[str, str] | None = None
    actions: bool = False
    repository: str = ""

    def may(self, permission: str, level: str) -> bool:
        """Whether the token itself (not its account) allows this."""
        if self.permissions is None:
            return True
        return LEVELS.index(self.permissions.get(permission, "none")) >= LEVELS.index(level)
