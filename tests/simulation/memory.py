"""A run's folder in memory: what the pipeline does with a path, and nothing more."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from chargen.edges.run_folder import RunFolder
from tests.fakes import FakeStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.core.job import Counts


class Disk:
    """A file system: it goes with its machine, or stays on a laptop."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.stores: dict[str, Store] = {}

    def path(self, name: str) -> Path:
        """A path on it; it does what the pipeline asks of one."""
        return cast("Path", MemoryPath(self, name))


class _Writing(io.BytesIO):
    def __init__(self, path: MemoryPath) -> None:
        super().__init__()
        self._path = path

    def __exit__(self, *of: object) -> None:
        self._path.write_bytes(self.getvalue())


@dataclass(frozen=True, slots=True)
class MemoryPath:
    """As much of `pathlib.Path` as is needed."""

    disk: Disk = field(repr=False)
    text: str

    def __truediv__(self, more: str) -> MemoryPath:
        return MemoryPath(self.disk, f"{self.text}/{more}")

    def __str__(self) -> str:
        return self.text

    @property
    def name(self) -> str:
        """The last part."""
        return self.text.rpartition("/")[2]

    @property
    def parent(self) -> MemoryPath:
        """The folder."""
        return MemoryPath(self.disk, self.text.rpartition("/")[0])

    def mkdir(self, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Folders need not be made."""

    def rmdir(self) -> None:
        """Nor removed."""

    def is_dir(self) -> bool:
        """Whether something lies in it."""
        return any(name.startswith(f"{self.text}/") for name in self.disk.files)

    def glob(self, pattern: str) -> Iterator[MemoryPath]:
        """The files of a folder, whatever the pattern."""
        return (MemoryPath(self.disk, name) for name in self.disk.files if name.startswith(f"{self.text}/"))

    def open(self, mode: str = "r", **_: Any) -> io.BytesIO:
        """Read or write it whole."""
        return _Writing(self) if "w" in mode else io.BytesIO(self.read_bytes())

    def read_bytes(self) -> bytes:
        """Its bytes. FileNotFoundError."""
        try:
            return self.disk.files[self.text]
        except KeyError:
            raise FileNotFoundError(self.text) from None

    def write_bytes(self, data: bytes) -> None:
        """Write it."""
        self.disk.files[self.text] = data

    def unlink(self) -> None:
        """Remove it."""
        del self.disk.files[self.text]


class MemoryRun(RunFolder):
    """A run's folder that is written to in memory."""

    __slots__ = ()

    def write(self, path: Path, data: bytes) -> None:
        """Write a file."""
        path.write_bytes(data)


class Store(FakeStore):
    """A run's record, with the row that says how it was begun."""

    row: Any = None

    def begin(self, row: Any) -> None:
        """Note how the run was begun."""
        self.row = row

    def counts(self) -> Counts:
        """How many jobs stand where."""
        from chargen.core.job import count

        return count(record.status for record in self.records.values())
