"""Discover and compile a world: the files as they lie, a commit, or both to compare."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from chargen.commands.whereabouts import prefix_in, told_root
from chargen.edges.git import find_repository
from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from chargen.core.address import Address
    from chargen.core.compiled import CompiledShot
    from chargen.core.world import World
    from chargen.edges.base_tip import Base
    from chargen.pipeline.compare import Side

Compiled = tuple["World", Mapping["Address", "CompiledShot"]]


def lying_world(root: Path, model: str) -> Compiled:
    """The world as its files lie; `model` in place of its own, where one is given."""
    from chargen.edges.work_tree import WorkTree
    from chargen.pipeline.discover import discover

    return _compiled(discover(WorkTree(root)), root, model)


def committed_world(base: Base, root: Path, model: str) -> Compiled:
    """The world as a commit has it."""
    from chargen.edges.git_tree import GitTree
    from chargen.pipeline.discover import discover

    with GitTree(base.repository, base.commit, base.prefix) as tree:
        return _compiled(replace(discover(tree), committed=True), root, model)


def _compiled(world: World, root: Path, model: str) -> Compiled:
    from chargen.core.empty_world import empty_world
    from chargen.pipeline.compile import compile_world

    if not world.entities:
        problems = (*world.problems, *empty_world(world, looked_at=told_root(root)))
        world = replace(world, problems=problems)
    if model:
        provider = world.config.provider.model_copy(update={"model": model})
        world = replace(world, config=world.config.model_copy(update={"provider": provider}))
    return world, compile_world(world)


@contextlib.contextmanager
def sides(root: Path, rev: str, model: str, now: Callable[[], Compiled]) -> Iterator[tuple[Side, Side]]:
    """A commit's tree, and the tree as it lies with the world it is `now`. UsageError when there is no repository or no such commit."""
    from chargen.edges.git_tree import GitTree
    from chargen.edges.work_tree import WorkTree
    from chargen.pipeline.compare import Side
    from chargen.pipeline.discover import discover

    repository = find_repository(root)
    if repository is None:
        raise UsageError("--base needs a git repository", hint="run it inside one, or leave --base out")
    with GitTree(repository, rev, prefix_in(repository, root)) as tree:
        world, shots = _compiled(replace(discover(tree), committed=True), root, model)
        yield Side(tree, world, shots), Side(WorkTree(root), *now())
