"""The JSON of pull requests, of the issues they also are, of comments and reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chargen.emulator.forge.bodies import association, login, maybe_stamp, repository, stamp

if TYPE_CHECKING:
    from chargen.emulator.forge.records import Comment, Pull, Repository, Review
    from chargen.emulator.forge.state import State


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
        "closed_at": maybe_stamp(one.closed_at),
        "merged_at": maybe_stamp(one.merged_at),
        "merge_commit_sha": one.merge_commit or None,
        **dict.fromkeys(("assignee", "milestone", "auto_merge"), None),
        **{name: [] for name in ("assignees", "requested_reviewers", "requested_teams", "labels")},
        "draft": False,
        "head": _end(state, one.head_repository, one.branch, one.head_sha),
        "base": _end(state, home, one.base, one.base_sha),
        "_links": {name: {"href": link} for name, link in links.items()},
        "author_association": association(home, one.login),
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
        "repo": None if home.gone else repository(state, home),
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
        "locked": False,
        **dict.fromkeys(("assignee", "milestone", "active_lock_reason"), None),
        "assignees": [],
        "comments": sum(comment.number == one.number for comment in home.comments.values()),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "closed_at": maybe_stamp(one.closed_at),
        "closed_by": login(state, one.closed_by),
        "author_association": association(home, one.login),
        "draft": False,
        "body": one.body,
        "pull_request": {
            "url": f"{place}/pulls/{one.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": maybe_stamp(one.merged_at),
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
        "author_association": association(home, one.login),
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
        "author_association": association(home, one.login),
        "_links": {"html": {"href": mark}, "pull_request": {"href": place}},
        "submitted_at": stamp(one.submitted_at),
        "commit_id": one.commit,
    }
