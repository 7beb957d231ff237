"""
Every durable step a process takes, seen from outside chargen: before it, and after it.

A file put in its place, a YAML file spliced, a transaction of SQLite, an object or ref of git, a push, a call that writes at the
provider or the forge. Python's own doors are watched, so that a new step of chargen's is one of them by itself.
"""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KINDS: Final = ("file", "yaml", "sqlite", "git", "push", "http")
SIDES: Final = ("before", "after")
# gits that change nothing anybody can find, as objects without a ref are nothing: all others are steps
_LOOKING: Final = frozenset(
    [
        "cat-file",
        "check-attr",
        "check-ref-format",
        "commit-tree",
        "config",
        "diff",
        "diff-tree",
        "for-each-ref",
        "hash-object",
        "log",
        "ls-files",
        "ls-remote",
        "ls-tree",
        "merge-base",
        "merge-tree",
        "name-rev",
        "read-tree",
        "remote",
        "rev-list",
        "rev-parse",
        "show",
        "show-ref",
        "status",
        "update-index",
        "var",
        "version",
        "write-tree",
    ]
)
_WITH_VALUE: Final = frozenset({"-C", "-c"})
_PUSHING: Final = frozenset({"push", "lfs"})
_ONES_OWN: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\dZ_run-\d+"), "RUN"),
    (re.compile(r"\.([^/]*)\.[0-9a-f]{12}\.tmp"), r"\1.tmp"),
    (re.compile(r"(?<=upload_id=)[^&]+"), "ID"),
    (re.compile(r"(?<=batches/)[\w-]+|(?<=files/)[\w-]+"), "ID"),
    (re.compile(r"\b(?=[a-z]*\d)[0-9a-f]{12,64}\b"), "ID"),
    (re.compile(r"(?<=comments/)\d+|(?<=tmp)[a-z0-9_]{8}\b"), "ID"),
)
_WRITING_CALL: Final = re.compile(rb"(POST|PATCH|PUT|DELETE) (\S+) HTTP/")
_WRITING_SQL: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE|CREATE|REPLACE|DROP|ALTER)\b", re.IGNORECASE)


class Step(NamedTuple):
    """One durable step: its kind, what it does, and the how manieth of its name it is."""

    kind: str
    what: str
    nth: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} #{self.nth}"


