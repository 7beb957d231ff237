"""`chargen doctor`: what is wrong is brought about for real, found, and said with what to do; nothing else happens."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

import pytest

from chargen.commands.examining import Examined
from chargen.commands.wiring import Session
from chargen.core.books import Identity
from chargen.core.books_files import changes_for
from chargen.core.checkup import Finding, Level
from chargen.core.submission import State
from chargen.edges.books import LocalBooks
from chargen.edges.environment import read_environment
from chargen.edges.origin import installed_from
from chargen.edges.remote_books import RemoteBooks
from chargen.emulator.forge.server import GitHub
from chargen.errors import ConfigurationError, ExitCode, WorkFailed
from tests.commands.conftest import KEY, World
from tests.github_judge import github, github_server
from tests.worlds import PIER, a_request, a_submission, one_shot, shot_of

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.core.submission import Submission
    from chargen.emulator.server import Emulator

__all__ = ["github", "github_server"]

CHECKOUT = installed_from().commit or "a" * 40


class Check(NamedTuple):
    """One finding as JSON has it."""

    level: str
    said: str
    do: str


def checks(world: World, code: int) -> dict[str, Check]:
    """Every finding by its name; the exit code is as expected."""
    said = world("doctor", "--format", "json")
    found = json.loads(said.out)["checks"]
    assert said.code == code, said.text
    assert len({one["name"] for one in found}) == len(found), "each name once"
    return {one.pop("name"): Check(**one) for one in found}


def levels(found: dict[str, Check], *but: str) -> set[str]:
    """The levels of all findings except those named."""
    return {one.level for name, one in found.items() if name not in but}


def a_held(state: State, number: int = 1) -> Submission:
    return a_submission(a_request(shot_of({PIER: one_shot()})), number=number, state=state)


@dataclass(frozen=True)
class Home:
    """A world in a clone whose origin is the stand-in's repository; Ada, its administrator, has signed in to it."""

    world: World
    github: GitHub
    git: Callable[..., str]

    def sign_in(self, token: str) -> None:
        """Give git a token, as actions/checkout does."""
        signed = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        name = f"http.{self.github.server_url}/.extraheader"
        self.git(self.world.root, "config", name, f"Authorization: Basic {signed}")

    def push(self) -> None:
        self.git(self.world.root, "add", "-A")
        self.git(self.world.root, "commit", "-q", "-m", "words")
        self.git(self.world.root, "push", "-q", "origin", "HEAD:main")

    def book(self, *things: Submission | Identity) -> None:
        """Write on the books of origin."""
        tracking = RemoteBooks(self.world.root, "origin")
        tip, _ = tracking.read()
        tracking.write(tip, changes_for(*things), "a test")


@pytest.fixture
def home(
    one_shot: World, git: Callable[..., str], github: GitHub, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Home:  # fmt: skip
    """A world that wants for nothing."""
    made = Home(one_shot, github, git)
    github.set_permission("ada", "admin")
    token = github.token("ada")
    git(one_shot.root, "init", "-q", "-b", "main")
    git(one_shot.root, "remote", "add", "origin", f"{github.server_url}/acme/world.git")
    made.sign_in(token)
    git(one_shot.root, "pull", "-q", "origin", "main")
    assert one_shot("init", "--from", "toolmakers/chargen", "--ref", CHECKOUT).code == 0
    made.push()
    github.ran("chargen-tick.yml")
    github.set_secret("GEMINI_API_KEY")
    monkeypatch.setenv("GITHUB_TOKEN", token)
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    monkeypatch.setenv("GITHUB_SERVER_URL", github.server_url)
    return made


def test_a_setup_that_wants_for_nothing(home: Home) -> None:
    found = checks(home.world, 0)

    assert levels(found) == {"ok"}
    assert list(found) == [
        "chargen", "python", "git", "world", "pictures", "inventory", "repository", "push", "lfs", "pin", "github",
        "pull requests", "workflows", "schedule", "secret", "actions", "key", "model", "clock", "books",
    ]  # fmt: skip
    assert found["github"].said == "ada in acme/world, scopes repo workflow: may write"
    assert found["clock"].said == "right within 60 s, by Gemini and GitHub"


def test_workflows_that_run_two_versions_of_chargen(home: Home) -> None:
    tick = ".github/workflows/chargen-tick.yml"
    home.world.write(
        tick, home.world.read(tick).replace(f'chargen-ref: "{CHECKOUT}"', f'chargen-ref: "{"b" * 40}"')
    )

    found = checks(home.world, 1)

    assert found["pin"].level == "error"
    assert found["pin"].said.startswith("chargen-tick.yml: uses: and chargen-ref name different commits")


def test_it_changes_nothing_and_buys_nothing(home: Home, gemini: Emulator) -> None:
    home.book(Identity("w", 4711))
    before = home.world.files(), home.git(home.github.repository().bare.path, "for-each-ref")
    here = home.git(home.world.root, "for-each-ref"), home.git(home.world.root, "status", "--porcelain")

    checks(home.world, 0)

    assert before == (home.world.files(), home.git(home.github.repository().bare.path, "for-each-ref"))
    assert here == (
        home.git(home.world.root, "for-each-ref"),
        home.git(home.world.root, "status", "--porcelain"),
    )
    assert not (home.world.root / ".chargen").exists()
    assert {exchange.method for exchange in home.github.exchanges} == {"GET"}
    assert set(gemini.state.calls) == {"models"}


def test_the_text_has_a_mark_a_line_and_the_steps_below(one_shot: World) -> None:
    said = one_shot("doctor")

    lines = said.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("x   key "))
    assert lines[at] == "x   key             GEMINI_API_KEY is not set"
    assert lines[at + 1].startswith(" " * 20 + "get one at https://aistudio.google.com/apikey")
    assert any(line.startswith("ok  world ") for line in lines)
    assert any(line.startswith("!   repository ") for line in lines)
    assert any(line.startswith("?   github ") for line in lines)
    assert lines[-1] == "12 checks: 1 error, 1 warning, 2 not known."
    assert (said.code, said.err) == (3, "")


