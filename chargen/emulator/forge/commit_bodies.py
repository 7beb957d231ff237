"""The JSON of what happens to commits: statuses, workflows and their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chargen.emulator.forge.bodies import repository, stamp, user

if TYPE_CHECKING:
    from chargen.emulator.forge.records import Repository, Run, Status
    from chargen.emulator.forge.state import State


def status(state: State, home: Repository, one: Status) -> dict[str, Any]:
    """A commit's status."""
    account = state.account(one.login)
    return {
        "url": f"{state.api}/repos/{home.full_name}/statuses/{one.sha}",
        "avatar_url": f"{state.url}/avatars/{account.id}",
        "id": one.id,
        "node_id": f"SC_{one.id}",
        "state": one.state,
        "description": one.description,
        "target_url": one.target_url,
        "context": one.context,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.created_at),
        "creator": user(state, account),
    }


def workflow(state: State, home: Repository, path: str, number: int) -> dict[str, Any]:
    """A workflow, by the path of its file."""
    name = path.rpartition("/")[2]
    return {
        "id": number,
        "node_id": f"W_{number}",
        "name": name.rpartition(".")[0],
        "path": path,
        "state": home.workflow_states.get(name, "active"),
        "created_at": stamp(home.created_at),
        "updated_at": stamp(home.created_at),
        "url": f"{state.api}/repos/{home.full_name}/actions/workflows/{number}",
        "html_url": f"{state.url}/{home.full_name}/blob/{home.bare.default_branch()}/{path}",
        "badge_url": f"{state.url}/{home.full_name}/workflows/{name}/badge.svg",
    }


def run(state: State, home: Repository, one: Run, path: str, workflow_id: int) -> dict[str, Any]:
    """A workflow run."""
    place = f"{state.api}/repos/{home.full_name}/actions/runs/{one.id}"
    links = ("jobs", "logs", "check_suite", "artifacts", "cancel", "rerun")
    commit = {
        "id": one.sha,
        "tree_id": one.sha,
        "message": "",
        "timestamp": stamp(one.created_at),
        "author": None,
        "committer": None,
    }
    return {
        "id": one.id,
        "node_id": f"WFR_{one.id}",
        "name": one.workflow.rpartition(".")[0],
        "display_title": one.workflow.rpartition(".")[0],
        "head_branch": one.branch,
        "head_sha": one.sha,
        "path": path,
        "run_number": one.number,
        "run_attempt": 1,
        "event": one.event,
        "status": "completed",
        "conclusion": one.conclusion,
        "workflow_id": workflow_id,
        "url": place,
        "html_url": f"{state.url}/{home.full_name}/actions/runs/{one.id}",
        "pull_requests": [],
        **dict.fromkeys(("created_at", "updated_at", "run_started_at"), stamp(one.created_at)),
        **{f"{link}_url": f"{place}/{link}" for link in links},
        "workflow_url": f"{state.api}/repos/{home.full_name}/actions/workflows/{workflow_id}",
        "previous_attempt_url": None,
        "head_commit": commit,
        "repository": repository(state, home),
        "head_repository": repository(state, home),
    }
