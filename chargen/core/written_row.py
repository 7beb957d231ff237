"""What every row says first, whoever made the picture: whose it is, where it lies, and what it was asked with. Pure."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, Final

from chargen.core.prose import cut_at_word
from chargen.core.row import write_digests

if TYPE_CHECKING:
    from chargen.core.digest import Ask
    from chargen.core.shot import Shot

_TITLE_LENGTH: Final = 120


def row_head(shot: Shot, job_id: str, ask: Ask, *, path: str, sha256: str) -> dict[str, Any]:
    """The first keys of a row, in their order; `path` is the picture's, from the root."""
    return {
        **_names(shot, job_id),
        "file_path": posixpath.relpath(path, shot.folder or "."),
        "file_name": posixpath.basename(path),
        "title": cut_at_word(" ".join(shot.title.split()), _TITLE_LENGTH),
        "sha256": sha256,
        "prompt_hash": ask.prompt_hash,
        "digests": write_digests(ask),
    }


def _names(shot: Shot, job_id: str) -> dict[str, str]:
    """Whose row it is: the job id, beside the writer's own id where the shot has one."""
    return {"custom_id": shot.own_id, "job_id": job_id} if shot.own_id else {"custom_id": job_id}
