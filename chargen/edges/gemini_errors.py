"""
Why a call to Gemini failed, in our words: every exception of the SDK and of the HTTP libraries below it becomes a
ProviderTrouble. Decides whether a create that failed is a definite refusal.
"""

from __future__ import annotations

import contextlib
import math
import sys
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from chargen.core.one_line import without_halves
from chargen.core.provider_reply import NOBODY_ANSWERS, ProviderTrouble, Trouble
from chargen.edges.blotting import REDACTED, spellings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MESSAGE_LIMIT: Final = 500
HOPS: Final = "chargen.hops"  # how often a request was sent on; 2 and more: by a redirect
# Only these, with a google.rpc body, say that a create was refused (DESIGN.md 7, step 4); a gateway's page does not.
DEFINITE: Final = frozenset({400, 401, 403, 404, 429})
_LATER: Final = frozenset({408, 425, 499})
_BAD_KEY: Final = ("API key not valid", "API key expired", "API_KEY_INVALID")


@contextlib.contextmanager
def translated(secret: str, *, create: bool = False) -> Iterator[None]:
    """
    Raise ProviderTrouble for whatever a call to Gemini raises; `secret` is blotted out of its message.

    With `create`, every failure that is no definite refusal is ambiguous, a bug's too: the batch may have been paid.
    Otherwise an exception that is nobody's answer (a bug, a full disk) goes through as it is.
    """
    try:
        yield
    except ProviderTrouble:
        raise
    except Exception as error:
        trouble = _trouble(error, secret, create=create)
        if trouble is None:
            raise
        raise trouble from None  # the original holds the request's headers, and with them the key


def _trouble(error: Exception, secret: str, *, create: bool) -> ProviderTrouble | None:
    from google.genai.errors import APIError

    if isinstance(error, APIError):
        return _api_trouble(error, secret, create=create)
    name = type(error).__name__
    if isinstance(error, _transport_errors()):
        message = one_line(f"{_nobody_at(error)}{name}: {error}", secret)
        return ProviderTrouble(Trouble.TRANSPORT, message, sent=not _never_sent(error))
    # KeyError: files.upload on an answer without `file` (python-genai issue 1248); ValueError: JSON, and SDK checks.
    if create or isinstance(error, (LookupError, ValueError)):
        message = one_line(f"the answer could not be read ({name}: {error})", secret)
        return ProviderTrouble(Trouble.TRANSPORT, message)
    return None


def _transport_errors() -> tuple[type[Exception], ...]:
    """The transport errors of the HTTP libraries in use; one that was never imported raised nothing."""
    return _imported(
        ("httpx2", "RequestError"),
        ("httpx2", "InvalidURL"),
        ("httpx", "RequestError"),
        ("aiohttp", "ClientError"),
    )


def _never_sent(error: Exception) -> bool:
    """Whether a request certainly never left: there was no connection. After a redirect somebody had it before."""
    if getattr(getattr(error, "_request", None), "extensions", {}).get(HOPS, 1) > 1:
        return False
    names = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "InvalidURL")
    return isinstance(error, _imported(*(("httpx2", name) for name in names)))


def _nobody_at(error: Exception) -> str:
    """`nobody answers at ADDRESS: ` where no connection came about; empty where one did, and was not good enough."""
    request = getattr(error, "_request", None)
    refused = isinstance(error, _imported(("httpx2", "ConnectError"), ("httpx2", "ConnectTimeout")))
    if request is None or not refused or "SSL" in str(error):
        return ""
    return f"{NOBODY_ANSWERS} {request.url.scheme}://{request.url.netloc.decode('ascii', 'replace')}: "


def _imported(*named: tuple[str, str]) -> tuple[type[Exception], ...]:
    return tuple(getattr(sys.modules[module], name) for module, name in named if module in sys.modules)


def _api_trouble(error: Any, secret: str, *, create: bool) -> ProviderTrouble:
    code = error.code if isinstance(error.code, int) else 0
    status = rpc_status(error.details)
    details = _details(status)
    said = status.get("message") or error.message or error.status or "no reason given"
    return ProviderTrouble(
        Trouble.UNAVAILABLE
        if create and not (status and code in DEFINITE)
        else _kind(code, status, details, str(said)),
        one_line(f"HTTP {code}: {said}", secret),
        code=code,
        status=str(status.get("status") or ""),
        retry_after_s=_retry_after(getattr(error.response, "headers", None) or {}, details),
    )


def _kind(code: int, status: Mapping[str, Any], details: list[Mapping[str, Any]], message: str) -> Trouble:
    if code == 429:
        return Trouble.DAILY_QUOTA if _daily(details) else Trouble.THROTTLED
    reasons = {item.get("reason") for item in details}
    if code in {401, 403} or "API_KEY_INVALID" in reasons or any(text in message for text in _BAD_KEY):
        return Trouble.DENIED
    if code in _LATER or status.get("status") == "ABORTED" or not 400 <= code < 500:
        return Trouble.UNAVAILABLE
    return Trouble.REFUSED


def rpc_status(body: Any) -> Mapping[str, Any]:
    """The google.rpc.Status in an error body; empty when the body is somebody else's."""
    status = body.get("error") if isinstance(body, dict) else None
    if (
        isinstance(status, dict)
        and isinstance(status.get("code"), int)
        and isinstance(status.get("status"), str)
    ):
        return status
    return {}


def _details(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = status.get("details")
    return [item for item in details if isinstance(item, dict)] if isinstance(details, list) else []


def _daily(details: list[Mapping[str, Any]]) -> bool:
    """Whether a quota of the day is used up: its quotaId has PerDay in it, a minute's has PerMinute."""
    violations = [item.get("violations") for item in details if _is(item, "QuotaFailure")]
    each = (one for some in violations if isinstance(some, list) for one in some if isinstance(one, dict))
    return any("PerDay" in str(one.get("quotaId")) for one in each)


def _retry_after(headers: Mapping[str, str], details: list[Mapping[str, Any]]) -> float | None:
    """The longer of what Retry-After and google.rpc.RetryInfo ask for, in seconds (the SDK heeds neither: issue 1875)."""
    waits = [
        _seconds(str(item.get("retryDelay")).removesuffix("s")) for item in details if _is(item, "RetryInfo")
    ]
    header = headers.get("retry-after")
    if header:
        waits.append(_seconds(header) if header[:1].isdigit() else _until(header, headers.get("date")))
    known = [wait for wait in waits if wait is not None]
    return max(known) if known else None


def _is(detail: Mapping[str, Any], name: str) -> bool:
    return str(detail.get("@type")).endswith(f"google.rpc.{name}")


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _until(when: str, now: str | None) -> float | None:
    """Seconds from the answer's own Date to the date Retry-After names; no clock of ours has a say."""
    try:
        wait = parsedate_to_datetime(when) - parsedate_to_datetime(now or "")
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())


def one_line(text: str, secret: str) -> str:
    """A provider's words on one line, cut, the key blotted out in every spelling a URL gives it."""
    for spelling in spellings_of(secret):
        text = text.replace(spelling, REDACTED)
    return " ".join(without_halves(text).split())[:MESSAGE_LIMIT]
