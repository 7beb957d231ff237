"""The JSON GitHub would send, whole enough for GitHub's own description of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from chargen.emulator.forge.accounts import WRITERS

if TYPE_CHECKING:
    from chargen.emulator.forge.accounts import Account
    from chargen.emulator.forge.records import Comment, Pull, Repository, Review, Run, Status
    from chargen.emulator.forge.state import State

# links of a repository that nothing here answers at, but that its description asks for: name -> path below it
_LINKS: Final = {
    "archive": "{archive_format}{/ref}", "assignees": "assignees{/user}", "blobs": "git/blobs{/sha}",
    "branches": "branches{/branch}", "collaborators": "collaborators{/collaborator}", "comments": "comments{/number}",
    "commits": "commits{/sha}", "compare": "compare/{base}...{head}", "contents": "contents/{+path}",
    "contributors": "contributors", "deployments": "deployments", "downloads": "downloads", "events": "events",
    "forks": "forks", "git_commits": "git/commits{/sha}", "git_refs": "git/refs{/sha}", "git_tags": "git/tags{/sha}",
    "hooks": "hooks", "issue_comment": "issues/comments{/number}", "issue_events": "issues/events{/number}",
    "issues": "issues{/number}", "keys": "keys{/key_id}", "labels": "labels{/name}", "languages": "languages",
    "merges": "merges", "milestones": "milestones{/number}", "notifications": "notifications{?since,all,participating}",
    "pulls": "pulls{/number}", "releases": "releases{/id}", "stargazers": "stargazers", "statuses": "statuses/{sha}",
    "subscribers": "subscribers", "subscription": "subscription", "tags": "tags", "teams": "teams",
    "trees": "git/trees{/sha}",
}  # fmt: skip
_COUNTS: Final = ("forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers",
                  "watchers_count")  # fmt: skip
_ACCOUNT_LINKS: Final = ("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos",
                         "events", "received_events")  # fmt: skip


def stamp(seconds: float) -> str:
    """A time as GitHub writes it."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(state: State, account: Account) -> dict[str, Any]:
    """Somebody, as they stand beside what they did."""
    place = f"{state.api}/users/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": f"U_{account.id}",
        "avatar_url": f"{state.url}/avatars/{account.id}",
        "gravatar_id": "",
        "url": place,
        "html_url": f"{state.url}/{account.login}",
        **{f"{link}_url": f"{place}/{link}" for link in _ACCOUNT_LINKS},
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def login(state: State, name: str) -> dict[str, Any] | None:
    """Somebody by name; nobody for an empty one."""
    return user(state, state.account(name)) if name else None


def repository(state: State, one: Repository, *, whole: bool = False, viewer: str = "") -> dict[str, Any]:
    """A repository; `whole` as its own call answers, with what `viewer` may do there."""
    place = f"{state.api}/repos/{one.full_name}"
    page = f"{state.url}/{one.full_name}"
    body: dict[str, Any] = {
        "id": one.id,
        "node_id": f"R_{one.id}",
        "name": one.name,
        "full_name": one.full_name,
        "owner": login(state, one.owner),
        "private": one.private,
        "visibility": "private" if one.private else "public",
        "html_url": page,
        "description": None,
        "fork": one.parent is not None,
        "url": place,
        **{f"{name}_url": f"{place}/{path}" for name, path in _LINKS.items()},
        "clone_url": f"{page}.git",
        "git_url": f"{page}.git",
        "ssh_url": f"git@{one.full_name}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "default_branch": one.bare.default_branch(),
        **dict.fromkeys(_COUNTS, 0),
        **dict.fromkeys(("has_downloads", "has_issues", "has_projects", "has_wiki"), True),
        **dict.fromkeys(("has_discussions", "has_pages", "archived", "disabled", "is_template"), False),
        **dict.fromkeys(("created_at", "updated_at", "pushed_at"), stamp(one.created_at)),
        "topics": [],
        "allow_forking": True,
        "web_commit_signoff_required": False,
    }
    if whole:
        body |= {"network_count": 0, "subscribers_count": 0, "permissions": _permissions(one.role(viewer))}
        if one.parent:
            body |= dict.fromkeys(("parent", "source"), repository(state, one.parent))
    return body


def _permissions(role: str) -> dict[str, bool]:
    return {
        "admin": role == "admin",
        "maintain": role in {"admin", "maintain"},
        "push": role in WRITERS,
        "triage": role in WRITERS | {"triage"},
        "pull": role != "none",
    }


