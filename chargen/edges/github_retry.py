"""What is asked of GitHub again by itself: reads and edits after trouble, a creation only where it was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from github.GithubRetry import GithubRetry
from urllib3.exceptions import MaxRetryError, ResponseError

if TYPE_CHECKING:
    from urllib3 import Retry

REFUSED_FOR_NOW: Final = frozenset({403, 429})  # nothing was done: PyGithub looks whether it is a rate limit
SAFE: Final = frozenset({"DELETE", "GET", "HEAD", "PATCH", "PUT"})
SECONDARY_WAIT_S: Final = 60.0  # what GitHub asks for where it names no time


def patient(retries: int, backoff_s: float, most_wait_s: float) -> Retry:
    """A retry for PyGithub that never sends a POST again which may have been done."""
    return _Patient(
        total=retries,
        backoff_factor=backoff_s,
        backoff_jitter=backoff_s,
        secondary_rate_wait=min(SECONDARY_WAIT_S, most_wait_s),
        max_rate_limit_wait=most_wait_s,
        allowed_methods=SAFE,
        status_forcelist=[*range(500, 600), *REFUSED_FOR_NOW],
        raise_on_status=False,
    )


class _Patient(GithubRetry):
    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002  # urllib3's signature
        if method == "POST":
            return status_code in REFUSED_FOR_NOW
        return super().is_retry(method, status_code, has_retry_after)

    def increment(  # type: ignore[override]
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        *more: Any,
        **named: Any,
    ) -> Retry:
        if response is not None and (self.total == 0 or self._is_too_long(response)):
            # here, not above: there the body has been read by then, and what it says is lost
            reason = ResponseError(ResponseError.SPECIFIC_ERROR.format(status_code=response.status))
            raise MaxRetryError(named.get("_pool"), url, reason)  # type: ignore[arg-type]
        return super().increment(method, url, response, *more, **named)

    def _is_too_long(self, response: Any) -> bool:
        wait = self.get_retry_after(response)
        return wait is not None and wait > (self.max_rate_limit_wait or 0)
