"""
One line of a batch's result file: an answer, an error, or something that cannot be read. Pure; never raises.

Lines are joined to requests by key alone: their order is not promised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chargen.core.answer import TEXT_LIMIT, Answer, Kind, read_answer
from chargen.core.one_line import without_halves

if TYPE_CHECKING:
    from collections.abc import Mapping

BOM: Final = b"\xef\xbb\xbf"

# google.rpc.Code (https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto). Lines bear these numbers,
# not HTTP's; one that bears an HTTP status or a name is understood too.
RPC_NAMES: Final = {
    1: "CANCELLED", 2: "UNKNOWN", 3: "INVALID_ARGUMENT", 4: "DEADLINE_EXCEEDED", 5: "NOT_FOUND", 6: "ALREADY_EXISTS",
    7: "PERMISSION_DENIED", 8: "RESOURCE_EXHAUSTED", 9: "FAILED_PRECONDITION", 10: "ABORTED", 11: "OUT_OF_RANGE",
    12: "UNIMPLEMENTED", 13: "INTERNAL", 14: "UNAVAILABLE", 15: "DATA_LOSS", 16: "UNAUTHENTICATED",
}  # fmt: skip
_RPC_NUMBERS: Final = {name: number for number, name in RPC_NAMES.items()}
_FROM_HTTP: Final = {400: 3, 401: 16, 403: 7, 404: 5, 408: 4, 409: 10, 429: 8, 499: 1, 500: 13, 502: 14, 503: 14, 504: 4}  # fmt: skip
_TRANSIENT: Final = frozenset({0, 1, 2, 4, 8, 10, 13, 14})  # 0: the line names no code


@dataclass(frozen=True, slots=True)
class LineError:
    """Why one request of a batch failed: a google.rpc.Status; `transient` when it may be asked again."""

    code: int
    message: str
    transient: bool

    @property
    def name(self) -> str:
        """The code's name in google.rpc."""
        return RPC_NAMES.get(self.code, "UNKNOWN")


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A line that was read: exactly one of `answer`, `error` and `unreadable` is set."""

    key: str = ""
    answer: Answer | None = None
    error: LineError | None = None
    unreadable: str = ""


def read_line(line: bytes) -> ResultLine:
    """
    Read one line; a torn, foreign or hostile one comes back as unreadable, with the reason.

    The documentation says a line holds a response or a status object, its sample code looks for `error`
    (https://ai.google.dev/gemini-api/docs/batch-api, 2026-11): both are accepted. A picture beside an error is kept, as
    it is paid.
    """
    try:
        data = msgspec.json.decode(line.removeprefix(BOM))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        return ResultLine(unreadable=_cut(f"no whole JSON line: {problem}"))
    if not isinstance(data, dict):
        return ResultLine(unreadable="not a JSON object")
    key = _key(data)
    if not key:
        return ResultLine(unreadable="no key")
    response, status = data.get("response"), data.get("error") or data.get("status")
    answer = read_answer(response) if isinstance(response, dict) else None
    error = _error(status)
    if answer is not None and (answer.kind is Kind.IMAGE or error is None):
        return ResultLine(key, answer=answer)
    if error is not None:
        return ResultLine(key, error=error)
    return ResultLine(key, unreadable="neither a response nor an error")


def _key(data: Mapping[str, Any]) -> str:
    metadata = data.get("metadata")
    key = data.get("key") or (metadata.get("key") if isinstance(metadata, dict) else None)
    return key if isinstance(key, str) else ""


def _error(status: Any) -> LineError | None:
    if isinstance(status, str) and status:
        return LineError(0, _cut(status), transient=True)
    if not isinstance(status, dict) or not status:
        return None
    code = _code(status.get("code"), status.get("status"))
    message = status.get("message")
    text = message if isinstance(message, str) and message.strip() else RPC_NAMES.get(code, "no reason given")
    return LineError(code, _cut(text), transient=code in _TRANSIENT)


def _code(*said: Any) -> int:
    for value in said:
        if isinstance(value, str) and value in _RPC_NUMBERS:
            return _RPC_NUMBERS[value]
        if isinstance(value, int) and not isinstance(value, bool) and value:
            return _FROM_HTTP.get(value, value if value in RPC_NAMES else 2)
    return 0


def _cut(text: str) -> str:
    return " ".join(without_halves(text).split())[:TEXT_LIMIT]
