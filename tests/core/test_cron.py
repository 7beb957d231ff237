"""How long a schedule may keep silent before it has died."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chargen.core.cron import longest_pause


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("37 * * * *", timedelta(hours=1)),
        ("*/15 * * * *", timedelta(minutes=15)),
        ("17 */6 * * *", timedelta(hours=6)),
        ("0,30 8 * * *", timedelta(hours=23, minutes=30)),
        ("0 6 * * 1", timedelta(days=7)),
        ("5 4 * * Sun", timedelta(days=7)),
        ("5 4 * * 7", timedelta(days=7)),
        ("0 9-17 * * mon-fri", timedelta(days=2, hours=16)),
        ("0 0 1 * *", timedelta(days=31)),
        ("0 0 1 feb *", timedelta(days=366)),
        ("0 0 13 * 5", timedelta(days=7)),  # the 13th, and every Friday
    ],
)
def test_the_longest_pause_a_line_allows(line: str, expected: timedelta) -> None:
    assert longest_pause(line) == expected


@pytest.mark.parametrize(
    "line", ["", "hourly", "* * * *", "60 * * * *", "1-x * * * *", "0 0 30 2 *", "5-1 * * * *"]
)
def test_what_is_no_line_or_never_fires_says_nothing(line: str) -> None:
    assert longest_pause(line) is None
