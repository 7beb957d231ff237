"""What is ordered, held back and said: budgets, bad files, dispatches, laptops; and an author's pull request."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from chargen.commands.refreshing import Refresh
from chargen.commands.wiring import open_session
from chargen.edges.base_tip import ReviewBranches
from tests.gitops.conftest import TRACKING, git

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.gitops.conftest import Town

WIDE = "location/quay/noon/wide"
ROPE = "location/quay/noon/rope"


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The step summary of the workflow run that a command is part of."""
    path = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def test_a_push_over_the_run_s_budget_buys_nothing_and_says_so_once(quay: Town, summary: Path) -> None:
    quay.writer.edit("chargen.yaml", "limits:", "budget: {run_usd: 0.02}\nlimits:")
    quay.push()

    first = quay.done("submit", run_id=1)
    again = quay.done("tick", run_id=2)

    assert len(quay.gemini.paid) == 0
    assert not quay.submissions()
    assert "::warning title=Held back::Held back, nothing bought: 0.0" in first.err
    assert "--max-cost" in first.err
    assert "::warning" not in again.err
    assert "a run may spend 0.02 USD" in summary.read_text()
    assert quay.whys() == {WIDE: "over budget: new", ROPE: "over budget: new"}
    assert len([subject for subject in quay.commits() if subject.startswith("Hold back")]) == 1

    quay.done("submit", "--max-cost", "1")
    quay.done("tick")
    assert len(quay.gemini.paid) == 2


def test_what_the_month_has_no_money_for_is_planned_and_said_once(quay: Town, summary: Path) -> None:
    quay.writer.edit("chargen.yaml", "limits:", "budget: {month_usd: 0.03}\nlimits:")
    quay.push()

    first = quay.done("submit", run_id=1)
    commits = quay.commits()
    again = quay.done("tick", run_id=2)
    third = quay.done("tick", run_id=3)

    assert len(quay.gemini.paid) == 1
    assert first.err.count("::warning title=Month's budget::The budget of 20") == 1
    assert "1 picture planned and not ordered" in first.err
    assert "::warning" not in again.err + third.err
    assert summary.read_text().count("is used up") == 1
    assert [subject for subject in quay.commits() if subject.startswith("Leave 0.0")] == [commits[0]]

    quay.writer.edit("chargen.yaml", "month_usd: 0.03", "month_usd: 1")
    quay.push()
    quay.done("tick")
    quay.done("tick")
    assert len(quay.gemini.paid) == 2


def test_two_submits_at_once_near_the_month_s_cap_never_go_over_it(
    quay: Town, processes: list[subprocess.Popen[str]]
) -> None:
    quay.writer.edit("chargen.yaml", "limits:", "budget: {month_usd: 0.03}\nlimits:")
    quay.push()

    started = [quay.runner().start("gitops", "submit", f"--only={shot}") for shot in (WIDE, ROPE)]
    processes.extend(started)
    for process in started:
        process.communicate(timeout=120)

    assert {process.returncode for process in started} == {0}
    reserved = [
        Decimal(request["reserved_usd"]) for item in quay.submissions() for request in item["requests"]
    ]
    assert len(reserved) == 1
    assert sum(reserved) <= Decimal("0.03")
    assert len(quay.gemini.state.batches) == 1


def test_more_new_pictures_than_a_push_may_bring_are_held_back(quay: Town) -> None:
    quay.writer.edit("chargen.yaml", "limits:", "budget: {new_shots_per_push: 1}\nlimits:")
    quay.push()

    said = quay.done("submit")

    assert "a push may bring 1 new picture, not 2" in said.err
    assert not quay.submissions()


def test_a_budget_of_nothing_still_collects_and_proposes(quay: Town) -> None:
    quay.done("submit", "--only", WIDE)

    quay.done("tick", "--budget", "0")

    assert list(quay.open_pulls()) == ["chargen/location/quay.1"]
    assert len(quay.gemini.paid) == 1