def test_no_key_is_printed(home: Home, gemini: Emulator) -> None:
    gemini.fault("429:on=models")

    said = home.world("doctor").text + home.world("doctor", "--format", "json").text

    assert KEY not in said
    assert os.environ["GITHUB_TOKEN"] not in said


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_password_of_a_url_is_printed(home: Home, style: str) -> None:
    address = home.github.server_url.replace("://", "://user:s3cret@")
    home.git(home.world.root, "remote", "set-url", "origin", f"{address}/acme/world.git")

    said = home.world("doctor", "--format", style)

    assert f"{address.replace('user:s3cret', '***')}/acme/world.git, main at" in said.out
    assert "s3cret" not in said.text


def test_variables_that_cannot_be_meant_stop_no_check(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "“typographic”")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme")

    found = checks(home.world, 3)

    assert found["key"] == Check("error", "GEMINI_API_KEY holds characters no key has", found["key"].do)
    assert found["environment"].said.startswith("GITHUB_REPOSITORY is not owner/name")
    assert levels(found, "key", "environment") == {"ok"}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are found in, empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_git_the_rest_is_looked_at(one_shot: World, gemini: Emulator, programs: Path) -> None:
    found = checks(one_shot, 3)

    assert found["git"].said == "git is not installed, or not on PATH"
    assert found["repository"] == Check("unknown", "not looked at: see git", "")
    assert found["books"] == Check("unknown", "not looked at: see repository", "")
    assert found["key"].level == found["world"].level == "ok"


