"""`--local`: books of its own beside those of the remote, for every command that reads or writes books."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.commands.conftest import World
    from tests.gitops.conftest import Town


def test_every_command_sees_the_books_it_is_told_to(proposed: Town) -> None:
    world, origin = proposed.writer, ()
    proposed.monkeypatch.chdir(world.root)
    before = proposed.refs()

    submitted = world("batch", "submit", "--local", "--yes")
    listed = [data(world, "state", "list", *where)["submissions"] for where in (origin, ("--local",))]
    status = [data(world, "batch", "status", *where)["submissions"] for where in (origin, ("--local",))]
    plans = [world("batch", "plan", *where).out for where in (origin, ("--local",))]
    collected = world("batch", "collect", "--local", "--wait", "--no-apply")
    applied = world("batch", "apply", "--local")

    assert submitted.code == 0, submitted.text
    assert [[item["state"] for item in found] for found in listed] == [["COLLECTED"], ["SUBMITTED"]]
    assert [len(found) for found in status] == [0, 1]
    assert ["proposed" in plan for plan in plans] == [True, False], plans
    assert collected.out == "1 batch collected, 0 still open.\n"
    assert applied.out == "2 pictures applied.\n"
    assert proposed.refs() == before
    (submission,) = data(world, "state", "list", "--local")["submissions"]
    shown = world("state", "show", submission["id"], "--local")
    assert shown.out.startswith("COLLECTED")
    cancelled = world("batch", "cancel", "--run", submission["runId"], "--local")
    assert cancelled.out == "No batch of this run is open.\n"


def data(world: World, *arguments: str) -> Any:
    """What a command says, as data."""
    said = world(*arguments, "--format", "json")
    assert said.code == 0, said.text
    return json.loads(said.out)