def pull(state: State, home: Repository, one: Pull, *, whole: bool = True) -> dict[str, Any]:
    """A pull request; without `whole` as a list shows it."""
    place, page = (
        f"{state.api}/repos/{home.full_name}/pulls/{one.number}",
        f"{state.url}/{home.full_name}/pull/{one.number}",
    )
    issue = f"{state.api}/repos/{home.full_name}/issues/{one.number}"
    links = {
        "self": place,
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{place}/comments",
        "review_comment": f"{state.api}/repos/{home.full_name}/pulls/comments{{/number}}",
        "commits": f"{place}/commits",
        "statuses": f"{state.api}/repos/{home.full_name}/statuses/{one.head_sha}",
    }
    body: dict[str, Any] = {
        "url": place,
        "id": one.id,
        "node_id": f"PR_{one.id}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{f"{name}_url": link for name, link in links.items() if name not in {"self", "html"}},
        "number": one.number,
        "state": "open" if one.open else "closed",
        "locked": False,
        "active_lock_reason": None,
        "title": one.title,
        "user": login(state, one.login),
        "body": one.body,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "closed_at": _maybe(one.closed_at),
        "merged_at": _maybe(one.merged_at),
        "merge_commit_sha": one.merge_commit or None,
        **dict.fromkeys(("assignee", "milestone", "auto_merge"), None),
        **{name: [] for name in ("assignees", "requested_reviewers", "requested_teams", "labels")},
        "draft": False,
        "head": _end(state, one.head_repository, one.branch, one.head_sha),
        "base": _end(state, home, one.base, one.base_sha),
        "_links": {name: {"href": link} for name, link in links.items()},
        "author_association": _association(home, one.login),
    }
    return body | (_more(state, home, one) if whole else {})


def _more(state: State, home: Repository, one: Pull) -> dict[str, Any]:
    change = home.bare.change(one.base_sha, one.head_sha)
    clean = home.bare.merges_cleanly(one.base_sha, one.head_sha) if one.open else None
    return {
        "merged": one.merged,
        "mergeable": clean,
        "rebaseable": clean,
        "mergeable_state": {True: "clean", False: "dirty", None: "unknown"}[clean],
        "merged_by": login(state, one.merged_by),
        "comments": sum(comment.number == one.number for comment in home.comments.values()),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": change.commits,
        "additions": change.additions,
        "deletions": change.deletions,
        "changed_files": change.files,
    }


def _end(state: State, home: Repository, branch: str, sha: str) -> dict[str, Any]:
    return {
        "label": f"{home.owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": login(state, home.owner),
        "repo": repository(state, home),
    }


def issue(state: State, home: Repository, one: Pull) -> dict[str, Any]:
    """A pull request seen as the issue it also is, with who closed it."""
    place, page = f"{state.api}/repos/{home.full_name}", f"{state.url}/{home.full_name}/pull/{one.number}"
    number = f"{place}/issues/{one.number}"
    return {
        "url": number,
        "repository_url": place,
        "labels_url": f"{number}/labels{{/name}}",
        "comments_url": f"{number}/comments",
        "events_url": f"{number}/events",
        "html_url": page,
        "id": one.id,
        "node_id": f"PR_{one.id}",
        "number": one.number,
        "title": one.title,
        "user": login(state, one.login),
        "labels": [],
        "state": "open" if one.open else "closed",
        "state_reason": None,
        "locked": False,
        **dict.fromkeys(("assignee", "milestone", "active_lock_reason"), None),
        "assignees": [],
        "comments": sum(comment.number == one.number for comment in home.comments.values()),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "closed_at": _maybe(one.closed_at),
        "closed_by": login(state, one.closed_by),
        "author_association": _association(home, one.login),
        "draft": False,
        "body": one.body,
        "pull_request": {
            "url": f"{place}/pulls/{one.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": _maybe(one.merged_at),
        },
    }


def comment(state: State, home: Repository, one: Comment) -> dict[str, Any]:
    """A comment."""
    place = f"{state.api}/repos/{home.full_name}/issues"
    return {
        "id": one.id,
        "node_id": f"IC_{one.id}",
        "url": f"{place}/comments/{one.id}",
        "html_url": f"{state.url}/{home.full_name}/pull/{one.number}#issuecomment-{one.id}",
        "issue_url": f"{place}/{one.number}",
        "user": login(state, one.login),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "author_association": _association(home, one.login),
        "body": one.body,
        "performed_via_github_app": None,
    }


def review(state: State, home: Repository, pulled: Pull, one: Review) -> dict[str, Any]:
    """A review."""
    place, page = (
        f"{state.api}/repos/{home.full_name}/pulls/{pulled.number}",
        f"{state.url}/{home.full_name}/pull/{pulled.number}",
    )
    mark = f"{page}#pullrequestreview-{one.id}"
    return {
        "id": one.id,
        "node_id": f"PRR_{one.id}",
        "user": login(state, one.login),
        "body": one.body,
        "state": one.state,
        "html_url": mark,
        "pull_request_url": place,
        "author_association": _association(home, one.login),
        "_links": {"html": {"href": mark}, "pull_request": {"href": place}},
        "submitted_at": stamp(one.submitted_at),
        "commit_id": one.commit,
    }


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


def _maybe(seconds: float | None) -> str | None:
    return None if seconds is None else stamp(seconds)


def _association(home: Repository, name: str) -> str:
    if name == home.owner:
        return "OWNER"
    return "MEMBER" if home.role(name) in WRITERS else "NONE"
