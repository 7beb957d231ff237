"""What a person is told to type when nobody can say what was paid: each command, as it is printed, ends what it is for."""

from __future__ import annotations

import json
import re
import shlex
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.commands.conftest import KEY

if TYPE_CHECKING:
    from tests.commands.conftest import Said
    from tests.gitops.conftest import Town


def printed(said: Said) -> list[list[str]]:
    """The chargen commands that stand on lines of their own, as a shell would take them."""
    lines = re.findall(r"^ +(chargen [^\n|]+?) *$", said.text, re.MULTILINE)
    return [shlex.split(line)[1:] for line in lines]


def batches_by_curl(said: Said) -> list[tuple[str, str]]:
    """What the call shows that is printed for the operator: batches and their names."""
    (line,) = (line for line in said.text.splitlines() if "curl -s -H" in line)
    url = shlex.split(line)[-1]
    assert url.startswith("http://127.0.0.1:"), url
    asked = urllib.request.Request(url, headers={"x-goog-api-key": KEY})
    with urllib.request.urlopen(asked) as answer:
        listed = json.load(answer)
    return [(item["name"], item["metadata"]["displayName"]) for item in listed["operations"]]


def operator(town: Town, *arguments: str) -> Said:
    """A person in a fresh clone."""
    runner = town.runner()
    town.monkeypatch.chdir(runner.root)
    return runner(*arguments)


def quarantined(town: Town, fault: str) -> Said:
    """A submit whose create had no answer and whose input cannot be deleted, from a workflow's run; what it said."""
    town.writer.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")
    town.push("fewer retries")
    town.gemini.fault(fault, "delete-fails:times=forever")
    said = town.gitops("submit", run_id=77)
    town.gemini.state.faults.clear()
    assert said.code == 5, said.text
    assert "QUARANTINED" in said.text
    (held,) = town.submissions()
    assert held["state"] == "QUARANTINED"
    return said


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be deleted is tried again a few times: not at the pace of a service."""
    from chargen.edges.clock import SystemClock

    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)


def test_one_that_was_created_is_adopted_by_the_words_that_were_printed(quay: Town) -> None:
    quarantined(quay, "late-create:delay=600")
    quay.gemini.advance(700)  # by now the provider has it

    listed = operator(quay, "state", "list")
    ((name, display_name),) = batches_by_curl(listed)
    adopt, forget = printed(listed)
    done = operator(quay, *[name if word == "batches/..." else word for word in adopt])
    quay.done("tick")

    assert "/actions/runs/77" not in listed.text, "no run is at work on it any more"
    assert display_name in listed.out
    assert (adopt[1], forget[1]) == ("adopt", "forget")
    assert done.code == 0, done.text
    assert [item["state"] for item in quay.submissions()] == ["COLLECTED"]
    assert len(quay.gemini.paid) == 2
    assert quay.merge_all() == 1
    quay.done("tick")
    assert set(quay.whys().values()) == {"unchanged"}


def test_one_that_was_never_created_is_forgotten_by_the_words_that_were_printed(quay: Town) -> None:
    quarantined(quay, "drop:on=create,times=1")
    quay.done("tick")
    assert quay.gemini.paid == [], "nobody sends it again unasked"

    _, forget = printed(operator(quay, "state", "list"))
    asked = operator(quay, *forget)
    done = operator(quay, *forget, "--yes")
    quay.done("submit")
    quay.done("tick")

    assert asked.code == 64
    assert "--yes" in asked.err
    assert done.code == 0, done.text
    assert sorted(item["state"] for item in quay.submissions()) == ["COLLECTED", "FENCED"]
    assert len(quay.gemini.paid) == 2


def test_a_submit_s_own_words_settle_it_too(quay: Town) -> None:
    said = quarantined(quay, "drop:on=create,times=1")

    _, forget = printed(said)
    done = operator(quay, *forget, "--yes")

    assert done.code == 0, done.text
    assert [item["state"] for item in quay.submissions()] == ["FENCED"]


def test_every_run_says_it_until_it_is_settled(quay: Town) -> None:
    quarantined(quay, "drop:on=create,times=1")
    (held,) = quay.submissions()

    ticks = [quay.gitops("tick", run_id=78) for _ in range(2)]

    assert [held["id"] in said.text for said in ticks] == [True, True], ticks[0].text
    assert all("chargen state" in said.text for said in ticks)


def test_who_holds_what_since_when_and_which_run_is_told_of_a_live_lease(quay: Town) -> None:
    from tests.gitops.test_paid_once import killed

    quay.monkeypatch.setenv("GITHUB_RUN_ID", "41")
    assert killed(quay, "submit", nth=2, when="after")  # CREATING is on the books, and its process is gone
    quay.monkeypatch.delenv("GITHUB_RUN_ID")
    (held,) = quay.submissions()

    shown = operator(quay, "state", "list")

    assert f"CREATING     {held['id']}  2 requests" in shown.out
    assert f"since {held['created_at']}" in shown.out
    assert "/acme/world/actions/runs/41" in shown.out
    assert "the next command settles it" in shown.out
    quay.done("submit")
    quay.done("tick")
    assert len(quay.gemini.paid) == 2
