"""The books of a remote: compare-and-swap on a real one, several clones, races, lost answers, odd clones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chargen.edges.books import LocalBooks
from chargen.edges.remote_books import BRANCH, RemoteBooks
from chargen.errors import BooksConflict, ConfigurationError, LostRace, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    Cloned = Callable[..., Path]

REPOSITORY = Path(__file__).resolve().parents[2]
MIRROR = "refs/remotes/origin/chargen/tracking"


@pytest.fixture
def origin(tmp_path: Path, repository: Path, git: Callable[..., str]) -> Path:
    """A bare repository with one branch and a tag."""
    bare = tmp_path / "origin.git"
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(bare))
    git(bare, "tag", "v1", "main")
    git(bare, "config", "uploadpack.allowFilter", "true")
    return bare


@pytest.fixture
def clone(tmp_path: Path, origin: Path, git: Callable[..., str]) -> Cloned:
    """A new clone: `clone(name, *options)`."""

    def make(name: str, *options: str) -> Path:
        git(tmp_path, "clone", "-q", *options, origin.as_uri(), name)
        return tmp_path / name

    return make


@pytest.fixture
def ours(clone: Cloned) -> RemoteBooks:
    return RemoteBooks(clone("ours"), "origin")


@pytest.fixture
def theirs(clone: Cloned) -> RemoteBooks:
    return RemoteBooks(clone("theirs"), "origin")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "new.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return path


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The network's commands that were called since the last time it was asked."""
    log, real = tmp_path / "calls", shutil.which("git")
    script(tmp_path / "bin/git", f'for a; do echo "$a"; done >>{log}\nexec {real} "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    def called() -> list[str]:
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line for line in lines if line in {"ls-remote", "fetch", "push"}]

    return called


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def receiving(books: RemoteBooks, path: Path, text: str) -> None:
    """Have the remote's side of a push answered by a script."""
    books._refs.local.run("config", "remote.origin.receivepack", str(script(path, text)))


def no_answer(origin: Path, before: str = "") -> None:
    """The remote takes the next push, does something more, and the connection breaks before it says so."""
    flag = origin / "broken"
    once = f"[ $1 = committed ] && [ ! -e {flag} ] && touch {flag} && {before or 'true'} && kill -9 $PPID"
    script(origin / "hooks/reference-transaction", f"while read old new ref; do :; done\n{once}\nexit 0")


def test_before_the_first_write_there_are_none(ours: RemoteBooks) -> None:
    assert ours.read() == ("", {})
    assert ours.read_local() == ("", {})
    assert ours.absent_but_expected() == ""
    assert ours.results() == {}
    assert ours.kept("s1") == ()


def test_an_empty_remote_has_no_books_yet(tmp_path: Path, repository: Path, git: Callable[..., str]) -> None:
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    git(repository, "remote", "add", "origin", "../empty.git")
    books = RemoteBooks(repository, "origin")

    assert books.read() == ("", {})
    tip = books.write("", {"a": b"1"}, "begin")
    assert books.read() == (tip, {"a": b"1"})


def test_what_one_writes_the_other_reads(ours: RemoteBooks, theirs: RemoteBooks) -> None:
    tip = ours.write("", {"world.json": b"{}\n", "submissions/a.json": b"\r\n\0", "b": b"2"}, "begin")
    assert theirs.read() == (tip, {"submissions/a.json": b"\r\n\0", "world.json": b"{}\n", "b": b"2"})

    second = theirs.write(tip, {"b": None, "c": b"3", "not/there": None}, "on")

    assert ours.read() == (second, {"submissions/a.json": b"\r\n\0", "world.json": b"{}\n", "c": b"3"})


def test_the_books_here_are_those_last_read_or_written(ours: RemoteBooks, theirs: RemoteBooks) -> None:
    tip = ours.write("", {"a": b"1"}, "begin")
    assert ours.read_local() == (tip, {"a": b"1"})
    assert theirs.read_local() == ("", {})

    theirs.read()
    theirs.write(tip, {"a": b"2"}, "on")

    assert ours.read_local() == (tip, {"a": b"1"})
    assert theirs.read_local()[1] == {"a": b"2"}