def test_a_bad_file_fails_the_push_and_not_the_tick_and_the_rest_goes_on(quay: Town, summary: Path) -> None:
    quay.writer.write(
        "pier/imagery.yaml", "kind: location\nslug: pier\nscenes: [{id: x, subject: a pier}]\nmod: calm\n"
    )
    quay.push()

    pushed = quay.gitops("submit", run_id=1)
    ticked = quay.gitops("tick", run_id=2)

    assert pushed.code == 1
    assert "::error file=pier/imagery.yaml,line=4,col=1,title=" in pushed.err
    assert ticked.code == 0, ticked.text
    assert "pier/imagery.yaml:4:1" in summary.read_text().replace("\\", "")
    assert len(quay.gemini.paid) == 2


def test_without_a_key_nothing_is_claimed(quay: Town) -> None:
    quay.monkeypatch.delenv("GEMINI_API_KEY")
    refs = quay.refs()

    said = quay.gitops("submit")

    assert said.code == 3
    assert "GEMINI_API_KEY is not set" in said.err
    assert quay.refs() == refs
    assert quay.done("submit", "--dry-run").out.count("noon/") == 2


def test_globs_that_select_nothing_or_read_as_options_are_data(quay: Town) -> None:
    refs = quay.refs()

    for glob in ("$(touch pwned)", "--yes", "location/nowhere/*", "::set-env name=X::y", "; rm -rf /"):
        said = quay.gitops("submit", f"--force={glob}")
        assert said.code == 64, (glob, said.text)
    assert quay.refs() == refs
    assert quay.gitops("submit", "--force= ,").code == 64


def test_several_globs_are_one_input(proposed: Town) -> None:
    proposed.done("submit", "--force=location/quay/noon/wide, location/quay/noon/r*", run_id=5)
    proposed.done("tick")

    assert len(proposed.gemini.paid) == 4


def test_another_model_is_asked_for_one_run(quay: Town) -> None:
    quay.done("submit", "--model", "gemini-3-pro-image")

    assert {item["model"] for item in quay.submissions()} == {"gemini-3-pro-image"}
    quay.done("tick")
    assert quay.whys()[WIDE].startswith("proposed"), "a model does not change what was asked for"


def test_live_pictures_are_made_and_kept_before_the_run_ends(quay: Town) -> None:
    quay.done("submit", "--mode", "live")
    assert {item["state"] for item in quay.submissions()} == {"COLLECTED"}

    quay.done("refresh")

    assert len(quay.gemini.paid) == 2
    assert list(quay.open_pulls()) == ["chargen/location/quay.1"]


def test_a_laptop_claims_on_the_books_of_origin_and_keeps_its_pictures_there(quay: Town) -> None:
    quay.monkeypatch.chdir(quay.writer.root)
    said = quay.writer("batch", "run", "--yes", "--quiet")
    assert said.code == 0, said.text

    quay.done("tick")

    assert not quay.open_pulls(), "what a laptop brought into its files is not proposed"
    assert quay.whys() == {WIDE: "paid before", ROPE: "paid before"}
    kept = [ref for ref in quay.refs() if ref.startswith("refs/chargen/results/")]
    assert len(kept) == 1
    assert len(quay.gemini.paid) == 2
    quay.push("pictures")
    assert quay.whys() == {WIDE: "unchanged", ROPE: "unchanged"}


def test_a_clone_without_those_files_puts_them_back_for_nothing(quay: Town) -> None:
    quay.monkeypatch.chdir(quay.writer.root)
    assert quay.writer("batch", "run", "--yes", "--quiet").code == 0
    other = quay.runner()
    quay.monkeypatch.chdir(other.root)

    said = other("batch", "run", "--yes", "--quiet")

    assert said.code == 0, said.text
    assert (other.root / "quay/images/noon.wide.png").is_file()
    assert len(quay.gemini.paid) == 2


