"""
The network side of git: ask a remote, fetch one commit, push one commit. Refs are explicit; nothing of the user's moves.

A remote's name and its refs are configuration of the user's and of the remote's owner: none of them is ever an option,
and no setting of theirs (mirror, follow tags, prune, submodules) makes more move than was asked for.
"""

from __future__ import annotations

import re
import signal
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from chargen.edges.git import GitFailed
from chargen.edges.git_push import Pushed, judge
from chargen.errors import BooksConflict, LostRace

if TYPE_CHECKING:
    from chargen.edges.git import Git

_NAME: Final = re.compile(r"\w(?:[\w+@/-]|\.(?!\.))*(?<![./])")
_BAD_IN_NAME: Final = re.compile(r"//|@\{|/\.|\.lock(/|$)|\./")
_BAD_IN_REF: Final = re.compile(r"[\s:*?\[\\^~\x00-\x20\x7f]|\.\.|@\{|//|\.lock(/|$)|[/.]$")
_ID: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FETCH: Final = (
    "--quiet",
    "--no-tags",
    "--no-prune",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
    "--refmap=",
)
_PUSH: Final = ("--porcelain", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no")
_PATIENCE: Final = 5  # pictures take longer than words
_TRIES: Final = 5
# what passes by itself: another fetch of this clone at work, a server that stumbled
_PASSING: Final = re.compile(
    r"shallow file has changed|shallow\.lock|returned error: 5\d\d|HTTP 5\d\d|Connection reset|early EOF"
)
_HERE: Final = re.compile(
    r"insufficient permission|No space left|Read-only file system|\.lock'|dubious ownership"
)
_REACH: Final = "check the network and the credentials; `chargen batch run --local` keeps books of its own on this machine"


def remotes(git: Git) -> list[str]:
    """The names of the remotes. GitFailed."""
    return git.text("remote").splitlines()


def remote_url(git: Git, remote: str) -> str:
    """Where a remote lies, as the user's configuration rewrites it (it may hold a password); empty when there is none such. GitFailed."""
    if remote not in remotes(git):
        return ""
    return git.text("remote", "get-url", "--end-of-options", _name(remote)).splitlines()[0]


def github_slug(url: str, server: str) -> str:
    """`owner/name` of a URL on a server (`https://github.com`), by https or ssh; empty for another server's."""
    place = server.partition("://")[2].partition("/")[0]
    host = place.partition(":")[0]
    web = rf"https?://(?:[^/\s]+@)?{re.escape(place)}/"
    ssh = rf"ssh://(?:[^/@\s]+@)?{re.escape(host)}(?::\d+)?/|(?:[^/@\s]+@)?{re.escape(host)}:/?"
    found = re.fullmatch(rf"(?i:{web}|{ssh})((?a:[\w.-]+))/((?a:[\w.-]+?))(?:\.git)?/?", url, re.IGNORECASE)
    return f"{found[1]}/{found[2]}" if found and not {found[1], found[2]} & {".", ".."} else ""


def ls_remote(git: Git, remote: str, *patterns: str) -> dict[str, str]:
    """Where the remote's refs of these names (`*` for anything) stand. BooksConflict when it cannot be asked."""
    said = _ask(git, remote, "ls-remote", "--quiet", "--refs", "--end-of-options", _name(remote), *patterns)
    # git itself matches the end of a name: refs/heads/a is found as refs/heads/x/refs/heads/a, too
    return {
        ref: first
        for first, ref in _listed(said)
        if any(fnmatchcase(ref, pattern) for pattern in patterns or ("*",))
    }


def default_branch(git: Git, remote: str) -> tuple[str, str]:
    """The remote's default branch and its tip; empty when it has none yet. BooksConflict when it cannot be asked."""
    said = _ask(git, remote, "ls-remote", "--quiet", "--symref", "--end-of-options", _name(remote), "HEAD")
    heads = [first for first, name in _listed(said) if name == "HEAD"]
    branch = next((first for first in heads if first.startswith("ref: ")), "")
    tip = next((first for first in heads if _ID.fullmatch(first)), "")
    return branch.removeprefix("ref: ").removeprefix("refs/heads/"), tip


def has_commit(git: Git, commit: str) -> bool:
    """
    Whether a commit is here with all its files (a partial clone's promised ones count); nothing is fetched for it.

    Where no ref stands at it each file is looked for: a fetch that was killed leaves a commit without its files.
    """
    git = replace(git, offline=True)
    at = git.attempt("for-each-ref", "--count=1", f"--points-at={_id(commit)}", ok=(0, 1, 128, 129))
    if at.returncode == 0 and at.stdout:
        return True
    walk = ("rev-list", "--quiet", "--objects", "--no-walk", "--exclude-promisor-objects", commit)
    return git.attempt(*walk, ok=(0, 1, 128, 129)).returncode == 0


def fetch_commit(
    git: Git, remote: str, commit: str, *, ref: str, into: str = "", history: bool = False
) -> None:
    """
    Bring a commit here, where it is not yet, by the ref that has it; `into` is a local ref that is set to it.

    A clone that is shallow fetches no history (unless `history` asks for it); one that is whole stays so, and a partial
    one gets every file. BooksConflict when the remote cannot be asked, LostRace when its ref has moved on since.
    """
    if not has_commit(git, commit):
        shallow = not history and git.text("rev-parse", "--is-shallow-repository") == "true"
        depth = ("--depth=1",) if shallow else ()
        patient = replace(git, timeout_s=git.timeout_s * _PATIENCE)
        options = (*_FETCH, "--no-filter", *depth, "--end-of-options", _name(remote), _ref(ref))
        _ask(patient, remote, "fetch", *options)
        if not has_commit(git, commit):
            raise LostRace(f"{remote}: {ref} moves while it is read", hint="run the command again")
    if into:
        git.run("update-ref", "--create-reflog", "--no-deref", _ref(into), commit)


def fetch_promised(git: Git, remote: str, commit: str) -> bool:
    """Bring what a partial clone left out of a commit's files, all at once; False when nothing was. BooksConflict, GitFailed."""
    missing = ("rev-list", "--objects", "--no-walk", "--missing=print", _id(commit))
    brought = False
    for _ in range(_TRIES):  # a folder that was left out hides what is in it
        listed = replace(git, offline=True).text(*missing).splitlines()
        wanted = [line[1:] for line in listed if line.startswith("?")]
        if not wanted:
            return brought
        options = (*_FETCH, "--filter=blob:none", "--stdin", "--end-of-options", _name(remote))
        lone = git.having("fetch.negotiationAlgorithm=noop")
        _ask(lone, remote, "fetch", *options, stdin="".join(f"{blob}\n" for blob in wanted).encode())
        brought = True
    return brought


def push(git: Git, remote: str, commit: str, ref: str, *, lease: str | None = None) -> Pushed:
    """
    Move a ref of the remote to a commit (empty: delete it): without force, or with `lease` if it still stands there.

    An empty lease: it must not exist yet. UNCLEAR when nobody said whether it landed. BooksConflict when the remote
    refuses for another reason than a lost race.
    """
    return push_told(git, remote, commit, ref, lease=lease)[0]


def push_told(
    git: Git, remote: str, commit: str, ref: str, *, lease: str | None = None
) -> tuple[Pushed, str]:
    """The same, and git's words where it is not done. BooksConflict."""
    expected = () if lease is None else (f"--force-with-lease={_ref(ref)}:{_id(lease) if lease else ''}",)
    options = (*_PUSH, *expected, "--end-of-options", _name(remote))
    patient = replace(git, timeout_s=git.timeout_s * _PATIENCE).having(f"remote.{remote}.mirror=false")
    try:
        wanted = f"{_id(commit) if commit else ''}:{_ref(ref)}"
        done = patient.attempt("push", *options, wanted, ok=range(-64, 256))
    except GitFailed as error:
        return Pushed.UNCLEAR, error.message  # no answer in time
    return judge(remote, ref, done)


def _ask(git: Git, remote: str, *arguments: str, stdin: bytes = b"") -> bytes:
    """What a command that may be repeated says: again when something passing, or a Ctrl-C that we drain at, ended it."""
    for left in reversed(range(_TRIES)):
        try:
            return git.run(*arguments, stdin=stdin)
        except GitFailed as error:
            if left and (error.code == -signal.SIGINT or _PASSING.search(error.output)):
                continue
            if _HERE.search(error.output):
                raise
            raise BooksConflict(f"{remote} cannot be reached: {error.message}", hint=_REACH) from error
    raise AssertionError  # pragma: no cover  # the last try returns or raises


def _listed(said: bytes) -> list[tuple[str, str]]:
    lines = said.decode("utf-8", "surrogateescape").split("\n")
    pairs = (line.partition("\t") for line in lines)
    return [(first, name) for first, _, name in pairs if name]


def _name(remote: str) -> str:
    if not _NAME.fullmatch(remote) or _BAD_IN_NAME.search(remote):
        hint = "give it a plain one: git remote rename"
        raise BooksConflict(f"{remote!r} is no name for a remote", hint=hint)
    return remote


def _ref(ref: str) -> str:
    if not ref.startswith("refs/") or _BAD_IN_REF.search(ref):
        raise ValueError(f"{ref!r} is no full name of a ref")
    return ref


def _id(commit: str) -> str:
    if not _ID.fullmatch(commit):
        raise ValueError(f"{commit!r} is no commit id")
    return commit
