"""What a plan costs, what caps hold back, whose request is shared; and that it is a function of what it was made from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chargen.core.plan_json import plan_json
from chargen.core.price import actual, characters_as_priced, estimate, estimate_tokens
from chargen.core.work import work_of
from chargen.core.world_config import Mode
from chargen.pipeline.compile import compile_world
from chargen.pipeline.plan import make_plan
from tests.worlds import PIER, Files, a_picture, books_of, one_shot, plan_of, row_of, shots_of, whys, world_of

LOCATION = "kind: location\nslug: pier\nscenes: [{id: dawn, shots: [%s]}]"
V = "location.pier.dawn.{}.v1"


def shots(*lines: str) -> dict[str, Any]:
    """A world of one-line shots."""
    return {PIER: LOCATION % ", ".join(f"{{{line}}}" for line in lines)}


def test_a_batch_costs_half() -> None:
    live, batch = plan_of(shots("id: a, subject: a")), plan_of(shots("id: a, subject: a"), mode=Mode.BATCH)

    # 1120 image tokens at 30 USD, 256 for thinking at 7.50, the prompt at 1.50 a million
    assert Decimal("0.0356") <= live.cost_usd <= Decimal("0.0357")
    assert live.cost_usd / 2 <= batch.cost_usd <= live.cost_usd / 2 + Decimal("0.0001")


def test_the_price_of_an_answer_counts_every_kind_of_token() -> None:
    usage = {"prompt": 1_000_000, "image": 1_000_000, "thoughts": 1_000_000, "text": 1_000_000}

    assert actual("gemini-nano-banana-2.1", Mode.LIVE, usage) == Decimal("46.5000")
    assert actual("gemini-nano-banana-2.1", Mode.BATCH, usage) == Decimal("23.2500")
    assert actual("gemini-nano-banana-2.1", Mode.LIVE, {"image": 1}) == Decimal("0.0001"), "rounded up"
    assert actual("gemini-nano-banana-2.1", Mode.LIVE, {}) == 0
    assert actual("a model of tomorrow", Mode.LIVE, usage) == 0


def test_an_estimate_is_an_upper_bound() -> None:
    assert estimate_tokens(1, 0) == 1
    assert estimate_tokens(3, 2) == 1 + 2 * 1120
    bound = estimate("gemini-3-pro-image", "4K", Mode.LIVE, prompt_characters=300, references=1)
    assert bound == actual(
        "gemini-3-pro-image", Mode.LIVE, {"prompt": 100 + 1120, "image": 2000, "thoughts": 2048}
    )
    with pytest.raises(KeyError):
        estimate("gemini-3-pro-image", "8K", Mode.LIVE, prompt_characters=1, references=0)


@pytest.mark.parametrize(
    ("prompt", "tokens"),
    [
        ("abc", 1),
        ("“écluse” – Straße, łódź, Ωмир", 10),
        ("水車小屋", 4),
        ("한글", 2),
        ("😀", 4),
        ("the 水車 😀", 8),
    ],
)
def test_dense_scripts_are_bounded_too_and_latin_is_as_it_was(prompt: str, tokens: int) -> None:
    assert estimate_tokens(characters_as_priced(prompt), 0) == tokens


def test_references_and_size_cost_more() -> None:
    plain = plan_of({PIER: one_shot()}).cost_usd
    reference = "references: [{path: images/o.png}]\n"

    assert plan_of({PIER: one_shot("size: 4K\n")}).cost_usd > plain + Decimal("0.07")
    with_one = plan_of({PIER: one_shot(reference), "locations/pier/images/o.png": a_picture()})
    assert with_one.cost_usd >= plain + Decimal("0.0016")


def test_from_the_first_shot_that_does_not_fit_all_are_over_budget() -> None:
    files = {**shots("id: a, subject: a", "id: b, subject: b, size: 4K", "id: c, subject: c")}
    each = plan_of(shots("id: a, subject: a")).cost_usd

    plan = plan_of(files, max_cost_usd=each * 2)

    over = f"skip: over budget: cap {each * 2} USD"
    assert whys(plan) == {V.format("a"): "generate: new", V.format("b"): over, V.format("c"): over}
    assert plan.cost_usd == each
    assert plan.cap_usd == each * 2


def test_a_cap_that_just_suffices_suffices() -> None:
    cost = plan_of(shots("id: a, subject: a")).cost_usd

    assert plan_of(shots("id: a, subject: a"), max_cost_usd=cost).cost_usd == cost
    assert plan_of(shots("id: a, subject: a"), max_cost_usd=cost - Decimal("0.0001")).empty
    assert plan_of(shots("id: a, subject: a"), max_cost_usd=Decimal(0)).empty
    assert plan_of(shots("id: a, subject: a"), max_cost_usd=Decimal(-1)).empty


def test_the_world_s_cap_holds_unless_one_is_given() -> None:
    files: dict[str, Any] = {**shots("id: a, subject: a"), "chargen.yaml": "budget: {run_usd: 0.01}"}

    assert plan_of(files).empty
    assert not plan_of(files, max_cost_usd=Decimal(1)).empty


def test_two_shots_with_one_request_are_one_job_for_one_price() -> None:
    files = shots("id: a, subject: the pier", "id: b, subject: the  pier", "id: c, subject: a gull")
    plan = plan_of(files)
    a, b, c = plan.items

    assert b.shares == a.job_id
    assert b.cost_usd == 0
    assert plan.cost_usd == a.cost_usd + c.cost_usd
    assert [problem.message for problem in plan.problems] == [
        f"{b.job_id} asks for just what {a.job_id} asks for: one picture serves both"
    ]
    assert [str(problem.place) for problem in plan.problems] == [f"{PIER}:3:57"]
    assert [item.request.job_ids for item in work_of(plan, at="now")] == [
        (a.job_id, b.job_id),
        (c.job_id,),
    ]


def test_a_shared_request_over_budget_is_over_budget_for_both() -> None:
    files = shots("id: a, subject: the pier", "id: b, subject: the pier")

    plan = plan_of(files, max_cost_usd=Decimal("0.01"))

    assert plan.empty
    assert work_of(plan, at="now") == ()


# ---- the same bytes -------------------------------------------------------------------------------------------------

WORLD: Files = {
    **shots("id: a, subject: ä, variants: 2", "id: b, subject: b, references: [{ref: location/pier/dawn/a}]"),
    "characters/mara/imagery.yaml": "kind: character\nscenes: [{id: p, subject: x, status: paused}]",
    "chargen.yaml": "style: {medium: ink}\nmoods: {calm: {look: still}}",
}


def test_the_same_tree_and_books_give_the_same_bytes() -> None:
    one, other = (plan_json(plan_of(WORLD)) for _ in range(2))
    shuffled = plan_json(plan_of(dict(reversed(list(WORLD.items())))))

    assert one == other == shuffled
    assert one.endswith("\n")
    assert "ä" in one


def test_a_plan_names_what_it_was_made_from() -> None:
    world = world_of(WORLD)
    plan = plan_of(WORLD)

    assert (plan.tree, plan.books, plan.version) == (world.digest, "", "1")
    assert make_plan(world, compile_world(world), books_of(), plan.options, version="2").books == "tip"


@pytest.mark.parametrize(
    "change",
    [
        {"chargen.yaml": "style: {medium: oil}"},
        {PIER: "# a comment\n" + str(WORLD[PIER])},
        {"locations/pier/images/dawn.a.png": a_picture()},
    ],
    ids=["configuration", "comment", "picture"],
)
def test_a_plan_of_another_tree_says_so(change: Files) -> None:
    assert plan_of({**WORLD, **change}).tree != plan_of(WORLD).tree


def test_files_that_nobody_reads_are_not_in_the_tree_s_digest() -> None:
    assert plan_of({**WORLD, "notes.md": "a thought", "locations/pier/pier.md": "long"}).tree == (
        plan_of(WORLD).tree
    )


def test_the_plan_of_a_finished_world_is_empty() -> None:
    files = shots("id: a, subject: a")
    shot = shots_of(files)["location/pier/dawn/a"]
    files[PIER] = LOCATION % f"{{id: a, subject: a, {row_of(shot, a_picture()).strip()}}}"
    files["locations/pier/images/dawn.a.png"] = a_picture()

    plan = plan_of(files)

    assert plan.empty
    assert plan.cost_usd == 0
