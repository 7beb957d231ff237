"""Pull requests over the wire: GitHub's rules, words and shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.forge.conftest import BRANCH, REPO

if TYPE_CHECKING:
    from chargen.emulator.forge.server import GitHub
    from tests.forge.conftest import Wire

CREATE = "https://docs.github.com/rest/pulls/pulls#create-a-pull-request"


def errors(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.json()["message"] == "Validation Failed"
    return list(answer.json()["errors"])


def test_a_new_pull_request(wire: Wire) -> None:
    head = wire.push()

    answer = wire.open(body="what it brings")

    said = answer.json()
    assert answer.status_code == 201
    assert (said["number"], said["state"], said["title"], said["body"]) == (
        1,
        "open",
        "Pictures",
        "what it brings",
    )
    assert (said["head"]["ref"], said["head"]["sha"], said["head"]["label"]) == (
        BRANCH,
        head,
        f"acme:{BRANCH}",
    )
    assert (said["user"]["login"], said["user"]["type"], said["user"]["id"]) == (
        "github-actions[bot]",
        "Bot",
        41898282,
    )
    assert said["head"]["repo"]["id"] == said["base"]["repo"]["id"] == 4711
    assert (said["mergeable"], said["merged"], said["commits"], said["changed_files"]) == (True, False, 1, 1)


def test_no_second_open_one_from_a_branch(wire: Wire) -> None:
    wire.opened()

    answer = wire.open()

    message = f"A pull request already exists for acme:{BRANCH}."
    assert errors(answer) == [{"resource": "PullRequest", "code": "custom", "message": message}]
    assert answer.json()["documentation_url"] == CREATE


@pytest.mark.parametrize("field", ["head", "base"])
def test_a_branch_that_is_not_there(wire: Wire, field: str) -> None:
    wire.push()

    answer = wire.open(**{field: "nowhere"})

    assert errors(answer) == [{"resource": "PullRequest", "code": "invalid", "field": field}]


def test_nothing_between_head_and_base(wire: Wire) -> None:
    answer = wire.open("main", base="main")

    assert errors(answer)[0]["message"] == "No commits between main and main"


def test_a_body_of_65537_characters(wire: Wire) -> None:
    wire.push()

    too_long, just_fits = wire.open(body="x" * 65537), wire.open(body="ä" * 65536)

    assert errors(too_long)[0]["message"] == "body is too long (maximum is 65536 characters)"
    assert just_fits.status_code == 201


def test_the_setting_that_keeps_actions_from_opening_any(wire: Wire, github: GitHub) -> None:
    wire.push()
    github.settings(actions_may_open_pulls=False)
    github.set_permission("mira", "write")

    by_actions = wire.open()
    by_mira = wire.ask(
        "POST", f"{REPO}/pulls", {"title": "t", "head": BRANCH, "base": "main"}, token=github.token("mira")
    )

    assert by_actions.status_code == 403
    assert (
        by_actions.json()["message"] == "GitHub Actions is not permitted to create or approve pull requests."
    )
    assert (by_mira.status_code, by_mira.json()["user"]["type"]) == (201, "User")


def test_a_stranger_may_not_open_one_between_branches_that_are_not_theirs(wire: Wire, github: GitHub) -> None:
    wire.push()
    stranger = github.token("stranger")

    answer = wire.ask("POST", f"{REPO}/pulls", {"title": "t", "head": BRANCH, "base": "main"}, token=stranger)

    assert errors(answer)[0]["message"] == "must be a collaborator"


def test_one_from_a_fork(wire: Wire, github: GitHub) -> None:
    fork = github.fork("stranger")
    sha = wire.push("draft", file="x.md")  # not in the fork: it was made before
    github.repository("stranger/world").bare.git(
        "fetch", "-q", str(github.repository().bare.path), "draft:draft"
    )

    body = {"title": "Mine", "head": "stranger:draft", "base": "main"}
    answer = wire.ask("POST", f"{REPO}/pulls", body, token=github.token("stranger"))

    said = answer.json()
    assert answer.status_code == 201, answer.text
    assert (said["head"]["sha"], said["head"]["repo"]["id"]) == (sha, fork.id)
    assert said["head"]["repo"]["fork"] is True
    assert said["base"]["repo"]["id"] == 4711


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [3, 1]),
        ("?state=all", [3, 2, 1]),
        ("?state=closed", [2]),
        ("?state=all&direction=asc", [1, 2, 3]),
        ("?state=all&head=acme:one", [1]),
        ("?state=all&head=ACME:one", [1]),
        ("?state=all&head=one", [3, 2, 1]),  # no owner: no filter, as on GitHub
        ("?state=all&head=stranger:one", []),
        ("?base=other", []),
        ("?sort=updated&state=all&direction=desc", [1, 2, 3]),
    ],
)
def test_lists(wire: Wire, github: GitHub, query: str, numbers: list[int]) -> None:
    for branch in ("one", "two", "three"):
        wire.opened(branch)
    github.advance(10)
    github.close(2)
    github.advance(10)
    github.edit(1, body="again")

    assert [one["number"] for one in wire.ask("GET", f"{REPO}/pulls{query}").json()] == numbers


def test_a_list_in_pages(wire: Wire) -> None:
    for branch in ("one", "two", "three"):
        wire.opened(branch)

    first = wire.ask("GET", f"{REPO}/pulls?per_page=2&direction=asc")
    second = wire.ask("GET", first.links["next"]["url"])

    assert [one["number"] for one in first.json()] == [1, 2]
    assert [one["number"] for one in second.json()] == [3]
    assert set(first.links) == {"next", "last"}
    assert set(second.links) == {"prev", "first"}


def test_a_push_to_its_branch_is_seen_at_once(wire: Wire) -> None:
    number = wire.opened()
    sha = wire.push(BRANCH, "another", file="biscuit.png", onto=BRANCH)

    said = wire.ask("GET", f"{REPO}/pulls/{number}").json()

    assert (said["head"]["sha"], said["commits"], said["changed_files"]) == (sha, 2, 2)


def test_title_body_and_state_are_edited(wire: Wire) -> None:
    place = f"{REPO}/pulls/{wire.opened()}"

    edited = wire.ask("PATCH", place, {"title": "New", "body": "Other"}).json()
    closed = wire.ask("PATCH", place, {"state": "closed"}).json()
    issue = wire.ask("GET", place.replace("pulls", "issues")).json()
    again = wire.ask("PATCH", place, {"state": "open"}).json()

    assert (edited["title"], edited["body"], edited["state"]) == ("New", "Other", "open")
    assert (closed["state"], closed["merged"], closed["title"]) == ("closed", False, "New")
    assert issue["closed_by"]["login"] == "github-actions[bot]"
    assert (again["state"], again["closed_at"]) == ("open", None)


def test_one_whose_branch_is_gone_is_closed_and_stays_so(wire: Wire, github: GitHub) -> None:
    place = f"{REPO}/pulls/{wire.opened()}"
    sha = github.pull(1).head_sha
    github.repository().bare.git("update-ref", "-d", f"refs/heads/{BRANCH}")

    said = wire.ask("GET", place).json()
    reopened = wire.ask("PATCH", place, {"state": "open"})

    assert (said["state"], said["merged"], said["head"]["sha"]) == ("closed", False, sha)
    assert errors(reopened)[0]["message"] == f"state cannot be changed. The {BRANCH} branch has been deleted."
    assert github.repository().bare.git("rev-parse", "refs/pull/1/head") == sha


def test_one_whose_branch_moved_while_it_was_closed_stays_closed(wire: Wire, github: GitHub) -> None:
    place = f"{REPO}/pulls/{wire.opened()}"
    github.close(1)
    wire.push(text="another", onto=BRANCH)

    message = errors(wire.ask("PATCH", place, {"state": "open"}))[0]["message"]

    assert message == f"state cannot be changed. The {BRANCH} branch was force-pushed or recreated."


def test_a_base_that_is_not_there_any_more_closes_it(wire: Wire, github: GitHub) -> None:
    github.repository().bare.git("branch", "side", "main")
    wire.push()
    wire.open(base="side")
    github.repository().bare.git("update-ref", "-d", "refs/heads/side")

    assert wire.ask("GET", f"{REPO}/pulls/1").json()["state"] == "closed"


@pytest.mark.parametrize(("method", "parents"), [("merge", 2), ("squash", 1), ("rebase", 1)])
def test_merged_by_each_method(wire: Wire, github: GitHub, method: str, parents: int) -> None:
    number = wire.opened()
    wire.push("main", "ONE\ntwo\nthree\nfour\nfive\n", file="chapter.md")
    bare = github.repository().bare

    answer = wire.ask("PUT", f"{REPO}/pulls/{number}/merge", {"merge_method": method})

    sha = answer.json()["sha"]
    assert (answer.status_code, answer.json()["merged"]) == (200, True)
    assert bare.branches()["main"] == sha
    assert len(bare.git("log", "-1", "--format=%P", sha).split()) == parents
    assert bare.git("ls-tree", "--name-only", sha).splitlines() == ["ansa.1.png", "chapter.md"]
    assert bare.text(sha, "chapter.md").startswith("ONE")
    said = wire.ask("GET", f"{REPO}/pulls/{number}").json()
    assert (said["merged"], said["merge_commit_sha"], said["merged_by"]["login"]) == (
        True,
        sha,
        "github-actions[bot]",
    )


def test_lines_apart_in_one_file_are_merged(wire: Wire, github: GitHub) -> None:
    wire.push(text="one\ntwo\nthree\nfour\nFIVE\n", file="chapter.md")
    wire.open()
    wire.push("main", "ONE\ntwo\nthree\nfour\nfive\n", file="chapter.md")

    sha = github.merge(1)

    assert github.repository().bare.text(sha, "chapter.md") == "ONE\ntwo\nthree\nfour\nFIVE"


def test_the_same_line_on_both_sides_is_a_conflict(wire: Wire) -> None:
    wire.push(text="mine\n", file="chapter.md")
    wire.open()
    wire.push("main", "yours\n", file="chapter.md")

    said = wire.ask("GET", f"{REPO}/pulls/1").json()
    merged = wire.ask("PUT", f"{REPO}/pulls/1/merge", {})

    assert (said["mergeable"], said["mergeable_state"]) == (False, "dirty")
    assert (merged.status_code, merged.json()["message"]) == (405, "Pull Request is not mergeable")


def test_a_head_that_has_moved_is_not_merged(wire: Wire) -> None:
    number = wire.opened()

    answer = wire.ask("PUT", f"{REPO}/pulls/{number}/merge", {"sha": "0" * 40})

    assert (answer.status_code, answer.json()["message"]) == (
        409,
        "Head branch was modified. Review and try the merge again.",
    )


def test_merged_is_for_ever(wire: Wire, github: GitHub) -> None:
    number = wire.opened()
    github.merge(number, by="mira")

    reopened = wire.ask("PATCH", f"{REPO}/pulls/{number}", {"state": "open"})
    again = wire.ask("PUT", f"{REPO}/pulls/{number}/merge", {})

    assert errors(reopened)[0]["field"] == "state"
    assert again.status_code == 405
    assert github.pull(number).merged_by == "mira"


def test_a_head_that_reaches_the_base_by_a_push_is_merged(wire: Wire, github: GitHub) -> None:
    number = wire.opened()
    bare = github.repository().bare
    bare.git("update-ref", "refs/heads/main", bare.branches()[BRANCH])

    said = wire.ask("GET", f"{REPO}/pulls/{number}").json()

    assert (said["state"], said["merged"]) == ("closed", True)


def test_a_branch_set_back_to_its_base_is_closed_not_merged(wire: Wire, github: GitHub) -> None:
    number = wire.opened()
    bare = github.repository().bare
    bare.git("update-ref", f"refs/heads/{BRANCH}", bare.branches()["main"])

    said = wire.ask("GET", f"{REPO}/pulls/{number}").json()

    assert (said["state"], said["merged"]) == ("closed", False)


def test_reviews(wire: Wire, github: GitHub) -> None:
    number = wire.opened()
    github.review(number, "Lovely.", by="mira", state="APPROVED")

    mine = wire.ask("POST", f"{REPO}/pulls/{number}/reviews", {"event": "COMMENT", "body": "noted"})
    own = wire.ask("POST", f"{REPO}/pulls/{number}/reviews", {"event": "APPROVE"})
    shown = wire.ask("GET", f"{REPO}/pulls/{number}/reviews").json()

    assert mine.status_code == 200
    assert own.json()["errors"] == ["Can not approve your own pull request"]
    assert [(one["user"]["login"], one["state"]) for one in shown] == [
        ("mira", "APPROVED"),
        ("github-actions[bot]", "COMMENTED"),
    ]
