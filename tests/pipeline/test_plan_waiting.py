"""Shots that refer to other shots: what they wait for, when they are made, and what is told when they never will be."""

from __future__ import annotations

from typing import Any

import pytest

from chargen.core.books import Decision
from chargen.core.submission import Came, State
from tests.worlds import (
    a_picture,
    a_request,
    a_submission,
    an_outcome,
    books_of,
    plan_of,
    row_of,
    shots_of,
    whys,
)

FILE = "locations/pier/imagery.yaml"
A, B, C, D = (f"location/pier/dawn/{name}" for name in "abcd")


def world(*, rows: str = "", **words: str) -> dict[str, Any]:
    """Shots a <- b <- c (c refers to b, b to a), with rows and pictures for those named in `rows`."""
    refs = {"a": "", "b": f"references: [{{ref: {A}}}]\n", "c": f"references: [{{ref: {B}}}]\n"} | words

    def text(rows_of: dict[str, str]) -> str:
        head = "kind: location\nslug: pier\nscenes:\n  - id: dawn\n    shots:\n"
        shots = ""
        for name, more in refs.items():
            lines = f"subject: shot {name}\n{more}{rows_of.get(name, '')}".rstrip().split("\n")
            shots += f"      - id: {name}\n" + "".join(f"        {line}\n" for line in lines)
        return head + shots

    files: dict[str, Any] = {FILE: text({})}
    found: dict[str, str] = {}
    for name in rows:
        files[f"locations/pier/images/dawn.{name}.png"] = a_picture(name)
        found[name] = row_of(shots_of(files)[f"location/pier/dawn/{name}"], a_picture(name))
        files[FILE] = text(found)
    return files


def short(files: dict[str, Any], books: Any = None, **options: Any) -> dict[str, str]:
    """What is done for each shot, by its letter."""
    found = whys(plan_of(files, books, **options))
    return {name.split(".")[3]: why for name, why in found.items()}


def test_a_chain_is_made_from_its_root() -> None:
    waiting = f"skip: waiting for {A}"

    assert short(world()) == {"a": "generate: new", "b": waiting, "c": waiting}
    assert short(world(rows="a")) == {
        "a": "skip: unchanged",
        "b": "generate: new",
        "c": f"skip: waiting for {B}",
    }
    assert short(world(rows="ab"))["c"] == "generate: new"
    assert set(short(world(rows="abc")).values()) == {"skip: unchanged"}


def test_a_plain_wait_is_no_problem() -> None:
    assert plan_of(world()).problems == ()


def test_while_its_root_is_made_anew_a_picture_stays_what_it_is() -> None:
    files = world(rows="abc")
    changed = {**files, FILE: files[FILE].replace("subject: shot a", "subject: another a")}

    assert short(changed) == {
        "a": "generate: prompt changed: subject",
        "b": "skip: unchanged",
        "c": "skip: unchanged",
    }


def test_a_changed_dependent_waits_for_its_changed_root() -> None:
    files = world(rows="abc")
    files[FILE] = files[FILE].replace("subject: shot a", "subject: another a")
    files[FILE] = files[FILE].replace("subject: shot b", "subject: another b")

    assert short(files)["b"] == f"skip: waiting for {A}"


def test_a_new_picture_of_the_root_makes_exactly_its_dependents_out_of_date() -> None:
    files = world(rows="abc")
    new = {**files, "locations/pier/images/dawn.a.png": a_picture("new a")}
    new[FILE] = files[FILE].replace(
        shots_of(files)[A].shot.row.sha256,  # type: ignore[union-attr]
        shots_of({**new, FILE: files[FILE]})[B].references[0].sha256,
    )

    found = short(new)

    assert found["a"] == "skip: unchanged"
    assert found["b"] == f"generate: reference changed: {A}"
    assert found["c"] == "skip: unchanged", "until the new picture of b lies there"


def test_references_that_ask_are_asked_about() -> None:
    asking = f"references: [{{ref: {A}, when_changed: ask}}]\n"
    files = world(rows="ab", b=asking)
    new = {**files, "locations/pier/images/dawn.a.png": a_picture("new a")}
    new[FILE] = files[FILE].replace(
        shots_of(files)[A].shot.row.sha256,  # type: ignore[union-attr]
        shots_of({**new, FILE: files[FILE]})[B].references[0].sha256,
    )

    assert short(new)["b"] == f"skip: reference changed: ask: {A}"
    both = {**new, FILE: new[FILE].replace("subject: shot b", "subject: another b")}
    assert short(both)["b"] == f"generate: prompt changed: subject, reference {A}"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.INTENT])
def test_a_dependent_waits_while_its_root_is_in_flight(state: State) -> None:
    files = world()
    books = books_of(a_submission(a_request(shots_of(files)[A]), state=state))

    assert short(files, books)["b"] == f"skip: waiting for {A}"


