"""The calls of GitHub's API that the stand-in knows, and what each of them asks of a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chargen.emulator.forge import actions_api, issues_api, pulls_api, repository_api
from chargen.emulator.forge.call import Call, Reply

REPO: Final = "/repos/{owner}/{repo}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call; `needs` names the permissions one of which a token must have, `page` its documentation."""

    name: str
    method: str
    path: str
    handle: Callable[[Call], Reply]
    page: str
    needs: tuple[str, ...] = ()
    write: bool = False


READ_PULLS: Final = ("pull_requests",)
ON_PULLS: Final = ("issues", "pull_requests")
ENDPOINTS: Final = (
    Endpoint("user", "GET", "/user", repository_api.get_user, "users/users#get-the-authenticated-user"),
    Endpoint("rate-limit", "GET", "/rate_limit", repository_api.get_rate_limit, "rate-limit/rate-limit"),
    Endpoint("repo", "GET", REPO, repository_api.get_repository, "repos/repos#get-a-repository"),
    Endpoint("pull-list", "GET", f"{REPO}/pulls", pulls_api.list_pulls, "pulls/pulls#list-pull-requests", READ_PULLS),
    Endpoint("pull-create", "POST", f"{REPO}/pulls", pulls_api.open_pull, "pulls/pulls#create-a-pull-request",
             READ_PULLS, write=True),
    Endpoint("pull-get", "GET", f"{REPO}/pulls/{{pull_number}}", pulls_api.get_pull, "pulls/pulls#get-a-pull-request",
             READ_PULLS),
    Endpoint("pull-edit", "PATCH", f"{REPO}/pulls/{{pull_number}}", pulls_api.edit_pull,
             "pulls/pulls#update-a-pull-request", READ_PULLS, write=True),
    Endpoint("pull-merge", "PUT", f"{REPO}/pulls/{{pull_number}}/merge", pulls_api.merge_pull,
             "pulls/pulls#merge-a-pull-request", ("contents",), write=True),
    Endpoint("review-list", "GET", f"{REPO}/pulls/{{pull_number}}/reviews", pulls_api.list_reviews,
             "pulls/reviews#list-reviews-for-a-pull-request", READ_PULLS),
    Endpoint("review-create", "POST", f"{REPO}/pulls/{{pull_number}}/reviews", pulls_api.review_pull,
             "pulls/reviews#create-a-review-for-a-pull-request", READ_PULLS, write=True),
    Endpoint("comment-get", "GET", f"{REPO}/issues/comments/{{comment_id}}", issues_api.get_comment,
             "issues/comments#get-an-issue-comment", ON_PULLS),
    Endpoint("comment-edit", "PATCH", f"{REPO}/issues/comments/{{comment_id}}", issues_api.edit_comment,
             "issues/comments#update-an-issue-comment", ON_PULLS, write=True),
    Endpoint("comment-delete", "DELETE", f"{REPO}/issues/comments/{{comment_id}}", issues_api.delete_comment,
             "issues/comments#delete-an-issue-comment", ON_PULLS, write=True),
    Endpoint("issue", "GET", f"{REPO}/issues/{{issue_number}}", issues_api.get_issue, "issues/issues#get-an-issue",
             ON_PULLS),
    Endpoint("comment-list", "GET", f"{REPO}/issues/{{issue_number}}/comments", issues_api.list_comments,
             "issues/comments#list-issue-comments", ON_PULLS),
    Endpoint("comment-create", "POST", f"{REPO}/issues/{{issue_number}}/comments", issues_api.write_comment,
             "issues/comments#create-an-issue-comment", ON_PULLS, write=True),
    Endpoint("permission", "GET", f"{REPO}/collaborators/{{username}}/permission", repository_api.get_permission,
             "collaborators/collaborators#get-repository-permissions-for-a-user"),
    Endpoint("workflow-permissions", "GET", f"{REPO}/actions/permissions/workflow",
             repository_api.get_workflow_permissions,
             "actions/permissions#get-default-workflow-permissions-for-a-repository", ("administration",)),
    Endpoint("actions-permissions", "GET", f"{REPO}/actions/permissions", actions_api.get_actions_permissions,
             "actions/permissions#get-github-actions-permissions-for-a-repository", ("administration",)),
    Endpoint("selected-actions", "GET", f"{REPO}/actions/permissions/selected-actions",
             actions_api.get_selected_actions,
             "actions/permissions#get-allowed-actions-and-reusable-workflows-for-a-repository", ("administration",)),
    Endpoint("secret", "GET", f"{REPO}/actions/secrets/{{secret_name}}", actions_api.get_secret,
             "actions/secrets#get-a-repository-secret", ("secrets",)),
    Endpoint("workflow-list", "GET", f"{REPO}/actions/workflows", repository_api.list_workflows,
             "actions/workflows#list-repository-workflows", ("actions",)),
    Endpoint("workflow", "GET", f"{REPO}/actions/workflows/{{workflow_id}}", repository_api.get_workflow,
             "actions/workflows#get-a-workflow", ("actions",)),
    Endpoint("run-list", "GET", f"{REPO}/actions/workflows/{{workflow_id}}/runs", repository_api.list_runs,
             "actions/workflow-runs#list-workflow-runs-for-a-workflow", ("actions",)),
    Endpoint("status-list", "GET", f"{REPO}/commits/{{ref}}/statuses", repository_api.list_statuses,
             "commits/statuses#list-commit-statuses-for-a-reference", ("statuses",)),
    Endpoint("status-create", "POST", f"{REPO}/statuses/{{sha}}", repository_api.set_status,
             "commits/statuses#create-a-commit-status", ("statuses",), write=True),
    Endpoint("ref", "GET", f"{REPO}/git/ref/{{ref:path}}", repository_api.get_ref, "git/refs#get-a-reference",
             ("contents",)),
)  # fmt: skip
