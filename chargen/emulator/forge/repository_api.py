"""The repository itself, who may do what in it, its settings, workflows, refs and statuses; and who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

from chargen.emulator.forge import bodies, commit_bodies
from chargen.emulator.forge.accounts import WRITERS
from chargen.emulator.forge.call import Reply
from chargen.emulator.forge.records import Status
from chargen.emulator.forge.refusals import Refusal, malformed, missing, not_accessible

if TYPE_CHECKING:
    from chargen.emulator.forge.call import Call

ROLES_TO_PERMISSIONS: Final = {"triage": "read", "maintain": "write"}
STATES: Final = ("error", "failure", "pending", "success")


def get_repository(call: Call) -> Reply:
    """The repository, with what the caller may do there."""
    body = bodies.repository(call.state, call.repository, whole=True, viewer=call.login)
    if call.token and call.token.permissions is not None:
        push = call.token.may("contents", "write") and (call.token.actions or body["permissions"]["push"])
        body["permissions"] |= {"push": push, "admin": False, "maintain": False, "triage": push}
    return Reply(body)


def get_permission(call: Call) -> Reply:
    """What somebody may do here: `permission` in four words, `role_name` in all."""
    name = call.values["username"]
    account = call.state.accounts.get(name)
    if account is None:
        raise Refusal(404, f"{name} is not a user")
    if call.token and not call.token.actions and call.repository.role(call.login) not in WRITERS:
        raise Refusal(403, "Must have push access to view collaborator permission.")
    role = call.repository.role(name)
    user = bodies.user(call.state, account)
    body = bodies.repository(call.state, call.repository, whole=True, viewer=name)
    said = {"permission": ROLES_TO_PERMISSIONS.get(role, role), "role_name": role}
    return Reply({**said, "user": user | {"permissions": body["permissions"], "role_name": role}})


def get_user(call: Call) -> Reply:
    """Who calls; a workflow's token is nobody."""
    if call.token is None or call.token.actions:
        raise not_accessible()
    none = dict.fromkeys(("name", "company", "location", "email", "hireable", "bio"), None)
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    made = dict.fromkeys(("created_at", "updated_at"), bodies.stamp(0))
    return Reply(
        {**bodies.user(call.state, call.state.account(call.login)), **none, "blog": "", **counts, **made}
    )


def get_workflow_permissions(call: Call) -> Reply:
    """What workflows may do when they do not say, and whether they may open pull requests."""
    home = call.repository
    return Reply(
        {
            "default_workflow_permissions": home.workflow_permissions,
            "can_approve_pull_request_reviews": home.actions_may_open_pulls,
        }
    )


def list_workflows(call: Call) -> Reply:
    """The workflows on the default branch."""
    found = [
        commit_bodies.workflow(call.state, call.repository, path, number) for path, number in _workflows(call)
    ]
    shown, links = call.page(found)
    return Reply({"total_count": len(found), "workflows": shown}, headers=links)


def get_workflow(call: Call) -> Reply:
    """One workflow, by number or by its file's name."""
    return Reply(commit_bodies.workflow(call.state, call.repository, *_workflow(call)))


def list_runs(call: Call) -> Reply:
    """The runs of one workflow, newest first."""
    path, number = _workflow(call)
    asked = {name: call.query[name] for name in ("event", "branch") if name in call.query}
    runs = [
        run
        for run in reversed(call.repository.runs)
        if path.endswith(f"/{run.workflow}")
        and all(getattr(run, name) == value for name, value in asked.items())
    ]
    shown, links = call.page(runs)
    said = [commit_bodies.run(call.state, call.repository, run, path, number) for run in shown]
    return Reply({"total_count": len(runs), "workflow_runs": said}, headers=links)


def get_ref(call: Call) -> Reply:
    """A branch or tag, by its name below refs/."""
    name = f"refs/{call.values['ref']}"
    sha, kind = call.repository.bare.ref(name)
    if not sha:
        raise missing()
    place = f"{call.state.api}/repos/{call.repository.full_name}/git"
    target = {"sha": sha, "type": kind, "url": f"{place}/{kind}s/{sha}"}
    return Reply(
        {"ref": name, "node_id": f"REF_{crc32(name.encode())}", "url": f"{place}/{name}", "object": target}
    )


def set_status(call: Call) -> Reply:
    """A commit's status in one context."""
    sha, state = call.values["sha"], call.text("state")
    if state not in STATES:
        raise malformed(f"For 'properties/state', {state!r} is not possible.")
    if not call.repository.bare.commit(sha):
        raise Refusal(422, f"No commit found for SHA: {sha}")
    described = {name: call.body.get(name) for name in ("description", "target_url")}
    status = Status(call.state.new_id(), call.login, sha, state, call.text("context", "default"),
                    created_at=call.now, **described)  # fmt: skip
    call.repository.statuses.append(status)
    return Reply(commit_bodies.status(call.state, call.repository, status), 201)


def list_statuses(call: Call) -> Reply:
    """A commit's statuses, newest first."""
    sha = call.repository.bare.commit(call.values["ref"])
    found = [status for status in reversed(call.repository.statuses) if sha and status.sha == sha]
    shown, links = call.page(found)
    return Reply(
        [commit_bodies.status(call.state, call.repository, status) for status in shown], headers=links
    )


def get_rate_limit(call: Call) -> Reply:
    """What is left of the hour's calls; asking costs nothing."""
    limit, left = call.state.hourly_limit, call.state.remaining(call.login)
    rate = {"limit": limit, "used": limit - left, "remaining": left, "reset": int(call.state.window + 3600)}
    return Reply({"resources": {"core": rate, "search": rate}, "rate": rate})


def _workflows(call: Call) -> list[tuple[str, int]]:
    bare = call.repository.bare
    files = bare.files(bare.default_branch(), ".github/workflows")
    return [(path, crc32(path.encode())) for path in files if path.endswith((".yml", ".yaml"))]


def _workflow(call: Call) -> tuple[str, int]:
    wanted = call.values["workflow_id"]
    for path, number in _workflows(call):
        if wanted in {str(number), path.rpartition("/")[2]}:
            return path, number
    raise missing()
