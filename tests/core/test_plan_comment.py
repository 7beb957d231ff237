"""What an author's pull request is told: what merging it adds, no more; the same words give the same comment."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.changes import UnusedChange
from chargen.core.plan import Options
from chargen.core.plan_comment import MARKER, Called, called_for, headline, plan_comment
from chargen.core.world_config import Mode
from chargen.pipeline.compile import compile_world
from chargen.pipeline.plan import make_plan
from tests.worlds import PIER, Files, books_of, made, one_shot, world_of

if TYPE_CHECKING:
    from chargen.core.books import Books


def called(before: Files, after: Files, books: Books | None = None, **options: Any) -> Called:
    """What a change of the world calls for."""
    asked = Options(mode=Mode.BATCH, hold=True, **options)
    plans, every = [], []
    for files in (before, after):
        world = world_of(files)
        shots = compile_world(world)
        every.append(shots)
        plans.append(make_plan(world, shots, books or books_of(), asked, version="1"))
    return called_for(*every, base=plans[0], head=plans[1])


def shots(count: int, words: str = "pier") -> dict[str, Any]:
    lines = ", ".join(f"{{id: s{n}, subject: {words} {n}}}" for n in range(count))
    return {PIER: f"kind: location\nslug: pier\nscenes: [{{id: dawn, shots: [{lines}]}}]"}


def test_only_what_the_change_adds_is_listed_and_the_backlog_is_counted() -> None:
    found = called(shots(2), shots(3))
    body = plan_comment(found)

    assert [item.job_id for item in found.items] == ["location.pier.dawn.s2.v1"]
    assert headline(found).startswith("1 picture, at most 0.0")
    assert found.already == 2
    assert "already calls for 2 other pictures" in body
    assert body.startswith(f"{MARKER}\n")
    assert "s0" not in body


def test_words_that_changed_are_shown_old_and_new() -> None:
    picture = made("mood: calm\n")
    after = {**picture, PIER: picture[PIER].replace("mood: calm", "mood: grim")}

    body = plan_comment(called(picture, after))

    assert "| ~ | `location/pier/dawn/wide` | prompt changed: mood |" in body
    assert "- **mood.name**: calm → grim\n  - in `location/pier/dawn/wide`\n" in body


def test_the_same_rewording_of_many_shots_is_shown_once() -> None:
    words = "the whole pier in fog, " * 3
    many = {PIER: shots(12)[PIER].replace("scenes: [{id: dawn,", f"scenes: [{{id: dawn, mood: {words!r},")}
    after = {PIER: many[PIER].replace("in fog", "in sun")}

    body = plan_comment(called(many, after))

    assert body.count("  - was: the whole pier in fog") == 1
    assert body.count("  - now: the whole pier in sun") == 1
    assert "`location/pier/dawn/s0`, " in body
    assert " and 4 more\n" in body


def test_a_change_of_nothing_has_nothing_to_say_and_says_so_where_it_spoke_before() -> None:
    found = called(made(), made())

    assert found.nothing
    assert headline(found) == "No picture changes"
    assert plan_comment(found).splitlines()[1] == "### No picture changes"


def test_a_push_that_would_be_held_back_is_foretold() -> None:
    body = plan_comment(called(shots(1), shots(3), max_cost_usd=Decimal("0.03")))

    assert "held back" in body
    assert "chargen gitops submit --max-cost USD" in body
    assert "| - | `location/pier/dawn/s2` | over budget: new | 0.01" in body


def test_a_new_problem_is_named_at_its_place_and_an_old_one_is_not() -> None:
    bad = {PIER: one_shot("characters: [{ref: nobody}]\n")}

    assert "imagery.yaml:" in plan_comment(called({PIER: one_shot()}, bad))
    assert called(bad, bad).nothing


@pytest.mark.parametrize(
    ("before", "after"),
    [(shots(1), shots(1200, "p" * 60)), (shots(400, "p" * 60), shots(400, "q" * 60))],
    ids=["in its table", "in its words"],
)
def test_a_large_change_fits_into_a_comment_and_closes_what_it_opens(before: Files, after: Files) -> None:
    body = plan_comment(called(before, after))

    assert len(body) <= 60_000
    assert "more lines are in the summary" in body
    assert body.count("<details>") == body.count("</details>")


def test_the_same_words_give_the_same_comment() -> None:
    assert plan_comment(called(shots(1), shots(2))) == plan_comment(called(shots(1), shots(2)))


def test_a_cause_met_in_several_places_is_told_once() -> None:
    moody = {name: text.replace("subject:", "mood: clam, subject:") for name, text in shots(3).items()}
    calm = {"chargen.yaml": "moods: {calm: {look: still}}"}

    body = plan_comment(called({**shots(3), **calm}, {**moody, **calm}))

    assert body.count("mood 'clam' is not among the world's moods") == 1
    assert "(did you mean 'calm'?); 2 more places: " in body


def test_what_no_shot_uses_is_told_last_and_is_no_reason_to_speak() -> None:
    found = replace(
        called(made(), made()),
        unused=(
            UnusedChange("locations/pier/notes.md", "@ada <b>", "changed", 3),
            UnusedChange(PIER, "", "added"),
        ),
    )

    assert found.nothing
    assert plan_comment(found).splitlines()[1:] == [
        "### No picture changes",
        "",
        "<details><summary>2 changes not used by any shot</summary>",
        "",
        "- locations/pier/notes.md:3: @\N{ZERO WIDTH SPACE}ada &lt;b&gt;: changed, not used by any shot",
        "- locations/pier/imagery.yaml: added, not used by any shot",
        "",
        "</details>",
    ]