def test_the_network_is_asked_once_when_nothing_is_new(
    ours: RemoteBooks, theirs: RemoteBooks, calls: Callable[[], list[str]]
) -> None:
    assert (ours.read(), calls()) == (("", {}), ["ls-remote"])
    tip = ours.write("", {"a": b"1"}, "begin")
    assert calls() == ["ls-remote", "push"]

    assert (ours.read(), calls()) == ((tip, {"a": b"1"}), ["ls-remote"])
    assert (theirs.read()[0], calls()) == (tip, ["ls-remote", "fetch"])
    assert (theirs.read()[0], calls()) == (tip, ["ls-remote"])
    assert (ours.read_local()[0], calls()) == (tip, [])
    assert (ours.write(tip, {"a": b"1", "b": None}, "the same"), calls()) == (tip, [])
    ours.write(tip, {"a": b"2"}, "on")
    assert calls() == ["push"]


def test_nothing_to_write_makes_no_books(ours: RemoteBooks, origin: Path, git: Callable[..., str]) -> None:
    assert ours.write("", {"a": None}, "nothing") == ""
    assert "chargen" not in git(origin, "for-each-ref")


@pytest.mark.parametrize("stale", ["", "first", "1" * 40])
def test_a_write_on_an_old_tip_is_a_lost_race(ours: RemoteBooks, theirs: RemoteBooks, stale: str) -> None:
    first = ours.write("", {"a": b"1"}, "begin")
    second = theirs.write(theirs.read()[0], {"a": b"2"}, "theirs")

    with pytest.raises(LostRace):
        ours.write(first if stale == "first" else stale, {"a": b"3"}, "ours")

    assert ours.read() == theirs.read() == (second, {"a": b"2"})


@pytest.mark.parametrize("moved", ["deleted", "rewound"])
def test_books_that_went_back_meanwhile_are_a_lost_race_too(
    ours: RemoteBooks, origin: Path, git: Callable[..., str], moved: str
) -> None:
    first = ours.write("", {"a": b"1"}, "begin")
    second = ours.write(first, {"a": b"2"}, "on")
    git(origin, "update-ref", *(["-d", BRANCH] if moved == "deleted" else [BRANCH, first]))

    with pytest.raises(LostRace):
        ours.write(second, {"a": b"3"}, "on")

    assert git(origin, "for-each-ref", "--format=%(objectname)", BRANCH) == (
        "" if moved == "deleted" else first
    )


def test_of_two_who_begin_at_once_one_wins(ours: RemoteBooks, theirs: RemoteBooks) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def begin(books: RemoteBooks, who: str) -> None:
        tip = books.read()[0]
        start.wait()
        try:
            outcomes.append(books.write(tip, {"who": who.encode()}, who) and who)
        except LostRace:
            outcomes.append("")

    both = [threading.Thread(target=begin, args=pair) for pair in ((ours, "ours"), (theirs, "theirs"))]
    for one in both:
        one.start()
    for one in both:
        one.join()

    winner = next(filter(None, outcomes))
    assert sorted(outcomes) == ["", winner]
    assert ours.read() == theirs.read()
    assert ours.read()[1] == {"who": winner.encode()}


WRITER = """
import sys; from pathlib import Path; from chargen.edges.remote_books import RemoteBooks
from chargen.errors import LostRace
repository, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
books, lost = RemoteBooks(repository, "origin"), 0
picture = repository.parent / f"picture-{name}"
picture.write_text(name)
for number in range(rounds):
    while True:
        tip, files = books.read()
        try:
            count = int(files.get("count", b"0")) + 1
            books.write(tip, {f"orders/{name}-{number}": b"x", "count": b"%d" % count}, name)
            break
        except LostRace:
            lost += 1
books.keep("shared", {f"{name}.png": picture}, "keep")
print(lost)
"""


