"""Bugs of what is done about two batches of one create, as mutants.py plants them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from chargen.commands import bringing
from chargen.core import double
from chargen.core.submission import Move, move
from chargen.pipeline import keeping
from tests.simulation.mutant import Mutant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.core.submission import Submission


def _move_without_doubles(submission: Submission, what: Move, **changes: Any) -> Submission:
    return move(submission, what, doubles=(), **changes)


OF_DOUBLES: Final[Mapping[str, Mutant]] = {
    "mark of a double lost": Mutant(
        "what was counted of a second batch is forgotten when the first is brought in",
        ((keeping, "move", _move_without_doubles),),
        seed=419,
        rule="nothing_is_lost_of_the_money",
    ),
    "doubles not looked for": Mutant(
        "a batch that ended in vain is booked so, whatever came of another of its create",
        ((bringing, "book_doubles", lambda *_, **__: []),),
        seed=3744,
        rule="no_double_is_left_that_may_answer",
    ),
    "first always kept": Mutant(
        "the batch that was booked answers for its submission, however it ended",
        ((double, "answered_by", lambda submission, *_: submission),),
        seed=5327,
        rule="no_double_is_left_that_may_answer",
    ),
    "double answers, and is waste": Mutant(
        "a batch that answers after all stays counted as a double",
        ((double, "answered_by", lambda submission, batch, _: replace(submission, batch=batch.name)),),
        seed=84260,
        rule="nothing_is_lost_of_the_money",
    ),
    "late batch left": Mutant(
        "what a batch brings that is listed after its submission was fenced is asked for again",
        ((double, "is_taken", lambda *_: True),),
        seed=686,
        rule="nothing_is_asked_for_that_a_late_batch_may_answer",
    ),
    "late batch taken up anyway": Mutant(
        "it answers for its submission, although another asked for the same meanwhile",
        ((double, "is_taken", lambda *_: False),),
        seed=902,
        rule="paid_once",
    ),
}
