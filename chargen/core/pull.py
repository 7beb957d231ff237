"""A pull request as the forge tells of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# What a repository must allow, in GitHub's words, before a workflow may open one.
SETTING: Final = "Allow GitHub Actions to create and approve pull requests"


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull request; `closed_by` is empty while it is open, and where the forge does not say."""

    number: int
    url: str
    title: str
    body: str
    branch: str  # the head's name, without refs/heads/
    head_sha: str
    base: str  # the branch it wants to go into
    author: str
    author_is_bot: bool
    same_repository: bool  # head and base lie in one repository: no fork's
    open: bool = True
    merged: bool = False
    closed_by: str = ""


# What is told of one that the forge does not know: closed, by nobody, and without a number.
UNKNOWN: Final = Pull(0, "", "", "", "", "", "", "", author_is_bot=False, same_repository=False, open=False)
