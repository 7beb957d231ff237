"""
A live call's body on its way out and its answer on its way in, neither ever whole in memory while the call lasts.

Two hundred calls at once with 4K pictures would hold gigabytes otherwise, in copies that the SDK makes on top.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from chargen.edges.files import unwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

_PIECE: Final = 1 << 16
_SENT: Final = "http11.send_request_body.complete"


class JsonBody:
    """A request body as JSON in pieces, as often as it is asked for; its reference pictures stay the texts they are."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self.headers = {"Content-Type": "application/json", "Content-Length": str(sum(map(len, self)))}

    def __iter__(self) -> Iterator[bytes]:
        piece: list[str] = []
        held = 0
        for text in json.JSONEncoder(separators=(",", ":")).iterencode(self._request):
            piece.append(text)
            held += len(text)
            if held > _PIECE:
                yield "".join(piece).encode("ascii")
                piece, held = [], 0
        yield "".join(piece).encode("ascii")


class SpooledAnswer(Mapping[str, Any]):
    """
    An answer that lies on disk until it is first looked into. ProviderTrouble then, where it is no JSON object.

    Args:
        pieces: the body as it comes; OSError for a full disk is raised as WorkFailed.
        folder: where it lies; it has no name there, and is gone with the process.
        translated: turns what goes wrong in reading it into ProviderTrouble.
    """

    def __init__(
        self,
        pieces: Iterable[bytes],
        folder: Path | None,
        translated: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._translated = translated
        self._data: dict[str, Any] | None = None
        self._file = _spooled(pieces, folder)

    def __del__(self) -> None:
        if "_file" in self.__dict__:
            self._file.close()

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, Any]:
        if self._data is None:
            with self._translated(), self._file as file:
                data = msgspec.json.decode(file.read())  # json.loads holds the text once more
                if not isinstance(data, dict):
                    raise ValueError("the answer is no JSON object")  # noqa: TRY004
            self._data = data
        return self._data


def _spooled(pieces: Iterable[bytes], folder: Path | None) -> IO[bytes]:
    file = _on_disk(folder)
    try:
        for piece in pieces:
            with _told(folder):
                file.write(piece)
        with _told(folder):
            file.seek(0)  # writes what is left
    except BaseException:
        with contextlib.suppress(OSError):
            file.close()
        raise
    return file


def _on_disk(folder: Path | None) -> IO[bytes]:
    with _told(folder):
        return tempfile.TemporaryFile(dir=folder)


@contextlib.contextmanager
def _told(folder: Path | None) -> Iterator[None]:
    from pathlib import Path

    try:
        yield
    except OSError as error:
        raise unwritable(folder or Path(tempfile.gettempdir()), error) from error


def when_sent(told: Callable[[], object] | None) -> dict[str, Any]:
    """The extensions of a request that tell when its last byte has gone into the socket."""

    def trace(event: str, _: object) -> None:
        if event == _SENT and told is not None:
            told()

    return {"trace": trace}
