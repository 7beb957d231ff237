"""Two batches of one create, as the provider lists them: which answers, which is ended, and what is booked of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from chargen.core.provider_reply import Batch, BatchState, ProviderTrouble, Trouble
from chargen.core.submission import Came, Outcome, State
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


def test_where_the_double_answers_after_all_the_former_one_is_told_as_counted(office: Office) -> None:
    sent = submitted(office, BatchState.RUNNING)
    other = office.provider.add(sent.display_name)
    look(office)
    office.provider.batches[other.name] = replace(
        office.provider.batches[other.name], state=BatchState.SUCCEEDED, ended_at=other.created_at
    )

    (found,) = look(office)

    assert office.submission(sent.id).lost_usd == MOST
    assert list(found.told)[-1] == f"    what it may have cost is counted as waste: {MOST:.4f} USD at most"


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


# ---- listed after their submission was fenced


def fenced(office: Office, **changes: object) -> Submission:
    """A submission that was fenced off, as no batch of it was listed."""
    return office.booked(
        office.creating(),
        **{"state": State.FENCED, "error": "never created", "ended_at": "2026-11-23T05:00:00Z"} | changes,
    )


@pytest.mark.parametrize("state", [BatchState.RUNNING, BatchState.SUCCEEDED])
def test_a_late_batch_answers_while_nobody_asks_for_the_same(office: Office, state: BatchState) -> None:
    submission = fenced(office)
    late = office.provider.add(submission.display_name, state=state)

    (found,) = look(office)

    assert (found.now.state, found.now.batch, found.now.lost_usd) == (State.SUBMITTED, late.name, Decimal(0))
    assert (found.now.ended_at, "listed later" in found.now.error) == ("", True)
    assert found.now == office.submission(submission.id)
    assert list(found.told) == [
        f"  {late.name} answers for {submission.id} from now on, though it was fenced off: it was listed late"
    ]
    assert (cancelled(office), office.work(), look(office)) == ([], (), [])


@pytest.mark.parametrize("state", [BatchState.FAILED, BatchState.CANCELLED, BatchState.EXPIRED])
def test_a_late_batch_that_ended_in_vain_is_nothing(office: Office, state: BatchState) -> None:
    submission = fenced(office)
    office.provider.add(submission.display_name, state=state)

    assert look(office) == []
    assert office.submission(submission.id) == submission


@pytest.mark.parametrize(
    "later", [State.INTENT, State.CREATING, State.SUBMITTED, State.COLLECTED, State.FAILED]
)
def test_a_late_batch_of_what_is_asked_for_again_is_ended_and_counted_once(
    office: Office, later: State
) -> None:
    submission = fenced(office)
    ended = later in (State.COLLECTED, State.FAILED)
    outcome = Outcome(Came.IMAGE if later is State.COLLECTED else Came.FAILED) if ended else None
    requests = tuple(replace(item, outcome=outcome) for item in submission.requests)
    office.booked(
        submission,
        id="again",
        display_name="again",
        state=later,
        attempt=2,
        created_at="1999",
        requests=requests,
    )
    late = office.provider.add(submission.display_name)

    (found,) = look(office)

    assert found.now == replace(submission, doubles=(late.name,), lost_usd=MOST)
    assert list(found.told) == [
        f"  {late.name} (PENDING) was listed late, and its submission {submission.id} was FENCED meanwhile:",
        "    what it may have cost is counted as waste: 0.1068 USD at most",
    ]
    assert cancelled(office) == [late.name]
    assert look(office) == []


@pytest.mark.parametrize(
    "state", [State.INTENT, State.CREATING, State.FENCED, State.REFUSED, State.CANCELLED]
)
def test_a_late_batch_answers_although_another_attempt_was_never_sent(office: Office, state: State) -> None:
    submission = fenced(office)
    office.booked(submission, id="again", display_name="again", state=state, attempt=2)
    office.provider.add(submission.display_name)
    holds = office.submission("again").holds

    (found,) = look(office)

    assert found.now.state is (State.FENCED if holds else State.SUBMITTED)


def test_a_late_batch_is_waste_where_its_order_was_answered_in_other_words(office: Office) -> None:
    submission = fenced(office)
    wished = replace(submission.requests[0], order="wish")
    office.booked(submission, requests=(wished,))
    answered = replace(wished, request_hash="sha256:other", outcome=Outcome(Came.IMAGE))
    office.booked(submission, id="again", display_name="again", state=State.COLLECTED, requests=(answered,))
    late = office.provider.add(submission.display_name)

    (found,) = look(office)

    assert (found.now.state, found.now.doubles) == (State.FENCED, (late.name,))


def test_a_late_batch_of_what_was_refused_is_waste(office: Office) -> None:
    submission = fenced(office, state=State.REFUSED)
    late = office.provider.add(submission.display_name, state=BatchState.SUCCEEDED)

    (found,) = look(office)

    assert (found.now.state, found.now.doubles, found.now.lost_usd) == (State.REFUSED, (late.name,), MOST)
    assert cancelled(office) == []


def test_of_two_late_batches_one_answers_and_the_other_is_waste(office: Office) -> None:
    submission = fenced(office)
    live = office.provider.add(submission.display_name)
    done = office.provider.add(submission.display_name, state=BatchState.SUCCEEDED)

    (found,) = look(office)

    assert (found.now.batch, found.now.doubles, found.now.lost_usd) == (done.name, (live.name,), MOST)
    assert cancelled(office) == [live.name]


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


def test_a_double_whose_price_nobody_knows_is_told_as_such(office: Office) -> None:
    sent = submitted(office, BatchState.RUNNING)
    office.booked(sent, requests=(), model="of tomorrow")
    office.provider.add(sent.display_name)

    (found,) = look(office)

    assert found.now.lost_usd == 0
    assert (
        list(found.told)[-1]
        == "    what it may have cost nobody can say, and nothing is counted: look at Gemini's bill"
    )
