"""Findings told to a writer: each once, by kind and cause, worst first, in few lines."""

from __future__ import annotations

import re
from pathlib import Path

from chargen.core.cause_report import CAUSES
from chargen.core.finding_rules import RULES, rule_of
from chargen.core.findings import findings_of
from chargen.core.findings_report import finding_data, finding_lines, findings_markdown, totals
from chargen.core.problem import Problem, Severity, note, warning
from chargen.errors import Place
from tests.worlds import PIER, one_shot, shots_of

SOURCES = Path(__file__).parents[2] / "chargen"


def nobody(line: int, name: str = "Osk", file: str = "a/imagery.yaml") -> Problem:
    return warning(Place(file, line, 9), f"no character {name!r}", hint="add it", rule="dangling-reference")


def test_every_kind_that_the_code_names_has_its_words() -> None:
    named = {
        name
        for path in SOURCES.rglob("*.py")
        for name in re.findall(r'rule="([\w-]+)"', path.read_text("utf-8"))
    }

    assert named - set(RULES) == set()
    assert "dangling-reference" in named


def test_words_of_a_kind_fit_a_line_and_end_in_something_to_do() -> None:
    for rule in RULES.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
        assert len(rule.title) <= 90
        assert rule.title[0].islower() or rule.title.startswith("an imagery.yaml")
        assert not rule.title.endswith(".")
        assert rule.do.endswith(".")
    assert rule_of("of-a-colleague").do


def test_one_cause_is_told_once_with_its_count_and_first_places() -> None:
    found = findings_of([nobody(line) for line in (5, 3, 9, 12, 15, 3)], ())

    assert list(finding_lines(found)) == [
        f"dangling-reference, 5 warnings: {RULES['dangling-reference'].title}",
        "a/imagery.yaml:3:9: warning: no character 'Osk'",
        "    add it",
        "    4 more places: a/imagery.yaml:5:9, a/imagery.yaml:9:9, a/imagery.yaml:12:9 and 1 more",
        "",
    ]
    assert "a/imagery.yaml:15:9" in "\n".join(finding_lines(found, everything=True))


def test_errors_come_first_then_what_is_met_most_often() -> None:
    problems = [
        note(Place("z.yaml", 1), "taken as it is", rule="prompt-as-subject"),
        nobody(1, "Ada"),
        nobody(2),
        nobody(3),
        Problem(Place("b.yaml", 2, 1), "no YAML", "mend it", rule="bad-yaml"),
        Problem(Place("c.yaml", 1, 1), "odd", rule="of-a-colleague"),
    ]

    lines = [line for line in finding_lines(findings_of(problems, ())) if re.match(r"\S+:\d", line)]

    assert [line.split(":")[0] for line in lines] == [
        "b.yaml",
        "c.yaml",
        "a/imagery.yaml",
        "a/imagery.yaml",
        "z.yaml",
    ]
    assert "'Osk'" in lines[2]
    assert "'Ada'" in lines[3]
    assert totals(findings_of(problems, ())) == "2 errors, 3 warnings, 1 note"


def test_what_to_do_is_said_once_where_it_is_the_same_for_all() -> None:
    lines = list(finding_lines(findings_of([nobody(1), nobody(2, "Ada")], ())))

    assert lines[1] == "    add it"
    assert lines.count("    add it") == 1


def test_what_to_do_about_most_is_said_above_and_what_is_particular_with_its_cause() -> None:
    near = warning(
        Place("b.yaml", 1), "no character 'Oks'", hint="did you mean 'Osk'?", rule="dangling-reference"
    )

    lines = list(finding_lines(findings_of([nobody(1), nobody(2, "Ada"), near], ())))

    assert lines[1] == "    add it"
    assert lines.count("    add it") == 1
    assert lines[lines.index("b.yaml:1: warning: no character 'Oks'") + 1] == "    did you mean 'Osk'?"


def test_what_to_do_about_a_few_of_many_stays_with_them() -> None:
    others = [
        warning(Place("b.yaml", n), f"no P{n}", hint=f"did you mean 'Q{n}'?", rule="dangling-reference")
        for n in range(1, 4)
    ]

    lines = list(finding_lines(findings_of([nobody(1), nobody(2, "Ada"), *others], ())))

    assert lines.count("    add it") == 2


def test_a_long_list_is_cut_unless_all_is_asked_for() -> None:
    found = findings_of([nobody(line, f"P{line}") for line in range(1, 31)], ())

    assert f"    and {30 - CAUSES} more like these: chargen validate --all" in list(finding_lines(found))
    assert sum("no character" in line for line in finding_lines(found, everything=True)) == 30


def test_a_finding_names_the_shots_it_is_about() -> None:
    words = "  - id: dusk\n    mood: clam\n    shots:\n      - {id: a, subject: one}\n      - {id: b, subject: two}\n"
    shots = shots_of({PIER: one_shot() + words, "chargen.yaml": "moods: {calm: {look: still}}"})
    problems = [problem for shot in shots.values() for problem in shot.problems]

    (found,) = findings_of(problems, shots.values())

    assert finding_data(found) == {
        "rule": "unknown-mood",
        "severity": "warning",
        "message": "mood 'clam' is not among the world's moods",
        "hint": "did you mean 'calm'?",
        "path": PIER,
        "line": 9,
        "column": 11,
        "entity": "location/pier",
        "shots": ["location/pier/dusk/a", "location/pier/dusk/b"],
    }


def test_in_a_summary_no_word_of_a_writers_takes_effect() -> None:
    problem = Problem(Place("a.yaml", 1, 1), "<img> @you [x](http://y)\n::error::z", rule="bad-yaml")

    said = findings_markdown(findings_of([problem], ()))

    assert said.startswith("### 1 error, 0 warnings in the world's files\n")
    assert "<img>" not in said
    assert "@you" not in said
    assert "\n::" not in said


def test_a_summary_leaves_no_place_out() -> None:
    found = findings_of([nobody(line, file="a" * 60 + "/imagery.yaml") for line in range(1, 41)], ())

    assert all(f"imagery.yaml:{line}:9" in findings_markdown(found) for line in range(1, 41))


def test_severities_are_ranked_as_they_are_written() -> None:
    assert list(Severity) == [Severity.ERROR, Severity.WARNING, Severity.NOTE]
