"""Starting the GitHub stand-in, what it serves, and its own addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chargen.emulator.forge.server import GitHub
from chargen.errors import ConfigurationError, UsageError
from tests.forge.conftest import REPO
from tests.github_judge import push

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

    from tests.forge.conftest import Wire

NOON = 1790000000


def test_a_bare_repository_by_its_path(github: GitHub, http: httpx2.Client) -> None:
    push(github.repository().bare.path, "chargen/x", {"a": "b"}, onto="main")
    with GitHub(github.repository().bare.path, name="ada/tides", number=7) as other:
        said = http.get(f"{other.url}/repos/ada/tides").json()

    assert (said["id"], said["full_name"], said["owner"]["login"], said["default_branch"]) == (
        7,
        "ada/tides",
        "ada",
        "main",
    )


def test_a_folder_of_them(github: GitHub, http: httpx2.Client) -> None:
    folder = github.repository().bare.path.parents[1]
    github.create("ada/tides")

    with GitHub(folder, name="acme/world") as other:
        codes = [
            http.get(f"{other.url}/repos/{name}").status_code
            for name in ("acme/world", "ada/tides", "ada/no")
        ]
        first = other.repository().full_name

    assert (codes, first) == ([200, 200, 404], "acme/world")


def test_a_path_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is no folder"):
        GitHub(tmp_path / "nothing")
    with pytest.raises(ConfigurationError, match="there is no bare repository in"):
        GitHub(tmp_path)


def test_the_same_acts_at_the_same_time_make_the_same_commits(github: GitHub, http: httpx2.Client) -> None:
    bare = github.repository().bare.path
    push(bare, "x", {"a": "b"}, onto="main")
    commits = set()
    for _ in range(2):
        with GitHub(bare, start=NOON) as other:
            other.advance(60)
            other.repository().bare.git("update-ref", "refs/heads/base", "main")
            token = other.actions_token()
            assert token == "ghs_" + "1003".rjust(36, "0")
            body = {"title": "t", "head": "x", "base": "base"}
            headers = {"authorization": f"Bearer {token}"}
            answer = http.post(f"{other.url}{REPO}/pulls", json=body, headers=headers)
            assert answer.json()["created_at"] == "2026-09-21T14:14:20Z"
            commits.add(other.merge(1, by="mira"))

    assert len(commits) == 1


def test_reset_forgets_everything_but_what_it_began_with(github: GitHub, http: httpx2.Client) -> None:
    with GitHub(github.repository().bare.path) as other:
        token = other.token("mira")
        other.create("ada/tides")
        other.fault("502")
        other.reset()
        headers = {"authorization": f"Bearer {token}"}
        codes = [
            http.get(f"{other.url}/repos/acme/world").status_code,
            http.get(f"{other.url}/repos/ada/tides").status_code,
            http.get(f"{other.url}/repos/acme/world", headers=headers).status_code,
        ]
        recorded = len(other.exchanges)

    assert (codes, recorded) == ([200, 404, 401], 3)


def test_workflows_and_their_runs(wire: Wire, github: GitHub) -> None:
    wire.push("main", "on: push\n", file=".github/workflows/tick.yml", onto="main")
    github.ran("tick.yml")
    github.ran("tick.yml", event="push")
    github.advance(3600)
    github.set_workflow_state("tick.yml", "disabled_inactivity")

    (listed,) = wire.ask("GET", f"{REPO}/actions/workflows").json()["workflows"]
    one = wire.ask("GET", f"{REPO}/actions/workflows/tick.yml").json()
    runs = wire.ask("GET", f"{REPO}/actions/workflows/{one['id']}/runs?event=schedule&per_page=1").json()

    assert listed == one
    assert (one["path"], one["state"]) == (".github/workflows/tick.yml", "disabled_inactivity")
    assert (runs["total_count"], runs["workflow_runs"][0]["run_number"]) == (1, 1)


def test_refs_and_statuses(wire: Wire) -> None:
    sha = wire.push("chargen/x")

    ref = wire.ask("GET", f"{REPO}/git/ref/heads/chargen/x").json()
    made = wire.ask(
        "POST", f"{REPO}/statuses/{sha}", {"state": "success", "context": "chargen"}, token=_statuses(wire)
    )
    listed = wire.ask("GET", f"{REPO}/commits/{sha}/statuses").json()

    assert (ref["ref"], ref["object"]["sha"]) == ("refs/heads/chargen/x", sha)
    assert (made.status_code, [one["context"] for one in listed]) == (201, ["chargen"])
    assert wire.ask("GET", f"{REPO}/git/ref/heads/chargen").status_code == 404


def _statuses(wire: Wire) -> str:
    return wire.github.actions_token({"statuses": "write"})


def test_its_own_addresses(wire: Wire, github: GitHub) -> None:
    wire.opened()
    own = f"{github.server_url}/emulator"

    state = wire.http.get(f"{own}/state").json()
    faults = wire.http.post(f"{own}/faults", json="502:times=2").json()["faults"]
    wrong = wire.http.post(f"{own}/faults", json="503")
    cleared = wire.http.delete(f"{own}/faults").json()["faults"]
    before = github.state.clock.now()
    wire.http.post(f"{own}/advance", json={"seconds": 3600})

    assert state["repositories"][0]["pulls"][0]["state"] == "open"
    assert state["exchanges"] == [f"201 POST {REPO}/pulls"]
    assert (faults[0]["name"], faults[0]["times"], wrong.status_code, cleared) == ("502", 2, 400, [])
    assert github.state.clock.now() - before >= 3600


def test_people_need_a_pull_request_and_a_role_there_is(github: GitHub) -> None:
    with pytest.raises(UsageError, match="no pull request 3"):
        github.merge(3)
    with pytest.raises(UsageError, match="no role is called 'boss'"):
        github.set_permission("mira", "boss")
    with pytest.raises(UsageError, match="no repository is called 'ada/no'"):
        github.pulls("ada/no")
