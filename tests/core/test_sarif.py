"""Findings for code scanners: valid SARIF, whatever was found and wherever the world lies in its repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.finding_rules import RULES
from chargen.core.findings import Finding, findings_of
from chargen.core.problem import Problem, Severity, warning
from chargen.core.sarif import sarif
from chargen.errors import Place

SCHEMA = jsonschema.Draft4Validator(
    json.loads((Path(__file__).parents[1] / "data" / "sarif_schema.json").read_bytes())
)


def errors(log: dict[str, Any]) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(json.loads(json.dumps(log)))
    ]


def test_a_finding_is_a_result_at_its_line_and_column() -> None:
    found = Finding(
        warning(
            Place("a b/imagery.yaml", 3, 9),
            "no mood 'clam'",
            hint="did you mean 'calm'?",
            rule="unknown-mood",
        ),
        ("location/pier/dawn/wide",),
    )

    log = sarif([found], version="1", prefix="world/")

    assert errors(log) == []
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["unknown-mood"]
    (result,) = run["results"]
    assert {
        name: result[name] for name in ("ruleId", "ruleIndex", "level", "message", "locations", "properties")
    } == {
        "ruleId": "unknown-mood",
        "ruleIndex": 0,
        "level": "warning",
        "message": {"text": "no mood 'clam'. did you mean 'calm'?"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "world/a%20b/imagery.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 9},
                }
            }
        ],
        "properties": {"shots": ["location/pier/dawn/wide"]},
    }


def test_every_rule_says_what_to_do() -> None:
    found = findings_of([Problem(Place("a.yaml", 1, 1), name, rule=name) for name in RULES], ())

    log = sarif(found, version="1")

    assert errors(log) == []
    rules = {rule["id"]: rule for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert set(rules) == set(RULES)
    assert rules["contradiction"]["defaultConfiguration"] == {"level": "warning"}
    assert RULES["contradiction"].do in rules["contradiction"]["help"]["text"]


def test_a_finding_keeps_its_fingerprint_when_lines_are_added_above() -> None:
    def fingerprint(line: int) -> str:
        log = sarif([Finding(Problem(Place("a.yaml", line, 1), "wrong", rule="bad-yaml"))], version="1")
        return str(log["runs"][0]["results"][0]["partialFingerprints"])

    assert fingerprint(3) == fingerprint(7)


def test_nothing_found_is_a_run_without_results() -> None:
    log = sarif([], version="1")

    assert errors(log) == []
    assert log["runs"][0]["results"] == []


places = st.builds(Place, st.text(min_size=1), st.integers(0, 99), st.integers(0, 99))
problems = st.builds(
    Problem,
    places,
    st.text(),
    st.text(),
    st.sampled_from(Severity),
    st.sampled_from(["", "of-a-colleague", *RULES]),
)


@given(st.lists(problems, max_size=5))
def test_whatever_is_found_it_is_valid(found: list[Problem]) -> None:
    assert errors(sarif(findings_of(found, ()), version="1", prefix="world/")) == []
