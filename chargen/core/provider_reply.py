"""
What a provider says, in our words: a batch as it stands, and why a call failed. Pure.

Which failures may be tried again, and which leave the outcome of a create unknown, is decided here.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NOBODY_ANSWERS: Final = (
    "nobody answers at"  # begins a message, so that a hint can be given once for many requests
)


class BatchState(enum.StrEnum):
    """A batch's state; what the provider may add later is UNKNOWN and never an end."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTIALLY_SUCCEEDED = "PARTIALLY_SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self not in (BatchState.PENDING, BatchState.RUNNING, BatchState.UNKNOWN)

    @property
    def has_results(self) -> bool:
        """Whether there is a result file to download; EXPIRED, FAILED and CANCELLED batches give none."""
        return self in (BatchState.SUCCEEDED, BatchState.PARTIALLY_SUCCEEDED)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the provider's raw operation body describes it; times are RFC 3339 text."""

    name: str
    state: BatchState
    display_name: str = ""
    model: str = ""
    input_file: str = ""
    output_file: str = ""
    created_at: str = ""
    ended_at: str = ""
    error: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


class Trouble(enum.StrEnum):
    """Why a call failed, by what can be done about it."""

    THROTTLED = "throttled"  # 429 for a minute: the whole bucket waits
    DAILY_QUOTA = "daily_quota"  # 429 for the day: stop, keep what is done
    UNAVAILABLE = "unavailable"  # 408, 5xx: try again later
    TRANSPORT = "transport"  # no answer came: nobody knows what the service did
    REFUSED = "refused"  # 400, 404, 409...: the same request will always fail
    DENIED = "denied"  # 401, 403, a key that is not valid


class ProviderTrouble(Exception):  # noqa: N818  # it is data for the retry rules before it is an error
    """A call that failed, in our words; `message` is the provider's, on one line and without secrets."""

    def __init__(
        self,
        trouble: Trouble,
        message: str,
        *,
        code: int = 0,
        status: str = "",
        retry_after_s: float | None = None,
        sent: bool = True,
    ) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.message = message
        self.code = code
        self.status = status
        self.retry_after_s = retry_after_s
        self.sent = sent  # False: the request certainly never reached the service

    @property
    def transient(self) -> bool:
        """Whether an idempotent call, or one picture, may be tried again after a while."""
        return self.trouble in (Trouble.THROTTLED, Trouble.UNAVAILABLE, Trouble.TRANSPORT)

    @property
    def ambiguous(self) -> bool:
        """Whether a create that failed this way may have been accepted: only a google.rpc refusal is definite."""
        return self.trouble in (Trouble.UNAVAILABLE, Trouble.TRANSPORT)
