"""`chargen costs`: what was paid for, and what of it was for nothing; the books and the rows agree."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.commands.wiring import open_session

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World


def test_what_was_paid_is_told_with_what_it_was_for(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    gemini.fault("image-safety")
    one_shot.edit("quay/imagery.yaml", "subject: a quay,", "subject: a quay at night,")
    one_shot("batch", "run", "--mode", "batch", "--yes")

    said = one_shot("costs", "--format", "json")

    (month,) = json.loads(said.out)["months"]
    session = open_session(one_shot.root)
    spent = session.books_here().month_usd(month["month"])
    assert Decimal(month["actualUsd"]) == spent
    assert [(part["mode"], part["requests"], part["pictures"]) for part in month["parts"]] == [
        ("batch", 1, 0),
        ("live", 1, 1),
    ]
    assert list(month["waste"]) == ["blocked"]
    assert json.loads(said.out)["rows"]["differences"] == []
    assert json.loads(said.out)["rows"]["count"] == 1


def test_a_row_that_says_another_price_is_named(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    said = re.search(r'cost_usd: "[\d.]+"', one_shot.read("quay/imagery.yaml"))
    assert said is not None
    one_shot.edit("quay/imagery.yaml", said[0], 'cost_usd: "9.99"')

    told = one_shot("costs").out

    assert "1 picture in the files: 9.9900 USD by its row, but the books say otherwise:\n" in told
    assert "its row says 9.99 USD, the books 0.0" in told


def test_rows_that_agree_are_told_in_a_writer_s_words(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()

    told = one_shot("costs").out.splitlines()[-1]

    assert told == "1 picture in the files: 0.0341 USD by its row, and that is what was paid for it"


def test_a_batch_that_failed_for_nothing_is_in_no_estimate(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("batch-failed")
    one_shot("batch", "submit", "--yes")
    one_shot("batch", "collect", "--wait")

    (month,) = json.loads(one_shot("costs", "--format", "json").out)["months"]

    (part,) = month["parts"]
    assert (part["requests"], part["actualUsd"], part["estimatedUsd"]) == (1, "0", "0")


def test_without_books_nothing_was_paid_and_a_month_is_checked(one_shot: World) -> None:
    assert one_shot("costs").out == "Nothing was paid for yet.\n"
    assert one_shot("costs", "--month", "2026-10").out.startswith("2026-10: 0.0000 USD spent")
    assert one_shot("costs", "--month", "october").code == 64
    assert one_shot("costs", "--month", "2026-13").code == 64
