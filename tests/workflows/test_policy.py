"""What no run on a desk can show: permissions, secrets, pins, concurrency, triggers and time limits of the workflows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows.parsed import CALLERS, FILES, PIN, REUSABLE, in_a_world, jobs, read, steps

if TYPE_CHECKING:
    from pathlib import Path

KEY = "${{ secrets.GEMINI_API_KEY }}"
APP_KEY = "${{ secrets.CHARGEN_APP_PRIVATE_KEY }}"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
APP = "actions/create-github-app-token@bcd2ba49218906704ab6c1aa796996da409d3eb1"
EVENTS = {
    "ci.yml": {"push", "pull_request"},
    "chargen-plan.yml": {"pull_request"},
    "chargen-submit.yml": {"push", "workflow_dispatch"},
    "chargen-tick.yml": {"schedule", "workflow_dispatch"},
    "chargen-regenerate.yml": {"workflow_dispatch"},
    **{file.name: {"workflow_call"} for file in REUSABLE},
}
READ, BOOKS = {"contents": "read"}, {"contents": "write"}
PERMISSIONS = {
    "ci.yml check": READ,
    "chargen-plan.yml plan": READ | {"pull-requests": "write"},
    "chargen-submit.yml submit": BOOKS,
    "chargen-tick.yml tick": BOOKS | {"pull-requests": "write"},
    "chargen-regenerate.yml regenerate": BOOKS,
    "world-plan.yml plan": READ | {"pull-requests": "write"},
    "world-submit.yml price": READ,
    "world-submit.yml approve": {},
    "world-submit.yml submit": BOOKS,
    "world-tick.yml tick": BOOKS | {"pull-requests": "write"},
    "world-regenerate.yml price": READ,
    "world-regenerate.yml approve": {},
    "world-regenerate.yml regenerate": BOOKS,
}
WRITERS = {
    name
    for name, given in PERMISSIONS.items()
    if name.startswith("world-") and given.get("contents") == "write"
}
ALL_JOBS = {f"{file.name} {name}": job for file in FILES for name, job in jobs(file).items()}
RUNNING = {name: job for name, job in ALL_JOBS.items() if "steps" in job}
CHARGENS = {
    name: job for name, job in RUNNING.items() if name.startswith("world-") and not name.endswith(" approve")
}


def each(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=[file.name for file in files])


def test_a_workflow_runs_for_these_events_and_no_other() -> None:
    """None that gives a stranger's pull request secrets or a token that writes."""
    assert {file.name: set(read(file)["on"]) for file in FILES} == EVENTS


@each(FILES)
def test_no_job_has_a_permission_that_it_does_not_name(file: Path) -> None:
    assert read(file)["permissions"] == {}


def test_each_job_may_do_just_this() -> None:
    assert {name: job["permissions"] for name, job in ALL_JOBS.items()} == PERMISSIONS


