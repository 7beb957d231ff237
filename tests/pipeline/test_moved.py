"""A renamed shot that says where it was before keeps what was recorded, decided, in flight and proposed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.books import Decision, Order
from chargen.core.due import due_picture
from chargen.core.proposal import Proposal, Standing
from chargen.core.submission import Came, Deliver, State
from chargen.pipeline.apply import apply
from tests.fakes import FakeFiles, FakePictures
from tests.worlds import (
    PIER,
    WIDE,
    Files,
    a_picture,
    a_request,
    a_submission,
    address,
    an_outcome,
    books_of,
    item_of,
    made,
    one_shot,
    plan_of,
    shot_of,
    shots_of,
    tree_of,
    whys,
    world_of,
)

if TYPE_CHECKING:
    from chargen.core.books import Books

OLD: Files = {PIER: one_shot()}
NEW = "location/pier/dawn/broad"
V1 = "location.pier.dawn.broad.v1"
MOVED = f"moved_from: {WIDE}\n"


def renamed(words: str = "", *, moved: str = MOVED) -> dict[str, Any]:
    """The world whose one shot has another id, and perhaps other words."""
    return {PIER: one_shot(words + moved).replace("id: wide", "id: broad")}


def brought(picture: bytes | None = None, came: Came = Came.IMAGE, **more: Any) -> Any:
    """What was paid under the old address."""
    return a_submission(a_request(shot_of(OLD), outcome=an_outcome(came, picture)), **more)


def why(files: Files, books: Books) -> str:
    """What is done for the renamed shot."""
    return whys(plan_of(files, books))[V1]


@pytest.mark.parametrize("said", [WIDE, "location/pier"], ids=["whole", "beginning"])
def test_it_is_in_no_hash(said: str) -> None:
    bare, moved = shot_of({PIER: one_shot()}), shot_of({PIER: one_shot(f"moved_from: {said}\n")})

    assert bare.ask() == moved.ask()
    assert bare.request_hash(1) == moved.request_hash(1)


def test_with_an_edit_it_waits_for_what_is_in_flight_under_the_old_address() -> None:
    books = books_of(a_submission(a_request(shot_of(OLD)), state=State.SUBMITTED))

    assert why(renamed("mood: grim\n", moved=""), books) == "generate: new"
    assert why(renamed("mood: grim\n"), books) == "skip: debounced: older wording in flight"


def test_attempts_are_counted_on() -> None:
    books = books_of(brought(came=Came.FAILED), brought(came=Came.FAILED, number=2))

    assert why(renamed(), books) == "generate: retry 2 of 3"


def test_what_was_rejected_or_locked_stays_so() -> None:
    picture = brought()
    rejected = Decision(WIDE, rejected=(picture.requests[0].outcome.sha256,))

    assert why(renamed(), books_of(picture, decisions=[rejected])) == "skip: rejected"
    assert why(renamed(moved=""), books_of(picture, decisions=[rejected])) == "restore: paid before"
    assert why(renamed("mood: grim\n"), books_of(decisions=[Decision(WIDE, locked=True)])) == "skip: locked"


def test_decisions_under_both_addresses_add_up() -> None:
    both = [Decision(WIDE, ("a", "b"), "p", locked=True), Decision(NEW, ("b", "c"), "q")]

    found = books_of(decisions=both).decision(address(NEW), address())

    assert found == Decision(NEW, ("a", "b", "c"), "q", locked=True)


def test_a_wish_for_the_old_address_is_made_for_the_new_one() -> None:
    order = Order("comment-1", "reroll", "location.pier.dawn.wide.v1", "2026-11-23T04:00:00Z")

    (item,) = plan_of(renamed(), books_of(brought(), orders=[order])).items

    assert (item.job_id, item.why, item.order) == (V1, "rerolled", order)


def test_two_wishes_for_one_candidate_under_both_addresses_are_made_one_after_the_other() -> None:
    at = "2026-11-23T04:00:00Z"
    orders = [Order("1", "reroll", "location.pier.dawn.wide.v1", at), Order("2", "reroll", V1, at)]

    (item,) = plan_of(renamed(), books_of(brought(), orders=orders)).items

    assert item.order == orders[0]


@pytest.mark.parametrize("standing", [Standing.OPEN, Standing.CLOSED])
def test_what_is_proposed_or_was_closed_is_known(standing: Standing) -> None:
    picture = brought(deliver=Deliver.REVIEW)
    shown = {WIDE: picture.requests[0].outcome.sha256}
    proposal = Proposal("location/pier", 1, standing, shots=shown, number=7)
    books = books_of(picture, proposals=[proposal])

    assert why(renamed(), books).startswith("skip: proposed: #7")
    found = due_picture(world_of(renamed()), shot_of(renamed(), NEW), books, Deliver.REVIEW)
    assert (found is None) is (standing is Standing.CLOSED)


def left_as_it_was() -> dict[str, Any]:
    """The world as it lies after a run, its shot renamed in place: the row still bears the old name."""
    files = made(MOVED, moved_from=None)
    files[PIER] = files[PIER].replace("id: wide", "id: broad")
    return files


def test_a_row_that_was_left_is_found_and_nothing_has_to_be_done() -> None:
    files = left_as_it_was()

    assert "location.pier.dawn.wide.v1" in files[PIER]
    assert why(files, books_of(brought(a_picture()))) == "skip: unchanged"
    assert (
        why({**files, PIER: files[PIER].replace(MOVED.strip(), "caption: x")}, books_of()) == "generate: new"
    )


def test_the_next_picture_takes_the_place_of_the_row_and_of_its_file() -> None:
    files = left_as_it_was()
    files[PIER] = files[PIER].replace("the whole pier", "half the pier")
    shots = shots_of(files)
    new = a_picture("blue")
    request = a_request(shots[NEW], outcome=an_outcome(picture=new))
    books = books_of(brought(a_picture()), a_submission(request, number=2))
    disk = FakeFiles(dict(tree_of(files).contents))  # type: ignore[arg-type]

    applied = apply(
        world_of(files),
        {shot.address: shot for shot in shots.values()},
        books,
        [address(NEW)],
        files=disk,
        pictures=FakePictures(),
        fetch=lambda _: new,
    )

    assert not applied.problems
    text = disk.contents[PIER].decode()
    assert (text.count(V1), text.count("location.pier.dawn.wide.v1")) == (1, 0)
    assert disk.contents["locations/pier/images/dawn.wide.png"] == new


def test_an_entity_or_a_scene_may_have_moved_with_all_its_shots() -> None:
    two = one_shot("", entity="moved_from: location/quay\n", scene="moved_from: location/dock/dusk\n")

    assert str(shot_of({PIER: two}).formerly) == "location/dock/dusk/wide"
    only = one_shot("", entity="moved_from: location/quay\n")
    assert str(shot_of({PIER: only}).formerly) == "location/quay/dawn/wide"


def test_where_the_old_address_is_still_there_it_is_not_believed() -> None:
    files = renamed()
    files[PIER] += "      - {id: wide, subject: another}\n"
    books = books_of(a_submission(a_request(shot_of(OLD)), state=State.SUBMITTED))

    plan = plan_of({PIER: files[PIER].replace("subject: the whole pier", "subject: half the pier")}, books)

    assert item_of(plan, NEW).why == "new"
    (said,) = [item for item in plan.problems if item.rule == "moved-from"]
    assert said.message == f"{NEW} cannot have been moved from {WIDE}: that shot is still there"
    assert str(said.place) == f"{PIER}:8:21"


def test_two_that_name_one_place_are_not_believed() -> None:
    files = renamed()
    files[PIER] += f"      - {{id: third, subject: another, moved_from: {WIDE}}}\n"

    found = [item.message for item in plan_of(files).problems if item.rule == "moved-from"]

    assert found == [f"several shots say they were moved from {WIDE}"] * 2


def test_a_place_that_nothing_is_known_of_is_named() -> None:
    def said(books: Books) -> list[str]:
        return [item.message for item in plan_of(renamed(), books).problems]

    assert said(books_of(brought())) == []
    assert said(books_of()) == [f"nothing is known of {WIDE}, from where this is said to have been moved"]


def test_what_is_no_place_is_refused() -> None:
    (problem,) = world_of({PIER: one_shot("moved_from: the old one\n")}).problems

    assert "'moved_from'" in problem.message
    assert str(problem.place) == f"{PIER}:8:21"
