"""The name a batch bears at the provider: whose it is, and which submission. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from chargen.core.books import Identity

_OURS: Final = "chargen/"


@dataclass(frozen=True, slots=True)
class DisplayName:
    """`chargen/<repository id or 0>-<world id>/<submission id>`, in its parts."""

    repository: str
    world_id: str
    submission_id: str

    def is_of(self, identity: Identity) -> bool:
        """Whether a world made it: by its world id, or by its repository's id where it has one."""
        repository = str(identity.repository_id) if identity.repository_id else ""
        return self.world_id == identity.world_id or self.repository == repository


def read_display_name(text: str) -> DisplayName | None:
    """The parts of a name; None for what chargen did not name."""
    tag, _, submission_id = text.removeprefix(_OURS).partition("/")
    repository, _, world_id = tag.partition("-")
    return DisplayName(repository, world_id, submission_id) if text.startswith(_OURS) else None
