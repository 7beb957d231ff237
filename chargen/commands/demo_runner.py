"""The demo's runner of workflows: a fresh shallow clone for each run, the secrets that workflow has, and its command."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import chargen
from chargen.edges.environment import git_environment
from chargen.edges.git import Git
from chargen.emulator.forge.server import GitHub
from chargen.errors import WorkFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_KEY: Final = "a-key-that-opens-nothing"
_NOT_OURS: Final = ("GEMINI_", "GOOGLE_", "GITHUB_", "GIT_", "PYTHON", "LC_ALL")
_DRAIN_S: Final = 3.0
_TAIL: Final = 12
# what each workflow's job may do, as .github/workflows/world-*.yml grant it
_PERMISSIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "plan": {"contents": "read", "pull_requests": "write"},
    "submit": {"contents": "write"},
    "tick": {"contents": "write", "pull_requests": "write"},
}
_PAYING: Final = frozenset({"submit", "tick"})


@dataclass(frozen=True, slots=True)
class Run:
    """A command that has run: what it said on stdout, what it left as the step's summary, how long it took."""

    command: str
    said: str
    summary: str = ""
    seconds: float = 0.0
    number: int = 0

    @property
    def headline(self) -> str:
        """The plan in one sentence, as the summary has it; else the last line that was said."""
        found = re.search(
            r"^(?:\*\*|### )((?:Plan|Nothing|Held|\d+ pictures?).*?)\**$", self.summary, re.MULTILINE
        )
        return found[1] if found else self.said.rpartition("\n")[2]


@dataclass(frozen=True, slots=True)
class Runner:
    """Where workflows run: beside a repository, with two stand-ins for services."""

    folder: Path
    bare: Path
    gemini: str
    github: GitHub
    repository: str

    def run(self, number: int, verb: str, *, pull_request: int = 0) -> Run:
        """`chargen gitops VERB` as its workflow calls it. WorkFailed when it ends with another code than 0."""
        place = self.folder / "runs" / f"{number:02}-{verb}"
        ref = f"refs/pull/{pull_request}/merge" if pull_request else "refs/heads/main"
        self._check_out(place / "world", ref, depth=2 if pull_request else 1)
        options = [f"--pull-request={pull_request}", "--base=HEAD^1"] if pull_request else []
        summary = place / "summary.md"
        variables = {
            **self.variables(number, verb),
            "GITHUB_STEP_SUMMARY": str(summary),
        }
        done = run_program(
            program("gitops", verb, "--root=.", *options), place / "world", variables, place / "log.txt"
        )
        shutil.rmtree(place / "world")  # what a runner leaves behind is on the remote, or lost
        text = summary.read_text(encoding="utf-8") if summary.is_file() else ""
        shown = " ".join(("chargen", "gitops", verb, *options[:1]))
        return Run(shown, done.said, text, done.seconds, number)

    def environment(self) -> dict[str, str]:
        """The caller's variables without what could turn a command elsewhere."""
        kept = {
            name: value
            for name, value in git_environment().items()
            if not name.startswith(_NOT_OURS) and not name.lower().endswith("_proxy")
        }
        package = str(Path(chargen.__file__).resolve().parents[1])
        return {**kept, **self.git_variables(), "PYTHONPATH": package, "PYTHONUTF8": "1"}

    def git_variables(self, name: str = "") -> dict[str, str]:
        """No configuration of this machine's, and an identity."""
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", f"{name}@example.invalid"))
            if name
        }
        return {"GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1", **who}

    def variables(self, number: int, verb: str) -> dict[str, str]:
        """The environment of a workflow's step: what Actions sets, and the secrets that this one is given."""
        key = {"GEMINI_API_KEY": _KEY, "GOOGLE_GEMINI_BASE_URL": self.gemini} if verb in _PAYING else {}
        permissions = dict(_PERMISSIONS[verb])
        token = (
            {"GITHUB_TOKEN": self.github.actions_token(permissions)} if "pull_requests" in permissions else {}
        )
        return {
            **self.environment(),
            **key,
            **token,
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": self.github.server_url,
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_REPOSITORY_ID": str(self.github.repository().id),
            "GITHUB_RUN_ID": str(number),
        }

    def _check_out(self, place: Path, ref: str, *, depth: int) -> None:
        """A clone of one ref, no deeper than the workflow asks of actions/checkout."""
        place.mkdir(parents=True)
        git = Git(place, variables=self.git_variables())
        git.run("init", "--quiet")
        git.run("remote", "add", "origin", self.bare.as_uri())
        git.run("fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", ref)
        git.run("checkout", "--quiet", "--detach", "FETCH_HEAD")


def program(*arguments: str) -> list[str]:
    """The command line of this very chargen."""
    return [sys.executable, "-m", "chargen", *arguments]


def run_program(command: Sequence[str], folder: Path, variables: Mapping[str, str], log: Path) -> Run:
    """Run it, stderr going to the log; WorkFailed with its last words when it ends with another code than 0."""
    began = time.monotonic()
    with log.open("ab") as errors:
        child = subprocess.Popen(command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=errors)
        try:
            said = child.communicate()[0].decode("utf-8", "replace").rstrip()
        except KeyboardInterrupt:
            _end(child)
            raise
        errors.write(f"{said}\n".encode())
    shown = " ".join(["chargen", *command[3:]])
    if child.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:]
        raise WorkFailed(
            f"`{shown}` ended with exit code {child.returncode}, not 0:\n" + "\n".join(last),
            hint="`chargen demo --keep` leaves everything to look at",
        )
    return Run(shown, said, seconds=time.monotonic() - began)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let a command that heard Ctrl-C finish what is under way; then ask it, then end it."""
    for number in (None, signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            child.communicate(timeout=_DRAIN_S)
            return
