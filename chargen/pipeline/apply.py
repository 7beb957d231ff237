"""
apply: pictures paid for -> image files, then their rows by the splice; one writer, on files as they lie.

The picture is written before the row that names it. Only a picture of our own is ever overwritten. Repeating it
changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chargen.core.books import Candidate
from chargen.core.compiled import CompiledShot
from chargen.core.current import stale
from chargen.core.digest import same, sha256
from chargen.core.due import due_picture, is_held
from chargen.core.picture_facts import BadPicture
from chargen.core.shot import picture_path
from chargen.core.submission import Deliver
from chargen.core.written_row import row_head
from chargen.dialects.splice import RowEdit, splice
from chargen.errors import ChargenError, Place, WorkFailed

if TYPE_CHECKING:
    from chargen.core.address import Address
    from chargen.core.books import Books
    from chargen.core.world import World
    from chargen.core.world_config import WorldConfig
    from chargen.ports import Pictures, WorldFiles

Fetch = Callable[["Candidate"], bytes]


@dataclass(frozen=True, slots=True)
class Change:
    """One shot's new current picture: the bytes, where they go, and its row."""

    shot: CompiledShot
    candidate: Candidate
    path: str
    data: bytes
    row: Mapping[str, Any]


@dataclass
class Applied:
    """What was applied, what was left and why."""

    changes: list[Change] = field(default_factory=list)
    stale: list[Candidate] = field(default_factory=list)
    problems: list[ChargenError] = field(default_factory=list)
    _files: set[str] = field(default_factory=set)


def apply(
    world: World,
    shots: Mapping[Address, CompiledShot],
    books: Books,
    addresses: Iterable[Address],
    *,
    files: WorldFiles,
    pictures: Pictures,
    fetch: Fetch,
    deliver: Deliver = Deliver.TREE,
) -> Applied:
    """Bring the current picture of each shot into the files; one file's trouble leaves the others alone."""
    applied = Applied()
    by_file: dict[str, list[Change]] = defaultdict(list)
    for address in sorted(set(addresses)):
        shot = shots.get(address)
        if shot is None or shot.obstacle or not shot.complete or is_held(shot, books):
            continue
        try:
            change = _change(world, shot, books, pictures, fetch, deliver)
            if change is not None:
                _may_write(world, change, books)
                by_file[shot.shot.file].append(change)
        except (ChargenError, BadPicture, OSError) as error:
            applied.problems.append(
                error if isinstance(error, ChargenError) else WorkFailed(f"{address}: {error}")
            )
        applied.stale += _named_stale(world, shot, books)
    for path, changes in sorted(by_file.items()):
        try:
            _write(world, path, changes, files)
            applied.changes += changes
        except (ChargenError, OSError) as error:  # OSError: the file has gone since it was read
            applied.problems.append(
                error if isinstance(error, ChargenError) else WorkFailed(f"{path}: {error.strerror}")
            )
    return applied


def _named_stale(world: World, shot: CompiledShot, books: Books) -> tuple[Candidate, ...]:
    candidates = [
        item
        for item in books.candidates(shot.address, shot.wishes(), shot.formerly)
        if item.submission.state != "FENCED"
    ]
    row = shot.shot.row
    unshown = [item for item in candidates if row is None or not item.outcome.bears(row.sha256)]
    return stale(shot.ask(), unshown, tuple(world.config.provider.regenerate_on))


def _change(
    world: World, shot: CompiledShot, books: Books, pictures: Pictures, fetch: Fetch, deliver: Deliver
) -> Change | None:
    candidate, config = due_picture(world, shot, books, deliver), world.config
    if candidate is None:
        return None
    data = fetch(candidate)
    if not same(sha256(data), candidate.outcome.sha256):
        raise WorkFailed(
            f"{candidate.job_id}: the kept picture is damaged", hint="its digest is not the one booked"
        )
    stored = pictures.convert(data, config.storage.format)
    path = picture_path(shot.shot, config.storage.format)
    return Change(shot, candidate, path, stored, _row(shot, candidate, path, stored, config))


def _may_write(world: World, change: Change, books: Books) -> None:
    """Refuses to write over a picture that is not ours. WorkFailed."""
    lying = world.picture(change.path).sha256
    row = change.shot.shot.row
    if not lying or books.bought(lying) or (row is not None and same(row.sha256, lying)):
        return
    hint = "move it away, or lock the shot; the picture is kept: chargen batch apply brings it later"
    raise WorkFailed(
        "a picture that is not chargen's lies where this one should go", hint=hint, place=Place(change.path)
    )


def _write(world: World, path: str, changes: Sequence[Change], files: WorldFiles) -> None:
    """The pictures of one imagery.yaml, then its rows in one splice that is proved before anything is written."""
    text = _as_read(world, path, files).decode("utf-8")
    edits = [
        RowEdit(at=change.shot.shot.at, row=change.row, replaces=frozenset(_names(change)))
        for change in changes
    ]
    new_text = splice(text, edits, path=path).text
    for change in changes:
        files.write(change.path, change.data)
    if new_text != text:
        _as_read(world, path, files)
        files.write(path, new_text.encode("utf-8"))


def _as_read(world: World, path: str, files: WorldFiles) -> bytes:
    """A file's bytes. WorkFailed where its writer has saved it since: its shots may stand elsewhere by now."""
    data = files.read(path)
    if sha256(data) != world.digests.get(path):
        hint = "the pictures are kept: chargen batch apply brings them"
        raise WorkFailed("the file was edited while its pictures were fetched", hint=hint, place=Place(path))
    return data


def _names(change: Change) -> Iterable[str]:
    """The job ids whose rows the new one replaces: every row of this shot, and what else its own list holds of chargen's."""
    shot = change.shot.shot
    return [change.candidate.job_id, *(row.written_as for row in shot.rows), *shot.displaced]


def _row(
    shot: CompiledShot, candidate: Candidate, path: str, stored: bytes, config: WorldConfig
) -> dict[str, Any]:
    request, outcome = candidate.request, candidate.outcome
    row: dict[str, Any] = {
        **row_head(shot.shot, candidate.job_id, request.ask, path=path, sha256=sha256(stored)),
        "generated_at": outcome.at,
        "provider": "google",
        "model": candidate.submission.model,
        "size": request.ask.provider.get("size", ""),
        "aspect_ratio": request.ask.aspect_ratio,
        "run_id": candidate.submission.run_id,
    }
    optional = {
        "prompt_used": shot.prompt(request.note),
        "alt_text": shot.shot.alt_text,
        "tags": list(shot.shot.tags),
    }
    row |= {key: optional[key] for key in config.rows if optional[key]}
    if request.note:
        row["revision_notes"] = request.note
    return row | {"provider_metadata": _metadata(candidate)}


def _metadata(candidate: Candidate) -> dict[str, str]:
    submission = candidate.submission
    metadata = {"mode": submission.mode, "batch": submission.batch}
    metadata |= {"request_hash": candidate.request.request_hash, "cost_usd": str(candidate.outcome.cost_usd)}
    return {key: value for key, value in metadata.items() if value}
