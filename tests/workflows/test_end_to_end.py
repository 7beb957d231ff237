"""A world's workflows against the stand-ins of Gemini and GitHub: what they push, propose, pay, and say when it goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workflows.act import WORLD
from tests.workflows.town import COTTAGE, PIER, PIERS_WORDS

if TYPE_CHECKING:
    from tests.workflows.town import Town

BAD = "locations/mill/imagery.yaml"


def test_from_a_push_to_an_empty_plan(town: Town) -> None:
    """Each step once, then again: what is done already is neither done nor paid again."""
    town.push({PIER: PIERS_WORDS})
    pushed = town.submit()
    assert (pushed.code, pushed.jobs) == (0, {"submit": "success"}), pushed.log
    assert "**Plan: 3 to make." in pushed.summary
    assert (town.written(), town.states()) == (["Intend", "Creating", "Submitted"], ["SUBMITTED"])

    books = town.refs()
    town.push({"README.md": "Read this first.\n"})
    again = town.submit()
    assert again.code == 0, again.log
    assert "Nothing to make: 3 in flight" in again.summary
    assert town.refs() == {**books, "refs/heads/main": town.hub.git("rev-parse", "main")}
    assert len(town.gemini.state.batches) == 1

    ticked = town.tick()
    assert ticked.code == 0, ticked.log
    (submission,) = town.books("submissions")
    assert submission["state"] == "COLLECTED"
    assert f"refs/chargen/results/{submission['id']}" in town.refs()
    assert sorted(town.pulls()) == ["chargen/location/pier.1", "chargen/location/sluice-cottage.1"]
    assert town.changed(town.pulls()["chargen/location/pier.1"]) == [
        PIER,
        "locations/pier/images/dawn.lamp.png",
        "locations/pier/images/dawn.wide.png",
    ]
    assert town.writes() == [f"POST /repos/{WORLD}/pulls 201"] * 2

    before, writes = town.refs(), town.writes()
    quiet = town.tick()
    assert quiet.code == 0, quiet.log
    assert (town.refs(), town.writes()) == (before, writes)

    town.merge_all()
    last = town.tick()
    assert last.code == 0, last.log
    assert "Nothing to make: 3 unchanged" in last.summary
    assert (len(town.gemini.paid), len(town.gemini.state.batches)) == (3, 1)


MISSING = (
    "GEMINI_API_KEY is not set. Settings > Secrets and variables > Actions, a secret named GEMINI_API_KEY "
    "(or: `gh secret set GEMINI_API_KEY`)"
)


@pytest.mark.parametrize("workflow", ["submit", "tick", "regenerate"])
def test_a_missing_key_is_said_where_it_is_seen_and_nothing_is_pushed(town: Town, workflow: str) -> None:
    before = town.refs()
    event = {"submit": "push", "tick": "schedule"}.get(workflow, "workflow_dispatch")
    typed = {"globs": COTTAGE, "dry_run": "false"} if workflow == "regenerate" else {}

    run = town.run(event, f"chargen-{workflow}.yml", inputs=typed, secrets={})

    assert run.jobs == {workflow: "failure"}, run.log
    assert [(said.level, said.message) for said in run.annotations] == [("error", MISSING)]
    assert "nothing is bought\n\n**Plan: 1 to make. At most " in run.summary
    assert town.refs() == before
    assert not town.gemini.state.batches


def test_a_bad_file_fails_its_push_and_no_tick_and_the_good_files_are_ordered(town: Town) -> None:
    town.push({BAD: "schema: chargen/imagery@1\nkind: location\nslug: mill\nscens: []\n"})

    pushed = town.submit()

    assert pushed.jobs == {"submit": "failure"}, pushed.log
    assert [(said.level, said.place) for said in pushed.annotations] == [("error", f"{BAD}:4")]
    assert town.states() == ["SUBMITTED"]

    ticked = town.tick()

    assert ticked.jobs == {"tick": "success"}, ticked.log
    assert BAD in ticked.summary
    assert len(town.pulls()) == 1


def test_what_is_over_budget_waits_for_a_person_and_is_told_once(town: Town) -> None:
    town.hub.variables["CHARGEN_BUDGET"] = "0.01"

    first = town.submit()
    again = town.tick()

    assert (first.code, again.code) == (0, 0), first.log + again.log
    assert [(said.level, said.title) for said in first.annotations] == [("warning", "Held back")]
    assert again.annotations == []
    assert "the workflow `chargen submit` with that max_cost" in first.annotations[0].message
    assert "Held back, nothing bought" in first.summary
    assert "Held back, nothing bought" in again.summary
    assert not town.gemini.state.batches

    released = town.run("workflow_dispatch", "chargen-submit.yml", inputs={"max_cost": "1"})

    assert (released.code, town.states()) == (0, ["SUBMITTED"]), released.log
    assert released.annotations == []
