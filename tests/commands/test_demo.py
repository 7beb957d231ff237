"""The demo's stage, its runner and its pages. The whole play is run by .ci/run through scripts/demo."""

from __future__ import annotations

import signal
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import click
import pytest

from chargen.cli import run
from chargen.commands.demo_pages import write_pages
from chargen.commands.demo_runner import Run, run_program
from chargen.commands.demo_stage import REPOSITORY, REVIEWER, WRITER, Stage, expect, stage
from chargen.core.pull_body import picture_url
from chargen.errors import ExitCode, WorkFailed
from tests.github_judge import problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Stage]:
    """A stage whose world is pushed."""
    with stage(tmp_path / "demo", keep=False) as made:
        made.push()
        yield made


def play(played: list[Stage], story: Callable[[], object]) -> None:
    """A story on a stage that is not kept; `played` tells where it was."""
    with stage(None, keep=False) as made:
        played.append(made)
        assert (made.world / "chargen.yaml").is_file()
        story()


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "novel.md").write_text("Chapter one\n", encoding="utf-8")

    code = run(["demo", "--out", str(tmp_path)])

    assert code == ExitCode.USAGE
    assert f"{tmp_path} is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["novel.md"]


def test_what_is_not_kept_is_gone_when_the_play_fails() -> None:
    played: list[Stage] = []

    with pytest.raises(ZeroDivisionError):
        play(played, lambda: 1 // 0)

    assert not played[0].folder.exists()


def test_of_a_play_that_came_out_the_pages_stay() -> None:
    with stage(None, keep=False) as played:
        played.pages.mkdir()
        (played.pages / "index.html").write_text("told", encoding="utf-8")

    assert [path.name for path in played.folder.iterdir()] == ["pull-requests"]
    (played.pages / "index.html").unlink()
    played.pages.rmdir()
    played.folder.rmdir()


def test_a_terminating_signal_clears_away_too(capsys: pytest.CaptureFixture[str]) -> None:
    played: list[Stage] = []

    with pytest.raises(click.exceptions.Exit) as ended:
        play(played, lambda: signal.raise_signal(signal.SIGTERM))

    assert ended.value.exit_code == 130
    assert not played[0].folder.exists()
    assert "what was played was removed" in capsys.readouterr().err


def test_the_world_begins_committed_and_with_nothing_made(here: Stage) -> None:
    status = here.git.text("status", "--porcelain")
    author = here.git.text("log", "--format=%an %s")

    assert (status, author) == ("", f"{WRITER} A world of words")
    assert here.bare.branches() == {"main": here.git.text("rev-parse", "HEAD")}
    assert (here.world / "chargen.yaml").is_file()
    assert not (here.world / ".chargen").exists()


def test_commands_hear_nothing_of_the_callers_keys_and_hosts(tmp_path: Path) -> None:
    """The variables of a person's shell must not turn the demo to the real Gemini, a proxy or another repository."""
    script = (
        "from pathlib import Path\n"
        "from chargen.commands.demo_stage import stage\n"
        f"with stage(Path({str(tmp_path / 'demo')!r}), keep=True) as here:\n"
        "    for verb in ('plan', 'submit', 'tick'):\n"
        "        print(sorted(here.runner.variables(1, verb).items()))\n"
    )
    theirs = {
        "GEMINI_API_KEY": "theirs-1",
        "GOOGLE_API_KEY": "theirs-2",
        "GOOGLE_GENAI_USE_VERTEXAI": "theirs-3",
        "GITHUB_TOKEN": "theirs-4",
        "GIT_DIR": "theirs-5",
        "GIT_CONFIG_GLOBAL": "theirs-6",
        "HTTPS_PROXY": "theirs-7",
        "all_proxy": "theirs-8",
    }

    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": "/usr/bin:/bin", **theirs},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "theirs" not in done.stdout
    assert done.stdout.count("('GOOGLE_GEMINI_BASE_URL', 'http://127.0.0.1:") == 2


def test_a_workflow_is_given_the_secrets_of_its_job_and_no_others(here: Stage) -> None:
    given = {
        verb: {"GEMINI_API_KEY", "GITHUB_TOKEN"} & set(here.runner.variables(1, verb))
        for verb in ("plan", "submit", "tick")
    }

    assert given == {
        "plan": {"GITHUB_TOKEN"},
        "submit": {"GEMINI_API_KEY"},
        "tick": {"GEMINI_API_KEY", "GITHUB_TOKEN"},
    }


def test_a_workflow_that_fails_stops_the_play_and_leaves_its_clone_to_look_at(here: Stage) -> None:
    (here.world / "chargen.yaml").write_text("budget: [", encoding="utf-8")
    here.commit("broken")
    here.push()

    with pytest.raises(WorkFailed, match=r"`chargen gitops submit --root=\.` ended with exit code 3"):
        here.workflow("submit")

    assert (here.folder / "runs" / "01-submit" / "world" / "chargen.yaml").is_file()


def test_a_command_that_ends_otherwise_stops_the_play(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('why', file=sys.stderr); sys.exit(4)"]

    with pytest.raises(WorkFailed, match=r"ended with exit code 4, not 0:\nwhy"):
        run_program(command, tmp_path, {}, tmp_path / "log.txt")


def test_what_comes_out_otherwise_than_told_stops_the_play() -> None:
    expect("pull requests", 9, 9)

    with pytest.raises(WorkFailed, match="pull requests: 8, where the story tells of 9"):
        expect("pull requests", 8, 9)


def test_a_run_s_headline_is_the_plan_in_one_sentence() -> None:
    summary = "## Order pictures\n\n**Plan: 3 to make.**\n\n| | job |\n"

    assert Run("chargen gitops submit", "id SUBMITTED", summary).headline == "Plan: 3 to make."
    assert Run(
        "chargen gitops plan", "x", "<!-- chargen:plan -->\n### 4 pictures, at most 1 USD\n"
    ).headline == ("4 pictures, at most 1 USD")
    assert Run("chargen batch plan", "a list\n\nNothing to make.").headline == "Nothing to make."


def test_a_page_shows_the_body_and_its_pictures_without_any_server(here: Stage) -> None:
    commit = here.git.text("rev-parse", "HEAD")
    path = "characters/biscuit/images/reference-sheet.png"
    url = picture_url(here.github.server_url, REPOSITORY, commit, path)
    here.git.run("commit", "--quiet", "--allow-empty", "--message", "more")
    here.push("words")
    number = here.open_pull("words", "More <words>", f'One line\nanother\n\n<img src="{url}" alt="a cat">')
    here.github.comment(
        number, f"**good**, as [here]({here.github.server_url}/{REPOSITORY}/pull/{number})", by="mira"
    )
    here.github.merge(number, by="mira")

    index = write_pages(here, Decimal(0), "Nothing to make.")

    page = (here.pages / f"{number}.html").read_text(encoding="utf-8")
    picture = next((here.pages / "pictures").iterdir())
    assert picture.read_bytes() == (here.world / path).read_bytes()
    assert f'<a href="pictures/{picture.name}"><img src="pictures/{picture.name}" alt="a cat"></a>' in page
    assert "More &lt;words&gt;" in page
    assert "One line<br" in page
    assert f'<strong>good</strong>, as <a href="{number}.html">' in page
    assert here.github.server_url not in page
    assert f'href="{number}.html"' in index.read_text(encoding="utf-8")


def test_the_demo_s_forge_speaks_as_github_describes_it(here: Stage) -> None:
    here.workflow("submit")
    here.paint()
    here.workflow("tick")
    for pull in here.open_pulls():
        here.github.merge(pull.number, by=REVIEWER)
    here.workflow("tick")

    assert len(here.open_pulls()) == 0
    assert {one.method for one in here.github.exchanges} >= {"GET", "POST"}
    assert problems(here.github.exchanges) == []
