"""The name a batch bears at the provider: whose it is, and which submission. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from chargen.core.books import Books, Identity
    from chargen.core.provider_reply import Batch
    from chargen.core.submission import Submission

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


def is_batch_of(submission: Submission, batch: Batch) -> bool:
    """Whether a listed batch was created for a submission: named as it is, or booked; one made of rows has no name."""
    return submission.display_name in ("", batch.display_name) or submission.batch == batch.name


def booked_as(books: Books, batch: Batch, name: DisplayName) -> tuple[str, Submission | None]:
    """
    The id a batch of ours has on the books, and its submission if there is one.

    The same requests have the same id in every world: one that stands for another world's batch is not this one's.
    """
    now = books.submissions.get(name.submission_id)
    if now is None or is_batch_of(now, batch):
        return name.submission_id, now
    apart = f"{name.submission_id}-{name.world_id}"
    return apart, books.submissions.get(apart)
