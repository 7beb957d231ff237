"""Which picture a shot shows, as one table; and which are stale."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chargen.core.books import Candidate, Decision
from chargen.core.current import Shown, current, stale
from chargen.core.digest import sha256
from chargen.core.row import Row
from tests.worlds import PIER, WIDE, a_picture, a_request, a_submission, an_outcome, one_shot, shot_of

ASK = shot_of({PIER: one_shot("mood: calm\n")}).ask()
OTHER = shot_of({PIER: one_shot("mood: dark\n")})
SHOT = shot_of({PIER: one_shot("mood: calm\n")})


def candidate(name: str, *, variant: int = 1, order: str = "", shot: Any = SHOT, **outcome: Any) -> Candidate:
    request = a_request(
        shot, variant=variant, order=order, outcome=an_outcome(picture=a_picture(name), **outcome)
    )
    assert request.outcome is not None
    return Candidate(
        request.job_ids[0], a_submission(request), request, request.outcome, bool(request.orders)
    )


def row(name: str, *, variant: int = 1, shot: Any = SHOT) -> Row:
    return Row(f"location.pier.dawn.wide.v{variant}", "images/x.png", sha256(a_picture(name)), shot.ask())


ONE, TWO, THREE = candidate("one"), candidate("two", variant=2), candidate("three", variant=3)
FORCED, REROLLED = candidate("forced", order="o1"), candidate("rerolled", variant=2, order="o2")
STALE = candidate("stale", shot=OTHER)


def digest(name: str) -> str:
    return sha256(a_picture(name))


@pytest.mark.parametrize(
    ("lying", "candidates", "decision", "shown"),
    [
        # nothing, and nothing that answers
        (None, (), None, None),
        (None, (STALE,), None, None),
        ("stale", (), None, None),
        # the lowest variant that brought a picture, whichever came first
        (None, (ONE, TWO), None, ONE),
        (None, (THREE, TWO), None, TWO),
        (None, (STALE, THREE), None, THREE),
        # the accepted row goes before any variant
        ("two", (ONE, TWO), None, "row"),
        ("of before the books", (ONE,), None, "row"),
        # the newest ordered picture goes before the row
        ("one", (ONE, FORCED), None, FORCED),
        ("one", (ONE, FORCED, REROLLED), None, REROLLED),
        ("one", (ONE, REROLLED, FORCED), None, FORCED),
        (None, (FORCED, ONE), None, FORCED),
        ("forced", (ONE, FORCED), None, "row"),
        # a rejected picture is never it
        (None, (ONE, TWO), {"rejected": ["one"]}, TWO),
        ("one", (ONE, FORCED, REROLLED), {"rejected": ["rerolled"]}, FORCED),
        ("one", (ONE, FORCED), {"rejected": ["forced"]}, "row"),
        (None, (ONE,), {"rejected": ["one"]}, None),
        # the picked picture goes before all
        ("one", (ONE, TWO, FORCED), {"picked": "two"}, TWO),
        ("two", (ONE, TWO, FORCED), {"picked": "two"}, "row"),
        ("one", (ONE, TWO), {"picked": "gone"}, "row"),
        (None, (ONE, STALE), {"picked": "stale"}, ONE),
    ],
)
def test_what_a_shot_shows(
    lying: str | None, candidates: tuple[Candidate, ...], decision: Any, shown: Candidate | str | None
) -> None:
    variant = {"two": 2, "rerolled": 2}.get(lying or "", 1)
    here = row(lying, variant=variant, shot=OTHER if lying == "stale" else SHOT) if lying else None
    decided = None
    if decision:
        decided = Decision(
            WIDE,
            rejected=tuple(map(digest, decision.get("rejected", ()))),
            picked=digest(decision["picked"]) if "picked" in decision else "",
        )

    found = current(ASK, here, candidates, decision=decided)

    if shown == "row":
        assert found == Shown(row=here)
    else:
        assert found == Shown(candidate=shown)  # type: ignore[arg-type]


def test_the_same_bytes_under_another_job_are_not_the_row_s() -> None:
    """A twin of the picture was made for another variant: the row still names its own job."""
    twin = candidate("one", variant=2, order="o")

    assert current(ASK, row("one", variant=1), [twin]) == Shown(candidate=twin)


def test_a_picture_that_is_stored_in_another_format_is_known_by_either_digest() -> None:
    stored = "sha256:" + "5" * 64
    one, two = candidate("one", stored_sha256=stored), candidate("two", variant=2)
    lying = replace(row("one"), sha256=stored)

    assert current(ASK, lying, [replace(one, request=replace(one.request, order="o"))]) == Shown(row=lying)
    assert current(ASK, None, [one, two], decision=Decision(WIDE, rejected=(stored,))) == Shown(candidate=two)
    assert current(ASK, None, [two, one], decision=Decision(WIDE, picked=stored)) == Shown(candidate=one)


def test_a_picture_stored_in_a_format_chosen_since_is_still_the_row_s() -> None:
    """The world went over to webp after the picture was brought in: no digest on the books is that of the file."""
    forced = candidate("forced", order="o")
    metadata = {"request_hash": forced.request.request_hash}
    lying = replace(
        row("webp of it"), data={"generated_at": forced.outcome.at, "provider_metadata": metadata}
    )

    assert current(ASK, lying, [forced]) == Shown(row=lying)
    later = candidate("forced again", order="o2", at="2026-11-24T00:00:00Z")
    assert current(ASK, lying, [forced, later]) == Shown(candidate=later)
    assert current(ASK, replace(lying, data={"provider_metadata": "?"}), [forced]) == Shown(candidate=forced)


def test_a_picture_forced_in_the_same_second_is_another_than_the_row_s() -> None:
    first, forced = candidate("one"), candidate("forced", order="o")
    metadata = {"request_hash": forced.request.request_hash}
    lying = replace(row("one"), data={"generated_at": forced.outcome.at, "provider_metadata": metadata})
    assert first.outcome.at == forced.outcome.at
    assert first.request.request_hash == forced.request.request_hash

    assert current(ASK, lying, [first, forced]) == Shown(candidate=forced)


def test_provider_fields_count_where_the_world_says_so() -> None:
    newer = replace(ASK, provider={"model": "new", "size": "1K"})

    assert current(newer, None, [ONE]) == Shown(candidate=ONE)
    assert current(newer, None, [ONE], regenerate_on=["model"]) == Shown()
    assert stale(newer, [ONE]) == ()
    assert stale(newer, [ONE], ["model"]) == (ONE,)


def test_what_does_not_match_is_stale() -> None:
    assert stale(ASK, [ONE, STALE, TWO]) == (STALE,)
