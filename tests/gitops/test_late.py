"""Batches that are open for long: told once a run on its page, and once in the pull requests; taken back when they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chargen.commands.wiring import open_session
from chargen.core.submission import State
from chargen.pipeline.booking import stamp
from tests.gitops.conftest import QUAY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gitops.conftest import Town

MARKER = "<!-- chargen:status -->"


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The step summary of the workflow run that a command is part of."""
    path = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


@pytest.fixture
def one_late(proposed: Town) -> Town:
    """Two pictures proposed, and a third whose batch does not end."""
    proposed.gemini.fault("batch-stuck:times=forever")
    proposed.writer.write("quay/imagery.yaml", QUAY + "      - {id: gull, subject: a gull on a post}\n")
    proposed.push()
    proposed.done("submit")
    return proposed


def grown_old(town: Town, hours: float) -> None:
    """Let the open batch have been asked for so many hours ago."""
    session = open_session(town.writer.root)
    created_at = stamp(session.clock.now() - timedelta(hours=hours))
    session.desk().book(
        lambda books: [
            replace(item, created_at=created_at)
            for item in books.submissions.values()
            if item.state is State.SUBMITTED
        ],
        "test",
    )


def status(town: Town) -> list[str]:
    """The status comments of the one open pull request."""
    (pull,) = town.open_pulls().values()
    return [one.body for one in town.github.comments(pull.number) if one.body.startswith(MARKER)]


def test_after_a_day_a_run_says_so_on_its_page_and_the_pull_request_once(
    one_late: Town, summary: Path
) -> None:
    one_late.done("tick")
    assert status(one_late) == []
    grown_old(one_late, 25)

    said = one_late.done("tick", run_id=1)
    (told,) = status(one_late)
    commits, again = one_late.commits(), one_late.done("tick", run_id=2)

    assert said.err.count("::warning title=Batch open for 24 hours::batches/") == 1
    assert again.err.count("::warning title=Batch open for 24 hours::batches/") == 1, "each run has a page"
    assert "## Late" in summary.read_text()
    assert "for more than 24 hours" in told
    assert one_late.commits() == commits, "and nothing is written again"
    assert status(one_late) == [told]


def test_before_it_expires_it_is_an_error_and_once_it_has_ended_that_is_taken_back(one_late: Town) -> None:
    grown_old(one_late, 41)
    said = one_late.done("tick", run_id=1)
    (told,) = status(one_late)
    one_late.gemini.advance(48 * 3600)

    one_late.gitops("tick")

    assert "::error title=Batch open for 40 hours::batches/" in said.err
    assert "chargen batch cancel --run" in told
    assert status(one_late)[0].startswith(f"{MARKER}\nNo batch with pictures for this pull request is late")


def test_collecting_by_itself_says_it_too(one_late: Town) -> None:
    grown_old(one_late, 25)

    said = one_late.done("collect", run_id=1)

    assert "::warning title=Batch open for 24 hours::" in said.err


def test_a_forge_that_refuses_the_comment_is_told_and_asked_again(one_late: Town) -> None:
    grown_old(one_late, 25)
    one_late.github.fault("secondary-limit:on=comment-create,times=forever")

    refused = one_late.gitops("tick")
    one_late.github.state.faults.clear()
    one_late.done("tick")

    assert refused.code == 1
    assert len(status(one_late)) == 1