class Watch:
    """Tells of each step, from whatever thread, before it is taken and once it has been; not of one that failed."""

    def __init__(self, told: Callable[[str, Step], object], root: Path, servers: Mapping[int, str]) -> None:
        self._told, self._root, self._servers = told, str(root), servers
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def install(self) -> None:
        """Watch this process from now on."""
        self._files()
        self._programs()
        self._databases()
        self._calls()

    def begin(self, kind: str, what: str) -> Step:
        """A step is about to be taken."""
        for pattern, word in _ONES_OWN:
            what = pattern.sub(word, what)
        with self._lock:
            self._counts[kind, what] += 1
            step = Step(kind, what, self._counts[kind, what])
        self._told("before", step)
        return step

    def fail(self, step: Step) -> None:
        """A step was not taken after all: the next of its name has its number."""
        with self._lock:
            self._counts[step.kind, step.what] -= 1

    def end(self, step: Step) -> None:
        """A step has been taken."""
        self._told("after", step)

    def _files(self) -> None:
        for name in ("replace", "rename", "link", "symlink"):
            setattr(os, name, self._two_paths(name, getattr(os, name)))
        for name in ("unlink", "remove", "rmdir", "mkdir"):
            setattr(os, name, self._one_path(name, getattr(os, name)))
        setattr(os, "fsync", self._of_handle(os.fsync))  # noqa: B010  # as the others

    def _two_paths(self, name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def watched(source: Any, target: Any, *more: Any, **options: Any) -> Any:
            return self._about(name, target, lambda: do(source, target, *more, **options))

        return watched

    def _one_path(self, name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def watched(path: Any, *more: Any, **options: Any) -> Any:
            if options.get("dir_fd") is not None:
                return do(path, *more, **options)  # a temporary folder is cleared
            return self._about(name, path, lambda: do(path, *more, **options))

        return watched

    def _of_handle(self, do: Callable[[int], None]) -> Callable[[int], None]:
        def watched(handle: int) -> None:
            self._about("fsync", Path(f"/proc/self/fd/{handle}").readlink(), lambda: do(handle))

        return watched

    def _about(self, name: str, path: Any, do: Callable[[], Any]) -> Any:
        """A step, when it is about a file of the world."""
        real = os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""  # noqa: PTH100  # links stay
        if not real.startswith(self._root + os.sep):
            return do()  # what lies elsewhere is gone with the machine, or lost sight of
        kind = "yaml" if name == "replace" and real.endswith((".yaml", ".yml")) else "file"
        step = self.begin(kind, f"{name} {os.path.relpath(real, self._root)}")
        try:
            found = do()
        except OSError:
            self.fail(step)
            raise
        self.end(step)
        return found

    def _programs(self) -> None:
        watch = self

        class Program(subprocess.Popen):  # type: ignore[type-arg]
            step: Step | None = None

            def __init__(self, args: Any, *more: Any, **options: Any) -> None:
                if (what := what_git_does([os.fsdecode(arg) for arg in args])) is not None:
                    kind = "push" if what.split(" ")[0] in _PUSHING else "git"
                    self.step = watch.begin(kind, what)
                super().__init__(args, *more, **options)

            def communicate(self, *more: Any, **options: Any) -> Any:
                said = super().communicate(*more, **options)
                self._over()
                return said

            def wait(self, *more: Any, **options: Any) -> int:
                code = super().wait(*more, **options)
                self._over()
                return code

            def _over(self) -> None:
                if self.step is not None and self.returncode is not None:
                    step, self.step = self.step, None
                    (watch.fail if self.returncode else watch.end)(step)

        subprocess.Popen = Program  # type: ignore[misc]

    def _databases(self) -> None:
        watch, connect = self, sqlite3.connect

        class Database(sqlite3.Connection):
            latest = ""

            def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
                if not (found := _WRITING_SQL.match(sql)):
                    return super().execute(sql, *more)
                self.latest = " ".join(sql.split()[:3])
                if self.in_transaction:
                    return super().execute(sql, *more)
                step = watch.begin("sqlite", f"{found[1]} alone: {self.latest}")
                done = super().execute(sql, *more)
                watch.end(step)
                return done

            def __exit__(self, *error: object) -> Any:
                if error[0] is not None or not self.in_transaction or not self.latest:
                    return super().__exit__(*error)  # type: ignore[arg-type]
                step = watch.begin("sqlite", f"commit {self.latest}")
                self.latest = ""
                super().__exit__(*error)  # type: ignore[arg-type]
                watch.end(step)
                return False

        def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
            found: sqlite3.Connection = connect(*arguments, **{"factory": Database, **options})
            return found

        setattr(sqlite3, "connect", watched)  # noqa: B010  # as the others

    def _calls(self) -> None:
        """A call begins with the line that asks for it, and is over with the first byte of its answer."""
        asked: dict[int, Step] = {}

        def sending(name: str, do: Callable[..., Any]) -> Callable[..., Any]:
            def watched(one: socket.socket, data: Any, *more: Any) -> Any:
                found = _WRITING_CALL.match(bytes(data[:2000]))
                if found and (server := self._servers.get(_port(one))):
                    path = found[2].decode("ascii", "replace").partition("?key=")[0]
                    asked[id(one)] = self.begin("http", f"{server} {found[1].decode()} {path}")
                return do(one, data, *more)

            watched.__name__ = name
            return watched

        def receiving(name: str, do: Callable[..., Any]) -> Callable[..., Any]:
            def watched(one: socket.socket, *more: Any) -> Any:
                got = do(one, *more)
                if got and (step := asked.pop(id(one), None)):
                    self.end(step)
                return got

            watched.__name__ = name
            return watched

        for name in ("send", "sendall"):
            setattr(socket.socket, name, sending(name, getattr(socket.socket, name)))
        for name in ("recv", "recv_into"):
            setattr(socket.socket, name, receiving(name, getattr(socket.socket, name)))


def what_git_does(command: list[str]) -> str | None:
    """What a git that writes does, and to which ref; None for one that only looks, and for other programs."""
    words = iter(command)
    if Path(next(words, "")).name != "git":
        return None
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            refs = [part.rpartition(":")[2] for part in words if "refs/" in part and not part.startswith("-")]
            return None if word in _LOOKING else " ".join([word, *refs])
    return None


def _port(one: socket.socket) -> int:
    try:
        return int(one.getpeername()[1])
    except (OSError, IndexError):
        return 0
