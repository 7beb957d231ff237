"""The bare repository beside the stand-in: what GitHub reads from it, and the commits that merging makes in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SETTINGS: Final = {
    "safe.directory": "*",
    "core.quotePath": "false",
    "gc.auto": "0",
    "uploadpack.allowFilter": "true",  # as GitHub: partial clones, and any commit by its sha
    "uploadpack.allowAnySHA1InWant": "true",
}
# nothing of this machine's own configuration: what a test sees here, it sees everywhere
CLEAN: Final = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": str(len(SETTINGS)),
    **{f"GIT_CONFIG_KEY_{at}": name for at, name in enumerate(SETTINGS)},
    **{f"GIT_CONFIG_VALUE_{at}": value for at, value in enumerate(SETTINGS.values())},
}


class Conflict(Exception):  # noqa: N818  # git's word
    """Two sides changed the same lines."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a pull request would bring, in numbers."""

    commits: int
    files: int
    additions: int
    deletions: int


def git_program() -> str:
    """Where git lies. ConfigurationError when it is not on PATH."""
    found = shutil.which("git")
    if found is None:
        raise ConfigurationError("git is not installed, or not on PATH", hint="install git 2.30 or later")
    return found


def git_variables(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a git started here is given: no configuration but ours."""
    return {**CLEAN, "PATH": os.pathsep.join((str(Path(git_program()).parent), os.defpath)), **(more or {})}


@dataclass(frozen=True, slots=True)
class Bare:
    """One bare repository; asked anew each time, so that a push is seen at once."""

    path: Path

    def git(
        self,
        *arguments: str,
        stdin: str = "",
        ok: Collection[int] = (0,),
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """What a git command prints, as text. CalledProcessError when it ends with another code than those."""
        said = self.raw(*arguments, stdin=stdin, ok=ok, variables=variables)
        return said.decode("utf-8", "surrogateescape").rstrip("\n")

    def raw(
        self,
        *arguments: str,
        stdin: str = "",
        ok: Collection[int] = (0,),
        variables: Mapping[str, str] | None = None,
    ) -> bytes:
        """What a git command prints. CalledProcessError."""
        command = [git_program(), f"--git-dir={self.path}", *arguments]
        done = subprocess.run(
            command, input=stdin.encode(), capture_output=True, check=False, env=git_variables(variables)
        )
        if done.returncode not in ok:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout

    def branches(self) -> dict[str, str]:
        """Every branch and its commit."""
        lines = self.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads").splitlines()
        pairs = (line.split(" ", 1) for line in lines)
        return {name.removeprefix("refs/heads/"): sha for sha, name in pairs}

    def default_branch(self) -> str:
        """The branch HEAD names."""
        return self.git("symbolic-ref", "--short", "HEAD")

    def ref(self, name: str) -> tuple[str, str]:
        """The object a full ref name points to, and its type; empty when there is no such ref."""
        for line in self.git(
            "for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", name
        ).splitlines():
            sha, kind, found = line.split(" ", 2)
            if found == name:
                return sha, kind
        return "", ""

    def commit(self, revision: str) -> str:
        """The commit a revision names; empty when there is none."""
        return self.git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", ok=(0, 1, 128)
        )

    def files(self, revision: str, folder: str) -> list[str]:
        """The files below a folder of a commit."""
        if not self.commit(revision):
            return []
        return self.git("ls-tree", "-r", "--name-only", revision, "--", f"{folder}/").splitlines()

    def text(self, revision: str, path: str) -> str:
        """A file's text in a commit."""
        return self.git("show", f"{revision}:{path}")

    def contains(self, tip: str, sha: str) -> bool:
        """Whether one commit has another among its ancestors, or is it."""
        return _contains(self, tip, sha)

    def change(self, base: str, head: str) -> Change:
        """What `head` has that `base` has not."""
        return _change(self, base, head)

    def merges_cleanly(self, base: str, head: str) -> bool:
        """Whether GitHub could merge one into the other."""
        return _merges_cleanly(self, base, head)

    def keep_head(self, number: int, sha: str, other: Bare, branch: str) -> None:
        """Hold the head of a pull request under refs/pull, as GitHub does, so that its branch may go."""
        name = f"refs/pull/{number}/head"
        if other != self and not self.commit(sha):
            self.git("fetch", "--quiet", "--no-tags", str(other.path), f"+refs/heads/{branch}:{name}")
        self.git("update-ref", name, sha)

    def merged_tree(self, base: str, ours: str, theirs: str) -> str:
        """The tree of a three-way merge, without a work tree. Conflict."""
        with tempfile.TemporaryDirectory(prefix="chargen-merge-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self.git("read-tree", "-i", "-m", "--aggressive", base, ours, theirs, variables=index)
            for path, stages in self._unmerged(index).items():
                mode, blob = self._merged_file(Path(folder), stages)
                self.git("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}", variables=index)
            return self.git("write-tree", variables=index)

    def _unmerged(self, index: Mapping[str, str]) -> dict[str, dict[str, tuple[str, str]]]:
        unmerged: dict[str, dict[str, tuple[str, str]]] = {}
        for line in filter(None, self.git("ls-files", "--unmerged", "-z", variables=index).split("\0")):
            facts, _, path = line.partition("\t")
            mode, blob, stage = facts.split()
            unmerged.setdefault(path, {})[stage] = (mode, blob)
        return unmerged

    def _merged_file(self, folder: Path, stages: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
        if len(stages) < 3 or len({mode for mode, _ in stages.values()}) > 1:
            raise Conflict
        for stage, (_, blob) in stages.items():
            Path(folder, stage).write_bytes(self.raw("cat-file", "blob", blob))
        names = [str(Path(folder, stage)) for stage in ("2", "1", "3")]
        done = subprocess.run(
            [git_program(), "merge-file", "-q", *names], check=False, env=git_variables(), capture_output=True
        )
        if done.returncode:
            raise Conflict
        return stages["2"][0], self.git("hash-object", "-w", "--", names[0])

    def merge_base(self, one: str, other: str) -> str:
        """The commit two histories have in common; empty when they have none."""
        return self.git("merge-base", one, other, ok=(0, 1)).partition("\n")[0]

    def commit_tree(self, tree: str, *parents: str, message: str, at: float, name: str, email: str) -> str:
        """A new commit, by somebody, at a time of ours."""
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", name), ("EMAIL", email), ("DATE", f"@{int(at)} +0000"))}  # fmt: skip
        flags = [part for parent in parents for part in ("-p", parent)]
        return self.git("commit-tree", tree, *flags, stdin=message, variables=who)

    def move(self, branch: str, new: str, old: str) -> None:
        """Move a branch from one commit to another. CalledProcessError when it is elsewhere by now."""
        self.git("update-ref", f"refs/heads/{branch}", new, old)


@lru_cache(maxsize=4096)
def _contains(bare: Bare, tip: str, sha: str) -> bool:
    return bare.merge_base(tip, sha) == sha


@lru_cache(maxsize=1024)
def _change(bare: Bare, base: str, head: str) -> Change:
    common = bare.merge_base(base, head)
    rows = (
        [line.split("\t") for line in bare.git("diff", "--numstat", common, head).splitlines()]
        if common
        else []
    )
    added, removed = (sum(int(row[at]) for row in rows if row[at] != "-") for at in (0, 1))
    commits = int(bare.git("rev-list", "--count", f"{base}..{head}"))
    return Change(commits, len(rows), added, removed)


@lru_cache(maxsize=1024)
def _merges_cleanly(bare: Bare, base: str, head: str) -> bool:
    common = bare.merge_base(base, head)
    if not common:
        return False
    try:
        bare.merged_tree(common, base, head)
    except Conflict:
        return False
    return True
