"""
Workflows run by `act` on this machine: a folder of bare repositories is github.com, nothing leaves the machine.

The steps are those of the files, the install step included; checkout and Python's package index have stand-ins.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.workflows.parsed import ROOT

STAND_INS: Final = Path(__file__).parent / "stand_ins"
SERVER: Final = "https://github.test"
WORLD: Final = "acme/tales"
CHARGEN: Final = "acme/chargen"
ACTIONS: Final = {"actions/checkout": "checkout", "actions/create-github-app-token": "app"}
NO_FILE: Final = ("--env-file", "--secret-file", "--var-file", "--input-file")


def find_act() -> str | None:
    """The program, on PATH or beside the interpreter."""
    return shutil.which("act", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


class Annotation(NamedTuple):
    """What a run says beside its log; `place` is `file:line`, or empty."""

    level: str
    title: str
    message: str
    place: str


@dataclass(frozen=True)
class Run:
    """How a workflow ended: its exit code, each job's result, its annotations, the names of all commands, summary, log."""

    code: int
    jobs: Mapping[str, str]
    annotations: list[Annotation]
    commands: frozenset[str]
    summary: str
    log: str


@dataclass(frozen=True)
class Call:
    """A call of chargen that was only noted: where, which secrets it had, and its arguments."""

    folder: str
    secrets: tuple[str, ...]
    arguments: tuple[str, ...]