def test_a_git_that_is_too_old(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real, old = shutil.which("git"), tmp_path / "old" / "git"
    old.parent.mkdir()
    old.write_text(
        f'#!/bin/sh\ncase "$*" in *--version) echo git version 2.20.1;; *) exec {real} "$@";; esac\n'
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}:{os.environ['PATH']}")

    found = checks(one_shot, 3)

    assert found["git"] == Check("error", "2.20.1 is too old", "install git 2.30 or later")


def test_a_world_with_a_bad_file(home: Home) -> None:
    home.world.write("gate/imagery.yaml", "kind: location\nscenes: 3\n")

    found = checks(home.world, 1)

    assert found["world"].level == "error"
    assert "chargen validate" in found["world"].do


def test_a_world_that_cannot_be_read_hides_only_what_it_must(home: Home) -> None:
    home.world.write("chargen.yaml", "style: [\n")

    found = checks(home.world, 3)

    assert found["world"].said.startswith("chargen.yaml:")
    unseen = Check("unknown", "not looked at: see world", "")
    assert found["pictures"] == found["inventory"] == found["lfs"] == unseen
    assert levels(found, "world", "pictures", "inventory", "lfs") == {"ok"}


def test_a_root_that_is_no_world(tmp_path: Path, home: Home) -> None:
    (tmp_path / "empty").mkdir()

    said = home.world("doctor", "--root", str(tmp_path / "empty"))

    assert "0 shots" in said.out
    assert "name it with --root" in said.out


@pytest.mark.parametrize(
    ("error", "said", "code"),
    [
        (WorkFailed("it is late", hint="sleep"), "it is late", ExitCode.FAILED),
        (ConfigurationError("no pen", hint="buy one"), "no pen", ExitCode.CONFIGURATION),
        (PermissionError(13, "Permission denied", "a.md"), "a.md", ExitCode.FAILED),
        (KeyError("nobody"), "KeyError in test_doctor.py:", ExitCode.BUG),
    ],
)
def test_a_check_that_fails_is_a_finding(error: Exception, said: str, code: ExitCode, tmp_path: Path) -> None:
    examined = Examined(Session(root=tmp_path, environment=read_environment({})))

    def look() -> Finding:
        raise error

    (found,) = examined.guard("a check", look)

    assert (found.name, found.level, found.code) == ("a check", Level.ERROR, code)
    assert said in found.said
    assert examined.failed == {"a check"}


def test_rows_without_files_and_files_without_rows(home: Home) -> None:
    home.world.make()
    picture = next(path for path in home.world.files() if path.startswith("quay/") and path.endswith(".png"))
    (home.world.root / picture).unlink()
    home.world.paint("quay/sketch.png", "red")
    home.world.paint("elsewhere/logo.png", "red")

    found = checks(home.world, 0)

    assert found["pictures"].level == "warning"
    assert f"1 row whose file is missing ({picture})" in found["pictures"].said
    assert "1 picture that no row names (quay/sketch.png)" in found["pictures"].said


def test_a_picture_in_the_way_of_a_shot_s_own(home: Home) -> None:
    home.world.paint("quay/images/noon.main.png", "red")

    found = checks(home.world, 1)  # as it is validate's error, too

    assert found["pictures"].level == "warning"
    assert "1 picture in the way of a shot's own (quay/images/noon.main.png)" in found["pictures"].said
    assert "no row names" not in found["pictures"].said, "it is said once"


LISTING = """\
entity_type: character
slug: ada
appearance: a tall woman
image_inventory:
  - {id: one, path: images/one.png, status: approved}
  - {id: two, path: images/two.png, status: approved}
  - {id: three, path: images/three.png, status: draft}
"""


def test_listed_pictures_that_are_gone_and_those_nothing_names(home: Home) -> None:
    home.world.write("characters/ada/imagery.yaml", LISTING)
    home.world.paint("characters/ada/images/two.png", "red")
    for n in range(5):
        home.world.paint(f"characters/ada/images/old-{n}.png", "red")

    found = checks(home.world, 0)

    assert (found["inventory"].level, found["inventory"].said) == (
        "warning",
        "3 pictures listed by 1 file; 2 of them missing",
    )
    assert (
        "character/ada: 2 of 3, first characters/ada/imagery.yaml:5:5 (images/one.png)"
        in found["inventory"].do
    )
    assert "5 pictures that no row names (character/ada: 5)" in found["pictures"].said


def test_no_key(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(home.world.root / ".github" / "workflows")
    home.push()
    monkeypatch.delenv("GEMINI_API_KEY")

    found = checks(home.world, 3)

    assert found["key"].level == "error"
    assert "gh secret set GEMINI_API_KEY" in found["key"].do
    assert levels(found, "key", "workflows") == {"ok"}


def test_no_key_here_where_the_workflows_have_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")

    found = checks(home.world, 0)

    assert found["secret"].said == "the workflows have GEMINI_API_KEY"
    assert found["key"].level == "unknown"
    assert "export GEMINI_API_KEY=..." in found["key"].do
    assert levels(found, "key") == {"ok"}
    assert found["clock"].said == "right within 60 s, by GitHub"


def test_no_key_here_and_nobody_to_ask_for_the_workflows(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")
    monkeypatch.delenv("GITHUB_TOKEN")

    found = checks(home.world, 0)

    assert found["key"].level == "unknown"
    assert "secret" not in found


def test_no_key_anywhere(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.github.repository().secrets.clear()
    monkeypatch.delenv("GEMINI_API_KEY")

    found = checks(home.world, 3)

    assert found["key"].level == "error"
    assert (found["secret"].level, found["secret"].do) == ("warning", "gh secret set GEMINI_API_KEY")


def test_a_key_that_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "bad-key-of-nobody")

    found = checks(home.world, 1)

    assert found["key"].said.startswith("refused: HTTP 400: API key not valid")
    assert "model" not in found
    assert found["clock"].said == "right within 60 s, by Gemini and GitHub"


def test_a_key_that_is_used_up_for_now(home: Home, gemini: Emulator) -> None:
    gemini.fault("429:on=models")

    assert checks(home.world, 0)["key"].level == "warning"


def test_a_gemini_that_is_not_there(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", url)

    found = checks(home.world, 1)

    assert found["key"].said.startswith(f"Gemini cannot be asked: nobody answers at {url}")
    assert "GOOGLE_GEMINI_BASE_URL" in found["key"].do


def test_an_answer_that_is_not_gemini_s(home: Home, github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", f"{github.server_url}/emulator")

    found = checks(home.world, 1)

    assert found["key"].level == "error"
    assert "model" not in found


class _Retired(BaseHTTPRequestHandler):
    """A Gemini that has no model any more."""

    def do_GET(self) -> None:  # the name of the library's
        said = {"code": 404, "message": "models/it is not found for API version v1", "status": "NOT_FOUND"}
        body = json.dumps({"error": said}).encode()
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the library's
        """Nothing: it is a test."""


@pytest.fixture
def retired() -> Iterator[str]:
    """Its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Retired) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_model_that_gemini_has_no_more(home: Home, retired: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", retired)
    home.world.write("chargen.yaml", "provider: {model: gemini-3-pro-image}\n")

    found = checks(home.world, 1)

    assert found["key"].level == "ok"
    assert found["model"].said == "Gemini has no gemini-3-pro-image"
    assert "gemini-nano-banana-2.1" in found["model"].do
    assert found["clock"].said == "right within 60 s, by Gemini and GitHub"


def test_a_world_outside_git(one_shot: World, gemini: Emulator) -> None:
    found = checks(one_shot, 0)

    assert found["repository"].level == "warning"
    assert "git init" in found["repository"].do
    assert "push" not in found
    assert found["lfs"].level == found["books"].level == "ok"


def test_a_repository_without_a_remote(one_shot: World, gemini: Emulator, git: Callable[..., str]) -> None:
    git(one_shot.root, "init", "-q")

    found = checks(one_shot, 0)

    assert found["repository"].level == "warning"
    assert found["repository"].do.startswith("git remote add origin ADDRESS")


def test_a_remote_that_is_empty(
    one_shot: World, gemini: Emulator, git: Callable[..., str], tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    git(one_shot.root, "init", "-q")
    git(one_shot.root, "remote", "add", "origin", f"file://{tmp_path}/bare.git")

    found = checks(one_shot, 0)

    assert (found["repository"].level, found["repository"].do) == ("warning", "git push -u origin HEAD")


def test_a_remote_whose_default_branch_is_not_there(home: Home) -> None:
    bare = home.github.repository().bare.path
    home.git(bare, "symbolic-ref", "HEAD", "refs/heads/trunk")
    home.git(bare, "update-ref", "refs/heads/chargen/location/quay.1", "refs/heads/main")

    found = checks(home.world, 1)["repository"]

    url = f"{home.github.server_url}/acme/world.git"
    assert found.said == f"the default branch of {url} does not exist; it has main"
    assert found.level == "error"
    assert found.do.startswith("set it in the repository's settings")


def test_a_remote_that_does_not_answer(home: Home) -> None:
    home.git(home.world.root, "remote", "set-url", "origin", f"{home.github.server_url}/acme/gone.git")

    found = checks(home.world, 1)

    assert found["repository"].said.startswith("origin cannot be reached")
    assert found["push"].level == found["books"].level == "unknown"


def test_a_remote_that_takes_no_push(home: Home) -> None:
    home.github.set_permission("ben", "read")
    home.sign_in(home.github.token("ben"))

    found = checks(home.world, 1)

    assert found["repository"].level == "ok"
    assert found["push"].level == "error"
    assert "403" in found["push"].said
    assert found["push"].do


def test_a_dry_run_starts_no_hook(home: Home) -> None:
    hook = home.world.root / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)

    checks(home.world, 0)

    assert not (home.world.root / "ran").exists()


def test_without_a_token_github_is_not_asked(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")

    found = checks(home.world, 0)

    assert found["github"].level == "unknown"
    assert "GITHUB_TOKEN" in found["github"].do
    assert home.github.exchanges == []


def test_a_token_nobody_knows_is_one_finding(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_of_nobody_at_all")

    found = checks(home.world, 1)

    assert "401" in found["github"].said
    assert "set GITHUB_TOKEN again" in found["github"].do
    assert not {"pull requests", "workflows", "schedule", "actions"} & set(found)


def test_a_token_that_may_only_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", home.github.token("eve"))

    found = checks(home.world, 1)

    assert found["github"].said.endswith("may read, may not write")
    assert found["pull requests"].level == found["actions"].level == found["secret"].level == "unknown"
    assert levels(found, "github", "pull requests", "actions", "secret") == {"ok"}


def test_workflows_that_may_not_open_pull_requests(home: Home) -> None:
    home.github.settings(actions_may_open_pulls=False)

    found = checks(home.world, 1)

    assert found["pull requests"].level == "error"
    where, call, _ = found["pull requests"].do.splitlines()
    assert where.startswith(f"{home.github.server_url}/acme/world/settings/actions, Workflow permissions")
    assert "gh api -X PUT repos/acme/world/actions/permissions/workflow" in call


def test_workflows_that_are_missing_or_off(home: Home) -> None:
    (home.world.root / ".github" / "workflows" / "chargen-plan.yml").unlink()
    home.push()
    home.github.set_workflow_state("chargen-submit.yml", "disabled_manually")

    found = checks(home.world, 0)

    assert found["workflows"].said == (
        "2 workflows at work on main, chargen-plan.yml not there, chargen-submit.yml is disabled_manually"
    )
    assert found["workflows"].do.endswith("gh workflow enable chargen-submit.yml")


def test_a_repository_without_the_workflows(home: Home) -> None:
    shutil.rmtree(home.world.root / ".github" / "workflows")
    home.push()

    found = checks(home.world, 0)

    assert found["workflows"].level == "warning"
    assert "schedule" not in found


@pytest.mark.parametrize(("later", "level"), [(7100, "ok"), (7300, "warning")])
def test_a_schedule_that_was_dropped(home: Home, later: int, level: str) -> None:
    home.github.advance(later)

    found = checks(home.world, 1)  # as the server's clock is now another

    assert found["schedule"].level == level
    assert ("gh workflow run chargen-tick.yml" in found["schedule"].do) is (level == "warning")


def test_a_schedule_is_late_by_its_own_cron_line(home: Home) -> None:
    home.world.edit(".github/workflows/chargen-tick.yml", '"37 * * * *"', '"37 6 * * *"')
    home.github.advance(7300)

    assert checks(home.world, 1)["schedule"].level == "ok"


def test_a_schedule_that_never_ran(home: Home) -> None:
    home.github.repository().runs.clear()

    assert checks(home.world, 0)["schedule"].said.startswith("it has never run")


def test_a_schedule_that_github_switched_off(home: Home) -> None:
    home.github.set_workflow_state("chargen-tick.yml", "disabled_inactivity")

    found = checks(home.world, 1)

    assert found["schedule"].level == "error"
    assert "60 days" in found["schedule"].said


def test_actions_that_may_not_run(home: Home) -> None:
    home.github.allow_actions("selected", "actions/*", github_owned=False)

    found = checks(home.world, 1)

    assert found["actions"].do.splitlines()[1] == "toolmakers/chargen/.github/workflows/*@*"


def test_actions_that_were_selected(home: Home) -> None:
    home.github.allow_actions("selected", "toolmakers/chargen/.github/workflows/*@*")

    assert checks(home.world, 0)["actions"].level == "ok"


def test_actions_that_are_off(home: Home) -> None:
    home.github.allow_actions("none")

    assert checks(home.world, 1)["actions"].said == "GitHub Actions are switched off here"


def test_a_github_in_trouble_stops_no_other_check(home: Home) -> None:
    home.github.fault("502:on=workflow,times=99")

    found = checks(home.world, 1)

    assert found["workflows"].level == found["schedule"].level == "error"
    assert "githubstatus" in found["workflows"].do
    assert levels(found, "workflows", "schedule") == {"ok"}


@pytest.mark.parametrize(("off", "level", "code"), [(50, "ok", 0), (300, "warning", 0), (700, "error", 1)])
def test_a_clock_that_is_wrong(home: Home, off: int, level: str, code: int) -> None:
    home.github.advance(off)

    found = checks(home.world, code)

    assert found["clock"].level == level
    assert level == "ok" or "behind GitHub's" in found["clock"].said


@pytest.fixture
def lfs(programs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs without git-lfs, until a test puts it there."""
    for name in ("git", "git-remote-http", "git-remote-https"):
        found = shutil.which(name, path="/usr/bin:/usr/local/bin:/bin")
        if found:
            (programs / name).symlink_to(found)
    return programs


GIVEN = "*.png filter=lfs diff=lfs merge=lfs -text\n"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 3\n"


def test_lfs_that_is_not_installed(home: Home, lfs: Path) -> None:
    home.world.write(".gitattributes", GIVEN)

    found = checks(home.world, 3)

    assert found["lfs"].said == "pictures are to lie in Git LFS, and git-lfs is not installed"


def test_lfs_that_is_not_set_up(home: Home, lfs: Path) -> None:
    home.world.write(".gitattributes", GIVEN)
    (lfs / "git-lfs").symlink_to("/bin/true")

    assert checks(home.world, 3)["lfs"].do == "git lfs install"


def set_up(home: Home, programs: Path) -> None:
    (programs / "git-lfs").symlink_to("/bin/true")
    home.git(home.world.root, "config", "filter.lfs.clean", "git-lfs clean -- %f")


def test_pictures_that_are_only_pointers_here(home: Home, lfs: Path) -> None:
    set_up(home, lfs)
    home.world.write(".gitattributes", GIVEN)
    home.world.write("chargen.yaml", "style: {references: [{id: look, path: look.png}]}\n")
    home.world.write("look.png", POINTER)

    found = checks(home.world, 0)

    assert (found["lfs"].level, found["lfs"].said) == ("warning", "1 picture only a pointer here (look.png)")
    assert found["lfs"].do.startswith("git lfs pull")


def test_lfs_that_is_asked_for_and_not_given(home: Home, lfs: Path) -> None:
    set_up(home, lfs)
    home.world.write("chargen.yaml", "storage: {lfs: true}\n")

    found = checks(home.world, 0)

    assert (found["lfs"].level, found["lfs"].do) == ("warning", "git lfs track '*.png'")


def test_a_quarantined_submission_is_named_with_what_ends_it(home: Home) -> None:
    home.book(Identity("w", 4711), a_held(State.QUARANTINED))

    found = checks(home.world, 1)

    name = f"{1:020x}"
    assert name in found["books"].said
    assert f"chargen state adopt {name} batches/..." in found["books"].do
    assert f"chargen state forget {name}" in found["books"].do


def test_a_submission_whose_owner_has_gone_is_settled_by_the_command_it_names(home: Home) -> None:
    home.book(Identity("w", 4711), a_held(State.INTENT))

    found = checks(home.world, 0)
    assert (found["books"].level, found["books"].do) == ("warning", "settle them: chargen batch collect")
    assert home.world("batch", "collect").code == 0

    assert checks(home.world, 0)["books"].level == "ok"


def test_books_of_another_repository(home: Home) -> None:
    home.book(Identity("w", 99))

    found = checks(home.world, 1)

    assert "they are of repository 99, and this is 4711: a copy" in found["books"].said


def test_books_that_were_there_and_are_not(home: Home) -> None:
    home.book(Identity("w", 4711))
    home.git(home.github.repository().bare.path, "update-ref", "-d", "refs/heads/chargen/tracking")

    found = checks(home.world, 1)

    assert found["books"].level == "error"
    assert "chargen state rebuild" in found["books"].do


def test_rows_that_were_paid_for_and_no_books(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()
    shutil.rmtree(one_shot.root / ".chargen")

    found = checks(one_shot, 1)

    assert found["books"].level == "error"
    assert found["books"].said == (
        "quay/imagery.yaml: 1 shot has rows of chargen's, but the books that paid for them are not here"
    )
    assert found["books"].do.startswith("chargen state rebuild")


def test_a_batch_that_is_with_gemini_is_nothing_to_settle(home: Home) -> None:
    now = datetime.now(UTC)
    home.book(Identity("w", 4711), replace(a_held(State.SUBMITTED), created_at=f"{now:%Y-%m-%dT%H:%M:%SZ}"))

    assert checks(home.world, 0)["books"].level == "ok"


def test_books_that_cannot_be_read(one_shot: World, gemini: Emulator, git: Callable[..., str]) -> None:
    git(one_shot.root, "init", "-q")
    LocalBooks.of(one_shot.root).write("", {"world.json": b"{"}, "broken")

    found = checks(one_shot, 1)

    assert found["books"].level == "error"
    assert found["world"].level == "ok"
