"""
adopt: pictures that exist -> their rows, by the splice. No picture is moved, renamed or rewritten, and nothing is paid.

What would be written is worked out whole before anybody is asked; one file's trouble leaves the others alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chargen.core.adoption import Adoption, LeftOut, adoptions, candidates
from chargen.core.picture_facts import BadPicture
from chargen.core.written_row import row_head
from chargen.dialects.earlier_rows import EarlierRow, earlier_row
from chargen.dialects.splice import RowEdit, splice
from chargen.dialects.yaml_text import read_yaml
from chargen.errors import ChargenError, Place, WorkFailed

if TYPE_CHECKING:
    from chargen.core.address import Address
    from chargen.core.adoption import Looked
    from chargen.core.books import Books
    from chargen.core.compiled import CompiledShot
    from chargen.core.picture_facts import PictureFacts
    from chargen.core.world import World
    from chargen.ports import Pictures, WorldFiles

_SAID: Final = frozenset(
    {"title", "generated_at", "provider", "model", "size"}
)  # the earlier row's word stands
_HINT: Final = "run it again: it goes by the files as they lie"


@dataclass(frozen=True, slots=True)
class NewRow:
    """An adopted picture and its row."""

    adoption: Adoption
    row: Mapping[str, Any]
    replaces: frozenset[str] = frozenset()

    @property
    def edit(self) -> RowEdit:
        """The row as the splice takes it."""
        return RowEdit(self.adoption.shot.shot.at, self.row, self.replaces)


@dataclass(frozen=True, slots=True)
class NewText:
    """One imagery.yaml with its new rows: the bytes it was read as, and those to write."""

    path: str
    old: bytes
    new: bytes
    rows: tuple[NewRow, ...]


@dataclass
class Adopting:
    """What would be written, what is left as it is, and the files that cannot be changed."""

    texts: list[NewText] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    problems: list[ChargenError] = field(default_factory=list)

    @property
    def rows(self) -> tuple[NewRow, ...]:
        """Every new row, in the order of addresses."""
        found = (row for text in self.texts for row in text.rows)
        return tuple(sorted(found, key=lambda row: row.adoption.shot.address))


def prepare(
    world: World,
    shots: Mapping[Address, CompiledShot],
    books: Books,
    *,
    wanted: Collection[Address],
    files: WorldFiles,
    pictures: Pictures,
) -> Adopting:
    """The rows for the pictures that lie there for the wanted shots. Reads only."""
    looked = _looked(world, [shots[address] for address in wanted], files, pictures)
    found = adoptions(world, shots, books, looked, wanted=wanted)
    adopting = Adopting(left=found.left)
    by_file: dict[str, list[Adoption]] = defaultdict(list)
    for adoption in found.adopted:
        by_file[adoption.shot.shot.file].append(adoption)
    for path, adopted in sorted(by_file.items()):
        try:
            text = _text(world, path, adopted, files, adopting.left)
        except (ChargenError, OSError) as error:  # OSError: the file has gone since it was read
            adopting.problems.append(_told(error, path))
        else:
            adopting.texts += [text] if text.rows else []
    adopting.left.sort(key=lambda item: item.shot.address)
    return adopting


def write(text: NewText, files: WorldFiles) -> None:
    """Write one file's rows. WorkFailed when it has changed since it was read; ChargenError when it cannot be written."""
    try:
        lying = files.read(text.path)
    except OSError as error:
        raise _told(error, text.path) from error
    if lying != text.old:
        raise WorkFailed("the file has changed meanwhile", hint=_HINT, place=Place(text.path))
    files.write(text.path, text.new)


def _told(error: ChargenError | OSError, path: str) -> ChargenError:
    return error if isinstance(error, ChargenError) else WorkFailed(f"{path}: {error.strerror}", hint=_HINT)


def _looked(world: World, shots: Collection[CompiledShot], files: WorldFiles, pictures: Pictures) -> Looked:
    """Each picture decoded once; one that is only a Git LFS pointer here is taken at its word."""
    every = {path for shot in shots for path in candidates(world, shot)}
    here = (path for path in sorted(every) if not (world.picture(path).problem or world.picture(path).lfs))
    return {path: _look(path, files, pictures) for path in here}


def _look(path: str, files: WorldFiles, pictures: Pictures) -> PictureFacts | str:
    try:
        return pictures.check(files.read(path))
    except BadPicture as error:
        return error.reason
    except (ChargenError, OSError) as error:
        return _told(error, path).message


def _text(
    world: World, path: str, adopted: Collection[Adoption], files: WorldFiles, left: list[LeftOut]
) -> NewText:
    old = files.read(path)
    document = read_yaml(old, path=path)
    rows = []
    for adoption in adopted:
        shot = adoption.shot.shot
        earlier = earlier_row(document, world.entities[shot.address.entity], shot, adoption.path)
        row = _row(adoption, earlier)
        why = _made_otherwise(world, adoption, row)
        if why:
            left.append(LeftOut(adoption.shot, adoption.path, why))
        else:
            rows.append(NewRow(adoption, row, earlier.replaces))
    new = splice(old.decode(), [row.edit for row in rows], path=path).text
    return NewText(path, old, new.encode(), tuple(rows))


def _row(adoption: Adoption, earlier: EarlierRow) -> dict[str, Any]:
    """The row that `plan` takes for the current picture of today's words; nothing in it says that it was paid."""
    shot = adoption.shot
    head = row_head(shot.shot, adoption.job_id, shot.ask(), path=adoption.path, sha256=adoption.sha256)
    head |= {**earlier.known, "aspect_ratio": shot.provider.aspect_ratio}
    own = {key: value for key, value in earlier.data.items() if key not in head or key in _SAID}
    return {**head, **own}


def _made_otherwise(world: World, adoption: Adoption, row: Mapping[str, Any]) -> str:
    """Why the world would have the picture made anew at once: then adopting it would lead to paying."""
    asked = adoption.shot.ask().provider
    for name in world.config.provider.regenerate_on:
        if row.get(name, "") != asked[name]:
            made = f"made with {name} {row[name]}" if row.get(name) else f"nobody knows its {name}"
            return f"{made}, and provider.regenerate_on wants {asked[name]}"
    return ""
