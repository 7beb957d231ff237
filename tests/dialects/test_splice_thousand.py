"""
A thousand generated files, the same ones in every run, through no-op, add, replace and remove.

    scripts/test tests/dialects/test_splice_thousand.py -n auto
"""

from __future__ import annotations

import pytest

from tests.splice_promises import LIFE, live
from tests.yaml_files import file_of

FILES = range(1, 1001)
AT_ONCE = 50


@pytest.mark.parametrize("first", FILES[::AT_ONCE])
def test_changes_no_byte_outside_the_rows(first: int) -> None:
    """Every mapping that may own rows gets, changes and loses one; `live` holds each promise on the way."""
    for seed in range(first, first + AT_ONCE):
        file = file_of(seed)

        assert live(file.text, *file.paths) == len(LIFE) * len(file.paths), seed
