"""The JSON of accounts and repositories, whole enough for GitHub's own description of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from chargen.emulator.forge.accounts import WRITERS

if TYPE_CHECKING:
    from chargen.emulator.forge.accounts import Account
    from chargen.emulator.forge.records import Repository
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


def maybe_stamp(seconds: float | None) -> str | None:
    """A time, or none."""
    return None if seconds is None else stamp(seconds)


def association(home: Repository, name: str) -> str:
    """What somebody is to a repository."""
    if name == home.owner:
        return "OWNER"
    return "MEMBER" if home.role(name) in WRITERS else "NONE"
