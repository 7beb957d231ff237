"""
A world on a forge, and its workflows run there: Gemini's and GitHub's stand-ins, and `act`.

Steps clone and push over HTTP with the token of their run; the writer's own clone has its files from the same repository.
"""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chargen.emulator.forge.server import GitHub
from chargen.emulator.server import Emulator
from tests.workflows.act import WORLD, Hub, Run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from chargen.emulator.forge.records import Comment, Pull

NUMBER: Final = 4712
WRITER: Final = "ada"
KEY: Final = "a-key-nobody-else-has"
TRACKING: Final = "refs/heads/chargen/tracking"
COTTAGE: Final = "location/sluice-cottage/towpath/from-the-bank"  # the shot of the world that init writes
PIER: Final = "locations/pier/imagery.yaml"
PIERS_WORDS: Final = """\
schema: chargen/imagery@1
kind: location
slug: pier
scenes:
  - id: dawn
    mood: quiet
    shots:
      - id: wide
        subject: the whole pier, no people
      - id: lamp
        subject: the lamp at the head of it
"""
NO_WAITING: Final = "limits: {list_lag: 0}\n"


@dataclass
class Town:
    """One world, everything around it, and what its workflows did there."""

    hub: Hub
    github: GitHub
    gemini: Emulator
    runs: int = 0

    def push(self, files: Mapping[str, str], message: str = "Words") -> str:
        """The writer pushes files; the commit."""
        self.hub.write(files)
        return self.hub.push(message)

    def submit(self, **more: Any) -> Run:
        """What a push to the default branch runs."""
        return self.run("push", "chargen-submit.yml", payload={"ref": "refs/heads/main"}, **more)

    def tick(self, **more: Any) -> Run:
        """What the schedule runs."""
        return self.run("schedule", "chargen-tick.yml", payload={"schedule": "37 * * * *"}, **more)

    def regenerate(self, *, run_id: int = 0, **inputs: Any) -> Run:
        """What a person starts, with what they typed."""
        return self.run("workflow_dispatch", "chargen-regenerate.yml", inputs=inputs, run_id=run_id)

    def plan(self, number: int, *, fork: str = "", **more: Any) -> Run:
        """What a pull request runs, be it the writer's or one from somebody's fork."""
        repositories = {"head": fork or WORLD, "base": WORLD}
        pull = {
            end: {"ref": "x", "repo": {"full_name": name, "fork": name != WORLD}}
            for end, name in repositories.items()
        }
        payload = {"number": number, "pull_request": {"number": number, **pull}}
        return self.run("pull_request", "chargen-plan.yml", payload=payload, **more)

    def run(self, event: str, workflow: str, *, run_id: int = 0, token: str = "", **more: Any) -> Run:
        """Run a workflow to its end, which leaves nothing in its clone of the world that was not there before."""
        left = self.hub.folder / "left"
        given = self._given(run_id, token, **more)
        run = self.hub.run(event, workflow, CHARGEN_LEFT=str(left), **given)
        assert not left.exists() or not left.read_text(encoding="utf-8"), run.log
        return run

    def start(self, event: str, workflow: str) -> subprocess.Popen[str]:
        """Run a workflow, and do not wait."""
        return self.hub.start(event, workflow, **self._given(0, ""))

    def _given(
        self, run_id: int, token: str, *, secrets: Mapping[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        """A run's number, its token, its secrets, and where everything is."""
        self.runs += 1
        token = token or self.github.actions_token(repository=WORLD)
        return {
            "secrets": {**({"GEMINI_API_KEY": KEY} if secrets is None else secrets), "GITHUB_TOKEN": token},
            "GITHUB_RUN_ID": str(run_id or 100 + self.runs),
            "GITHUB_REPOSITORY_ID": str(NUMBER),
            "GITHUB_SERVER_URL": self.github.server_url,
            "GITHUB_API_URL": self.github.url,
            "GOOGLE_GEMINI_BASE_URL": self.gemini.url,
            **more,
        }

    def refs(self) -> dict[str, str]:
        """Every ref of the world's repository but GitHub's own, and where it points."""
        return {ref: sha for ref, sha in self.hub.refs().items() if not ref.startswith("refs/pull/")}

    def books(self, folder: str) -> list[dict[str, Any]]:
        """What lies in a folder of the books."""
        paths = self._git("ls-tree", "-r", "--name-only", TRACKING, f"{folder}/").splitlines()
        return [json.loads(self._git("show", f"{TRACKING}:{path}")) for path in paths]

    def states(self) -> list[str]:
        """The state of each submission on the books."""
        return sorted(item["state"] for item in self.books("submissions"))

    def written(self) -> list[str]:
        """What each commit of the books does, oldest first: the first word of its subject."""
        subjects = self._git("log", "--reverse", "--format=%s", TRACKING).splitlines()
        return [subject.split()[0] for subject in subjects]

    def _git(self, *arguments: str) -> str:
        return self.hub.git(*arguments, at=self.hub.bare())

    def pulls(self) -> dict[str, Pull]:
        """The open pull requests by their branch."""
        return {pull.branch: pull for pull in self.github.pulls(WORLD) if pull.open}

    def changed(self, pull: Pull) -> list[str]:
        """The files a pull request would change."""
        return self._git("diff", "--name-only", pull.base_sha, pull.head_sha).splitlines()

    def merge_all(self) -> None:
        """A person merges every open pull request."""
        for pull in self.pulls().values():
            self.github.merge(pull.number, repository=WORLD)
        self.hub.git("pull", "--quiet", "--no-rebase", "origin", "main")

    def propose(self, files: Mapping[str, str]) -> int:
        """The writer opens a pull request, or pushes to it; its number. Its merge is where GitHub lays it."""
        self.hub.git("switch", "--quiet", "-C", "drafts")
        self.hub.write(files)
        self.hub.git("add", "--all")
        self.hub.git("commit", "--quiet", "--message", "Drafts")
        self.hub.git("push", "--quiet", "origin", "drafts")
        number = next((pull.number for pull in self.pulls().values() if pull.branch == "drafts"), 0)
        number = number or self._open_pull("drafts")
        self.hub.git("switch", "--quiet", "--detach", "main")
        self.hub.git("merge", "--quiet", "--no-ff", "--message", "Merge", "drafts")
        self.hub.git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        self.hub.git("switch", "--quiet", "drafts")
        return number

    def _open_pull(self, branch: str) -> int:
        self.github.set_permission(WRITER, "write", WORLD)
        request = urllib.request.Request(
            f"{self.github.url}/repos/{WORLD}/pulls",
            json.dumps({"title": "Drafts", "head": branch, "base": "main"}).encode(),
            {"Authorization": f"Bearer {self.github.token(WRITER)}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return int(json.load(answer)["number"])

    def comments(self, number: int) -> list[Comment]:
        """What is said on a pull request."""
        return self.github.comments(number, WORLD)

    def writes(self) -> list[str]:
        """Every call of GitHub's API by which a workflow was to change something."""
        calls = (call for call in self.github.exchanges if call.method != "GET" and call.login != WRITER)
        return [f"{call.method} {call.path} {call.status}" for call in calls]
