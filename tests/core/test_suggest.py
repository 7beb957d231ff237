"""Did-you-mean: what a writer meant, by whatever name; and nothing where it would be a guess."""

from __future__ import annotations

import time

import pytest

from chargen.core.suggest import did_you_mean, nearest

PEOPLE = {
    "lieutenant-osk": ("Lieutenant Osk",),
    "maren-thorne": ("Maren Thorne",),
    "elodie-brack": ("Élodie Brack",),
    "brother-anselm": ("The Grey Friar",),
}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Osk", "lieutenant-osk"),
        ("Maren Thorne", "maren-thorne"),
        ("maren_thorne", "maren-thorne"),
        ("Maren Thorn", "maren-thorne"),
        ("Élodie", "elodie-brack"),
        ("grey friar", "brother-anselm"),
        ("Captain Brack", "elodie-brack"),
        ("Lieutenant Osk of the Watch", "lieutenant-osk"),
        ("mar", "maren-thorne"),
        ("lieutennant-osk", "lieutenant-osk"),
    ],
)
def test_a_name_is_known_by_its_words_its_spelling_and_its_other_names(said: str, meant: str) -> None:
    assert nearest(said, PEOPLE, called=PEOPLE) == meant


@pytest.mark.parametrize("said", ["Wilhelmina", "", "-", "m", "the road"])
def test_what_is_near_to_nothing_stays_unnamed(said: str) -> None:
    assert nearest(said, PEOPLE, called=PEOPLE) is None


def test_a_word_that_two_have_names_neither() -> None:
    assert nearest("Thorne", ["maren-thorne", "walter-thorne"]) is None


def test_a_shared_first_word_is_no_kinship() -> None:
    assert nearest("north-quarry-road", ["north-beacon", "salt-harbour"]) is None


def test_a_slip_of_the_pen_comes_before_a_longer_name() -> None:
    assert nearest("shot", ["shots", "shot_type"]) == "shots"


def test_a_hint_names_the_nearest_or_the_few_there_are() -> None:
    assert did_you_mean("clam", ["calm", "storm"]) == "did you mean 'calm'?"
    assert did_you_mean("zzz", ["calm", "storm"]) == "known: calm, storm"
    assert did_you_mean("zzz", [f"x{n}y" for n in range(10)]).endswith("and 2 more")
    assert did_you_mean("zzz", []) == ""


def test_many_wrong_names_among_many_shots_take_no_time() -> None:
    """As many as a world of 1,700 shots may have: each name is looked up once."""
    addresses = [f"location/place-{n % 97}/zone-{n}/main" for n in range(1700)]
    began = time.perf_counter()

    for n in range(300):
        did_you_mean(f"location/place-{n % 10}/zonne-1/main", addresses)

    assert time.perf_counter() - began < 10


def test_a_text_without_end_is_nobodys_name() -> None:
    assert nearest("pier" * 1_000_000, ["pier", "mole"]) is None
