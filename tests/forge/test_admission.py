"""Who is let in, and with which words everybody else is not."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.forge.conftest import REPO

if TYPE_CHECKING:
    from chargen.emulator.forge.server import GitHub
    from tests.forge.conftest import Wire


def test_a_token_nobody_gave_out(wire: Wire) -> None:
    answer = wire.ask("GET", REPO, token="ghp_wrong")

    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_without_a_token_what_is_public_can_be_read_and_nothing_written(wire: Wire) -> None:
    number = wire.opened()

    read = wire.ask("GET", f"{REPO}/pulls/{number}", token="")
    written = wire.ask("PATCH", f"{REPO}/pulls/{number}", {"title": "x"}, token="")

    assert read.status_code == 200
    assert (written.status_code, written.json()["message"]) == (401, "Requires authentication")


@pytest.mark.parametrize(
    "path", ["/repos/acme/other", f"{REPO}/pulls/99", f"{REPO}/actions/workflows/no.yml"]
)
def test_what_is_not_there(wire: Wire, path: str) -> None:
    answer = wire.ask("GET", path)

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_a_private_repository_hides_from_strangers(wire: Wire, github: GitHub) -> None:
    github.settings(private=True)
    github.set_permission("mira", "read")

    codes = [wire.ask("GET", REPO, token=github.token(login)).status_code for login in ("stranger", "mira")]

    assert codes == [404, 200]
    assert wire.ask("GET", REPO).json()["private"] is True
    assert wire.ask("GET", REPO, token="").status_code == 404


@pytest.mark.parametrize(
    ("permissions", "comment", "edit", "merge"),
    [
        ({}, 403, 403, 403),
        ({"pull_requests": "read", "contents": "read"}, 403, 403, 403),
        ({"issues": "write"}, 201, 403, 403),
        ({"pull_requests": "write"}, 201, 200, 403),
        ({"contents": "write"}, 403, 403, 200),
    ],
)
def test_what_each_permission_allows(
    wire: Wire, github: GitHub, permissions: dict[str, str], comment: int, edit: int, merge: int
) -> None:
    number = wire.opened()
    token = github.actions_token(permissions)

    answers = [
        wire.ask("POST", f"{REPO}/issues/{number}/comments", {"body": "x"}, token=token),
        wire.ask("PATCH", f"{REPO}/pulls/{number}", {"title": "x"}, token=token),
        wire.ask("PUT", f"{REPO}/pulls/{number}/merge", {}, token=token),
    ]

    assert [answer.status_code for answer in answers] == [comment, edit, merge]
    refused = {answer.json()["message"] for answer in answers if answer.status_code == 403}
    assert refused <= {"Resource not accessible by integration"}


def test_a_fine_grained_token_is_refused_in_other_words(wire: Wire, github: GitHub) -> None:
    github.set_permission("mira", "admin")
    token = github.token("mira", permissions={"contents": "read"})

    answer = wire.ask("POST", f"{REPO}/issues/{wire.opened()}/comments", {"body": "x"}, token=token)

    assert answer.json()["message"] == "Resource not accessible by personal access token"


def test_who_calls(wire: Wire, github: GitHub) -> None:
    by_actions = wire.ask("GET", "/user")
    by_mira = wire.ask("GET", "/user", token=github.token("mira"))

    assert (by_actions.status_code, by_actions.json()["message"]) == (
        403,
        "Resource not accessible by integration",
    )
    assert (by_mira.json()["login"], by_mira.headers["x-oauth-scopes"]) == ("mira", "repo, workflow")


@pytest.mark.parametrize(
    ("role", "permission"),
    [("admin", "admin"), ("maintain", "write"), ("write", "write"), ("triage", "read"), ("read", "read")],
)
def test_what_somebody_may_do(wire: Wire, github: GitHub, role: str, permission: str) -> None:
    github.set_permission("mira", role)

    said = wire.ask("GET", f"{REPO}/collaborators/mira/permission").json()

    assert (said["permission"], said["role_name"]) == (permission, role)


def test_only_who_may_push_may_ask_what_others_may(wire: Wire, github: GitHub) -> None:
    github.set_permission("mira", "write")

    asked = f"{REPO}/collaborators/mira/permission"

    assert wire.ask("GET", asked, token=github.token("mira")).status_code == 200
    stranger = wire.ask("GET", asked, token=github.token("stranger"))
    assert stranger.json()["message"] == "Must have push access to view collaborator permission."
    assert wire.ask("GET", f"{REPO}/collaborators/nobody/permission").status_code == 404


def test_settings_are_for_administrators(wire: Wire, github: GitHub) -> None:
    github.set_permission("ada", "admin")
    asked = f"{REPO}/actions/permissions/workflow"

    said = wire.ask("GET", asked, token=github.token("ada")).json()
    refused = [wire.ask("GET", asked), wire.ask("GET", asked, token=github.token("ben"))]

    assert said == {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": True}
    assert [answer.json()["message"] for answer in refused] == [
        "Resource not accessible by integration",
        "Must have admin rights to Repository.",
    ]


def test_the_hour_s_calls_are_counted(wire: Wire, github: GitHub) -> None:
    github.state.hourly_limit = 2

    first, second, third = (wire.ask("GET", REPO) for _ in range(3))

    left = [answer.headers["x-ratelimit-remaining"] for answer in (first, second, third)]
    assert left == ["1", "0", "0"]
    assert third.status_code == 403
    assert third.json()["message"].startswith("API rate limit exceeded for user ID ")
    assert wire.ask("GET", "/rate_limit").json()["rate"]["remaining"] == 0
    github.advance(3601)
    assert wire.ask("GET", REPO).status_code == 200


def test_basic_authorization_works_as_for_git(wire: Wire, github: GitHub) -> None:
    secret = base64.b64encode(f"x-access-token:{wire.token}".encode()).decode()

    answer = wire.http.get(f"{github.url}{REPO}", headers={"authorization": f"Basic {secret}"})

    assert answer.status_code == 200


@pytest.mark.parametrize("body", ["{", "[]", '"text"'])
def test_bodies_that_are_no_object(wire: Wire, github: GitHub, body: str) -> None:
    headers = {"authorization": f"Bearer {wire.token}"}

    answer = wire.http.post(f"{github.url}{REPO}/pulls", content=body, headers=headers)

    assert answer.status_code == 400