@dataclass
class Hub:
    """Bare repositories that play github.com, a clone of the world to work in, and `act` to run its workflows."""

    folder: Path
    act: str
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make both repositories, or find them where another hub has made them."""
        (self.folder / "gitconfig").write_text(
            "[user]\n name = A Writer\n email = writer@example.invalid\n[init]\n defaultBranch = main\n"
            f'[url "file://{self.folder}/"]\n insteadOf = {SERVER}/\n',
            encoding="utf-8",
        )
        if not self.bare().exists():
            self._make()
        self.pin = self.git("rev-parse", "HEAD", at=self.folder / CHARGEN)

    def _make(self) -> None:
        """The world's repository, empty, and chargen's, with what its install step looks for."""
        (self.folder / "home").mkdir()
        for name in (WORLD, CHARGEN):
            self.git("init", "--quiet", "--bare", str(self.bare(name)), at=self.folder)
            self.git("clone", "--quiet", f"{SERVER}/{name}.git", str(self.folder / name), at=self.folder)
        for path in ("pyproject.toml", "requirements/chargen.lock"):
            self.write({path: "# something to install\n"}, CHARGEN)
        self.push("chargen", CHARGEN)

    def copy(self, folder: Path) -> Hub:
        """The same in another folder, which is empty."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Hub(folder, self.act)

    @property
    def work(self) -> Path:
        """The writer's clone of the world."""
        return self.folder / WORLD

    def bare(self, name: str = WORLD) -> Path:
        """A repository on github.com."""
        return self.folder / f"{name}.git"

    def environment(self, **more: str) -> dict[str, str]:
        """Nobody's home, configuration or keys; the stand-ins first on PATH."""
        kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "PATH": f"{STAND_INS / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "DOCKER_HOST": "unix:///nowhere",
            "CHARGEN_PYTHON": sys.executable,
            "PYTHONPATH": str(ROOT),
            **more,
        }

    def git(self, *arguments: str, at: Path | None = None) -> str:
        """Git in the writer's clone, or elsewhere."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=at or self.work,
            env=self.environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, files: Mapping[str, str], name: str = WORLD) -> None:
        """Write files into a clone."""
        for path, text in files.items():
            file = self.folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def push(self, message: str, name: str = WORLD) -> str:
        """Commit everything in a clone and push it; the commit."""
        clone = self.folder / name
        self.git("add", "--all", at=clone)
        self.git("commit", "--quiet", "--message", message, at=clone)
        self.git("push", "--quiet", "origin", "HEAD:main", at=clone)
        return self.git("rev-parse", "HEAD", at=clone)

    def refs(self) -> dict[str, str]:
        """Every ref of the world on github.com, and where it points."""
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)", at=self.bare()).splitlines()
        return dict(line.split() for line in lines)

    def run(
        self,
        event: str,
        workflow: str,
        *,
        payload: Mapping[str, Any] | None = None,
        inputs: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        **variables: str,
    ) -> Run:
        """Run one of the world's workflows as it lies in the clone; `variables` are for the steps' environment."""
        with self.start(
            event, workflow, payload=payload, inputs=inputs, secrets=secrets, **variables
        ) as process:
            out, err = process.communicate(timeout=120)
        return run_of(process.returncode, out, err)

    def start(
        self,
        event: str,
        workflow: str,
        *,
        payload: Mapping[str, Any] | None = None,
        inputs: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        **variables: str,
    ) -> subprocess.Popen[str]:
        """The same, on its way; `run_of` reads what it says."""
        file = self.work / ".github" / "workflows" / workflow
        given = {
            "repository": {"full_name": WORLD, "default_branch": "main", "fork": False},
            **(payload or {}),
        }
        if inputs is not None:
            given["inputs"] = dict(inputs)
        sent = {name: value for name, value in given.items() if value is not None}
        (self.folder / "event.json").write_text(json.dumps(sent), encoding="utf-8")
        command = [
            self.act,
            event,
            "-W",
            str(file),
            "-e",
            str(self.folder / "event.json"),
            *self._options(file),
        ]
        for option, pairs in (("-s", secrets or {}), ("--var", self.variables), ("--env", variables)):
            command += [part for name, value in pairs.items() for part in (option, f"{name}={value}")]
        return subprocess.Popen(
            command,
            cwd=self.work,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _options(self, file: Path) -> list[str]:
        """The machine to run on, github.com's address, and a folder for everything that `uses:` names."""
        options = [
            "--json",
            "--defaultbranch",
            "main",
            "--no-skip-checkout",
            "--no-cache-server",
            "-P",
            "ubuntu-24.04=-self-hosted",
        ]
        options += ["--env", f"GITHUB_SERVER_URL={SERVER}", "--env", f"GITHUB_REPOSITORY={WORLD}"]
        options += ["-s", "GITHUB_TOKEN=a-token-of-this-run-alone"]
        options += [part for option in NO_FILE for part in (option, os.devnull)]
        texts = [file.read_text(encoding="utf-8")]
        texts += [
            called.read_text(encoding="utf-8") for called in (ROOT / ".github/workflows").glob("world-*.yml")
        ]
        used = set(re.findall(r"uses: ([\w.-]+/[\w.-]+)(?:/[\w./-]+)?@(\S+)", "\n".join(texts)))
        for name, ref in sorted(used):
            action = STAND_INS / ACTIONS.get(name, "nothing")
            options += ["--local-repository", f"{name}@{ref}={ROOT if name == CHARGEN else action}"]
        return options

    def calls(self, file: Path) -> list[Call]:
        """The calls of chargen that were noted in the file CHARGEN_RECORD names."""
        words = iter(file.read_text(encoding="utf-8").split("\0")[:-1] if file.exists() else ())
        found = []
        for folder in words:
            secrets = tuple(filter(None, (next(words), next(words))))
            found.append(
                Call(Path(folder).name, secrets, tuple(next(words) for _ in range(int(next(words)))))
            )
        return found


def run_of(code: int, out: str, err: str) -> Run:
    """How a workflow ended, from what act said."""
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert lines or not code, out + err
    return Run(
        code=code,
        jobs={line["jobID"]: line["jobResult"] for line in lines if "jobResult" in line},
        annotations=[
            _annotation(line["command"], line.get("kvPairs") or {}, line["arg"])
            for line in lines
            if line.get("command") in ("notice", "warning", "error")
        ],
        commands=frozenset(line["command"] for line in lines if "command" in line),
        summary="\n".join(line["content"] for line in lines if line.get("command") == "summary"),
        log="\n".join(line.get("msg", "").rstrip("\n") for line in lines),
    )


def _annotation(level: str, properties: Mapping[str, str], message: str) -> Annotation:
    place = ":".join(properties[name] for name in ("file", "line") if properties.get(name))
    return Annotation(level, properties.get("title", ""), message, place)
