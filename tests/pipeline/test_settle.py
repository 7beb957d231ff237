"""Submissions whose owner has gone, or whose create had no clear answer: adopted, fenced, quarantined, or left alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from chargen.core.books import Books, Identity
from chargen.core.provider_reply import Batch, BatchState, ProviderTrouble, Trouble
from chargen.core.submission import State, Submission
from chargen.errors import BooksConflict
from chargen.pipeline.settle import recover, settle_creating, sweep, take_over

if TYPE_CHECKING:
    from tests.pipeline.conftest import Office

GONE = ProviderTrouble(Trouble.REFUSED, "no such file", code=404)
FORBIDDEN = ProviderTrouble(Trouble.REFUSED, "not now", code=409)
LOST = ProviderTrouble(Trouble.TRANSPORT, "reset")


def settled(office: Office, submission: Submission) -> Submission:
    return settle_creating(office.desk(), submission, office.provider, list_lag_s=120)


# ---- no clear answer ------------------------------------------------------------------------------------------------


def test_a_listed_batch_is_adopted_and_its_input_left_alone(office: Office) -> None:
    creating = office.creating()
    office.provider.add("somebody else's")
    batch = office.provider.add(creating.display_name)

    found = settled(office, creating)

    assert (found.state, found.batch, found.error) == (State.SUBMITTED, batch.name, "")
    assert "files/1" in office.provider.uploads


def test_a_batch_that_the_list_shows_late_is_adopted(office: Office) -> None:
    creating = office.creating()
    batch = office.provider.add(creating.display_name)
    office.provider.unlisted.add(batch.name)
    sleep = office.clock.sleep

    def listed_meanwhile(seconds: float) -> None:
        sleep(seconds)
        office.provider.unlisted.clear()

    object.__setattr__(office.clock, "sleep", listed_meanwhile)
    found = settled(office, creating)

    assert (found.state, found.batch) == (State.SUBMITTED, batch.name)
    assert office.clock.slept == [120]


@pytest.mark.parametrize("state", [BatchState.FAILED, BatchState.CANCELLED, BatchState.EXPIRED])
def test_a_batch_that_ended_without_results_is_adopted_as_an_outcome(
    office: Office, state: BatchState
) -> None:
    creating = office.creating()
    batch = office.provider.add(creating.display_name, state=state)

    assert settled(office, creating).batch == batch.name


@pytest.mark.parametrize("answer", [None, GONE])
def test_what_is_not_listed_is_fenced_once_its_input_is_gone(
    office: Office, answer: ProviderTrouble | None
) -> None:
    creating = office.creating()
    office.provider.troubles["delete"].append(answer)

    found = settled(office, creating)

    assert found.state is State.FENCED
    assert not found.holds
    assert office.clock.slept == [120]
    assert [call.split()[0] for call in office.provider.calls[1:]] == ["list", "delete", "list"]


@pytest.mark.parametrize("answer", [FORBIDDEN, LOST])
def test_what_cannot_be_fenced_for_sure_is_quarantined(office: Office, answer: ProviderTrouble) -> None:
    creating = office.creating()
    office.provider.troubles["delete"].append(answer)

    found = settled(office, creating)

    assert found.state is State.QUARANTINED
    assert found.holds, "nobody may send it meanwhile"
    assert office.work() == ()


def test_of_two_listed_the_one_that_succeeded_is_kept(office: Office) -> None:
    creating = office.creating()
    oldest = office.provider.add(creating.display_name, state=BatchState.RUNNING)
    done = office.provider.add(creating.display_name, state=BatchState.SUCCEEDED)

    found = settled(office, creating)

    assert found.batch == done.name
    assert oldest.name in found.error
    assert (found.doubles, found.lost_usd) == ((oldest.name,), Decimal("0.1068")), "waste at once"
    assert office.provider.batches[oldest.name].state is BatchState.CANCELLED
    assert office.provider.batches[done.name].state is BatchState.SUCCEEDED


def test_of_two_listed_the_oldest_live_one_is_kept(office: Office) -> None:
    creating = office.creating()
    failed = office.provider.add(creating.display_name, state=BatchState.FAILED)
    younger = office.provider.add(creating.display_name, created_at="2026-11-23T05:00:00Z")
    older = office.provider.add(creating.display_name, created_at="2026-11-23T04:30:00Z")

    found = settled(office, creating)

    assert found.batch == older.name
    assert [call for call in office.provider.calls if call.startswith("cancel")] == [f"cancel {younger.name}"]
    assert failed.name in found.error
    assert (found.doubles, found.lost_usd) == ((failed.name, younger.name), Decimal("0.1068"))


def test_a_double_that_cannot_be_cancelled_does_not_keep_the_other_from_being_booked(office: Office) -> None:
    creating = office.creating()
    older = office.provider.add(creating.display_name)
    younger = office.provider.add(creating.display_name)
    office.provider.troubles["cancel"].append(FORBIDDEN)

    found = settled(office, creating)

    assert (found.state, found.batch) == (State.SUBMITTED, older.name)
    assert younger.name in found.error


# ---- owners that have gone ------------------------------------------------------------------------------------------


def recovered(office: Office) -> list[Submission]:
    return recover(office.desk(), office.provider, list_lag_s=120)


def test_a_live_lease_is_never_touched(office: Office) -> None:
    creating = office.creating(nonce="you")
    commits = list(office.tracking.commits)

    assert recovered(office) == []

    assert office.submission(creating.id) == creating
    assert office.tracking.commits == commits
    assert not [call for call in office.provider.calls if call.startswith(("list", "delete"))]


def test_our_own_submissions_are_not_recovered(office: Office) -> None:
    office.creating(nonce="me")
    office.clock.sleep(10_000)

    assert recovered(office) == []


@pytest.mark.parametrize("why", ["process", "lease"])
def test_an_intent_of_somebody_who_has_gone_was_never_sent(office: Office, why: str) -> None:
    intent = office.intent(office.work(), nonce="you")
    if why == "process":
        office.gone.add("you")
    else:
        office.clock.sleep(901)

    (found,) = recovered(office)

    assert (found.id, found.state, found.owner.nonce) == (intent.id, State.CANCELLED, "me")
    assert office.provider.calls == []
    assert len(office.work()) == 3


def test_a_create_of_somebody_who_has_gone_is_settled(office: Office) -> None:
    creating = office.creating(nonce="you")
    office.gone.add("you")
    batch = office.provider.add(creating.display_name)

    (found,) = recovered(office)

    assert (found.state, found.batch, found.owner.nonce) == (State.SUBMITTED, batch.name, "me")


@pytest.mark.parametrize("state", [State.SUBMITTED, State.QUARANTINED, State.COLLECTED, State.FENCED])
def test_nothing_else_needs_an_owner(office: Office, state: State) -> None:
    office.booked(office.creating(nonce="you"), state=state)
    office.gone.add("you")

    assert recovered(office) == []


def test_a_live_run_is_not_settled_by_the_provider_s_list(office: Office) -> None:
    office.intent(office.work(), mode="live", nonce="you")
    office.gone.add("you")

    assert recovered(office) == []


def test_only_one_takes_over(office: Office) -> None:
    intent = office.intent(office.work(), nonce="you")
    office.gone.add("you")

    taken = take_over(office.desk("first"), intent)

    assert taken.owner.nonce == "first"
    with pytest.raises(BooksConflict, match="taken over"):
        take_over(office.desk("second"), intent)
    assert office.submission(intent.id).owner.nonce == "first"


def test_who_has_come_back_is_not_taken_over(office: Office) -> None:
    intent = office.intent(office.work(), nonce="you")
    office.clock.sleep(16 * 60)
    assert office.desk().lapsed(intent)
    office.desk("you").keep_alive([intent.id])

    with pytest.raises(BooksConflict, match="goes on"):
        take_over(office.desk(), intent)
    assert office.submission(intent.id).owner.nonce == "you"


def test_what_has_ended_is_not_taken_over(office: Office) -> None:
    intent = office.intent(office.work(), nonce="you")
    office.booked(intent, state=State.CANCELLED)
    office.gone.add("you")

    with pytest.raises(BooksConflict):
        take_over(office.desk(), intent)
    assert office.submission(intent.id).owner.nonce == "you"


# ---- the sweep ------------------------------------------------------------------------------------------------------

BOOKS = Books("tip", identity=Identity("w0rld", 42))


def listed(*names: str) -> list[Batch]:
    return [Batch(f"batches/{i}", BatchState.RUNNING, name) for i, name in enumerate(names)]


def test_batches_of_others_are_none_of_our_business() -> None:
    sweep(
        BOOKS,
        listed(
            "", "my own batch", "chargen/", "chargen/7-another/abc", "chargen/0-another/abc", "x/42-w0rld/abc"
        ),
    )


def test_a_world_without_books_has_nothing_to_miss() -> None:
    sweep(Books(), listed("chargen/42-w0rld/abc"))


@pytest.mark.parametrize("name", ["chargen/42-w0rld/abc", "chargen/0-w0rld/abc", "chargen/42-forgotten/abc"])
def test_a_batch_of_ours_that_nobody_booked_stops_everything(name: str) -> None:
    with pytest.raises(BooksConflict, match="batches/0"):
        sweep(BOOKS, listed(name))


def test_without_a_repository_only_the_world_says_whose_it_is() -> None:
    sweep(replace(BOOKS, identity=Identity("w0rld", 0)), listed("chargen/0-another/abc"))


@pytest.mark.parametrize("state", [State.SUBMITTED, State.COLLECTED, State.FENCED])
def test_what_is_booked_is_known_whatever_became_of_it(office: Office, state: State) -> None:
    sent = office.intent(office.work())
    office.booked(sent, state=state)

    sweep(office.desk().read(), listed(sent.display_name))


@pytest.mark.parametrize("state", [State.SUBMITTED, State.COLLECTED, State.FENCED])
def test_the_same_requests_of_another_world_are_another_batch(office: Office, state: State) -> None:
    office.booked(office.intent(office.work()), state=state, batch="batches/mine")
    books = office.desk().read()
    (sent,) = books.submissions.values()

    with pytest.raises(BooksConflict, match=f"batches/0 .chargen/42-forgotten/{sent.id}"):
        sweep(books, listed(f"chargen/42-forgotten/{sent.id}"))
