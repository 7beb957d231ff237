"""What came of a push, by what git and the remote said; pure."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Final

from chargen.edges.git import one_line
from chargen.errors import BooksConflict

if TYPE_CHECKING:
    import subprocess

# how servers say that another push was faster; a name that cannot be is no race and would never be won
_RACE: Final = re.compile(
    r"cannot lock ref|failed to (update|lock) ref|already exists|incorrect old value|but expected"
)
_NAME_TAKEN: Final = re.compile(r"exists; cannot create|refname conflict|not a valid ref")
_STUMBLED: Final = re.compile(r"(?i)internal (server )?error|unavailable|timed? ?out|try again")
_DENIED: Final = re.compile(
    r"Authentication failed|returned error: 40[13]|\b403\b|Permission (to \S+ )?denied|could not read (Username|Password)"
    r"|access denied|not allowed to push|read-only|[Ww]rite access"
)
RIGHTS: Final = "the token needs `contents: write`, and no ruleset or protected branch may keep it from {ref}"


class Pushed(enum.Enum):
    """What came of a push."""

    DONE = "done"
    LOST = (
        "lost"  # the ref is not where it was thought to be; over HTTP it may be our own push that came first
    )
    UNCLEAR = "unclear"  # no answer: it may have landed


def judge(remote: str, ref: str, done: subprocess.CompletedProcess[bytes]) -> tuple[Pushed, str]:
    """What came of the push of one ref, and git's words. BooksConflict when the remote refused it for good."""
    if done.returncode == 0:
        return Pushed.DONE, ""
    stderr = done.stderr.decode("utf-8", "replace")
    lines = [line.split("\t") for line in done.stdout.decode("utf-8", "replace").split("\n")]
    told = [line for line in lines if len(line) == 3 and line[1].endswith(f":{ref}")]
    reason = told[0][2] if told else ""
    said = _words(reason, stderr)
    if any(flag != "!" for flag, _, _ in told):
        return Pushed.UNCLEAR, said  # taken, says git, and failed nevertheless
    if reason.startswith("[rejected]"):
        return Pushed.LOST, said
    refused = reason.startswith("[remote rejected]")
    if refused and _RACE.search(reason) and not _NAME_TAKEN.search(reason + stderr):
        return Pushed.LOST, said
    if (refused and not _STUMBLED.search(reason)) or _DENIED.search(stderr):
        raise BooksConflict(f"{remote} refused the push: {said}", hint=RIGHTS.format(ref=ref))
    return Pushed.UNCLEAR, said or f"git push ended with {done.returncode}"


def _words(reason: str, stderr: str) -> str:
    """The remote's own words and git's reason, without git's advice."""
    remote = [line for line in stderr.splitlines() if line.startswith(("remote:", "fatal:"))]
    return one_line("\n".join([*remote, f"! {reason}"] if reason else remote or [stderr]))
