"""What a pull request is told: one comment that is kept up to date, and from a fork's run none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.workflows.act import WORLD
from tests.workflows.town import PIER, PIERS_WORDS

if TYPE_CHECKING:
    from tests.workflows.town import Town

MORE = PIERS_WORDS + "      - {id: gull, subject: a gull on a pile}\n"


def test_one_comment_says_what_the_words_call_for_by_now(town: Town) -> None:
    number = town.propose({PIER: MORE})

    first = town.plan(number)
    again = town.plan(number)

    assert (first.jobs, again.jobs) == ({"plan": "success"}, {"plan": "success"}), first.log + again.log
    (comment,) = town.comments(number)
    assert "location/pier/dawn/gull" in comment.body
    assert "sluice-cottage" not in comment.body
    assert "location/pier/dawn/gull" in first.summary
    asked = f"/repos/{WORLD}/issues"
    assert town.writes() == [f"POST {asked}/{number}/comments 201"]

    town.propose({PIER: MORE.replace("gull", "tern")})
    changed = town.plan(number)

    assert changed.code == 0, changed.log
    (comment,) = town.comments(number)
    assert "location/pier/dawn/tern" in comment.body
    assert town.writes()[1:] == [f"PATCH {asked}/comments/{comment.id} 200"]


def test_a_fork_is_told_in_the_summary_of_its_run_and_writes_nothing(town: Town) -> None:
    number = town.propose({PIER: MORE})
    before, writes = town.refs(), town.writes()
    token = town.github.actions_token({"contents": "read", "pull_requests": "read"}, WORLD)

    run = town.plan(number, fork="stranger/tales", token=token, secrets={})

    assert run.jobs == {"plan": "success"}, run.log
    assert "location/pier/dawn/gull" in run.summary
    assert (town.refs(), town.writes()) == (before, writes)
    assert run.annotations == []
