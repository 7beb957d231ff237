"""GitHub behind the Forge port, against the stand-in; whatever is asked is judged by GitHub's own description."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import httpx2
import pytest

from chargen.core.pull import Pull
from chargen.edges.github import GitHubForge, Pace
from chargen.edges.github_errors import translated
from chargen.errors import ForgeTrouble
from tests.github_judge import push

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chargen.emulator.forge.server import GitHub

REPO = "acme/world"
BRANCH = "chargen/character/ansa.1"
MARKER = "<!-- chargen:status -->"
FAST = Pace(
    retries=2, backoff_s=0.01, most_wait_s=0.05, between_requests_s=0.0, between_writes_s=0.0, timeout_s=10
)
LOST = ["502:on={}", "502-after:on={}", "drop:on={}", "lost-answer:on={}", "secondary-limit:retry=0,on={}"]


@pytest.fixture
def forges(github: GitHub) -> Iterator[Callable[..., GitHubForge]]:
    """Callable[..., GitHubForge] by token; all closed at the end."""
    made: list[GitHubForge] = []

    def make(token: str, *, repository: str = REPO, base_url: str = "", pace: Pace = FAST) -> GitHubForge:
        made.append(GitHubForge(token, repository, base_url=base_url or github.url, pace=pace))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def forge(github: GitHub, forges: Callable[..., GitHubForge]) -> GitHubForge:
    """The forge of a workflow's token."""
    return forges(github.actions_token())


def branch(github: GitHub, name: str = BRANCH, repository: str = "") -> str:
    """A branch that has one more file than main; its commit."""
    return push(github.repository(repository).bare.path, name, {f"{name}.png": "a picture"}, onto="main")


def opened(forge: GitHubForge, github: GitHub, name: str = BRANCH) -> Pull:
    branch(github, name)
    return forge.open_pull(name, "main", "Pictures", "what it brings")


def trouble(act: Callable[[], object]) -> ForgeTrouble:
    with pytest.raises(ForgeTrouble) as caught:
        act()
    return caught.value


def sent(github: GitHub, method: str) -> list[str]:
    return [exchange.path for exchange in github.exchanges if exchange.method == method]


def test_opens_a_pull_request(forge: GitHubForge, github: GitHub) -> None:
    sha = branch(github)

    pull = forge.open_pull(BRANCH, "main", "Pictures", "what it brings")

    assert pull == Pull(
        number=1,
        url=f"{github.server_url}/acme/world/pull/1",
        title="Pictures",
        body="what it brings",
        branch=BRANCH,
        head_sha=sha,
        base="main",
        author="github-actions[bot]",
        author_is_bot=True,
        same_repository=True,
    )


def test_finds_the_open_one_and_changes_nothing_of_it(forge: GitHubForge, github: GitHub) -> None:
    first = opened(forge, github)

    assert forge.open_pull(BRANCH, "main", "Other", "words") == first
    assert len(sent(github, "POST")) == 1


def test_a_closed_one_is_not_taken_for_open(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)
    github.close(1)

    assert forge.open_pull(BRANCH, "main", "Pictures", "again").number == 2


def test_another_base_is_another_pull_request(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)
    push(github.repository().bare.path, "side", {"b": "c"}, onto="main")

    assert forge.open_pull(BRANCH, "side", "Pictures", "").number == 2


@pytest.mark.parametrize("fault", LOST)
def test_opens_one_whatever_becomes_of_the_answer(forge: GitHubForge, github: GitHub, fault: str) -> None:
    github.fault(fault.format("pull-create"))

    pull = opened(forge, github)

    assert pull.number == 1
    assert len(github.pulls()) == 1


def test_one_that_the_list_did_not_show_yet_is_looked_for_again(forge: GitHubForge, github: GitHub) -> None:
    first = opened(forge, github)
    github.fault("list-lag")

    assert forge.open_pull(BRANCH, "main", "Pictures", "").number == first.number