@pytest.mark.parametrize(
    ("where", "rounds"), [("a clone each", 5), ("one clone", 2), ("one shallow clone", 2)]
)
def test_eight_processes_writing_at_once_lose_nothing(
    clone: Cloned, origin: Path, git: Callable[..., str], where: str, rounds: int
) -> None:
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    shared = clone("shared", *(["--depth=1"] if "shallow" in where else []))
    folders = [clone(f"clone-{n}") if where == "a clone each" else shared for n in range(8)]
    program = [sys.executable, "-c", WRITER]
    writers = [
        subprocess.Popen([*program, folder, str(n), str(rounds)], env=env, stdout=subprocess.PIPE)
        for n, folder in enumerate(folders)
    ]
    lost = [int(writer.communicate()[0]) for writer in writers]

    books = RemoteBooks(shared, "origin")
    files = books.read()[1]
    assert sorted(files) == sorted(["count", *(f"orders/{n}-{i}" for n in range(8) for i in range(rounds))])
    assert files["count"] == b"%d" % (8 * rounds)
    assert git(origin, "rev-list", "--count", BRANCH) == str(8 * rounds)
    assert git(origin, "rev-list", "--merges", BRANCH) == ""
    assert books.kept("shared") == tuple(f"{n}.png" for n in range(8))
    assert sum(lost) > 0


def test_a_write_whose_answer_was_lost_is_written(
    ours: RemoteBooks, theirs: RemoteBooks, origin: Path
) -> None:
    no_answer(origin)

    first = ours.write("", {"a": b"1"}, "begin")
    assert (origin / "broken").exists()
    assert theirs.read() == ours.read() == (first, {"a": b"1"})
    (origin / "broken").unlink()
    second = ours.write(first, {"a": b"2"}, "on")

    assert (origin / "broken").exists()
    assert theirs.read() == (second, {"a": b"2"})


@pytest.mark.parametrize("depth", ["--no-single-branch", "--depth=1"])
def test_a_write_whose_answer_was_lost_and_that_was_built_upon_is_written(
    clone: Cloned, theirs: RemoteBooks, origin: Path, depth: str
) -> None:
    ours = RemoteBooks(clone("ours", depth), "origin")
    first = theirs.write("", {"a": b"1"}, "begin")
    ours.read()
    identity = "GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x"
    built = f"$(env {identity} git commit-tree -m on -p {BRANCH} {BRANCH}^{{tree}})"
    no_answer(origin, f"git update-ref {BRANCH} {built}")

    second = ours.write(first, {"a": b"2"}, "on")

    tip, files = theirs.read()
    assert files == {"a": b"2"}
    assert theirs._git.text("rev-parse", f"{tip}^") == second


def test_an_answer_lost_to_another_ones_write_is_a_lost_race(
    ours: RemoteBooks, theirs: RemoteBooks, origin: Path, tmp_path: Path
) -> None:
    first = ours.write("", {"a": b"1"}, "begin")
    theirs.read()
    rival = theirs.write(first, {"a": b"2"}, "theirs")
    theirs._git.run("update-ref", MIRROR, first)
    receiving(ours, tmp_path / "rp", "exit 1")

    with pytest.raises(LostRace):
        ours.write(first, {"a": b"3"}, "ours")

    assert ours.read() == (rival, {"a": b"2"})


def test_a_push_that_never_arrived_is_tried_again(ours: RemoteBooks, tmp_path: Path) -> None:
    once = tmp_path / "once"
    receiving(ours, tmp_path / "rp", f'[ -e {once} ] || {{ touch {once}; exit 1; }}; git-receive-pack "$@"')

    tip = ours.write("", {"a": b"1"}, "begin")

    assert ours.read() == (tip, {"a": b"1"})
    assert once.exists()