@each(FILES)
def test_every_action_is_pinned_to_a_commit_with_its_version(file: Path) -> None:
    for used in re.findall(r"^ +(?:- )?uses: (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE):
        assert re.fullmatch(
            r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/\.github/workflows/[\w-]+\.yml", used
        )


def test_no_other_actions_than_these_two_are_used() -> None:
    assert {step["uses"] for _, _, step in steps(FILES) if "uses" in step} == {CHECKOUT, APP}


@each(REUSABLE)
def test_a_reusable_workflow_uses_nothing_of_the_repository_that_calls_it(file: Path) -> None:
    assert not re.search(r"uses: (\./|\$/)", file.read_text(encoding="utf-8"))


@each(CALLERS)
def test_a_caller_passes_secrets_by_name(file: Path) -> None:
    (job,) = jobs(file).values()

    secrets = (
        {} if file.name == "chargen-plan.yml" else {"GEMINI_API_KEY": KEY, "CHARGEN_APP_PRIVATE_KEY": APP_KEY}
    )
    assert job.get("secrets", {}) == secrets


def test_the_key_is_given_to_the_steps_that_pay_and_to_no_other() -> None:
    given = {f"{file} {job}": step["name"] for file, job, step in steps(FILES) if KEY in str(step)}

    assert given == {
        "world-submit.yml submit": "Submit",
        "world-tick.yml tick": "Tick",
        "world-regenerate.yml regenerate": "Regenerate",
    }
    assert not [
        file.name for file in FILES if "env" in read(file) or any("env" in job for job in jobs(file).values())
    ]


def test_the_apps_key_is_given_to_the_action_that_asks_for_a_token_with_the_jobs_permissions() -> None:
    for file, job, step in steps(FILES):
        if APP_KEY not in str(step):
            continue
        assert step["uses"] == APP
        asked = {
            name.removeprefix("permission-"): how
            for name, how in step["with"].items()
            if "permission-" in name
        }
        assert asked == PERMISSIONS[f"{file} {job}"]


def test_planning_knows_no_secret() -> None:
    for file in FILES:
        if "plan" in file.name:
            assert "secrets" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("job", RUNNING.values(), ids=RUNNING)
def test_every_job_has_a_time_limit(job: dict[str, Any]) -> None:
    assert 0 < job["timeout-minutes"] <= 60


def test_nothing_is_pasted_into_a_script() -> None:
    assert [step["name"] for _, _, step in steps(FILES) if "${{" in step.get("run", "")] == []


def test_whoever_writes_the_books_waits_for_the_others_and_is_never_cancelled() -> None:
    waiting = {name: job["concurrency"] for name, job in RUNNING.items() if "concurrency" in job}

    assert waiting.pop("world-plan.yml plan") == {
        "group": "chargen-plan-${{ github.event.pull_request.number }}",
        "cancel-in-progress": True,
    }
    assert waiting == {name: {"group": "chargen-books", "cancel-in-progress": False} for name in WRITERS}
    assert [file.name for file in FILES if "concurrency" in read(file)] == ["ci.yml"]


@pytest.mark.parametrize("name", ["submit", "regenerate"])
def test_an_approval_is_waited_for_outside_of_the_group_and_before_anything_is_paid(name: str) -> None:
    """A job that waits for a person counts as running: in the group, it would keep paid pictures from coming in."""
    price, approve, paying = (RUNNING[f"world-{name}.yml {job}"] for job in ("price", "approve", name))

    assert price["if"].startswith("inputs.environment != ''")
    assert "secrets" not in str(price)
    assert approve["needs"] == "price"
    assert approve["if"] == "${{ !cancelled() && needs.price.outputs.pictures > 0 }}"
    assert approve["environment"] == "${{ inputs.environment }}"
    assert "concurrency" not in str([price, approve])
    assert paying["needs"] == ["price", "approve"]
    granted = "needs.price.result == 'skipped' || needs.approve.result == 'success'"
    assert paying["if"] == f"${{{{ !cancelled() && ({granted}) }}}}"
    spending = paying["steps"][-1]["env"]
    approved = "needs.approve.result == 'success' && needs.price.outputs.cost_usd"
    assert spending["BUDGET"] == f"${{{{ {approved} || inputs.budget }}}}"
    assert spending["MAX_COST"] == f"${{{{ inputs.max-cost != '' && {approved} || inputs.max-cost }}}}"
    assert [job for job, data in RUNNING.items() if "environment" in data] == [
        "world-regenerate.yml approve",
        "world-submit.yml approve",
    ]


def test_the_tick_orders_nothing_where_spending_is_approved() -> None:
    for file in CALLERS:
        (job,) = jobs(file).values()
        budget = job["with"]["budget"]
        if file.name == "chargen-tick.yml":
            assert budget == "${{ vars.CHARGEN_ENVIRONMENT != '' && '0' || vars.CHARGEN_BUDGET }}"
        else:
            assert budget == "${{ vars.CHARGEN_BUDGET }}"


def test_the_schedule_keeps_off_the_minutes_that_everybody_takes() -> None:
    (entry,) = read(CALLERS[-1])["on"]["schedule"]
    minute, *others = entry["cron"].split()

    assert others == ["*", "*", "*", "*"]
    assert int(minute) % 15
    assert int(minute) % 2


def test_credentials_stay_only_where_they_push() -> None:
    kept: dict[str, list[tuple[str | None, bool]]] = {}
    for file, job, step in steps(FILES):
        if step.get("uses") == CHECKOUT:
            kept.setdefault(f"{file} {job}", []).append(
                (step["with"].get("path"), step["with"]["persist-credentials"])
            )

    assert kept == {
        "ci.yml check": [(None, False)],
        "world-plan.yml plan": [("chargen", False), ("world", False)],
        "world-regenerate.yml price": [("chargen", False), ("world", False)],
        "world-submit.yml price": [("chargen", False), ("world", False)],
        **{name: [("chargen", False), ("world", True)] for name in WRITERS},
    }


def test_chargen_is_got_and_installed_alike_everywhere_before_the_world_is_there() -> None:
    made = [job["steps"][:3] for job in CHARGENS.values()]

    assert [step["name"] for step in made[0]] == ["Check the pin", "Get chargen", "Install chargen"]
    assert made == [made[0]] * len(CHARGENS)
    assert made[0][1]["with"]["ref"] == "${{ inputs.chargen-ref }}"
    assert "env" not in made[0][2]


@pytest.mark.parametrize("job", CHARGENS.values(), ids=CHARGENS)
def test_the_last_step_becomes_chargen_so_that_it_hears_of_signals(job: dict[str, Any]) -> None:
    *before, last = [step for step in job["steps"] if "run" in step]

    assert last["run"].splitlines()[-1].startswith('exec "$RUNNER_TEMP/chargen/bin/chargen" gitops ')
    assert last["working-directory"] == "world"
    assert [step for step in before if step.get("working-directory") == "world"] == []


def test_writers_take_the_newest_default_branch_and_planning_the_merge_with_its_base() -> None:
    got = {
        f"{file} {job}": (step["with"].get("ref"), step["with"]["fetch-depth"], step["with"]["lfs"])
        for file, job, step in steps(REUSABLE)
        if step.get("name") == "Get the world"
    }

    assert got.pop("world-plan.yml plan") == (None, 2, False)
    assert set(got.values()) == {("${{ github.event.repository.default_branch }}", 1, False)}


def test_a_pull_request_runs_chargen_as_its_base_has_it() -> None:
    (job,) = jobs(CALLERS[0]).values()

    assert job["with"]["chargen-ref"] == "${{ github.event.pull_request.base.sha }}"


def test_regenerating_only_tells_unless_asked_for_more() -> None:
    (called,) = [file for file in REUSABLE if "regenerate" in file.name]
    (asked,) = [file for file in CALLERS if "regenerate" in file.name]

    assert read(called)["on"]["workflow_call"]["inputs"]["dry-run"] == {
        "description": "Only say what would be made, and what it costs",
        "type": "boolean",
        "default": True,
    }
    assert read(asked)["on"]["workflow_dispatch"]["inputs"]["dry_run"]["default"] is True


@each(CALLERS)
def test_here_a_caller_does_nothing_unless_a_variable_names_a_world(file: Path) -> None:
    (job,) = jobs(file).values()

    assert job["if"] == "vars.CHARGEN_WORLD != '' && !github.event.repository.fork"
    assert job["with"]["root"] == "${{ vars.CHARGEN_WORLD }}"


@each(CALLERS)
def test_a_worlds_caller_differs_in_guard_folder_and_pin_alone(file: Path) -> None:
    ours, theirs = read(file), in_a_world(file)
    (name,) = ours["jobs"]
    called = f"acme/chargen/.github/workflows/world-{name}.yml@{PIN.commit}"
    changed = {"if": "${{ !github.event.repository.fork }}", "uses": called}
    world = {"root": ".", "chargen-repository": "acme/chargen", "chargen-ref": PIN.commit}

    expected = ours["jobs"][name] | changed | {"with": ours["jobs"][name]["with"] | world}
    assert theirs == ours | {"jobs": {name: expected}}
