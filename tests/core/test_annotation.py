"""Annotations: escaped so that no text of a writer's becomes a command, and no more than a step shows."""

from __future__ import annotations

from chargen.core.annotation import SHOWN, annotation, annotation_lines
from chargen.core.problem import Problem, note, warning
from chargen.errors import Place


def test_an_annotation_names_its_place() -> None:
    assert (
        annotation("error", "no such mood", place=Place("a/imagery.yaml", 3, 9), title="Mood")
        == "::error file=a/imagery.yaml,line=3,col=9,title=Mood::no such mood"
    )
    assert annotation("notice", "hello") == "::notice::hello"


def test_no_text_ends_its_command_or_begins_another() -> None:
    said = annotation("warning", "100 %\n::set-env name=X::y", place=Place("a,b:c.yaml"), title="x::y,z")

    assert said == ("::warning file=a%2Cb%3Ac.yaml,title=x%3A%3Ay%2Cz::100 %25 : :set-env name=X: :y")


def test_a_step_shows_ten_of_a_level_and_the_last_counts_the_rest() -> None:
    problems = [Problem(Place("a.yaml", line), f"wrong {line}", "mend it") for line in range(1, 31)]
    problems += [warning(Place("b.yaml", 1), "odd")]

    lines = list(annotation_lines(problems, prefix="world/"))

    assert sum(line.startswith("::error") for line in lines) == SHOWN
    assert lines[0] == "::error file=world/a.yaml,line=1::wrong 1. mend it"
    assert f"{30 - SHOWN + 1} more" in lines[SHOWN - 1]
    assert lines[-1] == "::warning file=world/b.yaml,line=1::odd"


def test_a_cause_is_one_annotation_that_counts_its_places() -> None:
    problems = [warning(Place("a.yaml", line), "no Osk", rule="dangling-reference") for line in (4, 2, 9)]

    assert list(annotation_lines(problems)) == [
        "::warning file=a.yaml,line=2,title=dangling-reference::no Osk (and in 2 more places: see the summary of this run)"
    ]


def test_every_kind_has_its_turn() -> None:
    problems = [
        warning(Place("a.yaml", line), f"no {line}", rule="dangling-reference") for line in range(1, 31)
    ]
    problems += [warning(Place("b.yaml", 1), "odd", rule="small-talk")]

    lines = list(annotation_lines(problems))

    assert lines[1].startswith("::warning file=b.yaml,line=1,title=small-talk::odd")
    assert lines[-1] == f"::warning::{31 - SHOWN + 1} more are in the summary of this run"


def test_notes_are_for_the_summary() -> None:
    assert list(annotation_lines([note(Place("a.yaml", 1), "as it is")])) == []
