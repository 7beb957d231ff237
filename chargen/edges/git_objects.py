"""Trees, blobs and commits by plumbing alone: no checkout, and never the user's index, work tree or HEAD."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Self, cast

from chargen.core.out_of_world import LARGEST_FILE, too_large
from chargen.edges.git import Git, GitFailed, failure, no_git

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

FILE: Final = "100644"
SYMLINK: Final = "120000"
SUBMODULE: Final = "160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree."""

    mode: str
    blob: str
    path: str


def list_tree(git: Git, tree: str) -> list[Entry]:
    """Every file of a tree (an object id, or `<id>:<folder>`), in git's order; submodules left out. GitFailed."""
    listed = git.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree)
    return [entry for entry in map(_entry, listed.split(b"\0")[:-1]) if entry.mode != SUBMODULE]


def _entry(line: bytes) -> Entry:
    about, _, path = line.partition(b"\t")
    mode, _, blob = about.decode().split(" ")
    return Entry(mode, blob, path.decode("utf-8", "surrogateescape"))


def read_blobs(git: Git, blobs: Sequence[str]) -> list[bytes]:
    """The bytes of many blobs by one git. GitFailed when one is missing or broken."""
    if not blobs:
        return []
    output = git.run("cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in blobs).encode())
    return list(_split(output, blobs))


def _split(output: bytes, blobs: Sequence[str]) -> Iterator[bytes]:
    at = 0
    for blob in blobs:
        end = output.find(b"\n", at)
        size = _size(blob, output[at:end])
        yield output[end + 1 : end + 1 + size]
        at = end + size + 2


def _size(wanted: str, header: bytes) -> int:
    """The size in a header of `cat-file --batch`; GitFailed when it says that the object is not there or no blob."""
    words = header.split()
    if len(words) != 3 or words[1] != b"blob":
        raise GitFailed(
            f"git has no file {wanted}", hint="git fsck tells what is broken", output=header.decode()
        )
    return int(words[2])


class BlobReader:
    """One `cat-file --batch` kept open for reading blobs one after the other; a context manager."""

    def __init__(self, git: Git) -> None:
        """Start it. ConfigurationError when there is no git."""
        pipe = subprocess.PIPE
        command = git.command("cat-file", "--batch")
        try:
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=git.environment()
            )
        except FileNotFoundError as error:
            raise no_git() from error

    def read(self, blob: str, *, name: str = "", largest: int = LARGEST_FILE) -> bytes:
        """The bytes of a blob; `name` is for messages. GitFailed when it is missing or broken, OutOfWorld when too large."""
        stdin, stdout = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        try:
            stdin.write(f"{blob}\n".encode())
            stdin.flush()
        except BrokenPipeError as error:
            raise failure("cat-file", self._process.wait(), b"") from error
        size = _size(blob, stdout.readline())
        if size <= largest:
            return stdout.read(size + 1)[:size]
        left = size + 1
        while left > 0:
            left -= len(stdout.read(min(left, 2**20))) or left
        raise too_large(name or blob, size)

    def close(self) -> None:
        """End it."""
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def store_files(git: Git, paths: Sequence[Path]) -> list[str]:
    """Store files as blobs, byte for byte (no LFS, no line ends changed); their ids. GitFailed."""
    if not paths:
        return []
    escapes = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
    listed = "".join(f'"{str(path.absolute()).translate(escapes)}"\n' for path in paths).encode(
        "utf-8", "surrogateescape"
    )
    return git.text("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listed).splitlines()


def store_bytes(git: Git, contents: Sequence[bytes]) -> list[str]:
    """Store bytes as blobs; their ids. GitFailed."""
    with tempfile.TemporaryDirectory(prefix="chargen-") as folder:
        paths = [Path(folder, str(number)) for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        return store_files(git, paths)


def changed_tree(git: Git, tip: str, blobs: Mapping[str, str | None]) -> str:
    """The tree of a commit (empty: none) with files set to blobs, or removed by None; its id. GitFailed."""
    with tempfile.TemporaryDirectory(prefix="chargen-") as folder:
        git = git.having(GIT_INDEX_FILE=str(Path(folder, "index")))
        if tip:
            git.run("read-tree", "--end-of-options", tip)
        lines = (
            f"{FILE} {blob}\t{path}\0" if blob else f"0 {'0' * len(tip)}\t{path}\0"
            for path, blob in blobs.items()
            if blob or tip
        )
        git.run("update-index", "-z", "--index-info", stdin="".join(lines).encode("utf-8", "surrogateescape"))
        return git.text("write-tree")


def commit_tree(git: Git, tree: str, tip: str, message: str, *, at: datetime | None = None) -> str:
    """A commit of a tree on another (empty: the first one); its id. The same arguments with `at`: the same id. GitFailed."""
    if at is not None:
        moment = f"{at.timestamp():.0f} +0000"
        git = git.having(GIT_AUTHOR_DATE=moment, GIT_COMMITTER_DATE=moment)
    parents = ("-p", tip) if tip else ()
    return git.text("commit-tree", *parents, "-F", "-", tree, stdin=message.encode("utf-8", "replace"))
