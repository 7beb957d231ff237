"""What is wanted and cannot be made: an item of the plan like every shot, and nothing of any hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from chargen.core.plan_json import plan_json
from chargen.core.report import plan_lines, summary
from tests.memoryquill import CHAPTER, MILL, ODO, chapter, mill, odo
from tests.worlds import PIER, plan_of, whys, world_of

if TYPE_CHECKING:
    from chargen.core.plan import Plan

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/plan.schema.json").read_text())
HALF = """\
    kind: location
    slug: pier
    scenes:
      - {id: noon}
      - id: dawn
        shots: [{id: wide, subject: the whole pier}, {id: lamp, subject: ' '}]
      - {id: dusk, subject: a bench, generated_images: none}
"""


def made_of(plan: Plan) -> dict[str, str]:
    """Each address and why."""
    return {str(item.address): item.why for item in plan.items}


def test_every_wanted_scene_and_shot_is_an_item() -> None:
    assert whys(plan_of({PIER: HALF})) == {
        "location.pier.dawn.lamp.v1": f"skip: problem {PIER}:6:70: the subject is empty",
        "location.pier.dawn.wide.v1": "generate: new",
        "location.pier.dusk.main.v1": f"skip: problem {PIER}:7:52: generated_images is not a list",
        "location.pier.noon.main.v1": f"skip: problem {PIER}:4:5: a scene needs shots, or a subject of its own",
    }


def test_what_cannot_be_made_is_counted() -> None:
    plan = plan_of(mill("zones: [{slug: loft, description: a loft}, {slug: yard}]"))

    assert summary(plan).startswith("Plan: 1 to make, 1 with a problem.")
    assert "  - yard/main" in "\n".join(plan_lines(plan))


def test_a_plan_of_nothing_but_problems_does_not_say_that_all_is_well() -> None:
    assert summary(plan_of(mill("zones: [{slug: yard}, {slug: loft}]"))) == (
        "Nothing to make: 2 with a problem."
    )


def test_only_what_was_selected_is_planned() -> None:
    assert list(whys(plan_of({PIER: HALF}, only=("location/pier/dawn",)))) == [
        "location.pier.dawn.lamp.v1",
        "location.pier.dawn.wide.v1",
    ]


def test_items_that_are_no_mappings_have_the_addresses_they_would_have() -> None:
    body = """\
        overview: a mill
        zones: [The Loft, {slug: yard, description: a yard, images: [Gate]}]
        beat_images: [The Flood]
    """
    files = mill(body) | chapter("images: [ch01-img-1]") | odo(ideas="scenes: [He reads]")

    plan = plan_of(files)

    assert made_of(plan) == {
        "chapter/ch01/images/img-1": f"problem {CHAPTER}:2:10: this image is no mapping",
        "character/odo/he-reads/main": "problem characters/odo/image-ideas.yaml:1:10: this scene is no mapping",
        "location/mill/beats/the-flood": f"problem {MILL}:4:15: this beat is no mapping",
        "location/mill/overview/main": f"problem {MILL}:2:11: this overview is no mapping",
        "location/mill/the-loft/main": f"problem {MILL}:3:9: this zone is no mapping",
        "location/mill/yard/gate": f"problem {MILL}:3:62: this image of a zone is no mapping",
    }
    assert {json.loads(plan_json(plan))["items"][1]["imageryYamlPath"]} == {ODO}


def test_what_cannot_be_made_takes_no_shots_name() -> None:
    plan = plan_of(mill("zones: [{slug: loft}, {slug: loft, description: a loft}, {slug: loft}]"))

    assert {address: why.partition(" ")[0] for address, why in made_of(plan).items()} == {
        "location/mill/loft-2/main": "problem",
        "location/mill/loft-3/main": "problem",
        "location/mill/loft/main": "new",
    }


@pytest.mark.parametrize("files", [{PIER: HALF}, mill("zones: [{slug: yard}, a]")])
def test_the_plan_file_keeps_to_its_schema(files: dict[str, str]) -> None:
    data = json.loads(plan_json(plan_of(files)))

    assert list(Draft202012Validator(SCHEMA).iter_errors(data)) == []
    assert sum(data["counts"].values()) == len(data["items"])
    assert data["items"][-1] | {"detail": ""} == data["items"][-1] | {
        "detail": "", "prompt": None, "promptHash": None, "promptIR": {}, "providerPlan": None, "references": []
    }  # fmt: skip


def test_nothing_of_it_enters_a_hash_of_its_neighbours() -> None:
    alone = plan_of(mill("zones: [{slug: loft, description: a loft}]"))
    beside = plan_of(mill("zones: [{slug: loft, description: a loft}, {slug: yard}, a]"))

    (known,) = alone.items
    assert [item.request_hash for item in beside.items if item.compiled] == [known.request_hash]


def test_wanted_are_the_shots_and_what_cannot_be_one() -> None:
    world = world_of({PIER: HALF})

    assert [str(address) for address in world.wanted()] == list(made_of(plan_of({PIER: HALF})))
