"""Two batches of one create, as the provider lists them: which answers, which is ended, and what is booked of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from chargen.core.provider_reply import Batch, BatchState, ProviderTrouble, Trouble
from chargen.core.submission import State
from chargen.pipeline.collect import collect
from chargen.pipeline.doubles import Doubled, book_doubles
from tests.answers import a_line, an_answer
from tests.worlds import a_picture

if TYPE_CHECKING:
    from chargen.core.submission import Submission
    from tests.pipeline.conftest import Office

SAY_NOTHING = ProviderTrouble(Trouble.TRANSPORT, "reset")
MOST = Decimal("0.1068")  # of three pictures


def submitted(office: Office, state: BatchState, ended_at: str = "") -> Submission:
    """A submission whose batch stands so."""
    sent = office.send(office.work()).submission
    office.provider.batches[sent.batch] = replace(
        office.provider.batches[sent.batch], state=state, ended_at=ended_at
    )
    return sent


def look(office: Office) -> list[Doubled]:
    """A look at the list; what the provider is asked afterwards is in its calls."""
    listed = list(office.provider.list())
    office.provider.calls.clear()
    return book_doubles(office.desk(), office.provider, listed)


def cancelled(office: Office) -> list[str]:
    return [call.partition(" ")[2] for call in office.provider.calls if call.startswith("cancel")]


def test_of_two_that_run_the_oldest_stays_and_the_other_is_ended_and_counted(office: Office) -> None:
    sent = submitted(office, BatchState.RUNNING)
    other = office.provider.add(sent.display_name)

    (found,) = look(office)

    assert office.submission(sent.id) == replace(sent, doubles=(other.name,), lost_usd=MOST)
    assert found.counted == (other,)
    assert cancelled(office) == [other.name]


@pytest.mark.parametrize("state", [BatchState.FAILED, BatchState.CANCELLED, BatchState.EXPIRED])
@pytest.mark.parametrize("other", [BatchState.RUNNING, BatchState.SUCCEEDED])
def test_where_the_booked_one_ended_in_vain_the_other_answers_and_nothing_is_waste(
    office: Office, state: BatchState, other: BatchState
) -> None:
    sent = submitted(office, state)
    double = office.provider.add(sent.display_name, state=other)

    (found,) = look(office)

    assert office.submission(sent.id) == replace(sent, batch=double.name, doubles=(sent.batch,))
    assert next(found.told) == f"  {double.name} answers for {sent.id} from now on, not {sent.batch}"
    assert cancelled(office) == []


def test_one_that_brought_results_answers_and_the_one_that_runs_is_ended(office: Office) -> None:
    sent = submitted(office, BatchState.RUNNING)
    done = office.provider.add(sent.display_name, state=BatchState.SUCCEEDED)

    look(office)

    assert office.submission(sent.id) == replace(sent, batch=done.name, doubles=(sent.batch,), lost_usd=MOST)
    assert cancelled(office) == [sent.batch]


def test_of_two_that_brought_results_the_first_answers_and_none_is_cancelled(office: Office) -> None:
    sent = submitted(office, BatchState.SUCCEEDED, ended_at="2026-11-23T05:00:00Z")
    early = office.provider.add(
        sent.display_name, state=BatchState.SUCCEEDED, ended_at="2026-11-23T04:59:00Z"
    )

    look(office)

    assert office.submission(sent.id) == replace(sent, batch=early.name, doubles=(sent.batch,), lost_usd=MOST)
    assert cancelled(office) == []


def test_a_double_that_was_counted_and_then_answers_is_waste_no_longer(office: Office) -> None:
    sent = submitted(office, BatchState.RUNNING)
    other = office.provider.add(sent.display_name)
    look(office)
    office.provider.batches[other.name] = replace(other, state=BatchState.SUCCEEDED)
    office.provider.batches[sent.batch] = replace(
        office.provider.batches[sent.batch], state=BatchState.FAILED
    )

    look(office)

    assert office.submission(sent.id) == replace(sent, batch=other.name, doubles=(sent.batch,))


@pytest.mark.parametrize("state", [State.COLLECTED, State.FAILED, State.CANCELLED, State.EXPIRED])
def test_what_has_ended_keeps_its_batch_and_the_other_is_waste(office: Office, state: State) -> None:
    sent = office.booked(submitted(office, BatchState.FAILED), state=state)
    other = office.provider.add(sent.display_name)

    look(office)

    assert office.submission(sent.id) == replace(sent, doubles=(other.name,), lost_usd=MOST)
    assert cancelled(office) == [other.name]


def test_a_second_look_says_nothing_and_writes_nothing(office: Office) -> None:
    sent = submitted(office, BatchState.SUCCEEDED)
    office.provider.add(sent.display_name)
    look(office)
    commits = list(office.tracking.commits)

    assert look(office) == []
    assert office.tracking.commits == commits
    assert cancelled(office) == []


def test_one_that_was_not_told_to_end_is_told_at_the_next_look(office: Office) -> None:
    sent = submitted(office, BatchState.RUNNING)
    other = office.provider.add(sent.display_name)
    office.provider.troubles["cancel"].append(SAY_NOTHING)

    assert len(look(office)) == 1
    assert office.provider.batches[other.name].state is BatchState.PENDING
    assert look(office) == []
    assert office.provider.batches[other.name].state is BatchState.CANCELLED


def test_a_booked_one_that_is_not_listed_yet_is_asked_for(office: Office) -> None:
    sent = submitted(office, BatchState.FAILED)
    other = office.provider.add(sent.display_name)
    office.provider.unlisted.add(sent.batch)

    look(office)

    assert office.submission(sent.id).batch == other.name


def test_nothing_is_done_while_nobody_says_how_the_booked_one_stands(office: Office) -> None:
    sent = submitted(office, BatchState.FAILED)
    office.provider.add(sent.display_name)
    office.provider.unlisted.add(sent.batch)
    office.provider.troubles["get"].append(SAY_NOTHING)

    assert look(office) == []
    assert office.submission(sent.id) == sent
    assert cancelled(office) == []


def test_who_comes_late_with_an_older_list_changes_nothing_and_ends_no_batch_that_answers(
    office: Office,
) -> None:
    sent = submitted(office, BatchState.RUNNING)
    other = office.provider.add(sent.display_name)

    def somebody_was_first() -> None:
        office.booked(office.submission(sent.id), batch=other.name, doubles=(sent.batch,))

    office.tracking.others.append(somebody_was_first)
    look(office)

    assert office.submission(sent.id) == replace(sent, batch=other.name, doubles=(sent.batch,))
    assert cancelled(office) == [sent.batch]


def test_a_batch_of_another_name_is_nobody_s_double(office: Office) -> None:
    sent = submitted(office, BatchState.RUNNING)
    office.provider.add("somebody else's")
    office.provider.batches["batches/9"] = Batch("batches/9", BatchState.RUNNING, f"{sent.display_name}-x")

    assert look(office) == []
    assert office.submission(sent.id) == sent


# ---- brought in


def bring(office: Office, submission: Submission, *lines: bytes) -> Submission:
    """Collect its batch, which ended with these lines."""
    office.provider.results["files/out"] = b"".join(lines)
    batch = Batch(submission.batch, BatchState.SUCCEEDED, output_file="files/out")
    desk, provider = office.desk(), office.provider
    return collect(desk, submission, batch, provider, office.bench, attempts_left=lambda _: False).submission


def test_what_a_batch_brought_that_answers_no_longer_is_not_booked(office: Office) -> None:
    submission = office.send(office.work()).submission
    now = office.booked(submission, batch="batches/2", doubles=(submission.batch,))

    found = bring(office, submission, *map(a_line, submission.requests))

    assert found == office.submission(submission.id) == now


def test_pictures_of_another_batch_of_one_create_are_kept_beside_those_of_the_first(office: Office) -> None:
    submission = office.send(office.work()).submission
    job_ids = [item.job_ids[0] for item in submission.requests]
    now = office.booked(submission, batch="batches/2", doubles=(submission.batch,))
    bring(office, submission, *(a_line(item, an_answer(a_picture("first"))) for item in submission.requests))

    found = bring(office, now, *map(a_line, now.requests))

    assert found.state is State.COLLECTED
    for job_id, request in zip(job_ids, found.requests, strict=True):
        assert request.outcome is not None
        assert office.tracking.fetch(submission.id, f"{job_id}.png") == a_picture("first")
        assert office.tracking.fetch(submission.id, request.outcome.file) == a_picture(job_id)
