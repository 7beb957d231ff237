"""When nothing more is started: told by a person for all, or by a provider's quota for one model."""

from __future__ import annotations

import threading


class OwnStop(threading.Event):
    """Set by itself, or together with another event; setting it leaves the other alone."""

    def __init__(self, other: threading.Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        """Whether either is."""
        return super().is_set() or self._other.is_set()
