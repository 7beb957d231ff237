"""Which paths belong to a world, told by their text alone."""

from __future__ import annotations

import pytest

from chargen.core.out_of_world import (
    OutOfWorld,
    is_listed,
    leads_out,
    may_lie_at,
    no_plain_file,
    path_inside,
    too_large,
)


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("a.png", "a.png"),
        ("./a/./b.png", "a/b.png"),
        ("..a/b..", "..a/b.."),
        ("a/.gitignore", "a/.gitignore"),
    ],
)
def test_a_path_of_the_world_comes_back_plain(path: str, inside: str) -> None:
    assert path_inside(path) == inside


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../a",
        "a/../../b",
        "a/../b",
        "a\0b",
        "\ud800",
        ".git/config",
        "a/.GIT/x",
        ".chargen/runs/x",
    ],
)
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    with pytest.raises(OutOfWorld):
        path_inside(path)


@pytest.mark.parametrize(
    ("path", "listed"),
    [
        ("a/imagery.yaml", True),
        (".hidden", True),
        (".github/imagery.yaml", False),
        ("a/node_modules/b/imagery.yaml", False),
        ("a/__pycache__/x", False),
    ],
)
def test_hidden_folders_and_other_programs_own_are_left_out(path: str, *, listed: bool) -> None:
    assert is_listed(path) is listed


def test_every_refusal_says_what_to_do() -> None:
    for error in (leads_out("x"), too_large("x", 2**30), no_plain_file("x")):
        assert "'x'" in error.message
        assert error.hint


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("quay/images/a.png", True),
        (".github/workflows/a.png", False),
        ("quay/.hidden.png", False),
        ("../a.png", False),
        ("/a.png", False),
        (".git/a.png", False),
        ("a/\u202egnp.png", False),
    ],
)
def test_where_a_picture_may_lie(path: str, may: bool) -> None:  # noqa: FBT001
    assert may_lie_at(path) is may