def test_a_dependent_waits_until_its_root_is_put_back() -> None:
    files = world()
    books = books_of(a_submission(a_request(shots_of(files)[A], outcome=an_outcome())))

    assert short(files, books) == {
        "a": "restore: paid before",
        "b": f"skip: waiting for {A}",
        "c": f"skip: waiting for {A}",
    }


def test_a_forced_dependent_waits_too() -> None:
    assert short(world(), force=(B,))["b"] == f"skip: waiting for {A}"


def stuck(files: dict[str, Any], books: Any = None, **options: Any) -> list[str]:
    """What a plan lists as problems, without their places."""
    return [problem.message for problem in plan_of(files, books, **options).problems]


def test_a_wait_on_what_no_run_will_make_is_a_problem_that_names_the_root() -> None:
    files = world()
    shot = shots_of(files)[A]
    blocked = books_of(a_submission(a_request(shot, outcome=an_outcome(Came.BLOCKED))))
    rejected = books_of(
        a_submission(a_request(shot, outcome=an_outcome())),
        decisions=[Decision(A, rejected=(an_outcome().sha256,))],
    )

    def told(reason: str) -> list[str]:
        return [f"{B} waits for {A}, which is {reason}", f"{C} waits for {A}, which is {reason}"]

    assert stuck(files, blocked) == told("blocked by safety filter")
    assert stuck(files, rejected) == told("rejected")
    assert stuck(world(a="status: paused\n")) == told("paused")
    assert stuck(world(a="status: locked\n")) == told("locked")


def test_a_wait_on_a_shot_over_budget_is_a_problem() -> None:
    found = stuck({**world(), "chargen.yaml": "budget: {run_usd: 0}"})

    assert found == [
        f"{B} waits for {A}, which is over budget",
        f"{C} waits for {A}, which is over budget",
    ]


def test_a_wait_on_a_shot_with_a_problem_is_one_too() -> None:
    found = stuck(world(a="references: [{path: gone.png, must_match: true}]\n"))

    assert found[0] == "reference 'gone.png': no such file"
    assert found[1:] == [f"{B} waits for {A}, which has a problem", f"{C} waits for {A}, which has a problem"]


def test_a_paused_shot_with_its_picture_is_good_enough() -> None:
    files = world(rows="a", a="status: paused\n")

    assert short(files)["b"] == "generate: new"


def test_a_paused_shot_whose_words_changed_is_waited_for() -> None:
    files = world(rows="a", a="status: paused\n")
    files[FILE] = files[FILE].replace("subject: shot a", "subject: another a")

    assert short(files)["b"] == f"skip: waiting for {A}"


def test_a_paused_shot_with_a_stale_picture_is_waited_for_though_nothing_can_be_made_of_it() -> None:
    files = world(rows="a", a="status: paused\n")
    files[FILE] = files[FILE].replace("subject: shot a", "subject: another a")
    shot = shots_of(files)[A]
    blocked = books_of(a_submission(a_request(shot, outcome=an_outcome(Came.BLOCKED))))

    assert short(files, blocked)["b"] == f"skip: waiting for {A}"


def test_a_locked_picture_is_what_a_person_holds_to() -> None:
    files = world(rows="a", a="status: locked\n")
    files[FILE] = files[FILE].replace("subject: shot a", "subject: another a")

    assert short(files)["b"] == "generate: new"


def test_a_circle_is_a_problem_of_every_shot_in_it() -> None:
    files = world(a=f"references: [{{ref: {C}}}]\n", d=f"references: [{{ref: {A}}}]\n")
    plan = plan_of(files)
    found = short(files)

    for letter, address in zip("abc", (A, B, C), strict=True):
        assert found[letter].startswith(f"skip: problem {FILE}:")
        assert found[letter].endswith(f"the references of {address} lead back to it")
    assert found["d"] == f"skip: waiting for {A}"
    messages = [problem.message for problem in plan.problems]
    assert [f"the references of {address} lead back to it" in messages for address in (A, B, C)] == [True] * 3
    assert f"{D} waits for {A}, which has a problem" in messages


def test_a_shot_that_refers_to_itself_is_a_problem() -> None:
    files = world(a=f"references: [{{ref: {A}}}]\n")

    assert short(files)["a"].endswith(f"{A} refers to itself")


def test_long_chains_need_no_deep_stack() -> None:
    names = [f"s{n:04}" for n in range(400)]
    shots = "".join(
        f"      - {{id: {name}, subject: x{more}}}\n"
        for name, more in zip(
            names,
            ["", *(f", references: [{{ref: location/pier/dawn/{name}}}]" for name in names)],
            strict=False,
        )
    )
    files = {FILE: f"kind: location\nslug: pier\nscenes:\n  - id: dawn\n    shots:\n{shots}"}

    assert short(files)[names[-1]] == f"skip: waiting for location/pier/dawn/{names[0]}"
