"""The books and kept pictures of this machine: compare-and-swap on real git, in both of its forms."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chargen.edges.book_commits import BOOKS
from chargen.edges.books import LocalBooks
from chargen.errors import BooksConflict, ConfigurationError, LostRace, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["repository", "bare"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A world in a repository, and one without."""
    if request.param == "repository":
        found: Path = request.getfixturevalue("repository")
        return found
    (tmp_path / "world").mkdir()
    return tmp_path / "world"


@pytest.fixture
def books(root: Path) -> LocalBooks:
    return LocalBooks.of(root)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / 'a "new"\n\\ grün.png'
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return path


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def git_dir(root: Path) -> Path:
    return root / ".git" if (root / ".git").is_dir() else root / ".chargen/books.git"


def test_before_the_first_write_there_are_none_and_reading_writes_nothing(
    root: Path, books: LocalBooks
) -> None:
    before = everything(root)

    assert books.read() == ("", {})
    assert books.kept("s1") == ()
    assert everything(root) == before


def test_what_is_written_is_read_again(books: LocalBooks) -> None:
    tip = books.write("", {"world.json": b"{}\n", "submissions/a.json": b"\r\n\0"}, "begin")

    assert books.read() == (tip, {"submissions/a.json": b"\r\n\0", "world.json": b"{}\n"})
    assert LocalBooks.of(books._root).read()[0] == tip


def test_a_write_changes_only_what_it_names(books: LocalBooks) -> None:
    tip = books.write("", {"a": b"1", "b": b"2", "c/d": b"3"}, "begin")

    second = books.write(tip, {"b": None, "c/d": b"4", "not/there": None}, "change")

    assert books.read() == (second, {"a": b"1", "c/d": b"4"})


def test_a_write_that_changes_nothing_is_no_commit(books: LocalBooks) -> None:
    tip = books.write("", {"a": b"1"}, "begin")

    assert books.write(tip, {"a": b"1", "b": None}, "again") == tip
    assert books.write(tip, {}, "again") == tip


def test_nothing_to_write_makes_no_books(root: Path, books: LocalBooks) -> None:
    before = everything(root)

    assert books.write("", {"a": None}, "nothing") == ""
    assert everything(root) == before


def test_books_may_be_emptied_and_filled_again(books: LocalBooks) -> None:
    tip = books.write("", {"a": b"1"}, "begin")
    tip = books.write(tip, {"a": None}, "empty")

    assert books.read() == (tip, {})
    assert books.read()[0] == tip
    assert books.write(tip, {"a": b"2"}, "fill") != tip


@pytest.mark.parametrize("stale", ["", "first", "1" * 40])
def test_a_write_on_an_old_tip_is_a_lost_race_and_writes_nothing(books: LocalBooks, stale: str) -> None:
    first = books.write("", {"a": b"1"}, "begin")
    second = books.write(first, {"a": b"2"}, "theirs")

    with pytest.raises(LostRace):
        books.write(first if stale == "first" else stale, {"a": b"3"}, "ours")

    assert books.read() == (second, {"a": b"2"})


@pytest.mark.parametrize("path", ["", "/a", "a/../b", ".git/config", "a//b", "a\nb", "a/.GIT", "grün"])
def test_a_path_that_could_lead_elsewhere_is_refused(books: LocalBooks, path: str) -> None:
    with pytest.raises(ValueError, match="cannot be a file of the books"):
        books.write("", {path: b"x"}, "begin")


def test_the_users_head_index_and_work_tree_stay_untouched(
    repository: Path, git: Callable[..., str], picture: Path
) -> None:
    (repository / "README.md").write_text("half a word")
    git(repository, "add", "README.md")
    before = (
        git(repository, "status", "--porcelain=v2", "--branch"),
        (repository / ".git/index").read_bytes(),
    )
    books = LocalBooks.of(repository)

    books.write("", {"README.md": b"ours"}, "begin")
    books.keep("s1", {"a.png": picture}, "keep")

    after = (
        git(repository, "status", "--porcelain=v2", "--branch"),
        (repository / ".git/index").read_bytes(),
    )
    assert after == before
    assert git(repository, "branch", "--all", "--format=%(refname)") == "refs/heads/main"