def test_a_push_that_never_arrives_is_said_and_nothing_is_written(
    ours: RemoteBooks, theirs: RemoteBooks, tmp_path: Path, picture: Path
) -> None:
    first = ours.write("", {"a": b"1"}, "begin")
    receiving(ours, tmp_path / "rp", "echo 'fatal: the line is dead' >&2; exit 1")

    with pytest.raises(BooksConflict, match=f"did not take the push of {BRANCH}: .*line is dead") as caught:
        ours.write(first, {"a": b"2"}, "on")
    with pytest.raises(BooksConflict, match="line is dead"):
        ours.keep("s1", {"a.png": picture}, "keep")

    assert not isinstance(caught.value, LostRace)
    assert "nothing was written" in caught.value.hint
    assert theirs.read() == ours.read() == (first, {"a": b"1"})
    assert theirs.results() == {}


def test_a_hook_that_declines_is_said_and_nothing_is_written(
    ours: RemoteBooks, origin: Path, picture: Path
) -> None:
    script(origin / "hooks/pre-receive", "echo chargen/tracking is protected; exit 1")

    with pytest.raises(BooksConflict, match="chargen/tracking is protected") as caught:
        ours.write("", {"a": b"1"}, "begin")
    with pytest.raises(BooksConflict, match="is protected"):
        ours.keep("s1", {"a.png": picture}, "keep")

    assert not isinstance(caught.value, LostRace)
    assert "contents: write" in caught.value.hint
    assert ours.read() == ("", {})
    assert ours.read_local() == ("", {})


def test_a_remote_that_cannot_be_reached_is_not_taken_for_one_without_books(
    ours: RemoteBooks, origin: Path, picture: Path
) -> None:
    tip = ours.write("", {"a": b"1"}, "begin")
    origin.rename(origin.with_name("gone"))

    for attempt in (
        ours.read,
        lambda: ours.write("", {"a": b"2"}, "begin"),
        lambda: ours.write(tip, {"a": b"2"}, "on"),
        lambda: ours.keep("s1", {"a.png": picture}, "keep"),
        lambda: ours.fetch("s1", "a.png"),
        lambda: ours.kept("s1"),
        ours.results,
        lambda: ours.drop("s1"),
        ours.absent_but_expected,
    ):
        with pytest.raises(BooksConflict, match="origin cannot be reached") as caught:
            attempt()
        assert "--local" in caught.value.hint
    assert ours.read_local() == (tip, {"a": b"1"})


def test_a_folder_is_not_taken_for_a_remote(ours: RemoteBooks, git: Callable[..., str]) -> None:
    git(ours.repository, "init", "-q", "--bare", "upstream")

    with pytest.raises(ConfigurationError, match="no remote 'upstream'"):
        RemoteBooks(ours.repository, "upstream").read()


@pytest.mark.parametrize(
    "trace",
    ["refs/chargen/results/s1", "refs/chargen/books", "refs/heads/chargen/location/a.1", "mirror", "local"],
)
def test_books_that_are_missing_where_there_were_some_are_not_begun_anew(
    ours: RemoteBooks, clone: Cloned, origin: Path, git: Callable[..., str], trace: str
) -> None:
    if trace == "mirror":
        ours.write("", {"a": b"1"}, "begin")
        git(origin, "update-ref", "-d", BRANCH)
    elif trace == "local":
        LocalBooks.of(ours.repository).write("", {"a": b"1"}, "begin")
    else:
        git(origin, "update-ref", trace, "main")

    for attempt in (ours.read, lambda: ours.write("", {"b": b"2"}, "begin")):
        with pytest.raises(BooksConflict, match="books of origin are missing") as caught:
            attempt()
        assert "chargen state rebuild" in caught.value.hint
    assert ours.absent_but_expected()
    assert BRANCH not in git(origin, "for-each-ref")
    anew = RemoteBooks(ours.repository, "origin", begin=True)
    assert anew.read() == ("", {})
    tip = anew.write("", {"b": b"2"}, "rebuild")
    assert ours.read() == ours.read_local() == (tip, {"b": b"2"})
    assert ours.absent_but_expected() == ""


