"""The words of a plan for a terminal and for GitHub, whatever a writer, a model or a provider wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chargen.core.one_line import one_line
from chargen.core.plan import Action, Item, Options, Plan, Reason
from chargen.core.problem import Problem, Severity, warning
from chargen.core.report import (
    markdown_escape,
    markdown_told,
    plan_lines,
    plan_markdown,
    problem_lines,
    summary,
    symbol,
)
from chargen.errors import Place
from tests.worlds import PIER, a_request, a_submission, address, books_of, one_shot, plan_of, shot_of


def item(reason: Reason, action: Action = Action.GENERATE, *, detail: str = "", **more: Any) -> Item:
    given_: dict[str, Any] = {"cost_usd": Decimal("0.0356")} if action is Action.GENERATE else {}
    return Item(address(), 1, action, reason, detail, **given_ | more)


def plan(*items: Item, problems: tuple[Problem, ...] = ()) -> Plan:
    return Plan("tree", "books", "1", Options(), items, problems, cap_usd=Decimal(5))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (item(Reason.NEW), "+"),
        (item(Reason.RETRY), "+"),
        (item(Reason.PROMPT_CHANGED), "~"),
        (item(Reason.FORCED), "~"),
        (item(Reason.PAID_BEFORE, Action.RESTORE), "<"),
        (item(Reason.UNCHANGED, Action.SKIP), " "),
        (item(Reason.PAUSED, Action.SKIP), "-"),
    ],
)
def test_each_action_has_its_sign(one: Item, expected: str) -> None:
    assert symbol(one) == expected


def test_shots_that_are_left_for_one_cause_stand_together() -> None:
    why = "a.yaml:1:2: no such file"
    names = [f"location/pier/{kind}/x{i}" for kind in ("dawn", "dusk") for i in range(3)]
    left = [replace(item(Reason.PROBLEM, Action.SKIP, detail=why), address=address(name)) for name in names]
    paused = replace(item(Reason.PAUSED, Action.SKIP), address=address("location/pier/noon/y"))
    found = plan(item(Reason.NEW), *left, paused)

    shown = list(plan_lines(found))
    every = list(plan_lines(found, everything=True))

    assert shown[:9] == [
        "location/pier",
        "  + dawn/wide                                      0.0356  new",
        "  - noon/y                                                 paused",
        f"6 shots left as they are: problem {why}",
        *(f"  - {name}" for name in names[:3]),
        "    and 3 more, chargen batch plan --all names them all",
        "",
    ]
    assert sum(why in line for line in every) == 6
    assert shown[-1] == every[-1]


def test_a_few_that_are_left_for_one_cause_stand_where_they_belong() -> None:
    left = [
        replace(item(Reason.PAUSED, Action.SKIP), address=address(f"location/pier/dawn/x{i}"))
        for i in range(4)
    ]

    assert [line.split()[-1:] for line in plan_lines(plan(*left))][1:5] == [["paused"]] * 4


def test_all_of_a_plan_leaves_no_warning_and_no_place_out() -> None:
    places = [Place("a.yaml", n) for n in range(1, 7)]
    problems = tuple(warning(place, f"odd {n % 5}") for n, place in enumerate(places))

    shown = "\n".join(plan_lines(plan(problems=problems), everything=True))

    assert [str(place) in shown for place in places] == [True] * 6


def test_a_plan_reads_like_this() -> None:
    found = plan(
        item(Reason.PROMPT_CHANGED, detail="mood, composition"),
        replace(item(Reason.NEW), variant=2),
        replace(
            item(Reason.NEW), address=address("location/pier/dusk/bench"), shares="x", cost_usd=Decimal(0)
        ),
        replace(
            item(Reason.WAITING, Action.SKIP, detail="location/pier/dawn/wide"),
            address=address("chapter/one/opening/arrival"),
        ),
        replace(item(Reason.UNCHANGED, Action.SKIP), address=address("chapter/one/opening/quiet")),
        problems=(
            warning(Place("b.yaml", 2, 3), "odd"),
            Problem(Place("a.yaml", 1, 2), "wrong", "mend it"),
            Problem(Place("a.yaml", 1, 2), "wrong", "mend it"),
        ),
    )

    assert "\n".join(plan_lines(found)) == (
        "location/pier\n"
        "  ~ dawn/wide                                      0.0356  prompt changed: mood, composition\n"
        "  + dawn/wide v2                                   0.0356  new\n"
        "  + dusk/bench                                     shared  new\n"
        "chapter/one\n"
        "  - opening/arrival                                        waiting for location/pier/dawn/wide\n"
        "\n"
        "a.yaml:1:2: error: wrong\n"
        "    mend it\n"
        "b.yaml:2:3: warning: odd\n"
        "\n"
        "Plan: 3 to make, 1 waiting, 1 unchanged. At most 0.0712 USD (live), cap 5 USD."
    )
    assert "unchanged" in "\n".join(plan_lines(found, everything=True)).split("\n\n")[0]


def test_a_plan_of_nothing_says_why() -> None:
    assert summary(plan()) == "Nothing to make: no imagery.yaml here asks for a picture."
    assert summary(plan(*[item(Reason.UNCHANGED, Action.SKIP)] * 2, item(Reason.PROBLEM, Action.SKIP))) == (
        "Nothing to make: 2 unchanged, 1 with a problem."
    )


def test_what_is_put_back_is_in_the_last_line() -> None:
    found = plan(item(Reason.PAID_BEFORE, Action.RESTORE), item(Reason.GAVE_UP, Action.SKIP))

    assert (
        summary(found) == "Plan: 0 to make, 1 to put back, 1 given up. At most 0.0000 USD (live), cap 5 USD."
    )


def test_errors_come_before_warnings_each_once() -> None:
    one, two = warning(Place("a", 1), "odd"), Problem(Place("b", 1), "wrong")

    assert list(problem_lines([one, two, one])) == ["b:1: error: wrong", "a:1: warning: odd", ""]
    assert two.severity is Severity.ERROR
    assert list(problem_lines([])) == []


def test_a_cause_met_in_many_places_is_told_once() -> None:
    many = [
        warning(Place("a.yaml", line), "no Osk", hint="add it", rule="dangling-reference")
        for line in range(1, 7)
    ]

    assert list(problem_lines(many)) == [
        "a.yaml:1: warning: no Osk",
        "    add it",
        "    5 more places: a.yaml:2, a.yaml:3, a.yaml:4 and 2 more",
        "",
    ]
    assert "a.yaml:1: warning: no Osk (add it); 5 more places: a.yaml:2" in plan_markdown(
        plan(problems=tuple(many))
    )


def test_a_plan_cuts_long_lists_of_warnings_and_none_of_errors() -> None:
    odd = [warning(Place("a.yaml", line), f"odd {line}") for line in range(1, 21)]
    bad = [Problem(Place("a.yaml", line), f"bad {line}") for line in range(1, 21)]

    lines = list(problem_lines([*odd, *bad]))

    assert sum(": error: bad" in line for line in lines) == 20
    assert lines[-2] == "    and 17 more, chargen validate --all tells them all"
    assert sum(": warning: odd" in line for line in lines) == 3


def test_the_rest_of_a_list_that_validate_shows_whole_is_left_to_it() -> None:
    odd = [warning(Place("a.yaml", line), f"odd {line}") for line in range(1, 9)]

    assert list(problem_lines(odd))[-2] == "    and 5 more, chargen validate tells them all"


def test_a_plan_in_markdown_is_a_table() -> None:
    found = plan(
        item(Reason.NEW),
        item(Reason.UNCHANGED, Action.SKIP),
        problems=(Problem(Place("a.yaml", 1, 2), "wrong", "mend it"),),
    )

    assert plan_markdown(found) == (
        "**Plan: 1 to make, 1 unchanged. At most 0.0356 USD (live), cap 5 USD.**\n"
        "\n"
        "| | shot | why | at most |\n"
        "|---|---|---|---:|\n"
        "| + | `location/pier/dawn/wide` | new | 0.0356 |\n"
        "\n"
        "- a.yaml:1:2: error: wrong (mend it)\n"
    )


# ---- hostile text ---------------------------------------------------------------------------------------------------

HOSTILE = (
    "@octocat fixes #12 and ada/world#13, closes GH-14, resolves https://github.com/a/b/issues/15 www.x.org "
    "<img src=x onerror=alert(1)> <!-- chargen --> - [x] tick | cell `code` **bold** [a](http://b) ![i](u) ~~no~~ "
    "$x$ \\| &lt;\n::error::oops\r\n- [ ] line"
)


def test_nothing_in_a_text_takes_effect_in_markdown() -> None:
    safe = markdown_escape(HOSTILE)

    assert "\n" not in safe
    assert "\r" not in safe
    assert "<" not in safe
    assert "&lt;img" in safe
    assert "&amp;lt;" in safe, "what was escaped before stays readable"
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]|~!$]", safe), "every mark is escaped"
    rendered = re.sub(r"\\(.)", r"\1", safe)
    assert not re.search(r"@\w|#\d|GH-\d|://|www\.", rendered), "nor does it link once it is rendered"


@given(st.text())
def test_any_text_is_one_table_cell(text: str) -> None:
    safe = markdown_escape(text)

    assert len(safe.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", safe)
    assert "<" not in safe
    assert ">" not in safe


def test_a_command_in_a_sentence_of_ours_is_code_and_the_rest_is_escaped() -> None:
    told = markdown_told("run `git push --force-with-lease=a:b origin`, then <b> `chargen tick`; 5 ` more")

    assert told == "run `git push --force-with-lease=a:b origin`, then &lt;b&gt; `chargen tick`; 5 \\` more"


@given(st.text(alphabet="`<>i @a\\*&$\n", max_size=30))
def test_no_markup_comes_out_of_any_sentence(text: str) -> None:
    told = markdown_told(text)
    page = MarkdownIt("commonmark", {"html": True}).render(f"x {told}")

    assert set(re.findall(r"</?\w+", page)) <= {"<p", "</p", "<code", "</code"}
    assert "@" not in re.sub(r"<code>.*?</code>|@\N{ZERO WIDTH SPACE}", "", page)


def test_a_plan_on_github_leaves_what_is_in_flight_to_the_next_tick() -> None:
    flying = plan(item(Reason.IN_FLIGHT, Action.SKIP))

    assert "1 in flight. The next tick brings in what is in flight." in plan_markdown(flying)
    assert summary(flying).endswith("`chargen batch collect --wait` brings in what is in flight.")


@given(st.text(max_size=900))
def test_any_text_is_one_short_line(text: str) -> None:
    line = one_line(text)

    assert len(line) <= 400
    assert len(line.splitlines()) <= 1
    assert not line.startswith("::")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)


@pytest.mark.parametrize(
    "text", ["::error::x", "  ::set-output name=a::b", "\n::stop-commands::x", "a ##[add-mask]b"]
)
def test_no_text_is_a_command_to_the_runner(text: str) -> None:
    line = one_line(text)

    assert not line.strip().startswith("::")
    assert "##[" not in line


def test_words_with_colons_stay_as_they_are() -> None:
    assert one_line("std::vector at 16:9") == "std::vector at 16:9"
    assert one_line("x" * 401) == "x" * 399 + "…"


def test_a_hostile_writer_s_text_does_nothing_in_any_report() -> None:
    files: dict[str, Any] = {
        PIER: one_shot("mood: '| @ada - [ ] <b> ::error::x'\n"),
        "chargen.yaml": "moods: {calm: {}}",
    }
    blocked = a_submission(a_request(shot_of(files)), error="x")
    found = plan_of(files, books_of(blocked))

    text, markdown = "\n".join(plan_lines(found)), plan_markdown(found)

    assert "\n::" not in text
    (line,) = [line for line in markdown.splitlines() if line.startswith("- ")]
    assert "@ada" not in line
    assert "<b>" not in line
    assert r"\[ \]" in line
