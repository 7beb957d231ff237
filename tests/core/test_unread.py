"""What is counted at most where nobody knows the words: never less than the same request costs with them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chargen.core.books import Books
from chargen.core.model_table import MODELS
from chargen.core.price import estimate
from chargen.core.provider_reply import Batch, BatchState
from chargen.core.submission import State
from chargen.core.unread import asked_usd, most_usd
from chargen.core.world_config import Mode
from tests.worlds import PIER, a_request, a_submission, an_outcome, books_of, one_shot, shot_of

SHOT = shot_of({PIER: one_shot()})
MODEL = "gemini-nano-banana-2.1"
UNREAD = a_submission(number=9, state=State.SUBMITTED)


def batch_of(count: int, **more: str) -> Batch:
    counts = {"requests": count} if count else {}
    return Batch("batches/10", BatchState.SUCCEEDED, UNREAD.display_name, counts=counts, **more)


def most(size: str = "") -> Decimal:
    found = most_usd(MODEL, {size} - {""})
    assert found is not None
    return found


@pytest.mark.parametrize("model", sorted(MODELS))
def test_a_picture_of_any_size_is_counted_as_the_dearest(model: str) -> None:
    every = [
        estimate(model, size, Mode.BATCH, prompt_characters=20_000, references=MODELS[model].max_references)
        for size in MODELS[model].image_tokens
    ]

    bound = most_usd(model)

    assert bound is not None
    assert bound >= max(every)


def test_a_model_or_a_size_that_has_no_price_is_not_guessed_at() -> None:
    assert [most_usd("m"), most_usd(MODEL, {"16K"}), most_usd(MODEL, {""})] == [None, None, None]


def test_requests_that_are_booked_are_counted_as_they_are_booked() -> None:
    whole = a_submission(a_request(SHOT), a_request(SHOT, variant=2))

    assert asked_usd(books_of(whole), whole, batch_of(2)) == Decimal("0.10")
    assert asked_usd(books_of(whole), whole, batch_of(0)) == Decimal("0.10"), "the list says no number"


def test_requests_that_are_not_booked_are_counted_by_their_number() -> None:
    assert asked_usd(Books(), UNREAD, batch_of(3)) == 3 * most()
    assert asked_usd(Books(), UNREAD, batch_of(3, model="gemini-3-pro-image")) == 3 * (
        most_usd("gemini-3-pro-image") or 0
    )


@pytest.mark.parametrize("batch", [batch_of(0), batch_of(3, model="of tomorrow")])
def test_where_neither_number_nor_price_is_known_nobody_can_say(batch: Batch) -> None:
    assert asked_usd(Books(), UNREAD, batch) is None


def test_rows_of_the_same_batch_tell_the_size_where_they_tell_of_every_request() -> None:
    rows = a_submission(a_request(SHOT, outcome=an_outcome()), batch=UNREAD.batch)
    books = books_of(rows, UNREAD)

    assert asked_usd(books, UNREAD, batch_of(1)) == most("1K") < most()
    assert asked_usd(books, UNREAD, batch_of(2)) == 2 * most()
