"""Disks, mounts and clocks that fail, under the commands of tests/commands and the forge of tests/gitops."""

from __future__ import annotations

import errno
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.commands.conftest import (
    WORLD,
    World,
    clean_environment,
    gemini,
    git,
    one_shot,
    picture,
    processes,
    soon,
    world,
)
from tests.github_judge import github, github_server
from tests.gitops.conftest import proposed, quay, town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "clean_environment",
    "gemini",
    "git",
    "github",
    "github_server",
    "one_shot",
    "picture",
    "processes",
    "proposed",
    "quay",
    "soon",
    "town",
    "world",
]

PAGE: Final = 4096
_FILLER: Final = ".filler"  # hidden, so that no world lists it


@dataclass(frozen=True)
class Disk:
    """A small disk of its own, and a file that takes what room there is."""

    path: Path

    def fill(self, *, pages: int) -> None:
        """Leave so many pages free."""
        with (self.path / _FILLER).open("ab", buffering=0) as file:
            free = os.statvfs(self.path)
            for _ in range(max(0, free.f_bavail * free.f_bsize // PAGE - pages)):
                try:
                    file.write(b"\0" * PAGE)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    break

    def make_room(self) -> None:
        """Give everything back."""
        (self.path / _FILLER).unlink(missing_ok=True)

    def remount(self, how: str) -> None:
        """Read-only (`ro`), or writable (`rw`)."""
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.path)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of eight megabytes. Skipped where nothing may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs root, to mount a disk: {done.stderr.strip()}")
    yield Disk(place)
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def small(disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    """A world of three pictures on the small disk, in no repository; the current folder is its root."""
    made = World(disk.path / "world", capsys)
    made.write("chargen.yaml", WORLD)
    shots = "".join(
        f"      - {{id: {name}, subject: '{name}, from afar'}}\n" for name in ("rope", "wall", "wide")
    )
    made.write(
        "quay/imagery.yaml", f"# kept\nkind: location\nslug: quay\nscenes:\n  - id: noon\n    shots:\n{shots}"
    )
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], Callable[[], None]]]:
    """Makes a folder read-only, for root too; the function it returns undoes that. Skips where nothing may be mounted."""
    mounted: list[Path] = []

    def undo(folder: Path) -> None:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        mounted.remove(folder)

    def make(folder: Path) -> Callable[[], None]:
        bind = ["mount", "--bind", str(folder), str(folder)]
        done = subprocess.run(bind, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"needs root, to mount: {done.stderr.strip()}")
        mounted.append(folder)
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        return lambda: undo(folder)

    yield make
    for folder in mounted:
        undo(folder)


@pytest.fixture
def mount_of_its_own() -> Iterator[Callable[[Path], None]]:
    """Makes a folder a mount of its own, of the disk it lies on, as a container's volume is. Skips where nothing may be mounted."""
    mounted: list[Path] = []

    def make(folder: Path) -> None:
        bind = ["mount", "--bind", str(folder), str(folder)]
        done = subprocess.run(bind, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"needs root, to mount: {done.stderr.strip()}")
        mounted.append(folder)

    yield make
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)
