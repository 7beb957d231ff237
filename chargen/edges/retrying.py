"""
The one retry layer for calls that may be repeated: how long to wait, and when to stop. Never used for a create.

The SDK's own retries are off: two layers multiply attempts, and its layer ignores RetryInfo.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import tenacity

from chargen.core.provider_reply import ProviderTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.core.provider_reply import Batch
    from chargen.ports import BatchProvider, Clock

P = ParamSpec("P")
T = TypeVar("T")
Told = Callable[[ProviderTrouble, float], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """
    How often a call is tried, and how the waits in between grow.

    A provider that asks for a longer wait gets it, up to `longest_asked_s`; beyond that the call is given up.
    """

    attempts: int = 5
    first_s: float = 1.0
    most_s: float = 60.0
    longest_asked_s: float = 300.0


PATIENT: Final = Patience()


class Retry:
    """Calls a function again while its ProviderTrouble is transient; DAILY_QUOTA, REFUSED and DENIED end it at once."""

    def __init__(
        self, clock: Clock, patience: Patience, told: Told | None, chance: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._patience = patience
        self._told = told
        self._chance = chance

    def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result; its last exception when no attempt came through."""
        again = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._patience.attempts),
            retry=tenacity.retry_if_exception(self._worth_it),
            wait=self._wait,
            sleep=self._clock.sleep,
            before_sleep=self._tell,
            reraise=True,
        )
        return again(function, *args, **kwargs)

    def _worth_it(self, error: BaseException) -> bool:
        if not isinstance(error, ProviderTrouble) or not error.transient:
            return False
        return (error.retry_after_s or 0) <= self._patience.longest_asked_s

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """The longer of what the provider asks for and an exponential wait, its upper half left to chance."""
        grown = min(self._patience.most_s, self._patience.first_s * 2.0 ** (state.attempt_number - 1))
        trouble = _trouble(state)
        asked = (trouble.retry_after_s if trouble else None) or 0.0
        return max(asked, grown * (0.5 + 0.5 * self._chance()))

    def _tell(self, state: tenacity.RetryCallState) -> None:
        trouble = _trouble(state)
        if self._told and trouble and state.next_action:
            self._told(trouble, state.next_action.sleep)


def retrying(
    clock: Clock,
    *,
    patience: Patience = PATIENT,
    told: Told | None = None,
    chance: Callable[[], float] = random.random,
) -> Retry:
    """A caller that repeats: `retrying(clock)(provider.get, name)`. `told` hears of each trouble and the wait after it."""
    return Retry(clock, patience, told, chance)


class RetriedBatches:
    """A BatchProvider whose every call but `create` is repeated while it may help."""

    def __init__(self, inner: BatchProvider, retry: Retry) -> None:
        self._inner = inner
        self._retry = retry

    def upload(self, path: Path, display_name: str) -> str:
        """Upload again from the start: a half upload costs nothing and expires."""
        return self._retry(self._inner.upload, path, display_name)

    def delete_file(self, name: str) -> None:
        """Delete again; gone already is done."""
        self._retry(self._inner.delete_file, name)

    def create(self, model: str, input_file: str, display_name: str) -> Batch:
        """Start a batch, once: a repeated create is a second batch, paid for."""
        return self._inner.create(model, input_file, display_name)

    def get(self, name: str) -> Batch:
        """A batch as it stands."""
        return self._retry(self._inner.get, name)

    def list(self) -> Iterator[Batch]:
        """Every batch of this key; the list begins again after a trouble, so none comes twice."""
        return iter(self._retry(lambda: tuple(self._inner.list())))

    def cancel(self, name: str) -> None:
        """Ask again for a batch to end."""
        self._retry(self._inner.cancel, name)

    def download(self, name: str, destination: Path) -> None:
        """Download again from the start; a cut one left nothing behind."""
        self._retry(self._inner.download, name, destination)


def _trouble(state: tenacity.RetryCallState) -> ProviderTrouble | None:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, ProviderTrouble) else None
