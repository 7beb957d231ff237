"""The provider's list after the books were lost: whose batches they are, and what is done about each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chargen.core.address import parse_address
from chargen.core.books import Books, Identity
from chargen.core.provider_reply import Batch, BatchState
from chargen.core.submission import Deliver, State, Submission
from chargen.errors import UsageError
from chargen.pipeline.restore_books import from_batches, identify, world_id_of
from chargen.pipeline.settle import sweep
from tests.answers import a_line
from tests.worlds import PIER, one_shot, shots_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipeline.conftest import Office

AT = "2026-11-24T00:00:00Z"
MINE = Identity("w0rld", 42)


def a_batch(name: str, state: BatchState = BatchState.RUNNING, number: int = 1) -> Batch:
    return Batch(f"batches/{number}", state, name, "m", created_at=f"2026-11-23T04:00:0{number}.5Z")


def told(books: Books, *batches: Batch, held: bool = False) -> list[Submission]:
    return from_batches(books, MINE, batches, lambda _: held, at=AT)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (BatchState.RUNNING, State.SUBMITTED),
        (BatchState.UNKNOWN, State.SUBMITTED),
        (BatchState.SUCCEEDED, State.SUBMITTED),
        (BatchState.FAILED, State.FAILED),
        (BatchState.CANCELLED, State.CANCELLED),
        (BatchState.EXPIRED, State.EXPIRED),
    ],
)
def test_a_batch_nobody_booked_is_booked_as_what_it_is(state: BatchState, expected: State) -> None:
    (found,) = told(Books(), a_batch("chargen/42-w0rld/abc", state))

    assert (found.id, found.state, found.batch, found.requests) == ("abc", expected, "batches/1", ())
    assert (found.created_at, found.deliver) == ("2026-11-23T04:00:01Z", Deliver.REVIEW)
    assert bool(found.ended_at) == (not found.holds)
    booked = Books("tip", MINE, {found.id: found})
    sweep(booked, [a_batch("chargen/42-w0rld/abc", state)])
    assert told(booked, a_batch("chargen/42-w0rld/abc", state)) == []


def test_a_laptop_s_pictures_go_into_the_files() -> None:
    (found,) = told(Books(), a_batch("chargen/0-w0rld/abc"))

    assert found.deliver is Deliver.TREE


def test_batches_of_others_and_names_that_cannot_be_are_left() -> None:
    names = ["", "mine", "chargen/7-other/abc", "chargen/42-w0rld/", "chargen/42-w0rld/../x"]

    assert told(Books(), *map(a_batch, names)) == []


def test_of_two_for_one_submission_the_one_that_brings_something_is_taken() -> None:
    failed = a_batch("chargen/42-w0rld/abc", BatchState.FAILED, 1)
    living = a_batch("chargen/42-w0rld/abc", BatchState.RUNNING, 2)
    done = a_batch("chargen/42-w0rld/abc", BatchState.SUCCEEDED, 3)

    (found,) = told(Books(), failed, living, done)

    assert found.batch == "batches/3"
    assert found.error == (
        "created more than once; also batches/2, batches/1; "
        "rebuilt from the provider's list: what it asked for is told by its results"
    )


def test_one_that_brought_nothing_says_so_and_why() -> None:
    failed = replace(a_batch("chargen/42-w0rld/abc", BatchState.FAILED), error="internal (code 13)")

    (found,) = told(Books(), failed)

    assert found.error == (
        "rebuilt from the provider's list: the batch is FAILED (internal (code 13)), "
        "and nothing tells what it asked for"
    )


@pytest.mark.parametrize("state", [State.INTENT, State.CREATING, State.CANCELLED])
def test_one_that_a_copy_takes_for_unsent_is_named(office: Office, state: State) -> None:
    intent = office.intent(office.work())
    office.booked(intent, state=state)
    books = office.desk().read()

    (found,) = told(books, a_batch(intent.display_name))

    assert (found.state, found.batch, found.requests) == (State.SUBMITTED, "batches/1", intent.requests)
    assert bool(told(books, a_batch(intent.display_name), held=True)) == (state is State.CANCELLED)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.COLLECTED, State.FENCED, State.QUARANTINED])
def test_one_that_was_sent_is_left(office: Office, state: State) -> None:
    intent = office.intent(office.work())
    office.booked(intent, state=state, batch="batches/7")

    assert told(office.desk().read(), a_batch(intent.display_name)) == []


def test_one_of_a_forgotten_world_with_the_same_requests_is_booked_beside_ours() -> None:
    theirs, ours = a_batch("chargen/42-forgotten/abc"), a_batch("chargen/42-w0rld/abc", number=2)

    found = told(Books(), theirs, ours)

    assert [(item.id, item.batch) for item in found] == [
        ("abc", "batches/2"),
        ("abc-forgotten", "batches/1"),
    ]
    booked = Books("tip", MINE, {item.id: item for item in found})
    sweep(booked, [theirs, ours])
    assert told(booked, theirs, ours) == []


# ---- whose books they were ------------------------------------------------------------------------------------------


def test_kept_pictures_say_the_world_the_newest_first(office: Office) -> None:
    old = office.intent(office.work())
    new = replace(old, id="2", display_name="chargen/42-newer/2", created_at="2027-01-01T00:00:00Z")

    assert world_id_of([a_batch("chargen/42-other/abc")], [old, new], (), 42) == "newer"


def test_else_the_batches_that_rows_name_then_the_repository_s_then_any() -> None:
    batches = [a_batch("chargen/42-ours/a", number=1), a_batch("chargen/0-laptop/b", number=2)]

    assert world_id_of(batches, [], {"batches/2"}, 42) == "laptop"
    assert world_id_of(batches, [], (), 42) == "ours"
    assert world_id_of(batches[1:], [], (), 42) == "laptop"
    assert world_id_of([a_batch("mine")], [], (), 42) == ""


def test_of_several_worlds_a_person_says_which() -> None:
    batches = [a_batch("chargen/0-one/a"), a_batch("chargen/0-two/b", number=2)]

    with pytest.raises(UsageError, match="several worlds") as error:
        world_id_of(batches, [], (), 0)

    assert "--world ID, one of one, two" in error.value.hint


# ---- what it asked for ----------------------------------------------------------------------------------------------


def test_results_tell_what_was_asked_for_once(office: Office, tmp_path: Path) -> None:
    submission = office.send(office.work()).submission
    unread = office.booked(submission, requests=())
    shots = {parse_address(name): shot for name, shot in shots_of({PIER: one_shot("variants: 3\n")}).items()}
    office.provider.results["files/out"] = b"".join(map(a_line, submission.requests)) + b"torn {"
    batch = Batch(submission.batch, BatchState.SUCCEEDED, output_file="files/out")

    found = identify(office.desk(), unread, batch, office.provider, shots, tmp_path)
    again = identify(office.desk(), found, batch, office.provider, shots, tmp_path)

    assert [item.request_hash for item in found.requests] == [
        item.request_hash for item in submission.requests
    ]
    assert [item.ask for item in found.requests] == [item.ask for item in submission.requests]
    assert again == found == office.submission(submission.id)
    assert office.provider.calls.count("download files/out") == 1
    assert list(tmp_path.glob("keys-*")) == []


@pytest.mark.parametrize("state", [BatchState.FAILED, BatchState.EXPIRED])
def test_a_batch_without_results_stays_unread(office: Office, tmp_path: Path, state: BatchState) -> None:
    unread = office.booked(office.send(office.work()).submission, requests=())

    found = identify(office.desk(), unread, Batch("batches/1", state), office.provider, {}, tmp_path)

    assert found == unread
