"""`--base REV`: what changed for nobody is named beside what changed for the shots, in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.commands.conftest import World

MARA = "characters/mara/imagery.yaml"


@pytest.fixture
def edited(world: World, git: Callable[..., str]) -> World:
    """A world with a commit, and words changed since: of two shots, and of nobody."""
    world.write("locations/pier/notes.md", "# Notes\n\nOne.\n")
    git(world.root, "init", "-q")
    git(world.root, "add", ".")
    git(world.root, "commit", "-q", "-m", "begin")
    world.write("locations/pier/notes.md", "# Notes\n\nTwo.\n")
    world.edit("chargen.yaml", "look: low cloud", "look: no cloud")
    world.edit(MARA, "slug: mara", "slug: mara\nsummary: new")
    return world


UNUSED = [
    {"path": MARA, "part": "summary", "kind": "added", "line": 4},
    {"path": "locations/pier/notes.md", "part": "", "kind": "changed", "line": 0},
]


def test_a_plan_names_what_changed_and_no_shot_uses(edited: World) -> None:
    text = edited("batch", "plan", "--base", "HEAD").out
    data = json.loads(edited("batch", "plan", "--base", "HEAD", "--format", "json").out)
    markdown = edited("batch", "plan", "--base", "HEAD", "--format", "markdown").out

    assert f". {MARA}:4: summary: added, not used by any shot\n" in text
    assert ". locations/pier/notes.md: changed, not used by any shot\n" in text
    assert "Against HEAD: 2 shots changed; 2 changes not used by any shot.\n" in text
    assert data["unused"] == UNUSED
    assert "- locations/pier/notes.md: changed, not used by any shot\n" in markdown


def test_a_change_that_many_shots_share_names_a_few_and_with_all_every_one(
    edited: World, git: Callable[..., str]
) -> None:
    pier = "locations/pier/imagery.yaml"
    head = "schema: chargen/imagery@1\nkind: location\nslug: pier\ncontinuity: {canonical: [old]}\n"
    shots = "".join(f"      - {{id: x{i}, subject: a post}}\n" for i in range(6))
    edited.write(pier, f"{head}scenes:\n  - id: dawn\n    shots:\n{shots}")
    git(edited.root, "commit", "-q", "-a", "-m", "posts")
    edited.edit(pier, "[old]", "[new]")

    some = edited("batch", "plan", "--base", "HEAD").out
    every = edited("batch", "plan", "--base", "HEAD", "--all").out

    assert "~ location/pier/dawn/x2\n  and 3 more shots\n    continuity.canonical\n      - old\n" in some
    assert "~ location/pier/dawn/x5\n    continuity.canonical\n      - old\n" in every


def test_so_does_what_is_said_on_a_pull_request(edited: World) -> None:
    comment = edited("gitops", "plan", "--base", "HEAD").out
    data = json.loads(edited("gitops", "plan", "--base", "HEAD", "--format", "json").out)

    assert "<summary>2 changes not used by any shot</summary>" in comment
    assert "- locations/pier/notes.md: changed, not used by any shot\n" in comment
    assert data["unused"] == UNUSED


def test_with_unused_prose_alone_there_is_nothing_to_make_that_was_not_before(edited: World) -> None:
    edited.edit("chargen.yaml", "look: no cloud", "look: low cloud")

    text = edited("batch", "plan", "--base", "HEAD").out

    assert "Against HEAD: no shot changed; 2 changes not used by any shot.\n" in text


def test_prose_that_nothing_names_leaves_the_plan_as_it_is_byte_for_byte(edited: World) -> None:
    before = edited("batch", "plan", "--format", "json").out

    edited.edit("locations/pier/notes.md", "Two.", "Three.")

    assert edited("batch", "plan", "--format", "json").out == before
