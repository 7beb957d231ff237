"""`chargen schema`: the committed bytes, and that what chargen writes is of them, with no key more and no key less."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from chargen.core.plan_json import plan_json
from tests.commands.conftest import REPOSITORY
from tests.worlds import PIER, WIDE, a_picture, made, one_shot, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

NAMES = ["imagery", "memoryquill", "image-ideas", "world", "plan", "result"]
Way = tuple[str | int, ...]


def committed(name: str) -> str:
    return (REPOSITORY / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")


def judge(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(committed(name)))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_printed_as_it_is_committed(world: World, name: str) -> None:
    assert world("schema", name) == (0, committed(name), "")
    assert world("schema", name, "--format", "json").out == committed(name)


def test_without_a_name_all_are_listed(world: World) -> None:
    said = world("schema")

    assert [line.split()[0] for line in said.out.splitlines()[: len(NAMES)]] == NAMES
    assert json.loads(world("schema", "--format", "json").out) == {
        name: json.loads(committed(name)) for name in NAMES
    }


def test_an_unknown_name_is_a_mistake_of_usage(world: World) -> None:
    said = world("schema", "plans")

    known = ", ".join(map(repr, NAMES))
    assert (said.code, f"'plans' is not one of {known}" in said.err) == (64, True)


def test_nothing_heavy_is_loaded_for_it() -> None:
    code = (
        "import sys; from chargen.cli import run; run(['schema', 'plan'])\n"
        "heavy = {'pydantic', 'ruamel', 'yaml', 'google', 'PIL', 'github', 'msgspec', 'sqlite3', 'ssl'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    assert (done.stdout, done.stderr) == (committed("plan"), "[]\n")


def test_every_schema_is_one(world: World) -> None:
    for name in NAMES:
        Draft202012Validator.check_schema(json.loads(committed(name)))


PLANS: dict[str, Any] = {
    "new": {PIER: one_shot("references: [{id: o, path: o.png}]\n"), "locations/pier/o.png": a_picture()},
    "made": made(),
    "changed": {**made(), PIER: str(made()[PIER]).replace("the whole pier", "half the pier", 1)},
    "bad": {
        PIER: one_shot("references: [{id: o, path: o.png}]\nmood: clam\n"),
        "chargen.yaml": "moods: {calm: {}}",
    },
    "empty": {},
    "full": {
        "chargen.yaml": "style: {medium: ink}\nmoods: {calm: {look: still}}\nprovider: {safety: {harassment: 'off'}}\n",
        PIER: one_shot(
            "mood: calm\ncamera: low\nmust_include: rope\nvariants: 2\n",
            entity="continuity: {canonical: [piles]}\n",
        ),
    },
    "waiting": {
        PIER: one_shot() + f"      - {{id: lamp, subject: a lamp, references: [{{ref: {WIDE}}}]}}\n",
    },
}


@pytest.mark.parametrize("name", PLANS)
def test_every_plan_is_of_its_schema(name: str) -> None:
    for options in ({}, {"force": ("*",), "variants": 2}, {"only": ("chapter",), "reason": "why"}):
        plan = json.loads(plan_json(plan_of(PLANS[name], **options)))

        assert list(judge("plan").iter_errors(plan)) == []


def test_what_runs_and_plans_write_is_of_its_schema(world: World, gemini: Emulator) -> None:
    gemini.fault("blocked-prompt:times=1")
    world("batch", "run", "--yes")
    world("batch", "plan")

    plans = list((world.root / ".chargen").rglob("plan.json"))
    results = list((world.root / ".chargen").rglob("result.json"))
    assert len(plans) > 1
    assert len(results) > 3
    for name, files in (("plan", plans), ("result", results)):
        for file in files:
            assert list(judge(name).iter_errors(json.loads(file.read_bytes()))) == [], file
    came = {json.loads(file.read_bytes())["outcome"]["came"] for file in results}
    assert {"image", "blocked"} <= came


def mappings(value: Any, way: Way = ()) -> Iterator[Way]:
    """The way to every mapping whose keys are chargen's: what a shot says, safety and usage have keys of their own."""
    if isinstance(value, dict):
        yield way
        for key, item in value.items():
            if key not in {"safety", "usage"} and "promptIR" not in way:
                yield from mappings(item, (*way, key))
    elif isinstance(value, list) and "promptIR" not in way:
        for i, item in enumerate(value):
            yield from mappings(item, (*way, i))


def spoilt(value: Any) -> Iterator[tuple[str, Any]]:
    """The document with one key more, one key less, or one value of another type, in every place of it."""
    for way in mappings(value):
        for key in [*at(value, way), ""]:
            changes = ("of a wrong type", "missing") if key else ("too much",)
            for change in changes:
                other = copy.deepcopy(value)
                place = at(other, way)
                if change == "missing":
                    del place[key]
                else:
                    place[key or "andMore"] = 1.5
                yield f"{way} {key} {change}", other


def at(value: Any, way: Way) -> Any:
    for step in way:
        value = value[step]
    return value


def test_a_plan_with_a_key_more_or_less_or_another_type_is_not() -> None:
    schema, plan = judge("plan"), json.loads(plan_json(plan_of(PLANS["bad"] | {"x/imagery.yaml": "{"})))
    assert schema.is_valid(plan)

    wrong = [what for what, other in spoilt(plan) if schema.is_valid(other)]

    assert [what for what in wrong if "promptIR" not in what or "missing" not in what] == []


def test_a_result_with_a_key_more_or_less_or_another_type_is_not(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    (file,) = (one_shot.root / ".chargen").rglob("result.json")
    schema, result = judge("result"), json.loads(file.read_bytes())

    assert [what for what, other in spoilt(result) if schema.is_valid(other)] == []
