"""Pictures kept for other words on a laptop: ticks, open pull requests and a rebuild of the books leave them kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gitops.test_state_rebuild import lose, play, rebuilt

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

QUAY = "quay/imagery.yaml"


def keep(town: Town, *arguments: str) -> str:
    """The writer keeps what was made, in their clone; what they are told."""
    town.pull()
    town.monkeypatch.chdir(town.writer.root)
    said = town.writer("batch", "plan", "--accept-drift", "--yes", *arguments)
    assert said.code == 0, said.text
    return said.out


def test_after_it_is_pushed_nothing_is_ordered_or_proposed(quay: Town) -> None:
    paid = play(quay)
    quay.pull()
    quay.writer.edit("chargen.yaml", "still water", "choppy water")

    told = keep(quay)
    quay.push()
    quay.done("submit")
    quay.done("tick")

    assert "2 pictures kept" in told
    assert (len(quay.gemini.paid), quay.open_pulls()) == (paid, {})
    assert set(quay.whys().values()) == {"unchanged"}


def test_an_open_pull_request_of_the_entity_stays_and_its_picture_is_not_among_them(quay: Town) -> None:
    play(quay)
    quay.pull()
    quay.writer.edit(QUAY, "subject: a coil of rope", "subject: a coil of wet rope")
    quay.push()
    quay.done("submit")
    quay.done("tick")
    (before,) = quay.open_pulls().values()
    quay.pull()
    quay.writer.edit(QUAY, "subject: the whole quay", "subject: the whole long quay")

    told = keep(quay)
    quay.push()
    quay.done("tick")
    paid = len(quay.gemini.paid)

    assert "= location/quay/noon/wide" in told
    assert "location/quay/noon/rope" in told
    assert "not accepted: proposed" in told
    (after,) = quay.open_pulls().values()
    assert after.number == before.number
    assert quay.merge_all() == 1
    quay.done("tick")
    assert set(quay.whys().values()) == {"unchanged"}
    assert len(quay.gemini.paid) == paid


@pytest.mark.parametrize(
    "also", [(), ("refs/chargen/",)], ids=["kept pictures are left", "kept pictures are gone, too"]
)
def test_books_made_again_of_it_know_what_was_paid_and_what_is_accepted(
    quay: Town, also: tuple[str, ...]
) -> None:
    paid = play(quay)
    quay.pull()
    quay.writer.edit("chargen.yaml", "still water", "choppy water")
    keep(quay)
    quay.push()
    lose(quay, *also)

    rebuilt(quay)
    quay.done("submit")
    quay.done("tick")

    assert set(quay.whys().values()) == {"unchanged"}
    quay.pull()
    quay.writer.edit("chargen.yaml", "choppy water", "still water")
    quay.push()
    quay.done("submit")
    quay.done("tick")
    assert len(quay.gemini.paid) == paid


def test_what_is_in_flight_on_the_books_of_the_remote_is_left(quay: Town) -> None:
    play(quay)
    quay.pull()
    quay.writer.edit("chargen.yaml", "still water", "choppy water")
    quay.push()
    quay.done("submit")

    told = keep(quay)

    assert "0 pictures kept for today's words, 2 left as they are." in told
    assert told.count("not accepted: in flight") == 2
