"""The world as it lies on disk, and writing into it."""

from __future__ import annotations

import itertools
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chargen.core.out_of_world import LARGEST_FILE, OutOfWorld
from chargen.edges.files import read_inside, write_atomically, write_inside
from chargen.edges.work_tree import WorkTree
from chargen.errors import ConfigurationError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPORARY = Path(tempfile.gettempdir()).resolve()


@pytest.fixture
def world(tmp_path: Path) -> Path:
    root = tmp_path / "world"
    for path in ("b/two.md", "a/one.yaml", "a-b.md", ".gitattributes"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_text("hands off")
    return root


def test_lists_every_file_sorted_with_slashes(world: Path) -> None:
    assert WorkTree(world).files() == [".gitattributes", "a-b.md", "a/one.yaml", "b/two.md"]


@pytest.mark.parametrize("folder", [".git", ".chargen", ".venv", "a/.cache", "node_modules", "b/__pycache__"])
def test_leaves_out_hidden_and_foreign_folders(world: Path, folder: str) -> None:
    before = WorkTree(world).files()

    (world / folder).mkdir(parents=True)
    (world / folder / "file.yaml").write_text("x")

    assert WorkTree(world).files() == before


def test_lists_names_that_are_not_utf8(world: Path) -> None:
    (world / os.fsdecode(b"caf\xe9.md")).write_bytes(b"latin")
    tree = WorkTree(world)

    assert tree.read(os.fsdecode(b"caf\xe9.md")) == b"latin"
    assert os.fsdecode(b"caf\xe9.md") in tree.files()


def test_a_symlinked_folder_is_not_listed_twice_but_may_be_read_through(world: Path) -> None:
    (world / "c").symlink_to("a")
    tree = WorkTree(world)

    assert tree.read("c/one.yaml") == b"a/one.yaml"
    assert not [path for path in tree.files() if path.startswith("c")]


def test_a_link_in_a_loop_harms_nobody(world: Path) -> None:
    (world / "a/up").symlink_to("..")
    (world / "loop").symlink_to("loop")
    tree = WorkTree(world)

    assert "a/up/a/one.yaml" not in tree.files()
    with pytest.raises(OutOfWorld):
        tree.read("loop")


def test_a_symlinked_file_inside_is_listed_and_read(world: Path) -> None:
    (world / "b/link.yaml").symlink_to("../a/one.yaml")
    tree = WorkTree(world)

    assert "b/link.yaml" in tree.files()
    assert tree.read("b/link.yaml") == b"a/one.yaml"


@pytest.mark.parametrize(
    "path", ["../secret/key", "a/../../secret/key", "/etc/passwd", "a/../a-b.md", "a\0b", "\ud800", "..", ""]
)
def test_refuses_paths_that_lead_out(world: Path, path: str) -> None:
    with pytest.raises(OutOfWorld):
        WorkTree(world).read(path)


@pytest.mark.parametrize("path", [".git/config", "a/.GIT/config", ".chargen/plan.json"])
def test_refuses_what_is_not_the_worlds(world: Path, path: str) -> None:
    with pytest.raises(OutOfWorld):
        WorkTree(world).read(path)


def test_refuses_symlinks_that_lead_out(world: Path) -> None:
    (world / "a/key").symlink_to("../../secret/key")
    (world / "a/folder").symlink_to(world.parent / "secret")
    (world / "a/chain").symlink_to("key")
    (world / "a/dangling").symlink_to("/nowhere/at/all")
    (world / ".git").mkdir()
    (world / ".git/config").write_text("[core]")
    (world / "a/config").symlink_to("../.git/config")

    for path in ("a/key", "a/folder/key", "a/chain", "a/dangling", "a/config"):
        with pytest.raises(OutOfWorld):
            WorkTree(world).read(path)


@pytest.mark.parametrize("path", ["missing", "a/missing", "a/one.yaml/below", "x" * 300, "no/such/folder"])
def test_a_missing_file_is_not_found(world: Path, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        WorkTree(world).read(path)


def test_never_opens_pipes_devices_or_folders(world: Path) -> None:
    os.mkfifo(world / "pipe")
    (world / "zero").symlink_to("/dev/zero")
    tree = WorkTree(world)

    assert "pipe" not in tree.files()
    for path in ("pipe", "zero", "a"):
        with pytest.raises(OutOfWorld):
            tree.read(path)


def test_refuses_a_file_nobody_should_hold_in_memory(world: Path) -> None:
    with (world / "huge.png").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)

    with pytest.raises(OutOfWorld, match="200 MB"):
        WorkTree(world).read("huge.png")


def test_a_root_reached_through_a_symlink_is_a_root(world: Path) -> None:
    (world.parent / "link").symlink_to(world)

    assert WorkTree(world.parent / "link").read("a/one.yaml") == b"a/one.yaml"


def test_a_root_that_is_no_folder_is_said(world: Path) -> None:
    with pytest.raises(ConfigurationError, match="not a folder"):
        WorkTree(world / "a/one.yaml")


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def said_to_another_user(world: Path, *asks: str) -> list[str]:
    """What is raised when a user without rights asks: another one for root, who may read and write everything."""
    for folder in (world, *itertools.takewhile(lambda folder: folder != TEMPORARY, world.parents)):
        folder.chmod(0o755)
    program = (
        "import os, sys; from pathlib import Path; from chargen.errors import ChargenError\n"
        "from chargen.edges.files import write_atomically; from chargen.edges.work_tree import WorkTree\n"
        "root = Path(sys.argv[1]); os.chdir(root); tree = WorkTree(root)\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "for ask in sys.argv[2:]:\n"
        "    try: eval(ask)\n"
        "    except ChargenError as error: print(type(error).__name__, error, sep=': ')\n"
    )
    command = [sys.executable, "-c", program, str(world), *asks]
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout.splitlines()


def test_what_may_not_be_read_is_said(world: Path) -> None:
    (world / "a").chmod(0o000)

    assert said_to_another_user(world, "tree.read('a/one.yaml')") == [
        "WorkFailed: a/one.yaml: cannot be read: Permission denied"
    ]


def test_a_folder_that_may_not_be_listed_stops_no_other(world: Path) -> None:
    every = set(WorkTree(world).files())
    (world / "a").chmod(0o000)

    assert said_to_another_user(world, "print(tree.files())", "print(tree.problems)") == [
        str(sorted(path for path in every if not path.startswith("a/"))),
        "[('a', 'the folder cannot be listed: Permission denied')]",
    ]


def test_a_root_that_may_not_be_listed_is_said(world: Path) -> None:
    (world / "a").chmod(0o311)

    assert said_to_another_user(world, "WorkTree(root / 'a').files()") == [
        f"WorkFailed: cannot list {world / 'a'}: Permission denied"
    ]


def test_writes_whole_files_and_makes_folders(world: Path) -> None:
    write_atomically(world / "new/folder/file.txt", "grün")

    assert (world / "new/folder/file.txt").read_bytes() == "grün".encode()
    assert names(world / "new/folder") == ["file.txt"]


def test_overwriting_keeps_permissions(world: Path) -> None:
    (world / "a-b.md").chmod(0o640)

    write_inside(world, "a-b.md", b"new")

    assert (world / "a-b.md").stat().st_mode & 0o777 == 0o640


def test_writing_goes_through_links_inside_and_never_out(world: Path) -> None:
    (world / "in.yaml").symlink_to("a/one.yaml")
    (world / "out").symlink_to("../secret/key")

    write_inside(world, "in.yaml", b"new")
    with pytest.raises(OutOfWorld):
        write_inside(world, "out", b"new")

    assert (world / "in.yaml").is_symlink()
    assert read_inside(world, "a/one.yaml") == b"new"
    assert (world.parent / "secret/key").read_text() == "hands off"


@pytest.fixture
def small_files_only() -> Iterator[None]:
    """The nearest thing to a full disk: no file may grow beyond 1000 bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_files_only")
def test_a_full_disk_leaves_the_old_file_and_no_rubbish(world: Path) -> None:
    with pytest.raises(WorkFailed, match=r"cannot write .*one.yaml") as caught:
        write_atomically(world / "a/one.yaml", b"x" * 100_000)

    assert "make room" in caught.value.hint
    assert (world / "a/one.yaml").read_text() == "a/one.yaml"
    assert names(world / "a") == ["one.yaml"]


def test_a_place_that_may_not_be_written_is_said(world: Path) -> None:
    (world / "a").chmod(0o555)

    assert said_to_another_user(world, "write_atomically(Path('a/new.png'), b'x')") == [
        "ConfigurationError: cannot write a/new.png: Permission denied"
    ]


def test_a_path_that_is_too_long_is_called_that(world: Path) -> None:
    with pytest.raises(ConfigurationError, match="the path is too long") as caught:
        write_atomically(world / ("x" * 300) / "y", b"x")

    assert "shorten the names" in caught.value.hint


def test_a_file_where_a_folder_should_be_is_said(world: Path) -> None:
    with pytest.raises(WorkFailed, match="cannot write"):
        write_atomically(world / "a-b.md/below", b"x")


KILLED_BEFORE_THE_MOVE = """\
import os, sys
from pathlib import Path
from chargen.edges.files import write_inside
sys.addaudithook(lambda event, _: os._exit(9) if event == "os.rename" else None)
write_inside(Path(sys.argv[1]), "a/one.yaml", b"new")
"""


def test_a_kill_before_a_file_is_whole_leaves_nothing_beside_it(world: Path) -> None:
    (world / ".chargen").mkdir()
    before = WorkTree(world).files()

    killed = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_THE_MOVE, str(world)], cwd=REPOSITORY, check=False
    )

    assert killed.returncode == 9
    assert WorkTree(world).files() == before
    assert (world / "a/one.yaml").read_text() == "a/one.yaml"
    assert sorted(path.name for path in (world / "a").iterdir()) == ["one.yaml"]
    assert len(list((world / ".chargen").iterdir())) == 1, "what was begun lies among chargen's own"


def test_a_file_is_begun_beside_itself_where_chargen_s_folder_leads_elsewhere(
    world: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (world / ".chargen").symlink_to(tmp_path / "elsewhere")

    write_inside(world, "a/one.yaml", b"new")

    assert (world / "a/one.yaml").read_bytes() == b"new"
    assert not list((tmp_path / "elsewhere").iterdir())
