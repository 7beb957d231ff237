"""Fixtures every folder of tests may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chargen.emulator.server import Emulator, Pace
from tests.skips import pytest_sessionfinish

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["pytest_sessionfinish"]


@pytest.fixture(scope="session")
def emulator_server() -> Iterator[Emulator]:
    """One emulator for all tests of a worker; use `emulator`, which begins afresh each time."""
    with Emulator(pace=Pace(polls=1), flat=True) as server:
        yield server


@pytest.fixture
def emulator(emulator_server: Emulator) -> Iterator[Emulator]:
    """A Gemini on a local port: nothing paid yet, flat pictures, a batch is over at its first `get`."""
    yield emulator_server
    emulator_server.reset()
