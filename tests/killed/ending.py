"""What a play comes to, in words that do not tell when it was played, by which run, or in which commits."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from tests.killed.stage import git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from tests.killed.stage import Stage

TRACKING: Final = "refs/heads/chargen/tracking"
RESULTS: Final = "refs/chargen/results/"
_ASIDE: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\dZ_run-\d+"), "<run>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "<commit>"),
    (re.compile(r"(batches|files)/[\w-]+"), r"\1/<id>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<here>"),
)
_HALF_WRITTEN: Final = (".tmp", ".part", ".lock")


def ending(stage: Stage, *, laptop: bool) -> dict[str, Any]:
    """The remote's branches, kept pictures and pull requests, the books, and for a laptop the writer's files and runs."""
    refs = stage.refs()
    said: dict[str, Any] = {
        f"{ref} {path}": text
        for ref in refs
        if ref.startswith("refs/heads/") and ref != TRACKING
        for path, text in _files(stage.bare, ref).items()
    }
    said |= {f"kept pictures {name}": count for name, count in _kept(stage, refs).items()}
    said |= {f"pull request #{pull.number}": _pull(stage, pull) for pull in stage.github.pulls()}
    said |= _books(stage.bare)
    said |= _writer(stage.writer) if laptop else {}
    return said


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Where two endings are not the same."""
    names = sorted(wanted.keys() | found.keys())
    return [
        f"{name}: {_short(found.get(name, 'nothing'))} instead of {_short(wanted.get(name, 'nothing'))}"
        for name in names
        if wanted.get(name) != found.get(name)
    ]


def paid_again(stage: Stage) -> int:
    """How many pictures were paid for beyond one a request."""
    return sum(count - 1 for count in Counter(answer.sha256 for answer in stage.gemini.paid).values())


def _short(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    return text if len(text) < 1500 else f"{text[:1500]}..."


def _aside(text: str) -> str:
    for pattern, word in _ASIDE:
        text = pattern.sub(word, text)
    return text


def _files(bare: Path, ref: str, aside: Callable[[str], str] = _aside) -> dict[str, str]:
    """The files of a commit: text as it reads, pictures by what git calls them."""
    found = {}
    for line in git(bare, "ls-tree", "-r", ref).splitlines():
        about, _, path = line.partition("\t")
        blob = about.split(" ")[2]
        found[path] = blob if path.endswith(".png") else aside(git(bare, "cat-file", "blob", blob))
    return found


def _kept(stage: Stage, refs: Iterable[str]) -> Counter[str]:
    """Every kept picture by name and bytes, and how often it is kept."""
    return Counter(
        f"{path} {blob[:12]}"
        for ref in refs
        if ref.startswith(RESULTS)
        for path, blob in _files(stage.bare, ref).items()
        if path.endswith(".png")
    )


def _pull(stage: Stage, pull: Any) -> dict[str, Any]:
    state = "merged" if pull.merged else "open" if pull.open else "closed"
    return {
        "branch": pull.branch,
        "title": pull.title,
        "body": _aside(pull.body or ""),
        "state": state,
        "comments": sorted(_aside(comment.body) for comment in stage.github.comments(pull.number)),
    }


def _books(bare: Path) -> dict[str, Any]:
    """What the books say: every request with what came of it, and whatever else is booked; claims that came to nothing aside."""
    files = _files(bare, TRACKING, str)
    said: dict[str, Any] = {}
    requests: Counter[str] = Counter()
    for path, text in files.items():
        if not path.startswith("submissions/"):
            said[f"books {path}"] = _thing(path, json.loads(text))
            continue
        submission = json.loads(text)
        requests.update(filter(None, (_came(submission, request) for request in submission["requests"])))
        if submission["state"] in {"INTENT", "CREATING", "SUBMITTED", "QUARANTINED"}:
            said[f"books {path}"] = submission["state"]
    return said | {f"books request {name}": count for name, count in requests.items()}


def _came(submission: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    outcome = request.get("outcome")
    if not outcome:
        return ""
    told = [
        request["job_ids"],
        request["request_hash"],
        submission["state"],
        submission["mode"],
        submission["deliver"],
    ]
    return json.dumps([*told, outcome["came"], outcome["sha256"], outcome["cost_usd"], outcome["file"]])


def _writer(folder: Path) -> dict[str, Any]:
    """The writer's files as they lie, what is half-written anywhere, and how jobs stand in all runs."""
    said: dict[str, Any] = {}
    jobs: set[tuple[str, str]] = set()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if not name.startswith((".git/", ".chargen/")):
            said[f"file {name}"] = (
                path.read_bytes().hex() if name.endswith(".png") else _aside(path.read_text())
            )
        elif name.endswith(_HALF_WRITTEN) and not name.startswith(".chargen/") and path.stat().st_size:
            said[f"left {name}"] = "half-written"
        elif name.endswith("jobs.sqlite"):
            jobs |= set(_jobs(path))
    return said | {"jobs done": sorted(job for job in jobs if job[1] == "APPLIED")}


def _jobs(path: Path) -> list[tuple[str, str]]:
    opened = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchall()
        return opened.execute("SELECT job_id, status FROM jobs").fetchall() if tables else []
    finally:
        opened.close()


def _thing(path: str, said: Any) -> Any:
    """What a file of the books says; a proposal's `content` is a digest of rows that hold times and run ids."""
    if path == "world.json":
        return "a world"
    if path.startswith("proposals/"):
        said = [_proposal(one) for one in said]
    return json.loads(_aside(json.dumps(said)))


def _proposal(said: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in said.items() if name != "content"}
    return kept | {"shown": sorted(map(sorted, (shown.items() for shown in said["shown"].values())))}
