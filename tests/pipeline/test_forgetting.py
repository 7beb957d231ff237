"""A submission is forgotten only where the provider has nothing of it, and had the time to say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chargen.core.provider_reply import BatchState, ProviderTrouble, Trouble
from chargen.core.submission import State
from chargen.errors import BooksConflict
from chargen.pipeline.forgetting import refuse_existing, refuse_young
from tests.fakes import FakeBatches
from tests.worlds import a_submission

HELD = a_submission(state=State.QUARANTINED, batch="", lease_until="2026-11-23T04:15:30Z")
SENT = a_submission(state=State.SUBMITTED, batch="batches/7")
GONE = ProviderTrouble(Trouble.REFUSED, "Batch not found.", code=404, status="NOT_FOUND")


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{time}").replace(tzinfo=UTC)


@pytest.mark.parametrize("state", list(BatchState))
def test_a_quarantine_with_a_listed_batch_is_to_be_adopted_however_that_stands(state: BatchState) -> None:
    provider = FakeBatches()
    provider.add("chargen/0-world/other")
    batch = provider.add(HELD.display_name, state=state)

    with pytest.raises(BooksConflict, match=f"{batch.name} was created for {HELD.id}") as caught:
        refuse_existing(HELD, provider)

    assert caught.value.hint == f"chargen state adopt {HELD.id} {batch.name}"


def test_of_several_the_one_that_has_pictures_is_to_be_adopted() -> None:
    provider = FakeBatches()
    for state in (BatchState.FAILED, BatchState.RUNNING, BatchState.SUCCEEDED):
        provider.add(HELD.display_name, state=state)

    with pytest.raises(BooksConflict) as caught:
        refuse_existing(HELD, provider)

    assert caught.value.hint.endswith("batches/3")


def test_a_quarantine_that_nothing_is_listed_of_may_be_forgotten() -> None:
    provider = FakeBatches()
    provider.add("chargen/0-world/other")

    refuse_existing(HELD, provider)

    assert provider.calls == ["list "]


@pytest.mark.parametrize("unlisted", [set(), {"batches/1"}])
def test_a_batch_that_the_provider_knows_is_not_forgotten_listed_or_not(unlisted: set[str]) -> None:
    provider = FakeBatches(unlisted=unlisted)
    batch = provider.add(SENT.display_name, state=BatchState.SUCCEEDED)

    with pytest.raises(BooksConflict, match="is SUCCEEDED") as caught:
        refuse_existing(replace(SENT, batch=batch.name), provider)

    assert "chargen batch collect" in caught.value.hint


def test_a_batch_that_the_provider_says_it_does_not_have_may_be_forgotten_although_it_has_a_double() -> None:
    provider = FakeBatches()
    provider.add(SENT.display_name)
    provider.troubles["get"].append(GONE)

    refuse_existing(SENT, provider)

    assert provider.calls == ["list ", "get batches/7"]


@pytest.mark.parametrize(
    "trouble",
    [
        ProviderTrouble(Trouble.REFUSED, "a gateway's page", code=404),
        ProviderTrouble(Trouble.DENIED, "not yours, or it may not exist", code=403),
        ProviderTrouble(Trouble.TRANSPORT, "no answer"),
    ],
)
def test_any_other_answer_is_no_word_that_it_is_gone(trouble: ProviderTrouble) -> None:
    provider = FakeBatches()
    provider.troubles["get"].append(trouble)

    with pytest.raises(ProviderTrouble) as caught:
        refuse_existing(SENT, provider)

    assert caught.value is trouble


def test_one_that_may_not_be_listed_yet_is_refused_with_the_time_when_it_may_be_tried() -> None:
    """The lease was renewed for 15 minutes when it was last heard of: at 04:00:30."""
    with pytest.raises(BooksConflict, match="was under way 40 s ago") as caught:
        refuse_young(HELD, at("04:01:10"), list_lag_s=120)

    assert caught.value.hint == "try again at 2026-11-23T04:02:31Z, in 1 min"
    refuse_young(HELD, at("04:02:30"), list_lag_s=120)


def test_a_lease_that_is_of_no_use_leaves_the_time_when_it_was_claimed() -> None:
    rebuilt = replace(SENT, lease_until="")

    with pytest.raises(BooksConflict):
        refuse_young(rebuilt, at("04:01:00"), list_lag_s=120)
    refuse_young(rebuilt, at("04:02:01"), list_lag_s=120)
