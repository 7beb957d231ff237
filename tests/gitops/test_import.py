"""Pictures that were adopted, in the workflows: left alone while their words are what they were, replaced by review after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

WIDE, ROPE = "location/quay/noon/wide", "location/quay/noon/rope"


@pytest.fixture
def adopted(quay: Town) -> Town:
    """The two pictures of the quay, painted by hand, adopted and pushed; nothing was ever made here."""
    quay.monkeypatch.chdir(quay.writer.root)
    for name in ("wide", "rope"):
        quay.writer.paint(f"quay/images/noon.{name}.png", "teal" if name == "wide" else "olive", (160, 90))
    assert quay.writer("import", "--yes").code == 0
    quay.push()
    return quay


def test_nothing_is_bought_proposed_or_missed(adopted: Town) -> None:
    before = adopted.show("main:quay/imagery.yaml")

    adopted.done("submit")
    adopted.done("tick")
    adopted.done("refresh")

    assert adopted.whys() == {WIDE: "unchanged", ROPE: "unchanged"}
    assert (adopted.open_pulls(), len(adopted.gemini.paid)) == ({}, 0)
    assert adopted.show("main:quay/imagery.yaml") == before


def test_new_words_bring_one_new_picture_by_review_in_the_place_of_the_adopted_one(adopted: Town) -> None:
    adopted.writer.edit("quay/imagery.yaml", "subject: a coil", "subject: a frayed coil")
    adopted.push()

    adopted.done("submit")
    adopted.done("tick")

    assert list(adopted.open_pulls()) == ["chargen/location/quay.1"]
    assert len(adopted.gemini.paid) == 1
    adopted.merge_all()
    adopted.done("tick")
    assert adopted.whys() == {WIDE: "unchanged", ROPE: "unchanged"}
    assert adopted.show("main:quay/imagery.yaml").count("provider_metadata") == 1