def test_a_world_in_a_sub_folder_and_a_second_work_tree_have_the_same_books(
    repository: Path, git: Callable[..., str]
) -> None:
    (repository / "worlds/one").mkdir(parents=True)
    git(repository, "worktree", "add", "-q", "../other")
    tip = LocalBooks.of(repository).write("", {"a": b"1"}, "begin")

    assert LocalBooks.of(repository / "worlds/one").read() == (tip, {"a": b"1"})
    assert LocalBooks.of(repository.parent / "other").read() == (tip, {"a": b"1"})


def test_without_git_the_books_are_ignored_by_a_later_one(tmp_path: Path, git: Callable[..., str]) -> None:
    LocalBooks.of(tmp_path).write("", {"a": b"1"}, "begin")
    git(tmp_path, "init", "-q")

    assert git(tmp_path, "status", "--porcelain") == ""


def test_books_from_before_git_are_not_left_behind(tmp_path: Path, git: Callable[..., str]) -> None:
    tip = LocalBooks.of(tmp_path).write("", {"a": b"1"}, "begin")
    git(tmp_path, "init", "-q")
    books = LocalBooks.of(tmp_path)

    with pytest.raises(BooksConflict, match="from before this world was in git"):
        books.write("", {"b": b"2"}, "new ones")
    with pytest.raises(BooksConflict, match="from before this world was in git") as caught:
        books.read()
    git(tmp_path, *caught.value.hint.partition("git ")[2].partition(", then")[0].replace("'", "").split())

    assert books.read() == (tip, {"a": b"1"})
    assert books.write(tip, {"a": b"2"}, "on") != tip


def test_kept_pictures_come_back_byte_for_byte(root: Path, books: LocalBooks, picture: Path) -> None:
    (root / ".gitattributes").write_text("* text eol=crlf filter=lfs\n")

    books.keep("s1", {"location.a.b.c.v1/image.png": picture}, "keep")

    assert books.fetch("s1", "location.a.b.c.v1/image.png") == picture.read_bytes()
    assert books.kept("s1") == ("location.a.b.c.v1/image.png",)


