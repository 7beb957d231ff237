"""From INTENT to what the provider made of it: `create` is called once for each CREATING, and never guessed about."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from chargen.core.digest import submission_id
from chargen.core.job import Failure, Status
from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.submission import Came, State
from chargen.pipeline.booking import LEASE, stamp
from chargen.pipeline.execute import Sent, intend, record_sent
from tests.worlds import a_submission, an_outcome

if TYPE_CHECKING:
    from tests.pipeline.conftest import Office

THROTTLED = ProviderTrouble(Trouble.THROTTLED, "slow down", code=429, retry_after_s=7.0)
NO_WAIT_SAID = ProviderTrouble(Trouble.THROTTLED, "slow down", code=429)
DAILY = ProviderTrouble(Trouble.DAILY_QUOTA, "come back tomorrow", code=429)
REFUSED = ProviderTrouble(Trouble.REFUSED, "no such model", code=400)
DENIED = ProviderTrouble(Trouble.DENIED, "API key not valid", code=403)
LOST = ProviderTrouble(Trouble.TRANSPORT, "reset")
DOWN = ProviderTrouble(Trouble.UNAVAILABLE, "503", code=503)


def states(office: Office) -> list[str]:
    """The messages of the commits after the INTENT: the way a submission went."""
    return [message.split()[0] for message in office.tracking.commits[1:]]


# ---- INTENT ---------------------------------------------------------------------------------------------------------


def test_a_run_s_intents_are_one_commit_that_claims_every_request(office: Office) -> None:
    work = office.work()

    one, two = intend(
        office.desk(), office.desk().read(), [work[:2], work[2:]], mode="batch", run_id="run-001"
    )

    assert office.tracking.commits == ["Intend 3 requests in 2 submissions (run-001)"]
    books = office.desk().read()
    assert books.submissions == {one.id: one, two.id: two}
    assert [request.request_hash for _, request in books.requests()] == [
        item.request.request_hash
        for submission in sorted((one, two), key=lambda item: item.id)
        for item in (work[:2] if submission is one else work[2:])
    ]
    assert one.id == submission_id([item.request.request_hash for item in work[:2]], 1)
    assert one.display_name == f"chargen/42-w0rld/{one.id}"
    assert (one.state, one.attempt, one.created_at) == (State.INTENT, 1, "2026-11-23T04:00:00Z")
    assert one.lease_until == stamp(office.clock.now() + LEASE)
    assert one.reserved_usd == sum((item.request.reserved_usd for item in work[:2]), Decimal(0)) > 0


def test_a_name_that_is_on_the_books_is_never_taken_again(office: Office) -> None:
    """Books that were rebuilt do not know how often a request was tried."""
    work = office.work()
    first = submission_id([item.request.request_hash for item in work], 1)
    unread = office.booked(a_submission(state=State.FAILED), id=first)

    found = office.intent(work)

    assert (found.id, found.attempt) != (first, 1)
    assert office.submission(first) == unread


def test_a_second_attempt_has_another_name(office: Office) -> None:
    work = office.work()
    first = office.intent(work)
    office.booked(first, state=State.FENCED)

    second = office.intent(work)

    assert (first.attempt, second.attempt) == (1, 2)
    assert first.id != second.id
    assert first.display_name != second.display_name


def test_an_order_is_booked_with_the_intent_that_claims_it(office: Office) -> None:
    work = office.work(force=("*",), order_prefix="run-001-n")

    office.intent(work)

    books = office.desk().read()
    assert set(books.orders) == {f"run-001-n.{item.job_id}" for item in work}
    assert books.open_orders(retries=3) == ()
    assert len(office.tracking.commits) == 1


# ---- send -----------------------------------------------------------------------------------------------------------


def test_an_accepted_batch_is_submitted_under_its_name(office: Office) -> None:
    work = office.work()

    sent = office.send(work)

    assert sent.trouble is None
    assert (sent.submission.state, sent.submission.batch) == (State.SUBMITTED, "batches/1")
    assert states(office) == ["Creating", "Submitted"]
    assert office.provider.calls == [f"upload {sent.submission.display_name}", "create files/1"]
    lines = [json.loads(line) for line in office.provider.uploads["files/1"].splitlines()]
    assert [line["key"] for line in lines] == [item.request.key for item in work]


def test_creating_is_on_the_books_with_its_input_before_create_is_called(office: Office) -> None:
    seen: list[tuple[str, str]] = []
    create = office.provider.create

    def watched(model: str, input_file: str, display_name: str) -> object:
        (submission,) = office.desk().read().submissions.values()
        seen.append((submission.state, submission.input_file))
        return create(model, input_file, display_name)

    object.__setattr__(office.provider, "create", watched)
    office.send(office.work())

    assert seen == [("CREATING", "files/1")]


def test_a_throttled_create_waits_as_told_and_is_called_again(office: Office) -> None:
    office.provider.troubles["create"].extend([THROTTLED, NO_WAIT_SAID])

    sent = office.send(office.work())

    assert sent.submission.state is State.SUBMITTED
    assert sent.submission.attempt == 1, "a 429 is no attempt"
    assert office.clock.slept == [7.0, 2.0]
    assert states(office) == ["Creating", "Throttled", "Creating", "Throttled", "Creating", "Submitted"]
    assert [call.split()[0] for call in office.provider.calls] == ["upload", "create", "create", "create"]


def test_a_create_throttled_for_ever_is_withdrawn_and_free_again(office: Office) -> None:
    office.provider.troubles["create"].extend([NO_WAIT_SAID] * 3)

    sent = office.send(office.work(), tries=3)

    assert sent.submission.state is State.CANCELLED
    assert sent.trouble is NO_WAIT_SAID
    assert office.clock.slept == [1.0, 2.0]
    assert len(office.work()) == 3, "it is planned again"


def test_a_daily_quota_ends_it_at_once(office: Office) -> None:
    office.provider.troubles["create"].append(DAILY)

    sent = office.send(office.work())

    assert (sent.submission.state, sent.trouble) == (State.CANCELLED, DAILY)
    assert office.clock.slept == []


@pytest.mark.parametrize("trouble", [REFUSED, DENIED])
def test_a_definite_refusal_is_refused(office: Office, trouble: ProviderTrouble) -> None:
    office.provider.troubles["create"].append(trouble)

    sent = office.send(office.work())

    assert (sent.submission.state, sent.trouble) == (State.REFUSED, trouble)
    assert sent.submission.error == trouble.message
    assert sent.submission.ended_at
    assert sent.submission.reserved_usd == 0
    assert not [call for call in office.provider.calls if call.startswith(("list", "delete"))]


@pytest.mark.parametrize("trouble", [LOST, DOWN, REFUSED, DENIED, DAILY])
def test_an_upload_that_fails_has_sent_nothing(office: Office, trouble: ProviderTrouble) -> None:
    office.provider.troubles["upload"].append(trouble)

    sent = office.send(office.work())

    assert (sent.submission.state, sent.trouble) == (State.CANCELLED, trouble)
    assert states(office) == ["Withdrawn"]


def test_a_lost_answer_after_an_accept_is_adopted(office: Office) -> None:
    office.provider.lost_answers = 1

    sent = office.send(office.work())

    assert (sent.submission.state, sent.submission.batch) == (State.SUBMITTED, "batches/1")
    assert sent.trouble is not None
    assert len(office.provider.batches) == 1
    assert office.clock.slept == [], "it was listed at once"


def test_a_create_nobody_heard_is_fenced_after_its_input_is_gone(office: Office) -> None:
    office.provider.troubles["create"].append(DOWN)

    sent = office.send(office.work())

    assert sent.submission.state is State.FENCED
    assert [call.split()[0] for call in office.provider.calls] == [
        "upload",
        "create",
        "list",
        "delete",
        "list",
    ]
    assert office.clock.slept == [120]
    assert office.provider.uploads == {}
    assert len(office.work()) == 3, "it is planned again"


def test_create_is_never_called_again_after_an_unclear_answer(office: Office) -> None:
    office.provider.troubles["create"].append(LOST)
    office.provider.troubles["list"].append(LOST)

    with pytest.raises(ProviderTrouble):
        office.send(office.work())

    assert [call.split()[0] for call in office.provider.calls] == ["upload", "create", "list"]
    (submission,) = office.desk().read().submissions.values()
    assert submission.state is State.CREATING, "to be settled by whoever comes next"


def test_a_submission_taken_over_meanwhile_is_not_created(office: Office) -> None:
    from chargen.errors import BooksConflict

    work = office.work()
    intent = office.intent(work)
    (shard,) = office.shards(work)
    office.booked(intent, owner=replace(intent.owner, nonce="you"))

    from chargen.pipeline.execute import send

    with pytest.raises(BooksConflict):
        send(office.desk(), intent, shard, office.provider, tries=4, list_lag_s=120)

    assert [call.split()[0] for call in office.provider.calls] == ["upload"]


# ---- the run's own record -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "trouble", "status", "failure"),
    [
        (State.SUBMITTED, None, Status.RUNNING, None),
        (State.QUARANTINED, LOST, Status.RUNNING, None),
        (State.REFUSED, REFUSED, Status.FAILED, Failure.REFUSED),
        (State.CANCELLED, THROTTLED, Status.FAILED, Failure.QUOTA),
        (State.CANCELLED, DAILY, Status.FAILED, Failure.QUOTA),
        (State.CANCELLED, LOST, Status.FAILED, Failure.TRANSPORT),
        (State.FENCED, LOST, Status.QUEUED, None),
    ],
)
def test_the_store_says_what_became_of_a_shard(
    office: Office, state: State, trouble: ProviderTrouble | None, status: Status, failure: Failure | None
) -> None:
    work = office.work()
    submission = replace(office.intent(work), state=state, error="why")

    record_sent(office.store, work, Sent(submission, trouble))

    assert set(office.store.statuses().values()) == {status}
    assert {record.failure for record in office.store.jobs()} == {failure}
    assert {record.submission for record in office.store.jobs()} == {submission.id}


def test_an_outcome_frees_its_reservation(office: Office) -> None:
    intent = office.intent(office.work())
    first, *rest = intent.requests
    outcome = an_outcome(Came.IMAGE, cost_usd=Decimal("0.03"))
    booked = office.booked(intent, requests=(replace(first, outcome=outcome), *rest), state=State.SUBMITTED)

    books = office.desk().read()

    assert booked.reserved_usd == sum((item.reserved_usd for item in rest), Decimal(0))
    assert books.month_usd("2026-11") == booked.reserved_usd + Decimal("0.03")
    assert books.month_usd("2026-10") == 0