def test_books_from_before_git_are_not_left_behind(repository: Path, ours: RemoteBooks) -> None:
    LocalBooks(ours.repository, repository=None).write("", {"a": b"1"}, "begin")

    with pytest.raises(BooksConflict, match="from before this world was in git"):
        ours.read()


def test_to_begin_anew_replaces_no_books_that_are_there(ours: RemoteBooks, clone: Cloned) -> None:
    tip = ours.write("", {"a": b"1"}, "begin")
    anew = RemoteBooks(clone("anew"), "origin", begin=True)

    with pytest.raises(LostRace):
        anew.write("", {"b": b"2"}, "rebuild")

    assert anew.read() == (tip, {"a": b"1"})


@pytest.mark.parametrize(
    "options",
    [
        ["--depth=1"],
        ["--single-branch", "--branch=main", "--no-tags"],
        ["--filter=blob:none"],
        ["--filter=tree:0"],
        ["--mirror"],
        ["-c", "remote.origin.fetch=+refs/heads/*:refs/remotes/elsewhere/*"],
    ],
    ids=lambda options: "".join(options[:1]),
)
def test_every_kind_of_clone_reads_writes_and_keeps(
    clone: Cloned,
    theirs: RemoteBooks,
    picture: Path,
    tmp_path: Path,
    git: Callable[..., str],
    options: list[str],
) -> None:
    (tmp_path / "b.png").write_bytes(b"later")
    first = theirs.write("", {"a": b"1", "orders/b": b"2"}, "begin")
    second = theirs.write(first, {"a": b"2"}, "on")
    theirs.keep("s1", {"a.png": picture}, "keep")
    folder = clone("odd", *options)
    git(folder, "fetch", "-q", "origin", BRANCH, "refs/chargen/results/s1")
    shallow, head = git(folder, "rev-parse", "--is-shallow-repository"), git(folder, "log", "--format=%H")
    books = RemoteBooks(folder, "origin")

    git(folder, "update-ref", MIRROR, second)
    assert books.read_local() == books.read() == (second, {"a": b"2", "orders/b": b"2"})
    third = books.write(second, {"a": b"3"}, "odd")
    assert books.read_local() == theirs.read() == (third, {"a": b"3", "orders/b": b"2"})
    fourth = theirs.write(third, {"a": b"4"}, "even")
    assert books.read() == (fourth, {"a": b"4", "orders/b": b"2"})
    assert books.fetch("s1", "a.png") == picture.read_bytes()
    books.keep("s1", {"b.png": tmp_path / "b.png"}, "keep")
    assert theirs.fetch("s1", "b.png") == b"later"
    assert theirs.kept("s1") == ("a.png", "b.png")
    assert git(folder, "rev-parse", "--is-shallow-repository") == shallow
    assert git(folder, "log", "--format=%H") == head


def test_a_shallow_clone_that_follows_gets_no_new_edge_each_time(clone: Cloned, theirs: RemoteBooks) -> None:
    tip = theirs.write("", {"a": b"0"}, "begin")
    books = RemoteBooks(clone("shallow", "--depth=1"), "origin")
    books.read()
    edges = (books.repository / ".git/shallow").read_bytes()

    for number in (b"1", b"2"):
        tip = theirs.write(tip, {"a": number}, "on")
        assert books.read() == (tip, {"a": number})

    assert (books.repository / ".git/shallow").read_bytes() == edges