def test_an_origin_that_cannot_be_reached_refuses_and_local_books_are_their_own(quay: Town) -> None:
    git(quay.writer.root, "remote", "set-url", "origin", "https://ada:hunter2@127.0.0.1:9/acme/world.git")
    quay.monkeypatch.chdir(quay.writer.root)

    refused = quay.writer("batch", "run", "--yes", "--quiet")
    assert refused.code == 5
    assert "cannot be reached" in refused.err
    assert "--local" in refused.err
    assert "hunter2" not in refused.text
    assert len(quay.gemini.paid) == 0

    local = quay.writer("batch", "run", "--yes", "--quiet", "--local")
    assert local.code == 0, local.text
    assert len(quay.gemini.paid) == 2


def test_books_that_vanished_stop_everything(proposed: Town) -> None:
    git(proposed.bare, "update-ref", "-d", f"refs/heads/{TRACKING}")

    for command in ("submit", "tick", "refresh", "collect"):
        said = proposed.gitops(command)
        assert said.code == 5, said.text
        assert "chargen state rebuild" in said.err
    assert len(proposed.gemini.paid) == 2


def test_books_of_another_repository_are_refused(proposed: Town) -> None:
    proposed.monkeypatch.setenv("GITHUB_REPOSITORY_ID", "9999")
    proposed.writer.edit("quay/imagery.yaml", "a coil of rope", "a frayed rope")
    proposed.push()

    said = proposed.gitops("submit")

    assert said.code == 5
    assert "chargen state adopt" in said.err
    assert len(proposed.gemini.paid) == 2


def author_s_pull_request(town: Town, old: str, new: str) -> tuple[int, str]:
    """A writer's branch with one edit, as a pull request; its number and its merge commit."""
    git(town.writer.root, "checkout", "-q", "-B", "edit", "main")
    town.writer.edit("quay/imagery.yaml", old, new)
    git(town.writer.root, "commit", "-qam", "an edit")
    git(town.writer.root, "push", "-q", "--force", "origin", "edit")
    git(town.writer.root, "checkout", "-q", "--detach", "origin/main")
    git(town.writer.root, "merge", "-q", "--no-ff", "--no-edit", "edit")
    merged = git(town.writer.root, "rev-parse", "HEAD")
    git(town.writer.root, "push", "-q", "--force", "origin", "HEAD:refs/pull/77/merge")
    git(town.writer.root, "checkout", "-q", "main")
    town.github.set_permission("ada", "write")
    answer = httpx2.post(
        f"{town.github.url}/repos/acme/world/pulls",
        json={"title": "An edit", "head": "edit", "base": "main"},
        headers={"authorization": f"Bearer {town.github.token('ada')}"},
    )
    return int(answer.json()["number"]), merged


def test_an_author_s_pull_request_is_told_the_price_once_and_kept_up_to_date(
    quay: Town, summary: Path
) -> None:
    quay.merge_all()
    number, merged = author_s_pull_request(quay, "a coil of rope", "a frayed rope")
    runner = quay.runner(depth=0)
    git(runner.root, "fetch", "-q", "origin", "refs/pull/77/merge")
    git(runner.root, "checkout", "-q", merged)
    quay.monkeypatch.delenv("GEMINI_API_KEY")

    for _ in range(2):
        said = quay.gitops("plan", f"--pull-request={number}", runner=runner)
        assert said.code == 0, said.text

    (comment,) = quay.github.comments(number)
    assert comment.body.startswith("<!-- chargen:plan -->\n### 1 picture, at most 0.0")
    assert "a coil of rope → a frayed rope" in comment.body
    assert "already calls for 1 other picture" in comment.body
    assert "### 1 picture" in summary.read_text()
    writes = [one for one in quay.github.exchanges if one.method != "GET"]
    assert len([one for one in writes if "comments" in one.path]) == 1
    assert not [ref for ref in quay.refs() if "chargen" in ref]


