"""Two commands that pay at the same time: one claims, the other says who was first, of which run, and what follows."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click
import pytest

from chargen.commands.batch_run import command as run
from chargen.commands.batch_run import make_rounds
from chargen.commands.batch_submit import command as submit
from chargen.commands.batch_submit import submit_planned
from chargen.commands.paying import Paying
from chargen.commands.wiring import Session
from chargen.core.plan import Options
from chargen.core.world_config import Mode
from chargen.edges.clock import SystemClock
from chargen.edges.environment import read_environment
from chargen.errors import ExitCode

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from chargen.ports import BatchProvider
    from tests.commands.conftest import Said, World

NOON = "location/quay/noon/main"


@dataclass(frozen=True)
class Overtaken(Session):
    """A session whose plan is made when somebody else claims the same, before it has done so itself."""

    others: list[Callable[[], object]] = field(default_factory=list)

    @contextlib.contextmanager
    def batches(self) -> Iterator[BatchProvider]:
        while self.others:
            self.others.pop()()
        with super().batches() as provider:
            yield provider


def loses(world: World, winner: tuple[str, ...], **options: tuple[str, ...]) -> Said:
    """What a submit says that another command overtakes; it sends nothing, and ends well."""
    session = Overtaken(world.root, read_environment(), others=[lambda: world("batch", *winner)])
    asked = Options(mode=Mode.BATCH, **options)  # type: ignore[arg-type]
    paying = Paying(session, session.desk(), asked, yes=True, mode=Mode.BATCH)
    with click.Context(submit):
        made, code = submit_planned(paying)
    out, err = world.capsys.readouterr()
    assert (made.submissions, code) == ([], 0)
    return type(world("--version"))(code, out, err)


def holder(world: World) -> tuple[str, str, str]:
    (held,) = (item for item in world.status()["submissions"] if item["state"] == "SUBMITTED")
    return held["id"], held["runId"], held["createdAt"]


def test_of_two_forced_submits_the_later_says_who_has_the_shot(one_shot: World, gemini: Emulator) -> None:
    one_shot.make()

    said = loses(one_shot, ("submit", "--force", "**", "--yes"), force=("**",))

    name, run, at = holder(one_shot)
    assert said.err.splitlines()[-3:] == [
        "somebody else wrote the books: planning again",
        f"  1 shot under way already, in submission {name} of run {run} since {at}: {NOON}",
        "    not ordered again: `chargen batch collect --wait` brings it in; --force orders another after that",
    ]
    assert len(gemini.state.batches) == 1


def test_of_two_submits_the_later_says_so_too(one_shot: World, gemini: Emulator) -> None:
    said = loses(one_shot, ("submit", "--yes"))

    name, run, at = holder(one_shot)
    assert said.err.splitlines()[-2:] == [
        f"  1 shot under way already, in submission {name} of run {run} since {at}: {NOON}",
        "    not ordered again: `chargen batch collect --wait` brings it in",
    ]


@pytest.mark.parametrize("command", [("submit",), ("run", "--mode", "live")])
def test_what_is_forced_while_it_is_under_way_is_said_not_to_be_ordered(
    one_shot: World, gemini: Emulator, command: tuple[str, ...]
) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0

    said = one_shot("batch", *command, "--force", NOON, "--yes")

    name, run, _ = holder(one_shot)
    assert said.code == 0, said.text
    assert f"1 shot under way already, in submission {name} of run {run} since " in said.err
    assert "--force orders another after that" in said.err
    assert len(gemini.state.batches) == 1
    assert gemini.state.calls["generate"] == 0


def test_what_nobody_forced_is_in_the_plan_and_said_no_more(one_shot: World, gemini: Emulator) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0

    said = one_shot("batch", "submit", "--yes")

    assert "under way already" not in said.err
    assert "in flight: submission" in said.err


def test_new_words_that_are_forced_wait_for_the_older_ones(one_shot: World, gemini: Emulator) -> None:
    assert one_shot("batch", "submit", "--yes").code == 0
    one_shot.edit("quay/imagery.yaml", "a quay", "a quay at low tide")

    said = one_shot("batch", "submit", "--force", NOON, "--yes")

    name, run, at = holder(one_shot)
    assert said.err.splitlines()[-2:] == [
        f"  1 shot under way in an older wording, in submission {name} of run {run} since {at}: {NOON}",
        "    not ordered yet: once `chargen batch collect --wait` has brought that in, the next run orders it",
    ]
    assert len(gemini.state.batches) == 1


def test_what_others_left_in_quarantine_meanwhile_is_told_and_the_code_says_so(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")
    gemini.fault("drop:on=create,times=1", "delete-fails:times=forever")
    session = Overtaken(
        one_shot.root, read_environment(), others=[lambda: one_shot("batch", "submit", "--yes")]
    )
    paying = Paying(session, session.desk(), Options(mode=Mode.BATCH), yes=True, mode=Mode.BATCH)

    with click.Context(run):
        code = make_rounds(paying, threading.Event())

    err = one_shot.capsys.readouterr().err
    (held,) = one_shot.status()["submissions"]
    assert (code, held["state"]) == (ExitCode.CONFLICT, "QUARANTINED")
    assert err.rpartition("planning again")[2].count(f"QUARANTINED  {held['id']}") == 1
