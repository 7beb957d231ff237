"""Numbers with their nouns, and times in as many words as a person wants."""

from __future__ import annotations

import pytest

from chargen.core.counted import counted, lasting


def test_one_is_one_and_more_are_many() -> None:
    assert [counted(n, "batch", "batches") for n in (0, 1, 2)] == ["0 batches", "1 batch", "2 batches"]
    assert counted(2, "request") == "2 requests"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (12000, "3 h 20 min"),
        (47 * 3600 + 60, "47 h 1 min"),
        (48 * 3600, "2 days"),
        (52 * 3600, "2 days 4 h"),
    ],
)
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert lasting(seconds) == words
