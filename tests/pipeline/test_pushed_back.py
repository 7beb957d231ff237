"""The books pushed back, or deleted, under a process at work: it stops with what was made kept, and never as a bug of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chargen.core.submission import Move, State
from chargen.errors import BooksConflict

if TYPE_CHECKING:
    from tests.pipeline.conftest import Office


@pytest.mark.parametrize("commits_left", [0, 1])
def test_an_advance_on_books_that_were_pushed_back_says_so(office: Office, commits_left: int) -> None:
    desk = office.desk()
    before = dict(office.tracking.contents)
    (intent,) = [office.intent(office.work())]
    if commits_left:
        before = dict(office.tracking.contents)
    desk.advance(intent.id, Move.CREATE, "Creating", input_file="files/1")

    office.tracking.contents = before
    office.tracking.commits.append("pushed back")

    with pytest.raises(BooksConflict, match="pushed back meanwhile") as told:
        desk.advance(intent.id, Move.ACCEPT, "Submitted", batch="batches/1")
    assert "chargen state rebuild" in told.value.hint
    found = desk.tracking.read()[1]
    assert len(found) == len(before), "nothing was written on them"


def test_another_process_s_progress_is_no_push_back(office: Office) -> None:
    intent = office.intent(office.work())
    reader = office.desk("reader")
    reader.read()

    office.desk().advance(intent.id, Move.CREATE, "Creating", input_file="files/1")
    office.desk().advance(intent.id, Move.THROTTLE, "Throttled")

    assert reader.read().submissions[intent.id].state is State.INTENT
