"""What the books already know of a shot decides before its files do, and what has come is in flight no longer."""

from __future__ import annotations

import pytest

from chargen.core.plan import Action, Reason
from chargen.core.submission import Came, State
from tests.memoryquill import shot, zone
from tests.worlds import (
    PIER,
    a_picture,
    a_request,
    a_submission,
    an_outcome,
    books_of,
    item_of,
    one_shot,
    plan_of,
    shot_of,
)

LOFT = "location/mill/loft/main"
MADE_BEFORE = {**zone("file_path: images/loft.png"), "locations/mill/images/loft.png": a_picture()}
WORLD = {PIER: one_shot()}


@pytest.mark.parametrize(
    ("came", "said"),
    [(Came.IMAGE, (Action.RESTORE, Reason.PAID_BEFORE)), (Came.FAILED, (Action.GENERATE, Reason.RETRY))],
)
def test_a_shot_whose_earlier_picture_was_ordered_anew_goes_by_what_came(
    came: Came, said: tuple[Action, Reason]
) -> None:
    assert item_of(plan_of(MADE_BEFORE), LOFT).why.startswith("unchanged: made before chargen")
    request = a_request(shot_of(MADE_BEFORE, LOFT), outcome=an_outcome(came))

    item = item_of(plan_of(MADE_BEFORE, books_of(a_submission(request))), LOFT)

    assert shot(MADE_BEFORE).earlier
    assert (item.action, item.reason) == said


def test_a_request_that_has_come_is_not_in_flight_though_others_of_its_submission_are() -> None:
    request = a_request(shot_of(WORLD), outcome=an_outcome())
    books = books_of(a_submission(request, state=State.SUBMITTED, mode="live", batch=""))

    item = item_of(plan_of(WORLD, books))

    assert (item.action, item.reason) == (Action.RESTORE, Reason.PAID_BEFORE)
