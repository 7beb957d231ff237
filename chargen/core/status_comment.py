"""What the one status comment of a pull request says: what of it is late, or that it had been withdrawn. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chargen.core.alarm import MARKER, Alarm, status_comment
from chargen.core.proposal import Proposal, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

# one line each: GitHub breaks a comment's lines where they end
WITHDRAWN: Final = f"""\
{MARKER}
**chargen had withdrawn this pull request.** Nothing of it was to be proposed any more: its words had changed, or each \
of its pictures was decided or proposed elsewhere.

As somebody opened it again, it is left alone: nothing more is pushed to it, and it is not closed again.

- **Merge** takes what its branch holds. A picture whose words have changed since is out of date then, and its next one \
comes in another pull request.
- **Close** decides nothing.
"""


@dataclass(frozen=True, slots=True)
class Status:
    """The comment's text, and in a word what it tells: the same as long as nothing else has to be said."""

    told: str
    body: str


def status_of(proposal: Proposal, late: Iterable[Alarm]) -> Status | None:
    """What a proposal's comment should say, of what is late in all; None where there is nothing to be said any more."""
    if proposal.standing is Standing.REOPENED:
        return Status(str(proposal.standing), WITHDRAWN)
    if not proposal.open:
        return None
    mine = [item for item in late if proposal.entity in item.entities]
    return Status(" ".join(item.name for item in mine), status_comment(mine))
