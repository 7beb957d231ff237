"""What long runs found, made short: each broke a rule before it was mended, and breaks none now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.simulation.schedule import decode_schedule
from tests.simulation.session import stand_ins
from tests.simulation.simulation import Simulation, forget

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUND = sorted((Path(__file__).parent / "found").glob("*.json"))


@pytest.fixture(autouse=True)
def simulating() -> Iterator[None]:
    """The stand-ins for what is printed and waited for; no town that another test began."""
    forget()
    with stand_ins():
        yield
    forget()


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.stem)
def test_it_breaks_no_rule_any_more(file: Path) -> None:
    schedule = decode_schedule(file.read_text(encoding="utf-8"))

    assert Simulation(schedule).run().broken == []