def test_keeping_the_same_again_is_the_same_commit_here_and_elsewhere(
    root: Path, books: LocalBooks, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()

    commit = books.keep("s1", {"a.png": picture}, "keep")

    assert books.keep("s1", {"a.png": picture}, "keep again") == commit
    assert (
        LocalBooks(tmp_path / "elsewhere", repository=None).keep("s1", {"a.png": picture}, "keep") == commit
    )


def test_later_pictures_lie_beside_earlier_ones(books: LocalBooks, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "later.png").write_bytes(b"later")
    first = books.keep("s1", {"a.png": picture}, "keep")

    second = books.keep("s1", {"b.png": tmp_path / "later.png"}, "keep")

    assert books.kept("s1") == ("a.png", "b.png")
    assert books.keep("s1", {"a.png": picture}, "keep") == second != first
    assert books.keep("s1", {}, "nothing") == second


def test_what_is_not_kept_is_not_found(books: LocalBooks, picture: Path) -> None:
    with pytest.raises(FileNotFoundError):
        books.fetch("s1", "a.png")
    books.keep("s1", {"a.png": picture}, "keep")
    with pytest.raises(FileNotFoundError):
        books.fetch("s1", "b.png")


def test_a_picture_that_is_not_there_cannot_be_kept(books: LocalBooks, tmp_path: Path) -> None:
    with pytest.raises(WorkFailed, match="is not there"):
        books.keep("s1", {"a.png": tmp_path / "missing.png"}, "keep")


@pytest.mark.parametrize("submission_id", ["", "a/b", "..", "a.lock", "-a", "a b", "x" * 200])
def test_a_submission_id_must_be_safe_in_a_ref(books: LocalBooks, picture: Path, submission_id: str) -> None:
    with pytest.raises(ValueError, match="no submission id"):
        books.keep(submission_id, {"a.png": picture}, "keep")


@pytest.mark.parametrize("content", ["1" * 40, "rubbish", "", "ref: refs/heads/nowhere"])
def test_a_broken_ref_is_not_taken_for_no_books(root: Path, books: LocalBooks, content: str) -> None:
    tip = books.write("", {"a": b"1"}, "begin")
    (git_dir(root) / BOOKS).write_text(content + "\n")

    for attempt in (books.read, lambda: books.write(tip, {"a": b"2"}, "on")):
        with pytest.raises(BooksConflict):
            attempt()
    if content != "1" * 40:
        with pytest.raises(BooksConflict, match="is broken") as caught:
            books.write("", {"a": b"2"}, "afresh")
        assert "the commit its log names last" in caught.value.hint
        log = (git_dir(root) / "logs" / BOOKS).read_text().splitlines()
        (git_dir(root) / BOOKS).write_text(log[-1].split()[1] + "\n")
        assert books.read() == (tip, {"a": b"1"})


@pytest.mark.parametrize("what", ["blob", "tree"])
def test_a_lost_object_is_said(root: Path, books: LocalBooks, git: Callable[..., str], what: str) -> None:
    tip = books.write("", {"a": b"1"}, "begin")
    place = f"{tip}:a" if what == "blob" else f"{tip}^{{tree}}"
    lost = git(root, f"--git-dir={git_dir(root)}", "rev-parse", place)
    (git_dir(root) / "objects" / lost[:2] / lost[2:]).unlink()

    with pytest.raises(BooksConflict, match="cannot be used") as caught:
        books.read()

    assert "fsck" in caught.value.hint


@pytest.mark.parametrize("rubbish", ["file", "empty folder", "no HEAD", "bad config"])
def test_a_damaged_bare_repository_is_said(tmp_path: Path, rubbish: str) -> None:
    books = LocalBooks.of(tmp_path)
    bare = tmp_path / ".chargen/books.git"
    if rubbish in {"file", "empty folder"}:
        bare.parent.mkdir()
        bare.write_text("x") if rubbish == "file" else bare.mkdir()
    else:
        books.write("", {"a": b"1"}, "begin")
        (bare / "HEAD").unlink() if rubbish == "no HEAD" else (bare / "config").write_text("[[[")

    for attempt in (books.read, lambda: books.write("", {"b": b"1"}, "begin"), lambda: books.kept("s1")):
        with pytest.raises(BooksConflict, match="cannot be used"):
            attempt()


def test_books_that_a_link_leads_to_are_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "world").mkdir()
    (tmp_path / "world/.chargen").symlink_to(tmp_path / "elsewhere")
    books = LocalBooks.of(tmp_path / "world")

    for attempt in (books.read, lambda: books.write("", {"a": b"1"}, "begin")):
        with pytest.raises(ConfigurationError, match="is a symlink"):
            attempt()


def test_a_lock_left_by_a_killed_git_is_named(root: Path, books: LocalBooks) -> None:
    books.write("", {"a": b"1"}, "begin")
    lock = git_dir(root) / f"{BOOKS}.lock"
    lock.touch()
    quick = LocalBooks.of(root)
    quick._git = quick._git.having("core.filesRefLockTimeout=10")
    tip = quick.read()[0]

    with pytest.raises(BooksConflict, match=r"books\.lock") as caught:
        quick.write(tip, {"a": b"2"}, "on")

    assert "remove the lock file" in caught.value.hint


WRITER = """
import sys; from pathlib import Path; from chargen.edges.books import LocalBooks; from chargen.errors import LostRace
root, name = Path(sys.argv[1]), sys.argv[2]
books, lost = LocalBooks.of(root), 0
picture = root.parent / f"picture-{name}"
picture.write_text(name)
for number in range(2):
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


def test_eight_processes_writing_at_once_lose_nothing(root: Path, books: LocalBooks) -> None:
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, root, str(n)], env=env, stdout=subprocess.PIPE)
        for n in range(8)
    ]
    lost = [int(writer.communicate()[0]) for writer in writers]

    files = books.read()[1]
    assert sorted(files) == sorted(["count", *(f"orders/{n}-{i}" for n in range(8) for i in range(2))])
    assert files["count"] == b"16"
    assert books.kept("shared") == tuple(f"{n}.png" for n in range(8))
    assert sum(lost) > 0
