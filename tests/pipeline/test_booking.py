"""How the books are written: compare-and-swap, decided anew after a lost race, and only on what is still ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from chargen.core.books import Identity, Order
from chargen.core.books_files import encode
from chargen.core.submission import IllegalMove, Move, Owner, State
from chargen.errors import BooksConflict, LostRace
from chargen.pipeline.booking import LEASE, stamp, whole_seconds
from chargen.pipeline.execute import intend
from tests.fakes import START

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from tests.pipeline.conftest import Office

ORDER = Order("comment-7", "reroll", "location.a.b.c.v1", "2026-11-23T04:00:00Z")


def other(office: Office, name: str = "other") -> Callable[[], None]:
    """Somebody else who writes first."""

    def write() -> None:
        office.tracking.contents[f"orders/{name}.json"] = encode(replace(ORDER, id=name))
        office.tracking.commits.append(name)

    return write


def test_the_first_write_names_the_world(office: Office) -> None:
    books = office.desk().write(office.desk().read(), [ORDER], "first")
    again = office.desk().write(books, [replace(ORDER, id="2")], "second")

    assert books.identity == again.identity == Identity("w0rld", 42)
    assert set(again.orders) == {"comment-7", "2"}
    assert office.tracking.commits == ["first", "second"]


def test_a_plan_s_write_is_never_merged(office: Office) -> None:
    books = office.desk().read()
    other(office)()

    with pytest.raises(LostRace):
        office.desk().write(books, [ORDER], "late")

    assert office.tracking.commits == ["other"]


def test_intents_of_two_processes_never_both_land(office: Office) -> None:
    work = office.work()
    books = office.desk().read()
    intend(office.desk("me"), books, [work], mode="batch", run_id="run-001")

    with pytest.raises(LostRace):
        intend(office.desk("you"), books, [work], mode="batch", run_id="run-002")

    assert [item.owner.nonce for item in office.desk().read().submissions.values()] == ["me"]


def test_a_decision_is_made_anew_after_each_lost_race(office: Office) -> None:
    seen: list[int] = []
    office.tracking.others.extend(other(office, str(n)) for n in range(3))

    def decide(books: Books) -> Sequence[Thing]:
        seen.append(len(books.orders))
        return [replace(ORDER, id="mine")]

    books = office.desk().book(decide, "mine")

    assert seen == [0, 1, 2, 3]
    assert set(books.orders) == {"0", "1", "2", "mine"}
    assert sum(office.clock.slept) < 1


def test_a_decision_of_nothing_writes_nothing(office: Office) -> None:
    office.desk().book(lambda _: [], "nothing")

    assert office.tracking.commits == []


def test_races_lost_for_ever_end(office: Office) -> None:
    office.tracking.others.extend(other(office, str(n)) for n in range(100))

    with pytest.raises(LostRace, match="every time"):
        office.desk().book(lambda _: [ORDER], "mine")


def test_an_advance_renews_the_lease(office: Office) -> None:
    intent = office.intent(office.work())
    office.clock.sleep(600)

    found = office.desk().advance(intent.id, Move.CREATE, "Creating", input_file="files/1")

    assert (found.state, found.input_file) == (State.CREATING, "files/1")
    assert found.lease_until == stamp(START + timedelta(seconds=600) + LEASE)
    assert office.submission(intent.id) == found


def test_what_somebody_took_over_is_no_longer_ours(office: Office) -> None:
    intent = office.intent(office.work())
    office.booked(intent, owner=Owner("you"))

    with pytest.raises(BooksConflict, match="no longer ours"):
        office.desk("me").advance(intent.id, Move.CREATE, "Creating")
    with pytest.raises(BooksConflict, match="no longer ours"):
        office.desk("me").advance("unheard of", Move.CREATE, "Creating")

    assert office.submission(intent.id).state is State.INTENT


def test_a_move_the_table_lacks_is_a_bug(office: Office) -> None:
    intent = office.intent(office.work())

    with pytest.raises(IllegalMove, match="INTENT cannot collect"):
        office.desk().advance(intent.id, Move.COLLECT, "no")


def test_an_owner_has_gone_when_its_process_or_its_lease_has(office: Office) -> None:
    intent = office.intent(office.work(), nonce="you")
    me = office.desk("me")

    assert not me.lapsed(intent)
    office.clock.sleep(LEASE.total_seconds())
    assert not me.lapsed(intent), "to the second"
    office.clock.sleep(1)
    assert me.lapsed(intent)
    assert not office.desk("you").lapsed(intent), "what is ours we hold"
    office.clock.passed = 0
    office.gone.add("you")
    assert me.lapsed(intent)


def test_what_we_hold_is_kept_alive(office: Office) -> None:
    intent = office.intent(office.work())
    commits = len(office.tracking.commits)

    office.clock.sleep(240)
    office.desk().keep_alive([intent.id])
    assert len(office.tracking.commits) == commits, "most of the lease is left"
    office.clock.sleep(240)
    office.desk("you").keep_alive([intent.id])
    assert len(office.tracking.commits) == commits, "not theirs to renew"
    office.desk().keep_alive([intent.id, "unheard of"])

    assert office.submission(intent.id).lease_until == stamp(office.clock.now() + LEASE)
    office.booked(office.submission(intent.id), state=State.COLLECTED)
    office.clock.sleep(800)
    commits = len(office.tracking.commits)
    office.desk().keep_alive([intent.id])
    assert len(office.tracking.commits) == commits, "what has ended needs no lease"


def test_times_are_whole_seconds_in_utc() -> None:
    assert stamp(datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)) == "2026-01-02T03:04:05Z"
    assert whole_seconds("2026-01-02T03:04:05.999+02:00") == "2026-01-02T01:04:05Z"
    assert whole_seconds("") == whole_seconds("yesterday") == ""


def test_books_of_another_repository_are_refused_until_they_are_adopted(office: Office) -> None:
    theirs = replace(office.desk(), repository_id=41)
    theirs.write(theirs.read(), [ORDER], "Another repository's")
    mine = replace(office.desk(), repository_id=42)
    other_order = replace(ORDER, id="2")

    with pytest.raises(BooksConflict, match="41, and this is 42: a copy"):
        mine.write(mine.read(), [other_order], "x")
    assert set(mine.read().orders) == {"comment-7"}

    mine.write(mine.read(), [Identity("another", 42)], "Adopt")
    assert set(mine.write(mine.read(), [other_order], "x").orders) == {"comment-7", "2"}


def test_books_that_a_laptop_began_learn_their_repository(office: Office) -> None:
    laptop = replace(office.desk(), repository_id=0)
    began = laptop.write(laptop.read(), [ORDER], "x").identity
    assert began == Identity("w0rld", 0)

    mine = replace(office.desk(), repository_id=42)
    books = mine.write(mine.read(), [replace(ORDER, id="another")], "x")

    assert books.identity == Identity("w0rld", 42)


def test_a_clock_that_is_put_back_shortens_no_lease(office: Office) -> None:
    intent = office.intent(office.work())
    office.clock.passed -= 3600

    found = office.desk().advance(intent.id, Move.CREATE, "Creating", input_file="files/1")

    assert found.lease_until == intent.lease_until