def test_of_a_pull_request_of_chargen_s_own_nothing_is_said(proposed: Town, summary: Path) -> None:
    (pull,) = proposed.open_pulls().values()
    runner = proposed.runner(depth=0)
    git(runner.root, "fetch", "-q", "origin", pull.branch)
    git(runner.root, "checkout", "-q", "--detach", "main")
    git(runner.root, "merge", "-q", "--no-ff", "-m", "as GitHub would", "FETCH_HEAD")

    said = proposed.done("plan", f"--pull-request={pull.number}", runner=runner)

    assert "### No picture changes" in said.out
    assert proposed.github.comments(pull.number) == []


def test_a_fork_s_pull_request_gets_its_summary_and_nothing_is_written(quay: Town, summary: Path) -> None:
    number, merged = author_s_pull_request(quay, "a coil of rope", "a frayed rope")
    event = {
        "pull_request": {
            "head": {"repo": {"full_name": "eve/world"}},
            "base": {"repo": {"full_name": "acme/world"}},
        }
    }
    quay.writer.write("../event.json", json.dumps(event))
    quay.monkeypatch.setenv("GITHUB_EVENT_PATH", str(quay.folder / "event.json"))
    runner = quay.runner(depth=0)
    git(runner.root, "fetch", "-q", "origin", "refs/pull/77/merge")
    git(runner.root, "checkout", "-q", merged)
    before = len(quay.github.exchanges)

    quay.done("plan", f"--pull-request={number}", runner=runner)

    assert "### 1 picture" in summary.read_text()
    assert len(quay.github.exchanges) == before
    assert not quay.github.comments(number)


def test_a_world_in_a_folder_of_its_repository(quay: Town) -> None:
    quay.writer.root.joinpath("worlds/sea").mkdir(parents=True)
    git(quay.writer.root, "mv", "chargen.yaml", "quay", "worlds/sea")
    quay.writer.write("worlds/sea/pier/imagery.yaml", "kind: location\nslug: pier\nmod: calm\n")
    quay.push()

    assert (
        quay.gitops("submit", "--root=worlds/sea", run_id=3).err.count(
            "file=worlds/sea/pier/imagery.yaml,line=3"
        )
        == 1
    )
    quay.done("tick", "--root=worlds/sea")

    (pull,) = quay.open_pulls().values()
    assert "worlds/sea/quay/images/noon.wide.png" in quay.files(pull.branch)
    assert "custom_id" in quay.show(f"{pull.branch}:worlds/sea/quay/imagery.yaml")
    quay.merge_all()
    quay.done("tick", "--root=worlds/sea")
    assert len(quay.gemini.paid) == 2
    assert "2 unchanged" in quay.gitops("submit", "--root=worlds/sea", "--dry-run").out


def test_what_is_forced_while_it_is_in_flight_waits_on_the_books(quay: Town) -> None:
    quay.done("submit")
    quay.done("submit", "--force", WIDE, run_id=9)
    assert len(quay.submissions()) == 1

    quay.done("tick")
    quay.done("tick")

    assert len(quay.gemini.paid) == 3


def test_two_refreshes_never_overwrite_each_other_s_booking(quay: Town) -> None:
    quay.done("submit")
    quay.done("collect")
    quay.monkeypatch.chdir(quay.runner().root)
    session = open_session(None).on_base()
    world, shots = session.world()
    desk = session.desk()
    branches = ReviewBranches.of(session.on_base().base or pytest.fail("no base"))
    late = Refresh(session, desk, session.forge(), branches, world, shots)
    quay.writer.edit("quay/imagery.yaml", "# at its quietest", "# loud")
    quay.push()
    build = ReviewBranches.build

    class Overtaken(ReviewBranches):
        """Branches in whose making another run is faster, on a newer base."""

        def build(self, *arguments: Any) -> Any:
            quay.done("refresh")
            return build(self, *arguments)

    late.branches = Overtaken(branches.place, branches.heads)
    late.run()

    (pull,) = quay.github.pulls()
    (booked,) = desk.read().proposals["location/quay"]
    assert (booked.number, booked.pushed) == (pull.number, (pull.head_sha,))
    quay.merge_all()
    quay.done("tick")
    assert desk.read().proposals["location/quay"][0].standing == "merged"
