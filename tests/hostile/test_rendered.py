"""Every text that is not ours, in every place where it is rendered: read as GitHub, a runner and a terminal read it."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pytest

from chargen.core.address import parse_address
from chargen.core.annotation import annotation, annotation_lines
from chargen.core.books import Order
from chargen.core.books_report import order_line, request_lines, submission_lines
from chargen.core.changes import FieldChange, changes_between, changes_lines, changes_markdown
from chargen.core.findings import findings_of
from chargen.core.findings_report import finding_lines, findings_markdown
from chargen.core.one_line import harmless, one_line
from chargen.core.plan_comment import called_for, plan_comment
from chargen.core.problem import Problem, warning
from chargen.core.proposal import Proposal
from chargen.core.pull_body import OtherCandidate, ProposedShot, picture_url, pull_body, pull_title
from chargen.core.report import markdown_escape, plan_lines, plan_markdown
from chargen.core.submission import Came
from chargen.errors import ChargenError, Place
from tests.hostile.rendered import read
from tests.hostile.texts import TEXTS
from tests.worlds import (
    PIER,
    WIDE,
    a_request,
    a_submission,
    an_outcome,
    books_of,
    one_shot,
    plan_of,
    shot_of,
    shots_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from chargen.core.address import Address
    from chargen.core.compiled import CompiledShot
    from tests.hostile.conftest import Tried

SERVER: Final = "https://github.example"
URL: Final = picture_url(SERVER, "acme/world", "0" * 40, "a b.png")
SHOT: Final = shot_of({PIER: one_shot()})


def words(text: str) -> dict[str, str]:
    """A world that says a text wherever a writer may say one."""
    said = json.dumps(text)
    shot = f"subject: {said}\nmood: {said}\ntitle: {said}\nframing: {said}\nlighting: {{source: {said}}}\n"
    odd = f"characters: [{said}]\nreferences: [{{path: {said}}}, {{ref: {said}}}]\naspect_ratio: {said}\n"
    return {
        PIER: one_shot(shot, entity=f"name: {said}\ncontinuity: {{canonical: [{said}]}}\n"),
        "locations/odd/imagery.yaml": "kind: location\nslug: odd\nscenes:\n- id: a\n  subject: x\n"
        + "".join(f"  {line}\n" for line in odd.splitlines()),
        "locations/key/imagery.yaml": f"kind: location\nslug: key\n? {said}\n: {said}\n",
        "locations/bad/imagery.yaml": f"kind: {said}\nslug: {said}\nscenes: {said}\n",
        "locations/named/imagery.yaml": f"kind: location\nslug: {said}\nscenes: [{{id: {said}, subject: x}}]\n",
    }


def compiled(files: dict[str, str]) -> Mapping[Address, CompiledShot]:
    return {parse_address(name): shot for name, shot in shots_of(files).items()}


def problems(text: str) -> tuple[Problem, ...]:
    return (
        Problem(Place("a.yaml", 1), text, text, rule="unknown-key"),
        warning(Place(text, 2, 3), text, hint=text, rule="dangling-reference"),
        warning(Place("b.yaml", 2, 3), text, hint=text, rule="dangling-reference"),
    )


def proposed(text: str) -> ProposedShot:
    return ProposedShot(
        address=WIDE, title=text, why=text, after=URL, before=URL, alt=text, prompt=f"{text}\n- {text}\n{text}", note=text,
        reason=text, model="gemini-x", mode="batch", cost_usd=Decimal("0.02"), problems=(text,),
        others=(OtherCandidate(text, URL),), changed=(FieldChange(text, text, text), FieldChange("mood", None, text)),
    )  # fmt: skip


def _commented(text: str) -> str:
    before, after = words("plain"), words(text)
    base, head = plan_of(before), plan_of(after)
    called = called_for(
        compiled(before), compiled(after), base=base, head=replace(head, problems=problems(text))
    )
    return plan_comment(called)


def _changed(text: str) -> str:
    return changes_markdown(changes_between(compiled(words("plain")), compiled(words(text))), base=text)


def _blocked(text: str) -> str:
    """A plan that tells what the model said of a shot it would not draw."""
    request = a_request(SHOT, outcome=an_outcome(Came.BLOCKED, reason=text))
    return plan_markdown(plan_of({PIER: one_shot()}, books_of(a_submission(request))))


PAGES: Final[Mapping[str, Callable[[str], str]]] = {
    "pull request's body": lambda text: pull_body(
        Proposal("location/pier", 1), [proposed(text)], unmade={"location/pier/dawn/lamp": text}
    ),
    "plan's comment": _commented,
    "plan in a summary": lambda text: plan_markdown(replace(plan_of(words(text)), problems=problems(text))),
    "plan of a world": lambda text: plan_markdown(plan_of(words(text))),
    "plan after a block": _blocked,
    "changes": _changed,
    "findings": lambda text: findings_markdown(findings_of(problems(text), ())),
    "error in a summary": lambda text: f"**{markdown_escape(text)}** {markdown_escape(text)}",
    "line of a list": lambda text: f"- {markdown_escape(text)}",
}


def _submission(text: str) -> list[str]:
    request = a_request(SHOT, outcome=an_outcome(Came.BLOCKED, reason=text))
    item = replace(a_submission(request), error=text)
    order = Order("a", "force", SHOT.address.job_id(1), "2026-11-23", note=text, by=text, reason=text)
    return [*submission_lines(item, lapsed=False), *request_lines(item), order_line(order)]


TERMINALS: Final[Mapping[str, Callable[[str], Iterable[str]]]] = {
    "plan": lambda text: plan_lines(replace(plan_of(words(text)), problems=problems(text))),
    "findings": lambda text: finding_lines(findings_of(problems(text), ()), everything=True),
    "changes": lambda text: changes_lines(
        changes_between(compiled(words("plain")), compiled(words(text))), base=text
    ),
    "books": _submission,
    "error": lambda text: [one_line(str(ChargenError(text, hint=text, place=Place(text))))],
}


@pytest.mark.parametrize("place", PAGES)
def test_on_a_page_no_text_mentions_links_closes_ticks_or_marks_anything(place: str, tried: Tried) -> None:
    plain = read(PAGES[place]("plain"))

    for name, text in TEXTS.items():
        page = read(PAGES[place](text))

        tried(f"{name} in {place}", escaped=page.effects())
        assert set(page.comments) <= set(plain.comments), name
        assert all(source.startswith(SERVER) for source in page.sources), name
        assert page.headings <= plain.headings, name
        opened = [tag for tag, _ in page.tags if tag in {"details", "/details"}]
        assert opened == ["details", "/details"] * (len(opened) // 2), name
        assert "\u202e" not in page.text, name


def test_the_judge_sees_what_takes_effect() -> None:
    """A judge that finds nothing proves nothing: each text meant for GitHub takes effect as it stands."""
    silent = [name for name in TEXTS if re.match("mention|closing|html|checkbox|link|picture", name)]

    for name in silent:
        page = read(f"- {TEXTS[name]}" if name == "checkbox-bare" else TEXTS[name])
        assert page.effects() or page.comments, name


def test_titles_and_commits_of_a_proposal_hold_nobodys_words() -> None:
    """Only an address reaches them, whose parts are made of small letters, digits and dashes."""
    for text in TEXTS.values():
        for address in shots_of(words(text)):
            title = pull_title(
                Proposal(address.rpartition("/")[0].rpartition("/")[0], 1, shots={address: "a"})
            )

            assert re.fullmatch(r"Pictures for [a-z]+/[a-z0-9][a-z0-9_-]{0,62}: 1 shot", title)


def _acts(line: str) -> list[str]:
    """What a line does besides being read: control characters, turned writing, commands of a runner."""
    odd = [
        char
        for char in line
        if unicodedata.category(char) in {"Cc", "Cs"} or char in "\u202a\u202b\u202d\u202e"
    ]
    commands = ["command"] if line.lstrip().startswith("::") or "##[" in line else []
    return [*map(repr, odd), *commands]


@pytest.mark.parametrize("place", TERMINALS)
def test_in_a_terminal_every_line_is_one_line_and_only_read(place: str, tried: Tried) -> None:
    for name, text in TEXTS.items():
        lines = list(TERMINALS[place](text))

        tried(f"{name} in the {place} of a terminal", escaped=[act for line in lines for act in _acts(line)])
        assert all(len(line) < 5_000 for line in lines), name


def test_below_it_all_lies_a_net(tried: Tried) -> None:
    for name, text in TEXTS.items():
        for line in harmless(f"said: {text}\n{text}", workflow=True).split("\n"):
            shown = re.sub(r"\x1b\[(?:0|31)m|\t", "", line)  # colours that are ours as well, and tabs
            tried(f"{name} in the net", escaped=_acts(shown))


COMMAND: Final = re.compile(r"::(?P<level>\w+)(?: (?P<properties>[^:]*))?::(?P<message>.*)", re.DOTALL)


def test_an_annotation_is_one_command_with_our_level_and_properties(tried: Tried) -> None:
    for name, text in TEXTS.items():
        said = annotation("warning", text, place=Place(text, 3), title=text)
        found = COMMAND.fullmatch(said)

        assert found is not None, name
        properties = [part.partition("=")[0] for part in (found["properties"] or "").split(",") if part]
        tried(f"{name} in an annotation", escaped=set(properties) - {"file", "line", "col", "title"})
        assert found["level"] == "warning", name
        assert "\n" not in said, name
        assert "\r" not in said, name
        assert "::" not in found["message"], name


def test_annotations_of_a_world_begin_with_a_level_of_ours(tried: Tried) -> None:
    for name, text in TEXTS.items():
        for line in annotation_lines([*plan_of(words(text)).problems, *problems(text)]):
            tried(f"{name} in a world's annotations", escaped=COMMAND.fullmatch(line) is None and line[:200])