def test_two_at_once_open_one(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    branch(github)
    both = [forges(github.actions_token()) for _ in range(2)]
    github.fault("slow:on=pull-create,delay=0.1,times=2")

    with ThreadPoolExecutor(2) as pool:
        opening = [pool.submit(one.open_pull, BRANCH, "main", "Pictures", "") for one in both]
        numbers = [one.result().number for one in opening]

    assert numbers == [1, 1]


def test_a_creation_that_never_gets_through_ends(forge: GitHubForge, github: GitHub) -> None:
    github.fault("drop:on=pull-create,times=forever")

    said = trouble(lambda: opened(forge, github))

    assert said.status == 0
    assert len(sent(github, "POST")) == 2


def test_reads_and_edits_are_asked_again_after_trouble(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)
    github.fault("502:on=pull-edit", "lost-answer:on=pull-get", "drop:on=pull-list")

    forge.edit_pull(1, title="New", body="Other")

    assert [pull.title for pull in forge.open_pulls()] == ["New"]


def test_the_pull_requests_of_a_branch_newest_first(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)
    opened(forge, github, "chargen/character/ansa.11")
    github.close(1)
    github.merge(forge.open_pull(BRANCH, "main", "Again", "").number)

    said = [(pull.number, pull.open, pull.merged) for pull in forge.pulls(BRANCH)]

    assert said == [(3, False, True), (1, False, False)]
    assert [pull.number for pull in forge.open_pulls()] == [2]


def test_a_list_that_heeds_no_filter_misleads_nobody(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github, "another")
    github.fault("unfiltered-list:times=2")

    assert opened(forge, github).number == 2
    assert [pull.number for pull in forge.pulls(BRANCH)] == [2]


def test_a_fork_s_is_never_ours(forge: GitHubForge, github: GitHub) -> None:
    fork = github.fork("stranger")
    branch(github, BRANCH, fork.full_name)
    theirs = github.token("stranger")
    body = {"title": "Mine", "head": f"stranger:{BRANCH}", "base": "main"}
    _post(github, theirs, body)

    assert forge.pull(1).same_repository is False
    assert (forge.pulls(BRANCH), forge.open_pulls()) == ([], [])
    assert opened(forge, github).number == 2
    github.delete_repository(fork.full_name)
    assert (forge.pull(1).same_repository, forge.pull(1).open) == (False, False)


def _post(github: GitHub, token: str, body: dict[str, str]) -> None:
    answer = httpx2.post(
        f"{github.url}/repos/{REPO}/pulls", json=body, headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 201, answer.text


def test_who_closed_it(forge: GitHubForge, github: GitHub) -> None:
    for name in ("a", "b", "c"):
        opened(forge, github, name)
    github.close(1, by="mira")
    github.merge(2, by="mira")

    assert [forge.pull(number).closed_by for number in (1, 2, 3)] == ["mira", "", ""]


def test_an_edit_that_changes_nothing_is_not_sent(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)
    github.edit(1, body="one\r\ntwo\r\n")  # as GitHub's own page writes it

    forge.edit_pull(1, title="Pictures", body="one\ntwo")
    forge.edit_pull(1, title="Pictures", body="one\nthree")

    assert len(sent(github, "PATCH")) == 1
    assert github.pull(1).body == "one\nthree"


def test_closed_already_is_done(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)

    forge.close_pull(1)
    forge.close_pull(1)

    assert len(sent(github, "PATCH")) == 1
    assert forge.pull(1).closed_by == "github-actions[bot]"


def test_the_comment_is_created_left_and_edited_in_place(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)

    forge.comment(1, MARKER, f"{MARKER}\nfirst", only_edit=True)
    assert github.comments(1) == []
    forge.comment(1, MARKER, f"{MARKER}\nfirst")
    forge.comment(1, MARKER, f"{MARKER}\nfirst")
    assert (len(sent(github, "POST")), len(sent(github, "PATCH"))) == (2, 0)
    forge.comment(1, MARKER, f"{MARKER}\nsecond", only_edit=True)

    assert [comment.body for comment in github.comments(1)] == [f"{MARKER}\nsecond"]


def test_a_body_without_the_marker_is_given_it(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)

    forge.comment(1, MARKER, "words")
    forge.comment(1, MARKER, "words")

    assert [comment.body for comment in github.comments(1)] == [f"{MARKER}\nwords"]


@pytest.mark.parametrize("fault", LOST)
def test_one_comment_whatever_becomes_of_the_answer(forge: GitHubForge, github: GitHub, fault: str) -> None:
    opened(forge, github)
    github.fault(fault.format("comment-create"))

    forge.comment(1, MARKER, f"{MARKER}\nwords")

    assert len(github.comments(1)) == 1


def test_ours_is_found_behind_a_hundred_others(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)
    for _ in range(101):
        github.comment(1, "chat")
    forge.comment(1, MARKER, f"{MARKER}\nfirst")

    forge.comment(1, MARKER, f"{MARKER}\nsecond")

    assert [one.body for one in github.comments(1) if "chat" not in one.body] == [f"{MARKER}\nsecond"]


def test_nobody_else_s_comment_is_taken_for_ours(
    forge: GitHubForge, forges: Callable[..., GitHubForge], github: GitHub
) -> None:
    opened(forge, github)
    github.set_permission("ada", "write")
    github.comment(1, f"{MARKER}\nof mira's", by="mira")
    forge.comment(1, MARKER, f"{MARKER}\nof the bot's")
    of_ada = forges(github.token("ada"))

    of_ada.comment(1, MARKER, f"{MARKER}\nof ada's")
    of_ada.comment(1, MARKER, f"{MARKER}\nof ada's, again")

    assert [(one.login, one.body.partition("\n")[2]) for one in github.comments(1)] == [
        ("mira", "of mira's"),
        ("github-actions[bot]", "of the bot's"),
        ("ada", "of ada's, again"),
    ]


def test_people_spoke(forge: GitHubForge, github: GitHub) -> None:
    opened(forge, github)
    forge.comment(1, MARKER, f"{MARKER}\nwords")
    github.comment(1, "Coverage 100 %", by="codecov[bot]")
    github.review(1, "Looks good", by="copilot[bot]")
    assert not forge.people_spoke(1)

    opened(forge, github, "other")
    github.comment(2, "Nice.", by="mira")
    opened(forge, github, "third")
    github.review(3, "Nice.", by="mira")

    assert [forge.people_spoke(number) for number in (1, 2, 3)] == [False, True, True]


def test_we_ourselves_are_nobody_who_spoke(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    github.set_permission("ada", "write")
    forge = forges(github.token("ada"))
    opened(forge, github)
    forge.comment(1, MARKER, f"{MARKER}\nwords")
    assert not forge.people_spoke(1)

    github.comment(1, "And now I speak.", by="ada")

    assert forge.people_spoke(1)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("admin", True),
        ("maintain", True),
        ("write", True),
        ("triage", False),
        ("read", False),
        ("none", False),
    ],
)
def test_who_may_write(forge: GitHubForge, github: GitHub, role: str, may: bool) -> None:  # noqa: FBT001
    github.set_permission("mira", role)

    assert forge.may_write("mira") is may


def test_no_bot_and_nobody_may_write(forge: GitHubForge, github: GitHub) -> None:
    github.set_permission("helper[bot]", "admin")
    github.state.account("robot", "Bot")
    github.set_permission("robot", "admin")

    assert [forge.may_write(login) for login in ("helper[bot]", "robot", "gone", "", "a?b")] == [False] * 5


def test_permission_is_asked_at_that_moment(forge: GitHubForge, github: GitHub) -> None:
    github.set_permission("mira", "write")
    assert forge.may_write("mira")

    github.set_permission("mira", "read")

    assert not forge.may_write("mira")


def test_the_setting_is_named(forge: GitHubForge, github: GitHub) -> None:
    github.settings(actions_may_open_pulls=False)

    said = trouble(lambda: opened(forge, github))

    assert said.status == 403
    assert "is not permitted to create or approve pull requests" in said.message
    assert "Settings > Actions > General" in said.hint
    assert "'Allow GitHub Actions to create and approve pull requests'" in said.hint


def test_the_permission_is_named(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    read_only = forges(github.actions_token({"contents": "read", "pull_requests": "read"}))
    github.set_permission("mira", "write")
    fine_grained = forges(github.token("mira", permissions={"contents": "write"}))

    in_actions = trouble(lambda: opened(read_only, github))
    elsewhere = trouble(lambda: opened(fine_grained, github))

    assert "`permissions: contents: write, pull-requests: write`" in in_actions.hint
    assert "give the token the permissions Contents and Pull requests" in elsewhere.hint


def test_a_token_nobody_knows(forges: Callable[..., GitHubForge]) -> None:
    said = trouble(forges("ghp_expired").open_pulls)

    assert (said.status, said.message) == (401, "cannot list the pull requests: HTTP 401: Bad credentials")
    assert "set GITHUB_TOKEN again" in said.hint


def test_a_repository_nobody_sees(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    said = trouble(forges(github.actions_token(), repository="acme/wrold").open_pulls)

    assert said.status == 404
    assert "is acme/wrold its name" in said.hint


def test_what_a_field_lacks_is_said(forge: GitHubForge) -> None:
    said = trouble(lambda: forge.open_pull("nowhere", "main", "Pictures", ""))

    assert (
        said.message
        == "cannot open a pull request from nowhere to main: HTTP 422: Validation Failed: head invalid"
    )


def test_a_short_limit_is_waited_for(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    forge = forges(github.actions_token(), pace=replace(FAST, most_wait_s=2.0))
    github.fault("secondary-limit:retry=1")

    assert forge.open_pulls() == []


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        ("secondary-limit:retry=300", "run the command again in 300 s"),
        ("rate-limit:reset=1800", "is used up until 20"),
        ("secondary-limit:retry=1", "run the command again in 1 s"),
    ],
)
def test_a_long_limit_is_not(forge: GitHubForge, github: GitHub, fault: str, hint: str) -> None:
    github.fault(fault)
    began = time.monotonic()

    said = trouble(forge.open_pulls)

    assert time.monotonic() - began < 5
    assert said.status == 403
    assert "rate limit" in said.message.lower()
    assert hint in said.hint


def test_a_limit_that_names_no_time(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    forge = forges(github.actions_token(), pace=replace(FAST, retries=1))
    github.fault("secondary-limit:retry=0,times=2")

    said = trouble(forge.open_pulls)

    assert "secondary rate limit" in said.message
    assert said.hint == "GitHub's rate limit: run the command again in a few minutes"


def test_a_github_that_is_down(forge: GitHubForge, github: GitHub) -> None:
    github.fault("502:times=forever")

    said = trouble(forge.open_pulls)

    assert (said.status, len(github.exchanges)) == (502, 1 + FAST.retries)
    assert "githubstatus.com" in said.hint


def test_nobody_answers(forges: Callable[..., GitHubForge]) -> None:
    with socket.socket() as taken:  # bound and deaf
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"

        said = trouble(forges("a-token", base_url=nowhere).open_pulls)

    assert said.status == 0
    assert f"no answer from {nowhere}" in said.message
    assert "GITHUB_API_URL" in said.hint


def test_answers_that_name_another_host(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    forge = forges(github.actions_token(), base_url=github.url.replace("127.0.0.1", "localhost"))
    branch(github)
    forge.open_pull(BRANCH, "main", "Pictures", "")

    said = trouble(lambda: forge.edit_pull(1, title="Other", body=""))

    assert "Set GITHUB_API_URL to the address its own answers name" in said.hint


def test_the_token_is_in_no_message() -> None:
    with pytest.raises(ForgeTrouble) as caught, translated("ask", REPO, "http://x", "ghp_secret"):
        raise ValueError("header Authorization: token ghp_secret\nis bad")

    assert caught.value.message == (
        "cannot ask: the answer could not be read (ValueError: header Authorization: token *** is bad)"
    )


def test_an_interrupt_and_a_bug_go_through() -> None:
    for error in (KeyboardInterrupt(), MemoryError()):
        with pytest.raises(type(error)), translated("ask", REPO, "http://x", "t"):
            raise error


def test_what_a_workflow_s_token_may_do(forge: GitHubForge, github: GitHub) -> None:
    rights = forge.settings.token_rights()

    assert (rights.login, rights.may_push, rights.scopes) == ("github-actions[bot]", True, None)
    assert (rights.repository_id, rights.default_branch) == (4711, "main")
    assert forge.settings.actions_may_open_pulls() is None


def test_what_a_person_s_token_may_do(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    github.set_permission("ada", "admin")
    github.settings(actions_may_open_pulls=False)
    ada, ben = (forges(github.token(login)).settings for login in ("ada", "ben"))

    assert (ada.token_rights().login, ada.token_rights().scopes) == ("ada", ("repo", "workflow"))
    assert (ada.token_rights().may_push, ben.token_rights().may_push) == (True, False)
    assert (ada.actions_may_open_pulls(), ben.actions_may_open_pulls()) == (False, None)


def test_whether_a_secret_is_there(forges: Callable[..., GitHubForge], github: GitHub) -> None:
    github.set_permission("ada", "write")
    github.set_secret("GEMINI_API_KEY")
    ada, ben = (forges(github.token(login)).settings for login in ("ada", "ben"))
    narrow = forges(github.token("ada", permissions={"contents": "read"})).settings

    assert (ada.has_secret("GEMINI_API_KEY"), ada.has_secret("OTHER")) == (True, False)
    assert (ben.has_secret("GEMINI_API_KEY"), narrow.has_secret("GEMINI_API_KEY")) == (None, None)


def test_a_workflow_s_token_may_ask_for_no_secret(forge: GitHubForge) -> None:
    assert forge.settings.has_secret("GEMINI_API_KEY") is None


def test_a_rate_limit_is_no_answer_to_a_question(forge: GitHubForge, github: GitHub) -> None:
    github.fault("rate-limit:reset=900,times=forever")

    assert trouble(forge.settings.actions_may_open_pulls).status == 403
    assert trouble(partial(forge.settings.has_secret, "GEMINI_API_KEY")).status == 403


def test_a_workflow_s_state_and_its_last_scheduled_run(forge: GitHubForge, github: GitHub) -> None:
    push(github.repository().bare.path, "main", {".github/workflows/tick.yml": "on: schedule\n"})
    never = forge.settings.workflow_state("tick.yml")
    ran = github.ran("tick.yml")
    github.advance(60)
    github.ran("tick.yml", event="workflow_dispatch")
    github.set_workflow_state("tick.yml", "disabled_inactivity")

    said = forge.settings.workflow_state("tick.yml")

    assert never is not None
    assert (never.state, never.last_scheduled_run) == ("active", None)
    assert said is not None
    assert said.state == "disabled_inactivity"
    assert said.last_scheduled_run is not None
    assert said.last_scheduled_run.timestamp() == int(ran.created_at)
    assert forge.settings.workflow_state("other.yml") is None


def test_the_clock_of_the_server(forge: GitHubForge, github: GitHub) -> None:
    github.advance(3600)

    said = forge.settings.server_time()

    assert said is not None
    assert abs(said.timestamp() - github.state.clock.now()) < 2


def test_pauses_are_for_the_real_one() -> None:
    assert Pace.at("https://api.github.com").between_writes_s == 1.0
    assert Pace.at("http://127.0.0.1:8766/api/v3").between_writes_s == 0.0


def test_importing_it_imports_no_github() -> None:
    code = "import sys, chargen.edges.github; print([name for name in ('github', 'requests') if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