def test_books_that_move_while_they_are_fetched_are_asked_for_again(
    clone: Cloned,
    theirs: RemoteBooks,
    origin: Path,
    git: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = theirs.write("", {"a": b"1"}, "begin")
    second = theirs.write(first, {"a": b"2"}, "on")
    git(origin, "update-ref", BRANCH, first)
    books, once, real = (
        RemoteBooks(clone("shallow", "--depth=1"), "origin"),
        tmp_path / "once",
        shutil.which("git"),
    )
    move = f"{real} -C {theirs.repository} push -q origin {second}:{BRANCH}"
    script(
        tmp_path / "bin/git",
        f'case "$*" in *" fetch "*) [ -e {once} ] || {{ touch {once}; {move}; }};; esac\nexec {real} "$@"',
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    assert books.read() == (second, {"a": b"2"})
    assert once.exists()


def test_nothing_of_the_users_moves(
    ours: RemoteBooks, theirs: RemoteBooks, picture: Path, git: Callable[..., str]
) -> None:
    folder = ours.repository
    (folder / "README.md").write_text("half a word")
    git(folder, "add", "README.md")
    git(folder, "tag", "-d", "v1")
    git(folder, "config", "push.followTags", "true")
    theirs.write("", {"README.md": b"ours"}, "begin")

    def state() -> list[object]:
        told = ("status", "--porcelain=v2", "--branch"), ("for-each-ref", "refs/heads", "refs/tags")
        files = (".git/HEAD", ".git/index", ".git/config", "README.md")
        return [git(folder, *asked) for asked in told] + [(folder / file).read_bytes() for file in files]

    before = state()
    tip = ours.read()[0]
    ours.write(tip, {"a": b"1"}, "on")
    ours.keep("s1", {"a.png": picture}, "keep")
    ours.drop("s1")

    assert state() == before
    assert not (folder / ".git/FETCH_HEAD").exists()
    assert git(folder, "fsck", "--connectivity-only", "--no-dangling") == ""


def test_kept_pictures_come_back_elsewhere_byte_for_byte(
    ours: RemoteBooks, theirs: RemoteBooks, picture: Path, calls: Callable[[], list[str]]
) -> None:
    (ours.repository / ".gitattributes").write_text("* text eol=crlf filter=lfs\n")

    commit = ours.keep("s1", {"location.a.b.c.v1/image.png": picture}, "keep")

    assert theirs.results() == {"s1": commit}
    assert theirs.kept("s1") == ("location.a.b.c.v1/image.png",)
    calls()
    assert theirs.fetch("s1", "location.a.b.c.v1/image.png") == picture.read_bytes()
    assert ours.fetch("s1", "location.a.b.c.v1/image.png") == picture.read_bytes()
    assert calls() == []


def test_keeping_the_same_again_is_the_same_commit_and_no_push(
    ours: RemoteBooks, theirs: RemoteBooks, picture: Path, calls: Callable[[], list[str]]
) -> None:
    commit = ours.keep("s1", {"a.png": picture}, "keep")
    calls()

    assert ours.keep("s1", {"a.png": picture}, "keep") == commit
    assert calls() == ["ls-remote"]
    assert theirs.keep("s1", {"a.png": picture}, "keep again") == commit
    assert calls() == ["ls-remote", "fetch"]
    assert LocalBooks.of(ours.repository).keep("s1", {"a.png": picture}, "keep") == commit
    assert ours.keep("s1", {}, "nothing") == commit


def test_two_who_keep_at_once_keep_both(ours: RemoteBooks, theirs: RemoteBooks, tmp_path: Path) -> None:
    start = threading.Barrier(2)

    def keep(books: RemoteBooks, name: str) -> None:
        (tmp_path / name).write_text(name)
        start.wait()
        books.keep("s1", {name: tmp_path / name}, "keep")

    both = [threading.Thread(target=keep, args=pair) for pair in ((ours, "a.png"), (theirs, "b.png"))]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert ours.kept("s1") == theirs.kept("s1") == ("a.png", "b.png")
    assert (ours.fetch("s1", "b.png"), theirs.fetch("s1", "a.png")) == (b"b.png", b"a.png")


def test_pictures_whose_push_had_no_answer_are_kept_once(
    ours: RemoteBooks, theirs: RemoteBooks, origin: Path, picture: Path, git: Callable[..., str]
) -> None:
    no_answer(origin)

    commit = ours.keep("s1", {"a.png": picture}, "keep")

    assert (origin / "broken").exists()
    assert theirs.results() == {"s1": commit}
    assert git(origin, "rev-list", "--count", commit) == "1"


def test_what_is_not_kept_is_not_found(ours: RemoteBooks, picture: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ours.fetch("s1", "a.png")
    ours.keep("s1", {"a.png": picture}, "keep")
    with pytest.raises(FileNotFoundError):
        ours.fetch("s1", "b.png")
    with pytest.raises(WorkFailed, match="is not there"):
        ours.keep("s1", {"b.png": tmp_path / "missing.png"}, "keep")


@pytest.mark.parametrize("name", ["", "/a", "a/../b", ".git/config", "a\nb"])
def test_a_name_that_could_lead_elsewhere_is_refused(ours: RemoteBooks, picture: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a file of the books"):
        ours.write("", {name: b"x"}, "begin")
    with pytest.raises(ValueError, match="cannot be a file of the books"):
        ours.keep("s1", {name: picture}, "keep")
    with pytest.raises(ValueError, match="no submission id"):
        ours.keep("../heads/main", {"a": picture}, "keep")


def test_what_is_dropped_is_gone_here_and_there(
    ours: RemoteBooks, theirs: RemoteBooks, picture: Path
) -> None:
    ours.keep("s1", {"a.png": picture}, "keep")
    ours.keep("s2", {"a.png": picture}, "keep")

    ours.drop("s1")
    ours.drop("s1")

    assert list(theirs.results()) == ["s2"]
    with pytest.raises(FileNotFoundError):
        ours.fetch("s1", "a.png")


def test_a_drop_that_is_declined_or_unanswered_keeps_its_word(
    ours: RemoteBooks, origin: Path, picture: Path
) -> None:
    ours.keep("s1", {"a.png": picture}, "keep")
    ours.keep("s2", {"a.png": picture}, "keep")
    hook = script(origin / "hooks/update", "echo nothing goes; exit 1")
    with pytest.raises(BooksConflict, match=r"refused the push: .*nothing goes"):
        ours.drop("s1")
    hook.unlink()
    no_answer(origin)

    ours.drop("s2")

    assert (origin / "broken").exists()
    assert list(ours.results()) == ["s1"]
    assert ours.fetch("s1", "a.png") == picture.read_bytes()


def test_pictures_of_books_of_its_own_stay_here(
    ours: RemoteBooks, theirs: RemoteBooks, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "b.png").write_bytes(b"theirs")
    LocalBooks.of(ours.repository).keep("s1", {"a.png": picture}, "with --local")
    theirs.keep("s1", {"b.png": tmp_path / "b.png"}, "keep")

    assert ours.kept("s1") == ("b.png",)
    assert ours.fetch("s1", "b.png") == b"theirs"
    ours.keep("s1", {"c.png": picture}, "keep")
    ours.drop("s1")

    assert LocalBooks.of(ours.repository).kept("s1") == ("a.png",)


def test_a_mirror_that_cannot_follow_does_not_unwrite_what_is_written(
    ours: RemoteBooks, theirs: RemoteBooks
) -> None:
    first = ours.write("", {"a": b"1"}, "begin")
    refs = ours.repository / ".git/refs/remotes/origin/chargen"
    (refs / "tracking.lock").touch()
    for name in ("local", "_network"):
        setattr(ours._refs, name, getattr(ours._refs, name).having("core.filesRefLockTimeout=10"))

    second = ours.write(first, {"a": b"2"}, "on")

    assert theirs.read() == (second, {"a": b"2"})
    assert ours.read_local()[0] == first
    (refs / "tracking.lock").unlink()
    assert ours.read() == (second, {"a": b"2"})


def test_a_fetch_that_was_killed_is_made_good(ours: RemoteBooks, theirs: RemoteBooks) -> None:
    tip = theirs.write("", {"a": b"1"}, "begin")
    commit = theirs._git.run("cat-file", "commit", tip)
    assert ours._git.text("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=commit) == tip

    assert ours.read() == (tip, {"a": b"1"})
