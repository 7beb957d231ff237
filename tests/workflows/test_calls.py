"""What each workflow of a world runs in the end: which call of chargen, in which folder, with which secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workflows.act import Call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.act import Hub

SECRETS = {"GEMINI_API_KEY": "a-key-that-opens-nothing"}
PULL_REQUEST = {
    "number": 7,
    "pull_request": {
        "number": 7,
        "head": {"ref": "drafts", "repo": {"full_name": "acme/tales", "fork": False}},
        "base": {"ref": "main", "repo": {"full_name": "acme/tales"}},
    },
}
HOSTILE = "location/*, $(touch pwned) `touch pwned` \"'; touch pwned\n::error::pwned --force"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "calls"


def open_pull_request(hub: Hub) -> None:
    """The merge ref of a pull request, as GitHub makes it: the base is its first parent."""
    hub.git("switch", "--quiet", "--create", "drafts")
    hub.write({"locations/mill/imagery.yaml": "scenes: []\n"})
    hub.git("add", "--all")
    hub.git("commit", "--quiet", "--message", "A mill")
    hub.git("switch", "--quiet", "--detach", "main")
    hub.git("merge", "--quiet", "--no-ff", "--message", "Merge", "drafts")
    hub.git("push", "--quiet", "origin", "HEAD:refs/pull/7/merge")


def test_a_push_submits_with_the_key_and_no_token(hub: Hub, record: Path) -> None:
    run = hub.run(
        "push",
        "chargen-submit.yml",
        payload={"ref": "refs/heads/main"},
        secrets=SECRETS,
        CHARGEN_RECORD=str(record),
    )

    assert (run.code, run.jobs) == (0, {"submit": "success"}), run.log
    assert hub.calls(record) == [Call("world", ("key",), ("gitops", "submit", "--root=."))]


def test_by_hand_a_submit_releases_what_was_held_back(hub: Hub, record: Path) -> None:
    run = hub.run(
        "workflow_dispatch",
        "chargen-submit.yml",
        inputs={"max_cost": "12.50"},
        secrets=SECRETS,
        CHARGEN_RECORD=str(record),
    )

    assert run.code == 0, run.log
    assert hub.calls(record) == [
        Call("world", ("key",), ("gitops", "submit", "--root=.", "--max-cost=12.50"))
    ]


def test_the_schedule_ticks_with_key_and_token(hub: Hub, record: Path) -> None:
    run = hub.run(
        "schedule",
        "chargen-tick.yml",
        payload={"schedule": "37 * * * *"},
        secrets=SECRETS,
        CHARGEN_RECORD=str(record),
    )

    assert (run.code, run.jobs) == (0, {"tick": "success"}), run.log
    assert hub.calls(record) == [Call("world", ("key", "token"), ("gitops", "tick", "--root=."))]


def test_a_schedule_whose_event_names_no_repository_ticks_on_the_branch_it_runs_on(
    hub: Hub, record: Path
) -> None:
    payload = {"schedule": "37 * * * *", "repository": None}

    run = hub.run(
        "schedule", "chargen-tick.yml", payload=payload, secrets=SECRETS, CHARGEN_RECORD=str(record)
    )

    assert (run.code, run.jobs) == (0, {"tick": "success"}), run.log
    assert hub.calls(record) == [Call("world", ("key", "token"), ("gitops", "tick", "--root=."))]


def test_repository_variables_choose_model_and_budget(hub: Hub, record: Path) -> None:
    hub.variables |= {"CHARGEN_MODEL": "gemini-x", "CHARGEN_BUDGET": "3"}

    run = hub.run("schedule", "chargen-tick.yml", secrets=SECRETS, CHARGEN_RECORD=str(record))

    assert run.code == 0, run.log
    (call,) = hub.calls(record)
    assert call.arguments == ("gitops", "tick", "--root=.", "--model=gemini-x", "--budget=3")


def test_a_pull_request_is_planned_without_a_key_against_its_base(hub: Hub, record: Path) -> None:
    open_pull_request(hub)

    run = hub.run(
        "pull_request", "chargen-plan.yml", payload=PULL_REQUEST, secrets=SECRETS, CHARGEN_RECORD=str(record)
    )

    assert (run.code, run.jobs) == (0, {"plan": "success"}), run.log
    arguments = ("gitops", "plan", "--root=.", "--pull-request=7", "--base=HEAD^1")
    assert hub.calls(record) == [Call("world", ("token",), arguments)]


def test_regenerating_is_a_dry_run_unless_the_box_is_cleared(hub: Hub, record: Path) -> None:
    inputs = {
        "globs": "location/pier/*",
        "reason": "too dark",
        "mode": "live",
        "variants": "2",
        "max_cost": "1",
    }

    first = hub.run(
        "workflow_dispatch",
        "chargen-regenerate.yml",
        inputs=inputs,
        secrets=SECRETS,
        CHARGEN_RECORD=str(record),
    )
    cleared = {**inputs, "dry_run": "false"}
    second = hub.run(
        "workflow_dispatch",
        "chargen-regenerate.yml",
        inputs=cleared,
        secrets=SECRETS,
        CHARGEN_RECORD=str(record),
    )

    assert (first.code, second.code) == (0, 0), first.log + second.log
    dry, paid = hub.calls(record)
    assert paid.arguments == (
        *("gitops", "submit", "--root=.", "--only=location/pier/*", "--force=location/pier/*", "--mode=live"),
        *("--reason=too dark", "--variants=2", "--max-cost=1"),
    )
    assert dry.arguments == (*paid.arguments, "--dry-run")


def test_what_a_person_types_is_data_and_never_a_command(hub: Hub, record: Path) -> None:
    inputs = {"globs": HOSTILE, "reason": HOSTILE, "max_cost": "--force"}

    run = hub.run(
        "workflow_dispatch",
        "chargen-regenerate.yml",
        inputs=inputs,
        secrets=SECRETS,
        CHARGEN_RECORD=str(record),
    )

    assert run.code == 0, run.log
    (call,) = hub.calls(record)
    assert call.arguments[3:5] == (f"--only={HOSTILE}", f"--force={HOSTILE}")
    assert f"--reason={HOSTILE}" in call.arguments
    assert "--max-cost=--force" in call.arguments
    assert run.annotations == []
    assert list(hub.folder.rglob("pwned")) == []


def test_a_dry_run_asks_no_environment(hub: Hub, record: Path) -> None:
    hub.variables["CHARGEN_ENVIRONMENT"] = "spending"

    run = hub.run(
        "workflow_dispatch",
        "chargen-regenerate.yml",
        inputs={"globs": "*", "dry_run": "true"},
        secrets=SECRETS,
        CHARGEN_RECORD=str(record),
    )

    assert (run.code, run.jobs) == (0, {"regenerate": "success"}), run.log
    assert len(hub.calls(record)) == 1


def test_what_has_no_price_is_not_paid(hub: Hub, record: Path) -> None:
    hub.variables["CHARGEN_ENVIRONMENT"] = "spending"

    run = hub.run("push", "chargen-submit.yml", secrets=SECRETS, CHARGEN_RECORD=str(record))

    assert (run.code, run.jobs) == (0, {"price": "success"}), run.log
    assert hub.calls(record) == [Call("world", ("token",), ("gitops", "submit", "--root=.", "--dry-run"))]


def test_where_an_environment_approves_the_tick_spends_nothing(hub: Hub, record: Path) -> None:
    hub.variables |= {"CHARGEN_ENVIRONMENT": "spending", "CHARGEN_BUDGET": "3"}

    run = hub.run("schedule", "chargen-tick.yml", secrets=SECRETS, CHARGEN_RECORD=str(record))

    assert (run.code, run.jobs) == (0, {"tick": "success"}), run.log
    assert hub.calls(record)[0].arguments == ("gitops", "tick", "--root=.", "--budget=0")


@pytest.mark.parametrize("workflow", ["chargen-submit.yml", "chargen-tick.yml"])
def test_a_fork_does_nothing(hub: Hub, record: Path, workflow: str) -> None:
    fork = {"repository": {"full_name": "acme/tales", "default_branch": "main", "fork": True}}

    run = hub.run("workflow_dispatch", workflow, payload=fork, secrets=SECRETS, CHARGEN_RECORD=str(record))

    assert (run.code, run.jobs) == (0, {}), run.log
    assert hub.calls(record) == []


def test_a_branch_in_place_of_a_commit_is_refused_before_anything_is_got(hub: Hub, record: Path) -> None:
    file = hub.work / ".github" / "workflows" / "chargen-submit.yml"
    file.write_text(
        file.read_text(encoding="utf-8").replace(f'chargen-ref: "{hub.pin}"', "chargen-ref: main"),
        encoding="utf-8",
    )

    run = hub.run("push", "chargen-submit.yml", secrets=SECRETS, CHARGEN_RECORD=str(record))

    assert (run.code, run.jobs) == (1, {"submit": "failure"}), run.log
    assert [(said.level, said.title) for said in run.annotations] == [("error", "chargen is not pinned")]
    assert "Main Get chargen" not in run.log
    assert hub.calls(record) == []


def test_chargen_itself_is_installed_and_reads_the_world(hub: Hub) -> None:
    """Without a note to take, the call is a real one; what it makes of a world without a key is its own matter."""
    before = hub.refs()

    run = hub.run("push", "chargen-submit.yml", payload={"ref": "refs/heads/main"})

    assert (run.code, run.jobs) == (1, {"submit": "failure"})
    assert "Success - Main Get the world" in run.log
    assert "Failure - Main Submit" in run.log
    assert hub.refs() == before
