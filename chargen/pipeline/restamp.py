"""Stamp rows anew, file by file, by the splice: the same pictures, accepted for today's words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chargen.core.drift import Restamp
from chargen.dialects.splice import RowEdit, splice
from chargen.dialects.yaml_text import read_yaml
from chargen.errors import ChargenError, Place, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chargen.core.shot import YamlPath
    from chargen.ports import WorldFiles

_ROWS = "generated_images"


@dataclass
class Restamped:
    """What was written, and the files that were left as they are."""

    done: list[Restamp] = field(default_factory=list)
    problems: list[ChargenError] = field(default_factory=list)


def restamp(accepted: Iterable[Restamp], *, files: WorldFiles) -> Restamped:
    """Write the rows; one file's trouble leaves the others alone."""
    by_file: dict[str, list[Restamp]] = defaultdict(list)
    for item in accepted:
        by_file[item.file].append(item)
    restamped = Restamped()
    for path, items in sorted(by_file.items()):
        try:
            _write(path, items, files)
            restamped.done += items
        except (ChargenError, OSError) as error:
            restamped.problems.append(
                error if isinstance(error, ChargenError) else WorkFailed(f"{path}: {error.strerror}")
            )
    return restamped


def _write(path: str, items: Sequence[Restamp], files: WorldFiles) -> None:
    text = files.read(path).decode("utf-8")
    data = read_yaml(text, path=path).data
    for item in items:
        if not _stands(data, item.at, item.row.data):
            raise WorkFailed(
                f"the row of {item.address} is not what it was", hint="run it again", place=Place(path)
            )
    edits = [RowEdit(item.at, item.data) for item in items]
    files.write(path, splice(text, edits, path=path).text.encode("utf-8"))


def _stands(data: Any, at: YamlPath, row: Any) -> bool:
    """Whether a row is among those of the mapping at a path."""
    for part in (*at, _ROWS):
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(data, list) and row in data
