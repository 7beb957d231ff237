"""A repository that keeps its pictures in Git LFS: review branches hold pointers, their bytes lie in the LFS store."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.commands.conftest import picture
from tests.gitops.conftest import git

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

ATTRIBUTES = "*.png filter=lfs diff=lfs merge=lfs -text\n"
needs_lfs = pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")


def stored(town: Town) -> list[str]:
    """The objects of the remote's LFS store."""
    return sorted(path.name for path in (town.bare / "lfs" / "objects").rglob("*") if path.is_file())


@needs_lfs
def test_pictures_are_proposed_as_pointers_and_the_plan_is_empty_after_merging(town: Town) -> None:
    town.writer.write(".gitattributes", ATTRIBUTES)
    git(town.writer.root, "lfs", "install", "--local")
    town.writer.write("characters/mara/images/face.png", picture("olive"))
    town.push()
    face = stored(town)
    assert len(face) == 1

    assert "pointer" not in town.done("submit").text
    town.done("tick")
    pointer = town.show("chargen/location/pier.1:locations/pier/images/dawn.wide.png")
    assert pointer.startswith("version https://git-lfs.github.com/spec/v1\noid sha256:")
    oid = pointer.split("sha256:")[1].split()[0]
    assert oid in stored(town)
    assert f'sha256: "sha256:{oid}"' in town.show("chargen/location/pier.1:locations/pier/imagery.yaml")

    town.merge_all()
    for _ in range(3):  # the chapter refers to the pier's picture, which is only a pointer in a checkout
        town.done("tick")
    assert list(town.open_pulls()) == ["chargen/chapter/one.1"]
    town.merge_all()
    town.done("tick")

    assert set(town.whys().values()) == {"unchanged"}
    assert len(town.gemini.paid) == 5


def test_without_git_lfs_nothing_is_pushed_and_it_is_said(quay: Town) -> None:
    quay.writer.write(".gitattributes", ATTRIBUTES)
    quay.push()
    quay.done("submit")
    folder = quay.folder / "bin"
    folder.mkdir()
    for name in ("git", "sh"):
        (folder / name).symlink_to(shutil.which(name) or "")
    quay.monkeypatch.setenv("PATH", str(folder))

    said = quay.gitops("tick")

    assert said.code == 3
    assert "git-lfs is not installed" in said.err
    assert not [ref for ref in quay.refs() if "location" in ref]
